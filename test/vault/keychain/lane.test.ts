import { beforeEach, describe, expect, it } from 'vitest'
import { Lane, VAULT_DEADLINE_MS } from '../../../main/vault/keychain/lane.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

describe('the keychain queue', () => {
  let clock: FakeClock
  let lane: Lane

  beforeEach(() => {
    clock = new FakeClock()
    lane = new Lane(clock)
  })

  /** One keychain call of this duration. */
  const take = (ms: number) =>
    lane.run((call) =>
      call(() => new Promise<string>((resolve) => clock.after(ms, () => resolve('done')))),
    )
  const hang = () => lane.run((call) => call(() => new Promise<never>(() => {})))
  const outcome = (work: Promise<unknown>) =>
    work.then(String, (error: { readonly code?: string }) => error.code)

  it('does not mistake a long queue for a hung keychain', async () => {
    const outcomes = Promise.all(Array.from({ length: 200 }, () => outcome(take(100))))
    for (let passed = 0; passed < 200; passed += 1) await clock.advance(100)
    expect(new Set(await outcomes)).toEqual(new Set(['done']))
    expect(clock.armed).toBe(0)
  })

  it('rejects all waiting callers at once when the keychain has made no progress for five seconds', async () => {
    const before = outcome(take(4_000))
    const waiting = [hang(), take(1), take(1)].map(outcome)
    await clock.advance(4_000)
    expect(await before).toBe('done')
    await clock.advance(VAULT_DEADLINE_MS)
    expect(await Promise.all(waiting)).toEqual(Array(3).fill('vault_unavailable'))
    const later = outcome(take(1))
    await clock.advance(VAULT_DEADLINE_MS)
    expect(await later).toBe('vault_unavailable')
  })

  it('does not count an answer to an abandoned call as progress', async () => {
    const late = outcome(take(VAULT_DEADLINE_MS + 1_000))
    await clock.advance(VAULT_DEADLINE_MS - 1_000)
    const behind = [outcome(hang()), outcome(take(1))]
    await clock.advance(2_000)
    expect(await late).toBe('vault_unavailable')
    await clock.advance(VAULT_DEADLINE_MS - 2_000)
    expect(await Promise.all(behind)).toEqual(['vault_unavailable', 'vault_unavailable'])
  })

  it('makes no call for a caller that was already rejected', async () => {
    const late = outcome(take(VAULT_DEADLINE_MS + 1_000))
    let calls = 0
    const gone = outcome(
      lane.run((call) =>
        call(async () => {
          calls += 1
        }),
      ),
    )
    await clock.advance(VAULT_DEADLINE_MS)
    expect(await gone).toBe('vault_unavailable')
    await clock.advance(1_000)
    await late
    expect(calls).toBe(0)
  })
})
