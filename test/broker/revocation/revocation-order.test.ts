import { describe, expect, it } from 'vitest'
import { inRevocationOrder } from '../../../main/broker/revocation/revocation-order.ts'
import { idle } from '../../helpers/make-broker.ts'

/** Items by name, `account:what`; a lease needs the session of its account. */
const placeOf = (name: string) => ({
  accountUid: name.split(':')[0] ?? '',
  needsSession: name.includes('lease'),
})

/** Revocations controlled by the test: records which have started, and finishes one on request. */
function byHand(...names: readonly string[]) {
  const begun: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const result = inRevocationOrder(names, placeOf, (name) => {
    begun.push(name)
    return new Promise<string>((resolve, reject) => {
      ends.set(name, (error) => (error ? reject(error) : resolve(name)))
    })
  })
  return { begun, result, end: (name: string, error?: Error) => ends.get(name)?.(error) }
}

describe('the order in which tokens are revoked', () => {
  it('makes the session of an account wait for everything that needs it, and for nothing of other accounts', async () => {
    const { begun, result, end } = byHand('a:session', 'a:lease 1', 'b:session', 'a:lease 2')
    expect(begun.toSorted()).toEqual(['a:lease 1', 'a:lease 2', 'b:session'])
    end('a:lease 2')
    end('b:session')
    await idle()
    expect(begun).toHaveLength(3)
    end('a:lease 1')
    await idle()
    expect(begun.at(-1)).toBe('a:session')
    end('a:session')
    expect(await result).toEqual(['a:session', 'a:lease 1', 'b:session', 'a:lease 2'])
  })

  it('starts at once with whatever waits for nothing', () => {
    expect(byHand('a:session', 'a:other', 'b:lease').begun.toSorted()).toEqual([
      ...['a:other', 'a:session', 'b:lease'],
    ])
  })

  it('continues with the session after an earlier failure, and reports that failure at the end', async () => {
    const { begun, result, end } = byHand('a:session', 'a:lease')
    end('a:lease', new Error('broken'))
    await expect(result).rejects.toThrow('broken')
    await idle()
    expect(begun).toEqual(['a:lease', 'a:session'])
  })
})
