import { beforeEach, describe, expect, it } from 'vitest'
import { type ErrorCode, TokentrayError } from '../../../main/base/errors.ts'
import { Throttle } from '../../../main/broker/concurrency/throttle.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { codeOf } from '../../helpers/make-broker.ts'

let clock: FakeClock
let throttle: Throttle

beforeEach(() => {
  clock = new FakeClock()
  throttle = new Throttle(clock, () => 1)
})

const fail = (code: ErrorCode, retryAt?: number) => {
  const error = new TokentrayError(code, 'As the service said.', {
    hint: 'What to do.',
    ...(retryAt !== undefined && { retryAt }),
  })
  return codeOf(throttle.watch(() => Promise.reject(error)))
}

describe('Throttle', () => {
  it.each(['temporarily_unavailable', 'unexpected_answer'] as const)(
    'lets nothing through for a second after %s, and says why and until when',
    async (code) => {
      await fail(code)
      expect(throttle.refusal()).toMatchObject({
        code,
        message: 'A moment ago: As the service said.',
        hint: 'What to do.',
        retryAt: clock.now() + 1_000,
      })
      expect(() => throttle.check()).toThrow('As the service said.')
      await clock.advance(1_000)
      expect(throttle.refusal()).toBeNull()
    },
  )

  it.each(['wrong_credentials', 'invalid_request', 'cancelled'] as const)(
    'does not pause after %s',
    async (code) => {
      await fail(code)
      expect(throttle.refusal()).toBeNull()
    },
  )

  it('pauses longer after each failure in a row, up to a minute', async () => {
    const pauses: number[] = []
    for (let failure = 0; failure < 9; failure += 1) {
      await fail('temporarily_unavailable')
      const pause = (throttle.refusal()?.retryAt ?? 0) - clock.now()
      pauses.push(pause)
      await clock.advance(pause)
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000))
  })

  it('starts over with short pauses once a call has succeeded', async () => {
    for (let failure = 0; failure < 5; failure += 1) await fail('temporarily_unavailable')
    await throttle.watch(async () => 'fine')
    expect(throttle.refusal()).toBeNull()
    await fail('temporarily_unavailable')
    expect(throttle.refusal()?.retryAt).toBe(clock.now() + 1_000)
  })

  it('pauses until the moment that the service named', async () => {
    await fail('rate_limited', clock.now() + 300_000)
    await clock.advance(299_999)
    expect(throttle.refusal()?.code).toBe('rate_limited')
    await clock.advance(1)
    expect(throttle.refusal()).toBeNull()
  })

  it('lets a person try again after an outage, but not before a limit is over', async () => {
    await fail('temporarily_unavailable')
    expect(throttle.refusal('person')).toBeNull()
    await fail('rate_limited', clock.now() + 60_000)
    expect(throttle.refusal('person')?.code).toBe('rate_limited')
  })

  it('does not pause longer because somebody sets the wall clock back', async () => {
    await fail('rate_limited', clock.now() + 60_000)
    clock.jumpWall(-3_600_000)
    await clock.advance(60_000)
    expect(throttle.refusal()).toBeNull()
  })
})
