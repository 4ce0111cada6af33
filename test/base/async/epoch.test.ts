import { describe, expect, it } from 'vitest'
import { Epoch, retryWhileStale } from '../../../main/base/async/epoch.ts'

describe('Epoch', () => {
  it('invalidates work that began before a change, and none that begins after it', () => {
    const epoch = new Epoch()
    const before = epoch.current
    expect(epoch.isCurrent(before)).toBe(true)
    epoch.advance()
    expect(epoch.isCurrent(before)).toBe(false)
    expect(epoch.isCurrent(epoch.current)).toBe(true)
  })
})

describe('retryWhileStale', () => {
  /** Stale so many times, then fresh. */
  const stale = (times: number) => {
    let tries = 0
    return async () => {
      tries += 1
      return tries > times ? tries : null
    }
  }

  it('repeats until there is a result', async () => {
    expect(await retryWhileStale(3, stale(0))).toBe(1)
    expect(await retryWhileStale(3, stale(2))).toBe(3)
  })

  it('gives up after the given number of attempts', async () => {
    const attempt = stale(3)
    expect(await retryWhileStale(3, attempt)).toBeNull()
    expect(await attempt()).toBe(4)
  })

  it('passes an error on at once', async () => {
    let tries = 0
    const attempt = async () => {
      tries += 1
      throw new Error('broken')
    }
    await expect(retryWhileStale(3, attempt)).rejects.toThrow('broken')
    expect(tries).toBe(1)
  })
})
