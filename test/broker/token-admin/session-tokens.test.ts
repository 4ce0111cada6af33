import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { idle, makeBroker, prepareBroker, tokenOf, until } from '../../helpers/make-broker.ts'
import { makeTestFolder } from '../../helpers/marks.ts'

const MINUTE = 60_000

describe("the token of an account's own session", () => {
  it('is listed after a login, and stays valid when all issued tokens are revoked', async () => {
    const { broker, service, newAccount } = await makeBroker()
    const account = await newAccount('files')
    await idle()
    expect(broker.sessionTokens.list()).toMatchObject([
      { held: { accountUid: account.uid }, mayBeIssued: false, isRevocable: true },
    ])
    expect(await broker.revokeAll({}, cliClient)).toEqual({ leases: [], sessions: [] })
    expect(service.alive).toHaveLength(1)
  })

  it('is revoked with all others if it was issued, even after its lease is closed', async () => {
    const { broker, service, newAccount, issue, clock, recorded } = await makeBroker()
    const account = await newAccount('files')
    await issue(cliClient, account)
    expect(broker.sessionTokens.list()).toEqual([])
    await clock.advance(16 * MINUTE)
    expect(broker.leases.count).toBe(0)
    expect(broker.sessionTokens.list()).toMatchObject([{ mayBeIssued: true }])
    const { leases, sessions } = await broker.revokeAll({ accountUid: account.uid }, cliClient)
    expect(leases).toEqual([])
    expect(sessions).toMatchObject([{ accountId: 'sftpgo/files', atService: 'ended' }])
    expect(service.alive).toEqual([])
    expect(broker.sessionTokens.list()).toEqual([])
    expect(recorded).toContainEqual(
      expect.objectContaining({ event: 'end_session', account: 'sftpgo/files', route: 'v1' }),
    )
  })

  it('is listed if it was reused after a crash, and is revoked with all others', async () => {
    const ledgerFolder = makeTestFolder('broker')
    const first = await makeBroker({ ledgerFolder })
    const handedOut = tokenOf(await first.issue(cliClient, await first.newAccount('files')))
    first.crash()
    const second = prepareBroker({ after: first, ledgerFolder })
    await second.broker.start()
    await until(() => second.broker.startupRecovery.recovery.state === 'done')
    expect(second.broker.startupRecovery.recovery).toMatchObject({ resumed: 1 })
    expect(second.broker.sessionTokens.list()).toMatchObject([{ mayBeIssued: true }])
    expect(first.service.alive).toEqual([handedOut])
    const { sessions } = await second.broker.revokeAll({}, cliClient)
    expect(sessions).toMatchObject([{ accountId: 'sftpgo/files', atService: 'ended' }])
    expect(first.service.alive).toEqual([])
  })

  it('is listed under the name of its account after that was removed', async () => {
    const { broker, service, newAccount, issue } = await makeBroker()
    const account = await newAccount('files')
    const { lease } = await issue(cliClient, account)
    service.outage = new TokentrayError('temporarily_unavailable')
    await broker.logins.remove(account)
    expect(broker.accounts.nameOf(lease.held)).toBe('sftpgo/files')
  })
})
