import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../main/base/errors.ts'
import { Secret } from '../../main/base/secret.ts'
import type { KeychainState } from '../../main/vault/keychain/keychain.ts'
import { createMemoryVault } from '../../main/vault/memory-vault.ts'
import type { Vault } from '../../main/vault/vault.ts'
import { WatchedVault } from '../../main/vault/watched-vault.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { markedSecret } from '../helpers/marks.ts'

/** A vault whose next reads fail, and whose looks answer, as the test says. */
function make() {
  const clock = new FakeClock()
  const memory = createMemoryVault(clock)
  const failures: TokentrayError[] = []
  const told: (string | null)[] = []
  const seen: { state: KeychainState | TokentrayError | 'silence'; looks: number; reads: number } =
    {
      ...{ state: 'open', looks: 0, reads: 0 },
    }
  const fallible: Vault = {
    kind: 'memory',
    get: async (key) => {
      const failure = failures.shift()
      if (failure) throw failure
      return await memory.get(key)
    },
    set: (key, secret) => memory.set(key, secret),
    delete: (key) => memory.delete(key),
    keys: () => {
      seen.reads += 1
      return memory.keys()
    },
    look: async () => {
      seen.looks += 1
      if (seen.state === 'silence') return new Promise<never>(() => undefined)
      if (seen.state instanceof TokentrayError) throw seen.state
      return seen.state
    },
  }
  const vault = new WatchedVault(fallible, clock, () => told.push(vault.failure?.code ?? null))
  return { clock, failures, seen, told, vault }
}

describe('a watched vault', () => {
  it('returns what the vault behind it returns', async () => {
    const { vault } = make()
    const secret = new Secret(markedSecret())
    await vault.set('a', secret)
    expect((await vault.get('a'))?.equals(secret)).toBe(true)
    expect(await vault.keys()).toEqual(['a'])
    await vault.delete('a')
    expect(await vault.get('a')).toBeNull()
    expect(vault.failure).toBeNull()
  })

  it('remembers that it was locked until it can be used again, and reports both changes', async () => {
    const { failures, told, vault } = make()
    const locked = new TokentrayError('vault_locked')
    failures.push(locked)
    await expect(vault.get('a')).rejects.toBe(locked)
    expect(vault.failure).toBe(locked)
    await vault.get('a')
    expect(vault.failure).toBeNull()
    await vault.get('a')
    expect(told).toEqual(['vault_locked', null])
  })

  it('does not take a rejected value for a failure of the vault', async () => {
    const { vault } = make()
    await expect(vault.set('a', new Secret(''))).rejects.toMatchObject({ code: 'invalid_request' })
    expect(vault.failure).toBeNull()
  })
})

describe('a look at a watched vault', () => {
  it('detects that it was locked since its last use', async () => {
    const { seen, told, vault } = make()
    await vault.get('a')
    seen.state = 'locked'
    await vault.refresh()
    expect(vault.failure?.code).toBe('vault_locked')
    expect(told).toEqual(['vault_locked'])
  })

  it('detects that it was unlocked since, by a read that prompts no one', async () => {
    const { failures, seen, vault } = make()
    failures.push(new TokentrayError('vault_locked'))
    await vault.get('a').catch(() => undefined)
    await vault.refresh()
    expect(vault.failure).toBeNull()
    expect(seen.reads).toBe(1)
  })

  it.each(['locked', 'absent', 'unknown'] as const)(
    'reads nothing, so that no prompt appears, if it is %s',
    async (state) => {
      const { failures, seen, vault } = make()
      failures.push(new TokentrayError('vault_locked'))
      await vault.get('a').catch(() => undefined)
      seen.state = state
      await vault.refresh()
      expect(vault.failure?.code).toBe('vault_locked')
      expect(seen.reads).toBe(0)
    },
  )

  it('is shared by all concurrent callers, and for two seconds', async () => {
    const { clock, seen, vault } = make()
    await Promise.all([vault.refresh(), vault.refresh()])
    await clock.advance(1_999)
    await vault.refresh()
    expect(seen.looks).toBe(1)
    await clock.advance(1)
    await vault.refresh()
    expect(seen.looks).toBe(2)
  })

  it('is repeated after a change, even one during a look that may have come too early', async () => {
    const { seen, vault } = make()
    await vault.refresh()
    vault.invalidate()
    const looking = vault.refresh()
    seen.state = 'locked'
    vault.invalidate()
    await looking
    expect(vault.failure).toBeNull()
    await vault.refresh()
    expect(vault.failure?.code).toBe('vault_locked')
    await vault.refresh()
    expect(seen.looks).toBe(3)
  })

  it('keeps no caller waiting if no answer comes', async () => {
    const { clock, seen, vault } = make()
    seen.state = 'silence'
    let isOver = false
    const looking = vault.refresh().then(() => {
      isOver = true
    })
    await clock.advance(1_199)
    expect(isOver).toBe(false)
    await clock.advance(1)
    await looking
  })

  it('reports why it failed, and never rejects', async () => {
    const { seen, vault } = make()
    const gone = new TokentrayError('vault_unavailable', 'No Secret Service is running.')
    seen.state = gone
    await vault.refresh()
    expect(vault.failure).toBe(gone)
  })
})
