import { beforeEach, describe, expect, it } from 'vitest'
import { RefusalLimiter } from '../../../main/broker/concurrency/refusal-limiter.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { refusalOf } from '../../helpers/make-broker.ts'

let clock: FakeClock
let refusals: RefusalLimiter

beforeEach(() => {
  clock = new FakeClock()
  refusals = new RefusalLimiter(clock)
})

const count = (times: number) => {
  for (let time = 0; time < times; time += 1) refusals.count('account')
}

describe('Refusals', () => {
  it('accepts five in five minutes, and says when it accepts the next', async () => {
    count(1)
    await clock.advance(60_000)
    count(4)
    const refusal = await refusalOf((async () => count(1))())
    expect(refusal).toMatchObject({ code: 'rate_limited', retryAt: clock.now() + 240_000 })
    await clock.advance(239_999)
    expect(() => count(1)).toThrow()
    await clock.advance(1)
    expect(() => count(1)).not.toThrow()
  })

  it('counts each account separately', () => {
    count(5)
    expect(() => refusals.count('another')).not.toThrow()
  })

  it('does not wait longer because the wall clock is set back', async () => {
    count(5)
    clock.jumpWall(-86_400_000)
    await clock.advance(300_000)
    expect(() => count(1)).not.toThrow()
  })
})
