import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../main/base/errors.ts'
import { Secret } from '../../main/base/secret.ts'
import { createMemoryVault } from '../../main/vault/memory-vault.ts'
import type { Vault } from '../../main/vault/vault.ts'
import { WatchedVault } from '../../main/vault/watched-vault.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { markedSecret } from '../helpers/marks.ts'

function make() {
  const memory = createMemoryVault(new FakeClock())
  const failures: TokentrayError[] = []
  const fallible: Vault = {
    kind: 'memory',
    get: async (key) => {
      const failure = failures.shift()
      if (failure) throw failure
      return await memory.get(key)
    },
    set: (key, secret) => memory.set(key, secret),
    delete: (key) => memory.delete(key),
    keys: () => memory.keys(),
  }
  return { failures, vault: new WatchedVault(fallible) }
}

describe('a watched vault', () => {
  it('answers as the vault behind it', async () => {
    const { vault } = make()
    const secret = new Secret(markedSecret())
    await vault.set('a', secret)
    expect((await vault.get('a'))?.equals(secret)).toBe(true)
    expect(await vault.keys()).toEqual(['a'])
    await vault.delete('a')
    expect(await vault.get('a')).toBeNull()
    expect(vault.failure).toBeNull()
  })

  it('remembers that it was locked until it can be used again', async () => {
    const { failures, vault } = make()
    const locked = new TokentrayError('vault_locked')
    failures.push(locked)
    await expect(vault.get('a')).rejects.toBe(locked)
    expect(vault.failure).toBe(locked)
    await vault.get('a')
    expect(vault.failure).toBeNull()
  })

  it('does not take a refused value for a failure of the vault', async () => {
    const { vault } = make()
    await expect(vault.set('a', new Secret(''))).rejects.toMatchObject({ code: 'invalid_request' })
    expect(vault.failure).toBeNull()
  })
})
