import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import type { Broker } from '../../../main/broker/broker.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import {
  toAccountView,
  toEndedSessionView,
  toEndedView,
  toLeaseView,
  toLingeringView,
  toSessionView,
} from '../../../main/desktop/ipc/views.ts'
import { MINUTE, signedIn, signedInWithTool } from '../../broker/set-ups.ts'
import { idle, makeBroker } from '../../helpers/make-broker.ts'

const lingeringIn = (broker: Broker) =>
  broker.revoker.tracker.outstanding().map((each) => toLingeringView(each, broker))
const sessionsIn = (broker: Broker) =>
  broker.sessionTokens.list().map((each) => toSessionView(each, broker))

const down = () => new TokentrayError('temporarily_unavailable', 'It is down.')

/** A driver whose tokens cannot be revoked. */
const unending = {
  services: [
    { leaseKinds: ['dedicated'], tokenless: true, lifeMs: 60 * MINUTE, without: ['revoke'] },
  ],
} as const

describe('the page gets an unrevoked token', () => {
  it('that cannot be revoked, with the reason and its expiry', async () => {
    const { broker, clock, account, tool, issue } = await signedInWithTool(unending)
    await issue(tool, account)
    const madeAt = clock.now()
    await broker.closeLeases({}, cliClient)
    expect(lingeringIn(broker)).toEqual([
      {
        ...{ id: expect.any(String), uid: account.uid, account: account.id },
        ...{ use: 'lease', client: 'tool', madeAt },
        ...{ atService: 'until_expiry', why: 'Fake service cannot revoke it.' },
        endsAt: madeAt + 60 * MINUTE,
      },
    ])
  })

  it('that is waiting to be revoked, with the reason and the next try', async () => {
    const { broker, clock, service, account, ask } = await signedIn()
    await ask()
    service.outage = down()
    await broker.closeLeases({}, cliClient)
    await idle()
    const [view, ...others] = lingeringIn(broker)
    expect(others).toEqual([])
    expect(view).toMatchObject({
      ...{ account: account.id, use: 'session', atService: 'pending', why: 'It is down.' },
      endsAt: clock.now() + 20 * MINUTE,
    })
    expect(view?.retryAt).toBeGreaterThan(clock.now())
    expect(view).not.toHaveProperty('expired')
  })

  it('that has expired and is only waiting to be deleted from a list', async () => {
    const { broker, clock, service, ask } = await signedIn({
      services: [{ leaseKinds: ['dedicated'], mintsFrom: 'session', with: ['revokeLease'] }],
    })
    service.driver.listsExpired = true
    service.driver.revokesOnlySessions = true
    await ask()
    service.outage = down()
    await clock.advance(40 * MINUTE)
    await idle()
    expect(lingeringIn(broker)).toMatchObject([
      { use: 'lease', atService: 'pending', expired: true },
    ])
  })

  it('that never expires, without an expiry', async () => {
    const { broker, service, ask } = await signedIn({ services: [{ lifeMs: null }] })
    await ask()
    service.outage = down()
    await broker.closeLeases({}, cliClient)
    expect(lingeringIn(broker)).toHaveLength(1)
    expect(lingeringIn(broker)[0]).not.toHaveProperty('endsAt')
  })
})

describe('the page gets a session token', () => {
  it('that no tool has after a login, and that a tool may have after its lease', async () => {
    const { broker, clock, account, ask } = await signedIn()
    const endsAt = clock.now() + 20 * MINUTE
    const id = expect.any(String)
    const view = { id, account: account.id, revocable: true, endsAt }
    expect(sessionsIn(broker)).toEqual([{ ...view, mayBeOut: false }])
    await ask()
    expect(sessionsIn(broker)).toEqual([])
    await clock.advance(16 * MINUTE)
    expect(sessionsIn(broker)).toEqual([{ ...view, mayBeOut: true }])
  })

  it('that cannot be revoked', async () => {
    const { broker } = await signedIn({ services: [{ without: ['revoke'] }] })
    expect(sessionsIn(broker)).toMatchObject([{ revocable: false }])
  })

  it('with its outcome after revoking all, and that the user must log in then', async () => {
    const test = await makeBroker()
    const { broker, clock, service, newAccount, issue } = test
    service.code = '123456'
    const account = await newAccount('work', 0, '123456')
    await issue(cliClient, account)
    await clock.advance(16 * MINUTE)
    service.outage = down()
    const { sessions } = await broker.revokeAll({}, cliClient)
    expect(sessions.map(toEndedSessionView)).toEqual([
      {
        ...{ token: expect.any(String), account: account.id, atService: 'pending' },
        ...{ endsAt: clock.now() + 4 * MINUTE, why: 'It is down.', needsLogin: true },
      },
    ])
  })
})

describe('the page gets a lease', () => {
  it('with the expiry of its token if that cannot be revoked', async () => {
    const { broker, clock, ask } = await signedIn(unending)
    const { lease } = await ask()
    expect(toLeaseView(lease, broker).tokenEndsAt).toBe(clock.now() + 60 * MINUTE)
    const other = await signedIn()
    const issued = await other.ask()
    expect(toLeaseView(issued.lease, other.broker)).not.toHaveProperty('tokenEndsAt')
  })

  it('with the outcome and its reason after it was revoked', async () => {
    const { broker, clock, ask } = await signedIn(unending)
    await ask()
    const ended = await broker.closeLeases({}, cliClient)
    expect(ended.map((each) => toEndedView(each, broker))).toEqual([
      {
        ...{ token: expect.any(String), client: 'cli', account: 'sftpgo/work' },
        atService: 'until_expiry',
        ...{ endsAt: clock.now() + 60 * MINUTE, why: 'Fake service cannot revoke it.' },
      },
    ])
  })

  it('with the account that needs a login first, if its login took a code', async () => {
    const { broker, service, newAccount, issue } = await makeBroker()
    service.code = '123456'
    const account = await newAccount('work', 0, '123456')
    await issue(cliClient, account)
    const ended = await broker.closeLeases({}, cliClient)
    expect(ended.map((each) => toEndedView(each, broker))).toMatchObject([
      { atService: 'ended', account: account.id, needsLogin: true },
    ])
  })
})

it('the page gets the reason and the hint of a required login', async () => {
  const { broker, account } = await signedIn()
  const loginRequiredBecause = {
    ...{ at: 1, sentence: 'Koyeb refused the API token.' },
    hint: 'Make another one.',
  } as const
  broker.accounts.change(account.uid, { state: 'login_required', loginRequiredBecause })
  expect(toAccountView(broker.accounts.get(account.id), broker)).toMatchObject({
    state: 'login_required',
    loginRequiredReason: {
      description: 'Koyeb refused the API token.',
      hint: 'Make another one.',
    },
  })
})
