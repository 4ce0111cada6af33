import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { describeRemaining } from '../../../main/broker/revocation/remaining-tokens.ts'
import type { BrokerOptions } from '../../helpers/make-broker.ts'
import { MINUTE, signedIn } from '../set-ups.ts'

const HOUR = 60 * MINUTE

/** What remains after a run whose service is down at quit. */
async function quitWhileDown(options: BrokerOptions) {
  const test = await signedIn(options)
  await test.ask()
  test.service.outage = new TokentrayError('temporarily_unavailable', 'It is down.')
  await test.broker.closeLeases({}, cliClient)
  return { left: await test.broker.stop(1_000), now: test.clock.now() }
}

describe('the message at quit', () => {
  it('says until when tokens that wait to be revoked are valid, and that the next start retries', async () => {
    const { left, now } = await quitWhileDown({ services: [{ lifeMs: HOUR }] })
    expect(left).toEqual({ pending: 1, untilExpiry: 0, pendingEndsAt: now + HOUR })
    expect(describeRemaining(left, now)).toEqual([
      {
        title: '1 token could not be revoked yet',
        body: 'It is valid until 01:00 at the latest. The next start tries again.',
      },
    ])
  })

  it('promises no retry if no list of tokens is kept', async () => {
    const { left, now } = await quitWhileDown({ services: [{ lifeMs: HOUR }], isMemory: true })
    expect(left).toEqual({ pending: 0, untilExpiry: 1, untilExpiryEndsAt: now + HOUR })
    expect(describeRemaining(left, now)).toEqual([
      { title: '1 token cannot be revoked', body: 'It is valid until 01:00 at the latest.' },
    ])
  })

  it('says for each kind of remaining token how long the last one is valid', () => {
    const now = Date.UTC(2026, 0, 1)
    const left = {
      ...{ pending: 2, pendingEndsAt: now + HOUR },
      ...{ untilExpiry: 3, untilExpiryEndsAt: now + 648 * HOUR },
    }
    expect(describeRemaining(left, now)).toEqual([
      {
        title: '2 tokens could not be revoked yet',
        body: 'They are valid until 01:00 at the latest. The next start tries again.',
      },
      {
        title: '3 tokens cannot be revoked',
        body: 'They are valid until 2026-01-28 00:00 at the latest.',
      },
    ])
  })

  it('says that a token never expires', async () => {
    const { left, now } = await quitWhileDown({ services: [{ lifeMs: null }] })
    expect(left).toEqual({ pending: 1, untilExpiry: 0, pendingEndsAt: null })
    expect(describeRemaining(left, now)[0]?.body).toBe(
      'It never expires. The next start tries again.',
    )
    expect(describeRemaining({ ...left, pending: 2 }, now)[0]?.body).toMatch(
      /^Not all of them expire\./,
    )
  })

  it('is empty if no token remains', () => {
    expect(describeRemaining({ pending: 0, untilExpiry: 0 }, 0)).toEqual([])
  })
})
