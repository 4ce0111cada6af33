import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../main/base/errors.ts'
import { Secret } from '../../main/base/secret.ts'
import { GuardedVault } from '../../main/vault/guarded-vault.ts'
import { createMemoryVault } from '../../main/vault/memory-vault.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { markedSecret } from '../helpers/marks.ts'
import { LyingKeychain } from './keychain/lying-keychain.ts'
import { describeVaultContract } from './vault-contract.ts'

const keychain = new LyingKeychain()

describeVaultContract('a vault over a keychain in memory', () => ({
  keychain,
  clear: async () => {
    keychain.recover()
    keychain.unlock()
    keychain.items.clear()
  },
  lock: () => keychain.lock(new TokentrayError('vault_locked')),
  unlock: async () => keychain.unlock(),
  hang: () => keychain.hang(),
  recover: () => keychain.recover(),
}))

describe('a vault over a keychain that prompts the user', () => {
  /** Reads as empty until the sentinel is requested; then the user unlocks it. */
  class AskingKeychain extends LyingKeychain {
    override async get(key: string): Promise<string | null> {
      if (key === 'sentinel') this.unlock()
      return super.get(key)
    }
  }

  it('does not believe an absence that was read before the user unlocked it', async () => {
    const asking = new AskingKeychain()
    const vault = new GuardedVault('memory', asking, new FakeClock())
    const secret = new Secret(markedSecret())
    await vault.set('credential/a', secret)
    asking.lock(new TokentrayError('vault_locked'))
    expect((await vault.get('credential/a'))?.reveal()).toBe(secret.reveal())
    asking.lock(new TokentrayError('vault_locked'))
    await vault.delete('credential/a')
    expect(asking.items.has('credential/a')).toBe(false)
  })

  it('keeps every key on its list if it is unlocked in the middle of a set', async () => {
    const asking = new AskingKeychain()
    const vault = new GuardedVault('memory', asking, new FakeClock())
    await vault.set('credential/a', new Secret(markedSecret()))
    asking.lock(new TokentrayError('vault_locked'))
    await vault.set('credential/b', new Secret(markedSecret()))
    expect([...(await vault.keys())].sort()).toEqual(['credential/a', 'credential/b'])
  })

  it('does not believe an absence that was read while it was being locked', async () => {
    const keychain = new LyingKeychain()
    const vault = new GuardedVault('memory', keychain, new FakeClock())
    await vault.set('credential/a', new Secret(markedSecret()))
    const read = keychain.get.bind(keychain)
    let looks = 0
    keychain.get = async (key) => {
      looks += key === 'credential/a' ? 1 : 0
      // Locked for the first look, open for the sentinel, locked again for the second look.
      if (key === 'credential/a') keychain.lock(new TokentrayError('vault_locked'))
      else if (looks === 1) keychain.unlock()
      return read(key)
    }
    await expect(vault.get('credential/a')).rejects.toMatchObject({ code: 'vault_locked' })
    expect(looks).toBe(2)
  })

  it('reports a keychain that does not store what it was given', async () => {
    class ForgetfulKeychain extends LyingKeychain {
      override async set(key: string, value: string): Promise<void> {
        await super.set(key, key === 'credential/a' ? 'something else' : value)
      }
    }
    const vault = new GuardedVault('memory', new ForgetfulKeychain(), new FakeClock())
    await expect(vault.set('credential/a', new Secret(markedSecret()))).rejects.toMatchObject({
      code: 'vault_unavailable',
    })
  })
})

describe('a keychain that reports an item as removed but keeps it', () => {
  class KeepingKeychain extends LyingKeychain {
    override async delete(): Promise<boolean> {
      return false
    }
  }

  it('is not believed: the key stays on the list', async () => {
    const keeping = new KeepingKeychain()
    const vault = new GuardedVault('memory', keeping, new FakeClock())
    await vault.set('credential/a', new Secret(markedSecret()))
    await expect(vault.delete('credential/a')).rejects.toMatchObject({ code: 'vault_unavailable' })
    expect(await vault.keys()).toEqual(['credential/a'])
    await vault.delete('credential/b')
  })
})

describe('a keychain that accepts items but stores nothing', () => {
  class SilentKeychain extends LyingKeychain {
    override async set(): Promise<void> {}
  }

  it.each<[string, (vault: GuardedVault) => Promise<unknown>]>([
    ['get', (vault) => vault.get('credential/a')],
    ['keys', (vault) => vault.keys()],
    ['delete', (vault) => vault.delete('credential/a')],
  ])('is not believed to be empty by %s', async (_name, ask) => {
    const vault = new GuardedVault('memory', new SilentKeychain(), new FakeClock())
    await expect(ask(vault)).rejects.toMatchObject({ code: 'vault_locked' })
  })
})

describe('the memory vault', () => {
  it('is of the kind memory, and empty at each start', async () => {
    const vault = createMemoryVault(new FakeClock())
    expect(vault.kind).toBe('memory')
    await vault.set('credential/a', new Secret(markedSecret()))
    expect(await createMemoryVault(new FakeClock()).keys()).toEqual([])
  })
})
