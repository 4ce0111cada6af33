import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../main/base/errors.ts'
import { Secret } from '../../main/base/secret.ts'
import { GuardedVault } from '../../main/vault/guarded-vault.ts'
import { ListedVault } from '../../main/vault/listed-vault.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { diskFull, idle } from '../helpers/make-broker.ts'
import { markedSecret } from '../helpers/marks.ts'
import { LyingKeychain } from './keychain/lying-keychain.ts'

function make(listed: readonly string[] = []) {
  const keychain = new LyingKeychain()
  const disk = { keys: listed, failure: null as TokentrayError | null, isStuck: false }
  const list = {
    read: () => disk.keys,
    write(keys: readonly string[]) {
      if (disk.failure) throw disk.failure
      disk.keys = keys
    },
    onDisk: async () => {
      if (disk.isStuck) throw diskFull()
    },
  }
  const vault = new ListedVault(new GuardedVault('memory', keychain, new FakeClock()), list)
  return { vault, keychain, disk, set: (key: string) => vault.set(key, new Secret(markedSecret())) }
}

describe('a vault that lists its items', () => {
  it('lists a key once, and only as long as its item exists', async () => {
    const { vault, disk, set } = make()
    await set('credential/a')
    await set('credential/a')
    expect(disk.keys).toEqual(['credential/a'])
    await vault.delete('credential/a')
    expect(disk.keys).toEqual([])
  })

  it('writes no item that could not be listed', async () => {
    const { keychain, disk, set } = make()
    disk.failure = diskFull()
    await expect(set('credential/a')).rejects.toBe(disk.failure)
    expect(keychain.items.has('credential/a')).toBe(false)
  })

  it('writes and deletes no item before the references to it are on disk', async () => {
    const { vault, keychain, disk, set } = make()
    await set('credential/a')
    disk.isStuck = true
    await expect(set('credential/b')).rejects.toMatchObject({ code: 'record_unavailable' })
    await expect(vault.delete('credential/a')).rejects.toMatchObject({ code: 'record_unavailable' })
    expect([...keychain.items.keys()].filter((key) => key.startsWith('credential/'))).toEqual([
      'credential/a',
    ])
    expect(vault.hasLeft).toBe(true)
    disk.isStuck = false
    await vault.retry()
    expect(keychain.items.has('credential/a')).toBe(false)
  })

  it('reports an item as deleted even if the list cannot be updated, and corrects the list at the next start', async () => {
    const { vault, keychain, disk, set } = make()
    await set('credential/a')
    disk.failure = diskFull()
    await vault.delete('credential/a')
    expect([disk.keys, keychain.items.has('credential/a')]).toEqual([['credential/a'], false])
    disk.failure = null
    await vault.sweep([], () => false)
    expect(disk.keys).toEqual([])
  })

  it('keeps a key listed if it is set again while it is being deleted', async () => {
    const { vault, keychain, disk, set } = make()
    await set('credential/a')
    const gone = vault.delete('credential/a')
    await Promise.all([gone, set('credential/a')])
    expect([disk.keys, keychain.items.has('credential/a')]).toEqual([['credential/a'], true])
  })

  it('retries a failed deletion, unless the item was set again meanwhile', async () => {
    const { vault, keychain, disk, set } = make()
    await set('credential/a')
    await set('credential/b')
    keychain.lock(new TokentrayError('vault_locked'))
    for (const key of ['credential/a', 'credential/b']) {
      await expect(vault.delete(key)).rejects.toMatchObject({ code: 'vault_locked' })
    }
    await vault.retry()
    expect(disk.keys).toEqual(['credential/a', 'credential/b'])
    keychain.unlock()
    await set('credential/b')
    await vault.retry()
    expect(disk.keys).toEqual(['credential/b'])
    expect(keychain.items.has('credential/a')).toBe(false)
    expect(keychain.items.has('credential/b')).toBe(true)
  })

  it('sweeps items no longer in use, and lists those known to be in use', async () => {
    const { vault, keychain, disk } = make(['credential/old', 'later/thing'])
    keychain.items.set('credential/old', markedSecret())
    keychain.items.set('credential/new', markedSecret())
    await vault.sweep(['credential/new'], (key) => key === 'later/thing')
    expect(disk.keys).toEqual(['later/thing', 'credential/new'])
    expect(keychain.items.has('credential/old')).toBe(false)
    expect(keychain.items.has('credential/new')).toBe(true)
  })

  it('asks a hung keychain for one item at a time', async () => {
    const { vault, keychain, disk } = make(['credential/a', 'credential/b'])
    keychain.hang()
    const swept = vault.sweep([], () => false)
    await vault.retry()
    await idle()
    expect(disk.keys).toHaveLength(2)
    keychain.recover()
    await swept
    expect(disk.keys).toEqual([])
  })

  it('deletes one item after the other, so that other callers of the keychain get a turn', async () => {
    let keys: readonly string[] = ['credential/a', 'credential/b', 'credential/c']
    const inner = new GuardedVault('memory', new LyingKeychain(), new FakeClock())
    const remove = inner.delete.bind(inner)
    let [underWay, most] = [0, 0]
    inner.delete = async (key) => {
      underWay += 1
      most = Math.max(most, underWay)
      await remove(key)
      underWay -= 1
    }
    const write = (next: readonly string[]) => {
      keys = next
    }
    const list = { read: () => keys, write, onDisk: async () => undefined }
    await new ListedVault(inner, list).sweep([], () => false)
    expect([keys, most]).toEqual([[], 1])
  })
})
