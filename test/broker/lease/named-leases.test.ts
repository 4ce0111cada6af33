import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import {
  type BrokerOptions,
  codeOf,
  diskFull,
  idle,
  makeBroker,
  prepareBroker,
  tokenOf,
  until,
} from '../../helpers/make-broker.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { credentialsIn, MINUTE, signedIn } from '../set-ups.ts'

const named: BrokerOptions = {
  services: [{ leaseKinds: ['dedicated'], lifeMs: null, tokenless: true, with: ['revokeLease'] }],
}
/** Like API keys: created and revoked with the session token, and without an expiry of their own. */
const bySession: BrokerOptions = {
  services: [{ leaseKinds: ['dedicated'], mintsFrom: 'session', with: ['revokeLease'] }],
}
const down = () => new TokentrayError('temporarily_unavailable')

describe('a lease that its service knows by its id', () => {
  it('is planned in the ledger before the service is called, and its token replaces the plan before it is returned', async () => {
    const { ask, journal, forgetRecords, listed, service } = await signedIn(named)
    forgetRecords()
    const gate = service.hold('mint')
    const asking = ask()
    await idle()
    expect(journal).toEqual(['add'])
    expect(listed()).toEqual([expect.stringMatching(/^a plan for /)])
    gate.open()
    const issued = await asking
    expect(journal.filter((each) => each !== 'end')).toEqual(['add', 'add', 'issue'])
    await idle()
    expect(listed()).toEqual([tokenOf(issued)])
  })

  it('is not requested if the plan cannot be written', async () => {
    const { ask, service, faults, listed } = await signedIn(named)
    faults.ledger = diskFull()
    expect(await codeOf(ask())).toBe('record_unavailable')
    expect(service.calls.mint).toBe(0)
    faults.ledger = null
    await idle()
    expect(listed()).toEqual([])
  })

  it('leaves no plan behind if its token cannot be recorded, and revokes that token', async () => {
    const { ask, service, faults, broker } = await signedIn(named)
    const gate = service.hold('mint', 'after')
    const asking = codeOf(ask())
    await until(() => service.alive.length === 1)
    faults.ledger = diskFull()
    gate.open()
    expect(await asking).toBe('record_unavailable')
    await until(() => service.alive.length === 0)
    await idle()
    expect(service.calls.revokeLease).toBe(1)
    expect(broker.revoker.remaining()).toEqual({ pending: 0, untilExpiry: 0 })
  })

  it('reports one status to every caller while its token can be neither recorded nor revoked', async () => {
    const { ask, service, faults, broker, listed, clock } = await signedIn(named)
    const gate = service.hold('mint', 'after')
    const asking = codeOf(ask())
    await until(() => service.alive.length === 1)
    faults.ledger = diskFull()
    service.outage = down()
    gate.open()
    expect(await asking).toBe('record_unavailable')
    await idle()
    expect(broker.revoker.tracker.outstanding()).toMatchObject([{ status: { outcome: 'pending' } }])
    expect(broker.revoker.remaining()).toMatchObject({ pending: 1, untilExpiry: 0 })
    // A crash at this point leaves the plan.
    expect(listed()).toEqual([expect.stringMatching(/^a plan for /)])
    faults.ledger = null
    await clock.advance(5 * MINUTE)
    expect(listed()).toEqual([expect.not.stringMatching(/^a plan for /)])
    service.outage = null
    await clock.advance(60 * MINUTE)
    await idle()
    expect(service.alive).toEqual([])
    expect(listed()).toEqual([])
    expect(broker.revoker.remaining()).toEqual({ pending: 0, untilExpiry: 0 })
  })

  it('is revoked by its id', async () => {
    const { ask, service, broker } = await signedIn(named)
    const { lease } = await ask()
    const [ended] = await broker.closeLeases({ id: lease.id }, cliClient)
    expect(ended?.atService).toBe('ended')
    expect(service.calls).toMatchObject({ revokeLease: 1, revoke: 0 })
    expect(service.alive).toEqual([])
  })

  it('is revoked by its id if the response with its token was lost', async () => {
    const { ask, service, listed, clock } = await signedIn(named)
    const { mint } = service.driver
    let late: () => Promise<unknown> = async () => undefined
    service.driver.mint = async (...call) => {
      await mint?.(...call)
      expect(service.alive).toHaveLength(1)
      // The service is slow, and creates a second one after the caller has given up.
      late = async () => await mint?.(...call)
      throw down()
    }
    expect(await codeOf(ask())).toBe('temporarily_unavailable')
    await idle()
    expect(service.calls).toMatchObject({ mint: 1, revokeLease: 1 })
    expect(service.alive).toEqual([])
    await late()
    expect(service.alive).toHaveLength(1)
    expect(listed()).toEqual([expect.stringMatching(/^a plan for /)])
    await clock.advance(5 * MINUTE)
    await idle()
    expect(service.alive).toEqual([])
    expect(listed()).toEqual([])
  })

  it('leaves nothing behind if the service refuses to create it', async () => {
    const { ask, service, listed } = await signedIn(named)
    service.failNext('mint', new TokentrayError('rate_limited', 'Slower.', { retryAt: 0 }))
    expect(await codeOf(ask())).toBe('rate_limited')
    await idle()
    expect(listed()).toEqual([])
    expect(service.calls.revokeLease).toBe(0)
  })

  it('is revoked by the next run after a crash between request and response', async () => {
    const ledgerFolder = makeTestFolder('named')
    const first = await makeBroker({ ...named, ledgerFolder })
    const account = await first.newAccount()
    first.service.hold('mint', 'after')
    void first.issue(cliClient, account).catch(() => undefined)
    await until(() => first.service.alive.length === 1)
    first.crash()
    const second = prepareBroker({ after: first, ledgerFolder })
    await second.broker.start()
    await until(() => first.service.alive.length === 0)
    expect(first.service.calls).toMatchObject({ revokeLease: 1, revoke: 0 })
    await until(() => second.broker.startupRecovery.recovery.state === 'done')
    // The second lookup does not count as a token that still waits.
    expect(second.broker.startupRecovery.recovery).toMatchObject({ remaining: 0, revoked: 1 })
    await second.clock.advance(5 * MINUTE)
    await until(() => first.service.calls.revokeLease === 2)
    expect(second.broker.startupRecovery.recovery).toMatchObject({ remaining: 0, revoked: 1 })
  })

  it('is revoked on logout before the credential is deleted', async () => {
    const { ask, service, broker, account } = await signedIn(named)
    await ask()
    await broker.logins.logout(account)
    expect(service.calls).toMatchObject({ revokeLease: 1, revoke: 0 })
    expect(service.alive).toEqual([])
  })

  it('is revoked with the credential that was kept for it if the service was down on logout', async () => {
    const test = await signedIn(named)
    const { ask, service, broker, account, clock } = test
    await ask()
    service.outage = down()
    const [ended] = await broker.logins.logout(account)
    expect(ended?.atService).toBe('pending')
    expect(await credentialsIn(test)).toEqual([])
    expect(broker.revoker.tracker.counts(account.uid).pending).toBe(1)
    service.outage = null
    await clock.advance(2 * MINUTE)
    await idle()
    expect(service.alive).toEqual([])
    expect(service.calls.revoke).toBe(0)
  })

  it('is revoked with its own token by a run that has nothing else left', async () => {
    const ledgerFolder = makeTestFolder('named')
    const first = await makeBroker({ ...named, ledgerFolder })
    const account = await first.newAccount()
    await first.issue(cliClient, account)
    first.service.outage = down()
    await first.broker.logins.logout(account)
    first.crash()
    first.service.outage = null
    const second = prepareBroker({ after: first, ledgerFolder })
    await second.broker.start()
    await until(() => first.service.alive.length === 0)
    expect(first.service.calls.revoke).toBe(1)
  })

  it('is revoked with its own token if the credential no longer works', async () => {
    const { ask, service, broker, account } = await signedIn(named)
    await ask()
    service.password = 'changed'
    const ended = await broker.closeLeases({ accountUid: account.uid }, cliClient)
    expect(ended.map(({ atService }) => atService)).toEqual(['ended'])
    expect(service.calls).toMatchObject({ revokeLease: 1, revoke: 1 })
  })

  it('is revoked while Tokentray is locked', async () => {
    const { ask, service, broker } = await signedIn(named)
    await ask()
    broker.lock()
    await broker.closeLeases({}, cliClient)
    expect(service.alive).toEqual([])
  })
})

describe('a lease that is revoked with the session token', () => {
  it('is revoked before that token on logout', async () => {
    const { ask, service, broker, account } = await signedIn(bySession)
    await ask()
    expect(service.alive).toHaveLength(2)
    await broker.logins.logout(account)
    expect(service.calls).toMatchObject({ revokeLease: 1, revoke: 1 })
    expect(service.alive).toEqual([])
  })

  it('is revoked before that token on stop', async () => {
    const { ask, service, broker } = await signedIn(bySession)
    await ask()
    expect(await broker.stop(5_000)).toEqual({ pending: 0, untilExpiry: 0 })
    expect(service.calls).toMatchObject({ revokeLease: 1, revoke: 1 })
    expect(service.alive).toEqual([])
  })

  it('costs one login if that token was revoked elsewhere', async () => {
    const { ask, service, broker, clock } = await signedIn(bySession)
    const issued = await ask()
    service.forgetAllBut(tokenOf(issued))
    await broker.closeLeases({}, cliClient)
    expect(service.alive).toEqual([tokenOf(issued)])
    await clock.advance(MINUTE)
    await idle()
    expect(service.alive).not.toContain(tokenOf(issued))
    expect(service.calls.login).toBe(2)
  })

  it('waits for a session while Tokentray is locked and has none', async () => {
    const { ask, service, broker, clock } = await signedIn(bySession)
    const issued = await ask()
    broker.lock()
    service.forgetAllBut(tokenOf(issued))
    const [ended] = await broker.closeLeases({}, cliClient)
    expect(ended?.atService).toBe('pending')
    broker.unlock()
    await clock.advance(2 * MINUTE)
    await idle()
    expect(service.alive).not.toContain(tokenOf(issued))
  })
})
