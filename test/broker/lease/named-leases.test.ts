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
/** Like API keys: made and ended with the session's token, and no end of their own. */
const bySession: BrokerOptions = {
  services: [{ leaseKinds: ['dedicated'], mintsFrom: 'session', with: ['revokeLease'] }],
}
const down = () => new TokentrayError('temporarily_unavailable')

describe('a lease that its service knows by its id', () => {
  it('is in the ledger before the service is asked, and its token, in place of the plan, before it leaves', async () => {
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

  it('is not asked for when that cannot be written', async () => {
    const { ask, service, faults, listed } = await signedIn(named)
    faults.ledger = diskFull()
    expect(await codeOf(ask())).toBe('record_unavailable')
    expect(service.calls.mint).toBe(0)
    faults.ledger = null
    await idle()
    expect(listed()).toEqual([])
  })

  it('leaves no plan behind when its token cannot be recorded, and ends that', async () => {
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

  it('has one fate, of which everybody is told, while its token can be neither recorded nor ended', async () => {
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
    // A crash now finds the plan.
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

  it('is ended by its id', async () => {
    const { ask, service, broker } = await signedIn(named)
    const { lease } = await ask()
    const [ended] = await broker.closeLeases({ id: lease.id }, cliClient)
    expect(ended?.atService).toBe('ended')
    expect(service.calls).toMatchObject({ revokeLease: 1, revoke: 0 })
    expect(service.alive).toEqual([])
  })

  it('is ended by its id when the answer that held its token was lost', async () => {
    const { ask, service, listed, clock } = await signedIn(named)
    const { mint } = service.driver
    let late: () => Promise<unknown> = async () => undefined
    service.driver.mint = async (...call) => {
      await mint?.(...call)
      expect(service.alive).toHaveLength(1)
      // The service is slow, and makes it once more when nobody waits for it any longer.
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

  it('leaves nothing behind when the service has refused to make it', async () => {
    const { ask, service, listed } = await signedIn(named)
    service.failNext('mint', new TokentrayError('rate_limited', 'Slower.', { retryAt: 0 }))
    expect(await codeOf(ask())).toBe('rate_limited')
    await idle()
    expect(listed()).toEqual([])
    expect(service.calls.revokeLease).toBe(0)
  })

  it('is ended by the next run when a crash came between question and answer', async () => {
    const ledgerFolder = makeTestFolder('named')
    const first = await makeBroker({ ...named, ledgerFolder })
    const account = await first.signIn()
    first.service.hold('mint', 'after')
    void first.issue(cliClient, account).catch(() => undefined)
    await until(() => first.service.alive.length === 1)
    first.crash()
    const second = prepareBroker({ after: first, ledgerFolder })
    await second.broker.start()
    await until(() => first.service.alive.length === 0)
    expect(first.service.calls).toMatchObject({ revokeLease: 1, revoke: 0 })
    await until(() => second.broker.startupRecovery.recovery.state === 'done')
    // The second look is none of a token that still waits.
    expect(second.broker.startupRecovery.recovery).toMatchObject({ remaining: 0, revoked: 1 })
    await second.clock.advance(5 * MINUTE)
    await until(() => first.service.calls.revokeLease === 2)
    expect(second.broker.startupRecovery.recovery).toMatchObject({ remaining: 0, revoked: 1 })
  })

  it('is ended at log-out before the credential is gone', async () => {
    const { ask, service, broker, account } = await signedIn(named)
    await ask()
    await broker.logins.logout(account)
    expect(service.calls).toMatchObject({ revokeLease: 1, revoke: 0 })
    expect(service.alive).toEqual([])
  })

  it('is ended with what was kept for it when the service was down at log-out', async () => {
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

  it('is ended with its token alone by a run that has nothing else left', async () => {
    const ledgerFolder = makeTestFolder('named')
    const first = await makeBroker({ ...named, ledgerFolder })
    const account = await first.signIn()
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

  it('is ended with its token alone where the credential is refused by now', async () => {
    const { ask, service, broker, account } = await signedIn(named)
    await ask()
    service.password = 'changed'
    const ended = await broker.closeLeases({ accountUid: account.uid }, cliClient)
    expect(ended.map(({ atService }) => atService)).toEqual(['ended'])
    expect(service.calls).toMatchObject({ revokeLease: 1, revoke: 1 })
  })

  it('is ended while Tokentray is locked', async () => {
    const { ask, service, broker } = await signedIn(named)
    await ask()
    broker.lock()
    await broker.closeLeases({}, cliClient)
    expect(service.alive).toEqual([])
  })
})

describe('a lease that is ended with the token of the session', () => {
  it('goes before that token at a log-out', async () => {
    const { ask, service, broker, account } = await signedIn(bySession)
    await ask()
    expect(service.alive).toHaveLength(2)
    await broker.logins.logout(account)
    expect(service.calls).toMatchObject({ revokeLease: 1, revoke: 1 })
    expect(service.alive).toEqual([])
  })

  it('goes before that token at a stop', async () => {
    const { ask, service, broker } = await signedIn(bySession)
    await ask()
    expect(await broker.stop(5_000)).toEqual({ pending: 0, untilExpiry: 0 })
    expect(service.calls).toMatchObject({ revokeLease: 1, revoke: 1 })
    expect(service.alive).toEqual([])
  })

  it('costs one login when that token has been ended by somebody else', async () => {
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
