import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import {
  toAccountAnswer,
  toEndedLeases,
  toEndedSession,
  toLeaseAnswer,
  toLingering,
  toStatusAnswer,
} from '../../../main/loopback/schemas/views.ts'
import {
  DAY,
  down,
  firstRun,
  keys,
  nextRun,
  unending,
} from '../../broker/revocation/revocation-set-up.ts'
import { MINUTE } from '../../broker/set-ups.ts'
import type { FakeServiceOptions } from '../../helpers/fake-provider.ts'
import { idle, type TestBroker } from '../../helpers/make-broker.ts'

const identity = {
  ...{ version: '1.2.3', pid: 1, instance: 'test', issuer: 'http://127.0.0.1:1' },
  log_file: '/data/tokentray.log',
  portTrouble: () => null,
  socketTrouble: () => null,
}
const statusOf = ({ broker }: TestBroker) => toStatusAnswer(broker, identity)
const accountOf = ({ broker }: TestBroker) =>
  toAccountAnswer(broker.accounts.get('sftpgo/work'), broker)
const own: FakeServiceOptions = { leaseKinds: ['dedicated'], tokenless: true, lifeMs: DAY }

describe('over HTTP, a token that is waiting to be revoked', () => {
  it('has what it waits for, why, the next attempt and the expiry', async () => {
    const test = await firstRun(own)
    await test.ask()
    const made = Math.floor(test.clock.now() / 1_000)
    test.service.failNext(
      'revoke',
      new TokentrayError('rate_limited', 'Slower.', { retryAt: test.clock.now() + MINUTE }),
    )
    const [ended] = await test.broker.closeLeases({}, cliClient)
    if (!ended) throw new Error('A lease was open.')
    const told = {
      ...{ account: 'sftpgo/work', at_service: 'pending', waits_for: 'service', why: 'Slower.' },
      ...{ retry_at: made + 60, ends_at: made + DAY / 1_000 },
    }
    expect(toEndedLeases([ended], test.broker)).toEqual([{ ...told, lease_id: ended.lease.id }])
    expect(toLingering(test.broker)).toEqual([
      { ...told, id: ended.lease.held.id, use: 'lease', client: 'cli', made_at: made },
    ])
    expect(toLingering(test.broker, 'another')).toEqual([])
    expect(statusOf(test)).toMatchObject({ pending: 1, until_expiry: 0, expired: 0 })
    expect(accountOf(test)).toMatchObject({ pending: 1 })
    expect(accountOf(test)).not.toHaveProperty('until_expiry')
  })

  it('has the message of the first refusal, however often it is requested', async () => {
    const test = await firstRun(own)
    await test.ask()
    test.service.outage = new TokentrayError('rate_limited', 'Slower.')
    const [ended] = await test.broker.closeLeases({}, cliClient)
    if (ended) await test.broker.revoker.revoke(ended.lease.held)
    expect(test.service.calls.revoke).toBe(1)
    expect(toLingering(test.broker)).toMatchObject([{ why: 'Slower.' }])
  })

  it('has no next attempt if it waits for the user, and names the login', async () => {
    const test = await firstRun(keys, true)
    await test.ask()
    test.service.outage = down()
    await test.clock.advance(40 * MINUTE)
    test.service.outage = null
    await test.clock.advance(2 * MINUTE)
    await idle()
    const [token] = toLingering(test.broker)
    expect(token).toMatchObject({
      ...{ waits_for: 'login', expired: true },
      why: expect.stringMatching(/^sftpgo\/work needs you to log in again: /),
    })
    expect(token).not.toHaveProperty('retry_at')
    expect(statusOf(test)).toMatchObject({ pending: 0, expired: 1 })
    expect(accountOf(test)).toMatchObject({ expired: 1 })
  })

  it('says why a session is retained', async () => {
    const test = await firstRun(keys)
    await test.ask()
    test.service.failNext('revokeLease', down())
    await test.broker.logins.logout(test.account)
    expect(toLingering(test.broker)).toMatchObject([
      { use: 'session', waits_for: 'others', why: 'It is used to revoke 1 other token first.' },
      { use: 'lease', waits_for: 'service', why: 'It is down.' },
    ])
  })

  it('says that the service has not answered while the request is in progress', async () => {
    const test = await firstRun(own)
    await test.ask()
    const gate = test.service.hold('revoke')
    const ending = test.broker.closeLeases({}, cliClient)
    await idle()
    expect(toLingering(test.broker)).toMatchObject([{ why: 'The service has not answered yet.' }])
    gate.open()
    await ending
  })
})

describe('over HTTP, a token that cannot be revoked', () => {
  it('has its expiry and the reason, with the lease, without it, and after a restart', async () => {
    const test = await firstRun(unending)
    const { lease } = await test.ask()
    const ends_at = Math.floor((lease.held.token.expiresAt ?? 0) / 1_000)
    expect(toLeaseAnswer(lease, test.broker)).toMatchObject({ token_ends_at: ends_at })
    const ended = await test.broker.closeLeases({}, cliClient)
    const why = 'Fake service cannot revoke it.'
    expect(toEndedLeases(ended, test.broker)).toMatchObject([
      { at_service: 'until_expiry', ends_at, why },
    ])
    expect(statusOf(test)).toMatchObject({ pending: 0, until_expiry: 1 })
    expect(accountOf(test)).toMatchObject({ until_expiry: 1 })
    const next = await nextRun(test, test.ledgerFolder)
    expect(toLingering(next.broker)).toMatchObject([{ at_service: 'until_expiry', ends_at, why }])
    expect(statusOf(next).work_off).toEqual({
      ...{ state: 'done', remaining: 0, revoked: 0, expired: 0, until_expiry: 1 },
    })
  })

  it('has no expiry of its own if its service revokes it with its lease', async () => {
    const test = await firstRun(own)
    const { lease } = await test.ask()
    expect(toLeaseAnswer(lease, test.broker)).not.toHaveProperty('token_ends_at')
  })
})

describe('over HTTP, a revocation after which no token can be issued', () => {
  it('says that a login is needed, with the lease', async () => {
    const test = await firstRun({}, true)
    await test.ask()
    const ended = await test.broker.closeLeases({}, cliClient)
    expect(toEndedLeases(ended, test.broker)).toMatchObject([
      { at_service: 'ended', needs_login: true },
    ])
    expect(accountOf(test)).toMatchObject({
      state: 'login_required',
      login_required_reason: {
        description: 'The session has ended, and a new one needs a one-time code.',
      },
    })
  })

  it('says that a login is needed, with a session without an open lease', async () => {
    const test = await firstRun({}, true)
    await test.ask()
    await test.clock.advance(16 * MINUTE)
    const { sessions } = await test.broker.revokeAll({}, cliClient)
    expect(sessions.map(toEndedSession)).toMatchObject([{ at_service: 'ended', needs_login: true }])
  })
})
