import { inspect } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { TokentrayError } from '../../main/base/errors.ts'
import { Secret } from '../../main/base/secret.ts'
import { GuardedVault } from '../../main/vault/guarded-vault.ts'
import type { Keychain } from '../../main/vault/keychain/keychain.ts'
import type { Vault } from '../../main/vault/vault.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { markedSecret } from '../helpers/marks.ts'
import { WatchedKeychain } from './keychain/lying-keychain.ts'

/** A keychain to run the contract against, and controls for it. */
export interface KeychainRig {
  readonly keychain: Keychain
  /** Empties it. */
  clear(): Promise<void>
  lock(): void
  unlock(): Promise<void>
  hang(): void
  recover(): void
}

/** What every vault guarantees, whatever keychain is behind it. */
export function describeVaultContract(name: string, rig: () => KeychainRig): void {
  describe(name, () => {
    let clock: FakeClock
    let watched: WatchedKeychain
    let vault: Vault

    /** A vault as the next start of the program creates it: nothing is known about the keychain yet. */
    const restart = () => {
      watched = new WatchedKeychain(rig().keychain)
      vault = new GuardedVault('memory', watched, clock)
    }

    beforeEach(async () => {
      await rig().clear()
      clock = new FakeClock()
      restart()
    })

    const newSecret = (label = 'vault') => new Secret(markedSecret(label))
    const read = async (key: string) => (await vault.get(key))?.reveal() ?? null

    it('returns what was set, and null for what was not', async () => {
      const secret = newSecret()
      await vault.set('credential/a', secret)
      expect(await read('credential/a')).toBe(secret.reveal())
      expect(await vault.get('credential/b')).toBeNull()
    })

    it('leaves the item list of a newer version untouched', async () => {
      await vault.set('credential/a', newSecret())
      const newer = JSON.stringify({ version: 2, items: ['credential/a'] })
      await rig().keychain.set('index/0', newer)
      const refused = { code: 'newer_version' }
      await expect(vault.set('credential/b', newSecret())).rejects.toMatchObject(refused)
      await expect(vault.keys()).rejects.toMatchObject(refused)
      expect(await rig().keychain.get('index/0')).toBe(newer)
      expect(await vault.get('credential/a')).not.toBeNull()
    })

    it('keeps a secret across a restart', async () => {
      const secret = newSecret()
      await vault.set('credential/a', secret)
      restart()
      expect(await read('credential/a')).toBe(secret.reveal())
    })

    it('replaces a secret', async () => {
      const later = newSecret()
      await vault.set('credential/a', newSecret())
      await vault.set('credential/a', later)
      expect(await read('credential/a')).toBe(later.reveal())
      expect(await vault.keys()).toEqual(['credential/a'])
    })

    it('removes a secret, and treats the removal of a missing one as done', async () => {
      await vault.set('credential/a', newSecret())
      await vault.delete('credential/a')
      await vault.delete('credential/a')
      expect(await vault.get('credential/a')).toBeNull()
      expect(await vault.keys()).toEqual([])
    })

    it('lists the keys of a hundred secrets after a restart, without its own items', async () => {
      const keys = Array.from({ length: 100 }, (_, n) => `credential/${'long'.repeat(8)}-${n}`)
      for (const key of keys) await vault.set(key, newSecret())
      restart()
      expect([...(await vault.keys())].sort()).toEqual([...keys].sort())
    })

    it.each([
      ['as long as 2,560 bytes', `ä${'x'.repeat(2_558)}`],
      ['in any script', '密码 🔑 пароль'],
    ])('keeps a value %s', async (_, value) => {
      await vault.set('credential/a', new Secret(value))
      expect(await read('credential/a')).toBe(value)
    })

    it.each([
      ['that is empty', ''],
      ['that contains NUL', 'before\0after'],
      ['over 2,560 bytes', `ä${'x'.repeat(2_559)}`],
      ['that is not well-formed', 'half \ud800 a pair'],
    ])('refuses a value %s before anything is touched', async (_, value) => {
      await expect(vault.set('credential/a', new Secret(value))).rejects.toMatchObject({
        code: 'invalid_request',
      })
      expect(watched.calls).toEqual([])
    })

    it.each(['', 'sentinel', 'index/0', 'a\0b'])('rejects the key %j', async (key) => {
      await expect(vault.get(key)).rejects.toMatchObject({ code: 'invalid_request' })
      await expect(vault.set(key, newSecret())).rejects.toMatchObject({ code: 'invalid_request' })
      await expect(vault.delete(key)).rejects.toMatchObject({ code: 'invalid_request' })
      expect(watched.calls).toEqual([])
    })

    describe.each([
      ['was locked at the start', true],
      ['is locked later', false],
    ])('over a keychain that %s', (_, restarted) => {
      const before = newSecret('before')

      beforeEach(async () => {
        await vault.set('credential/a', before)
        if (restarted) restart()
        rig().lock()
      })

      it.each([
        ['get of what is there', () => vault.get('credential/a')],
        ['get of what is not', () => vault.get('credential/b')],
        ['set', () => vault.set('credential/a', newSecret('after'))],
        ['delete', () => vault.delete('credential/a')],
        ['keys', () => vault.keys()],
      ])('answers %s with vault_locked and changes nothing', async (_name, ask) => {
        await expect(ask()).rejects.toMatchObject({ code: 'vault_locked' })
        await rig().unlock()
        expect(await read('credential/a')).toBe(before.reveal())
        expect(await vault.keys()).toEqual(['credential/a'])
      })
    })

    it('deletes and writes nothing before it has read the sentinel', async () => {
      await vault.set('credential/a', newSecret())
      for (const ask of [
        () => vault.set('credential/a', newSecret()),
        () => vault.delete('credential/a'),
      ]) {
        restart()
        await ask()
        expect(watched.calls[0]).toBe('get sentinel')
      }
    })

    it('rejects with vault_unavailable after five seconds of silence, and works again afterwards', async () => {
      const secret = newSecret()
      await vault.set('credential/a', secret)
      rig().hang()
      const first = vault.get('credential/a')
      const queued = vault.get('credential/a')
      const refused = Promise.all([
        expect(first).rejects.toMatchObject({ code: 'vault_unavailable' }),
        expect(queued).rejects.toMatchObject({ code: 'vault_unavailable' }),
      ])
      await clock.advance(4_999)
      expect(clock.armed).toBe(2)
      await clock.advance(1)
      await refused
      rig().recover()
      expect(await read('credential/a')).toBe(secret.reveal())
    })

    it('never starts a call whose caller has given up', async () => {
      await vault.set('credential/a', newSecret())
      rig().hang()
      const refused = Promise.all(
        [vault.get('credential/a'), vault.set('credential/b', newSecret())].map((asked) =>
          expect(asked).rejects.toMatchObject({ code: 'vault_unavailable' }),
        ),
      )
      await clock.advance(5_000)
      await refused
      rig().recover()
      expect(await vault.get('credential/b')).toBeNull()
      expect(watched.calls).not.toContain('set credential/b')
    })

    it('makes no second call for a caller that gave up during the first', async () => {
      await vault.set('credential/a', newSecret('before'))
      restart()
      rig().hang()
      const asked = vault.delete('credential/a')
      const refused = expect(asked).rejects.toMatchObject({ code: 'vault_unavailable' })
      await clock.advance(5_000)
      await refused
      rig().recover()
      expect(await vault.get('credential/a')).not.toBeNull()
      expect(watched.calls).not.toContain('delete credential/a')
    })

    it('has one call in flight at a time', async () => {
      const asked = ['a', 'b', 'c'].map((name) => vault.get(`credential/${name}`))
      await clock.advance(0)
      expect(watched.calls.length).toBeGreaterThan(0)
      await Promise.all(asked)
      const order = watched.calls.filter((call) => call.startsWith('get credential/'))
      expect(order).toEqual(['a', 'a', 'b', 'b', 'c', 'c'].map((name) => `get credential/${name}`))
    })

    it('reports a failure of any call of a set, and then holds the old value or the new one', async () => {
      const [before, after] = [newSecret('before'), newSecret('after')]
      await vault.set('credential/a', before)
      restart()
      for (let count = 1; ; count += 1) {
        watched.failAt(count, new TokentrayError('vault_unavailable', 'broken'))
        const failed = await vault.set('credential/a', after).then(
          () => null,
          (error: unknown) => error,
        )
        if (failed === null) break
        expect(failed).toMatchObject({ code: 'vault_unavailable' })
        expect(inspect(failed)).not.toContain(after.reveal())
        restart()
        expect([before.reveal(), after.reveal()]).toContain(await read('credential/a'))
        await vault.set('credential/a', before)
        restart()
        expect(count).toBeLessThan(20)
      }
      restart()
      expect(await read('credential/a')).toBe(after.reveal())
    })

    it('lists a key whenever its secret may exist, whichever call of a set or delete failed', async () => {
      for (const change of [
        () => vault.set('credential/a', newSecret()),
        () => vault.delete('credential/a'),
      ]) {
        for (let count = 1, done = false; !done; count += 1) {
          watched.failAt(count, new TokentrayError('vault_unavailable', 'broken'))
          done = await change().then(
            () => true,
            () => false,
          )
          restart()
          if ((await vault.get('credential/a')) !== null) {
            expect(await vault.keys()).toContain('credential/a')
          }
          expect(count).toBeLessThan(20)
        }
      }
    })

    it('believes no absence while the sentinel is missing, and creates a new sentinel later', async () => {
      await vault.set('credential/a', newSecret())
      await rig().keychain.delete('sentinel')
      await expect(vault.get('credential/b')).rejects.toMatchObject({ code: 'vault_locked' })
      expect(await vault.get('credential/b')).toBeNull()
    })
  })
}
