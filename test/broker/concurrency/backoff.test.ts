import { beforeEach, describe, expect, it } from 'vitest'
import { type ErrorCode, TokentrayError } from '../../../main/base/errors.ts'
import { Backoff } from '../../../main/broker/concurrency/backoff.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { codeOf } from '../../helpers/make-broker.ts'

let clock: FakeClock
let backoff: Backoff

beforeEach(() => {
  clock = new FakeClock()
  backoff = new Backoff(clock, () => 1)
})

const fail = (code: ErrorCode, retryAt?: number) => {
  const error = new TokentrayError(code, 'As the service said.', {
    hint: 'What to do.',
    ...(retryAt !== undefined && { retryAt }),
  })
  return codeOf(backoff.run(() => Promise.reject(error)))
}

describe('Backoff', () => {
  const pauseAfter = (failures: number, random: number, retryAt?: number) => {
    const failing = new Backoff(clock, () => random)
    for (let failure = 0; failure < failures; failure += 1) failing.failed()
    return failing.pause(retryAt) - clock.now()
  }

  it('pauses longer after each consecutive failure, up to a minute', () => {
    expect([0, 1, 2, 6, 7, 8, 100].map((failures) => pauseAfter(failures, 1))).toEqual([
      ...[1_000, 1_000, 2_000, 32_000, 60_000, 60_000, 60_000],
    ])
  })

  it('has half of the pause as jitter', () => {
    expect([0, 0.5, 1].map((random) => pauseAfter(3, random))).toEqual([2_000, 3_000, 4_000])
  })

  it('pauses until the time that the service named, but at least half a second', () => {
    const named = [300_000, 0, -5_000].map((ms) => pauseAfter(1, 0, clock.now() + ms))
    expect(named).toEqual([300_000, 500, 500])
  })

  it('has no pause before the first failure, during an attempt and after a success', () => {
    expect(backoff.retryAt).toBeNull()
    backoff.failed()
    expect(backoff.pause()).toBe(backoff.retryAt)
    backoff.tried()
    expect(backoff.retryAt).toBeNull()
    backoff.failed()
    expect(backoff.pause()).toBe(clock.now() + 2_000)
    backoff.succeeded()
    expect(backoff.retryAt).toBeNull()
    expect(backoff.pause()).toBe(clock.now() + 1_000)
  })

  it('reports that the pause is over, even when the wall clock was set back', async () => {
    backoff.pauseUntil(clock.now() + 60_000)
    clock.jumpWall(-3_600_000)
    await clock.advance(59_999)
    expect(backoff.retryAt).toBe(clock.now() + 1)
    await clock.advance(1)
    expect(backoff.retryAt).toBe(clock.now())
  })
})

describe('a call to a service', () => {
  it.each(['temporarily_unavailable', 'unexpected_answer'] as const)(
    'is refused for a second after %s, with the reason and the time',
    async (code) => {
      await fail(code)
      expect(backoff.refusal()).toMatchObject({
        code,
        message: 'As the service said.',
        hint: 'What to do.',
        retryAt: clock.now() + 1_000,
      })
      expect(() => backoff.check()).toThrow('As the service said.')
      await clock.advance(1_000)
      expect(backoff.refusal()).toBeNull()
    },
  )

  it.each(['wrong_credentials', 'invalid_request', 'cancelled'] as const)(
    'is not refused after %s',
    async (code) => {
      await fail(code)
      expect(backoff.refusal()).toBeNull()
    },
  )

  it('is refused for longer after each consecutive failure, up to a minute', async () => {
    const pauses: number[] = []
    for (let failure = 0; failure < 9; failure += 1) {
      await fail('temporarily_unavailable')
      const pause = (backoff.refusal()?.retryAt ?? 0) - clock.now()
      pauses.push(pause)
      await clock.advance(pause)
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000))
  })

  it('has short pauses again once it has succeeded', async () => {
    for (let failure = 0; failure < 5; failure += 1) await fail('temporarily_unavailable')
    await backoff.run(async () => 'fine')
    expect(backoff.refusal()).toBeNull()
    await fail('temporarily_unavailable')
    expect(backoff.refusal()?.retryAt).toBe(clock.now() + 1_000)
  })

  it('is refused until the time that the service named', async () => {
    await fail('rate_limited', clock.now() + 300_000)
    await clock.advance(299_999)
    expect(backoff.refusal()?.code).toBe('rate_limited')
    await clock.advance(1)
    expect(backoff.refusal()).toBeNull()
  })

  it('can be retried by a user after an outage, but not before a rate limit is over', async () => {
    await fail('temporarily_unavailable')
    expect(backoff.refusal('user')).toBeNull()
    await fail('rate_limited', clock.now() + 60_000)
    expect(backoff.refusal('user')?.code).toBe('rate_limited')
  })

  it('is not refused for longer when the wall clock is set back', async () => {
    await fail('rate_limited', clock.now() + 60_000)
    clock.jumpWall(-3_600_000)
    await clock.advance(60_000)
    expect(backoff.refusal()).toBeNull()
  })
})
