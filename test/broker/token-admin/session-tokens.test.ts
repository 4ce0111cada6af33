import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import type { Broker } from '../../../main/broker/broker.ts'
import { type Client, cliClient } from '../../../main/broker/clients.ts'
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

  it.each([
    ['revoked', (broker: Broker, tool: Client) => broker.revokeOfClient(tool, cliClient)],
    ['removed', (broker: Broker, tool: Client) => broker.removeClient(tool, cliClient)],
    [
      'taken from its accounts',
      (broker: Broker, tool: Client) => broker.changeClient(tool, { accountUids: [] }, cliClient),
    ],
  ])(
    'that a tool may have from a run that crashed is revoked when the tool is %s',
    async (_, act) => {
      const ledgerFolder = makeTestFolder('broker')
      const first = await makeBroker({ ledgerFolder })
      const account = await first.newAccount('files')
      await first.issue(first.client('backup', account), account)
      first.client('other')
      first.crash()
      const { broker } = prepareBroker({ after: first, ledgerFolder })
      await broker.start()
      await until(() => broker.startupRecovery.recovery.state === 'done')
      const toolNamed = (name: string) => {
        const tool = broker.clients.findByName(name)
        if (!tool) throw new Error(`There is no tool ${name}.`)
        return tool
      }
      expect(await act(broker, toolNamed('other'))).toEqual({ leases: [], sessions: [] })
      expect(first.service.alive).toHaveLength(1)
      expect(broker.startupRecovery.recovery.resumed).toBe(1)
      expect(await act(broker, toolNamed('backup'))).toMatchObject({
        leases: [],
        sessions: [{ accountId: 'sftpgo/files', atService: 'ended' }],
      })
      expect(first.service.alive).toEqual([])
      expect(broker.startupRecovery.recovery.resumed).toBe(0)
    },
  )

  it('that a tool has after its lease has expired is revoked with the tool, unless another uses it', async () => {
    const { broker, service, newAccount, issue, client, clock } = await makeBroker()
    const account = await newAccount('files')
    const [brief, long, never] = ['brief', 'long', 'never'].map((name) => client(name, account))
    if (!brief || !long || !never) throw new Error('Three tools were added.')
    await broker.changeClient(brief, { leaseSeconds: 60 })
    await issue(brief, account)
    await issue(long, account)
    await clock.advance(61_000)
    await idle()
    expect(broker.leases.count).toBe(1)
    expect(await broker.revokeOfClient(brief, cliClient)).toEqual({ leases: [], sessions: [] })
    expect(service.alive).toHaveLength(1)
    await clock.advance(900_000)
    await idle()
    expect(broker.leases.count).toBe(0)
    expect(await broker.revokeOfClient(never, cliClient)).toEqual({ leases: [], sessions: [] })
    expect(service.alive).toHaveLength(1)
    expect(await broker.revokeOfClient(long, cliClient)).toMatchObject({
      sessions: [{ accountId: 'sftpgo/files', atService: 'ended' }],
    })
    expect(service.alive).toEqual([])
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
