import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { createMemorySettings } from '../../../main/settings/memory-settings.ts'
import { codeOf, diskFull, idle, tokenOf } from '../../helpers/make-broker.ts'
import { dedicated, MINUTE, signedInWithTool } from '../set-ups.ts'

describe('handing out a token', () => {
  it('records it in ledger and audit log before the token is returned', async () => {
    const { issue, account, tool, journal, recorded } = await signedInWithTool(dedicated)
    await idle()
    const before = journal.length
    const { lease } = await issue(tool, account, { reason: 'nightly build' })
    expect(journal.slice(before)).toEqual(['add', 'issue'])
    expect(recorded.at(-1)).toEqual({
      event: 'issue',
      client: 'tool',
      account: 'sftpgo/work',
      lease: lease.id,
      fingerprint: lease.fingerprint,
      endsAt: lease.lifetime.endsAt,
      route: 'test',
      reason: 'nightly build',
    })
  })

  it('does not wait for settings that are being written, nor for callers that wait for them', async () => {
    const store = createMemorySettings()
    let isStuck = false
    const onDisk = () => (isStuck ? new Promise<never>(() => undefined) : Promise.resolve())
    const test = await signedInWithTool({ settings: { ...store, onDisk } })
    const { issue, account, tool, broker, newAccount } = test
    const other = await newAccount('other')
    isStuck = true
    const logout = broker.logins.logout(other)
    broker.changeAccount(account, { leaseSeconds: 600 })
    const another = test.client('another', account)
    expect(tokenOf(await issue(tool, account))).toBe(tokenOf(await issue(another, account)))
    let isOut = false
    void logout.then(() => {
      isOut = true
    })
    await idle()
    expect(isOut).toBe(false)
  })

  it('shows the latest reason that the client gave for its lease', async () => {
    const { issue, account, tool, broker } = await signedInWithTool()
    await issue(tool, account, { reason: 'first' })
    await issue(tool, account, { reason: 'second' })
    await issue(tool, account)
    expect(broker.leases.list().map(({ reason }) => reason)).toEqual(['second'])
  })

  it('records each time, with a fingerprint that identifies the token but does not reveal it', async () => {
    const { issue, account, tool, recorded } = await signedInWithTool()
    const first = await issue(tool, account)
    const again = await issue(tool, account)
    const lines = recorded.filter(({ event }) => event === 'issue')
    expect(lines).toHaveLength(2)
    expect(lines[0]?.fingerprint).toBe(lines[1]?.fingerprint)
    expect(again.lease.fingerprint).toMatch(/^[0-9a-f]{32}$/)
    expect(JSON.stringify(recorded)).not.toContain(tokenOf(first))
  })

  it('does not happen if it cannot be recorded', async () => {
    const { issue, account, tool, faults } = await signedInWithTool()
    faults.audit = diskFull()
    expect(await codeOf(issue(tool, account))).toBe('record_unavailable')
    faults.audit = null
    await issue(tool, account)
  })

  it('does not happen if its token cannot be written to the ledger', async () => {
    const { issue, account, tool, faults, service, recorded } = await signedInWithTool(dedicated)
    faults.ledger = diskFull()
    expect(await codeOf(issue(tool, account))).toBe('record_unavailable')
    await idle()
    expect(service.alive).toEqual([])
    expect(recorded.some(({ event }) => event === 'issue')).toBe(false)
  })

  it('does not happen if Tokentray is locked while it is recorded', async () => {
    const { issue, account, tool, broker } = await signedInWithTool()
    await issue(tool, account)
    const asked = codeOf(issue(tool, account))
    await Promise.resolve()
    broker.lock()
    expect(await asked).toBe('vault_locked')
  })

  it('does not happen if the account is logged out while it is recorded', async () => {
    const { issue, account, tool, broker } = await signedInWithTool()
    await issue(tool, account)
    const asked = codeOf(issue(tool, account))
    await Promise.resolve()
    await broker.logins.logout(account)
    expect(await asked).toBe('login_required')
  })

  it('uses another lease if the first is closed while it is recorded', async () => {
    const { issue, account, tool, broker, service } = await signedInWithTool(dedicated)
    const before = await issue(tool, account)
    const asked = issue(tool, account)
    await Promise.resolve()
    await broker.closeLeases({}, cliClient)
    const answer = await asked
    expect(answer.lease.id).not.toBe(before.lease.id)
    expect(service.accepts(tokenOf(answer))).toBe(true)
  })

  it('does not happen for a removed account', async () => {
    const { issue, account, broker } = await signedInWithTool()
    await broker.logins.remove(account)
    expect(await codeOf(issue(cliClient, account))).toBe('not_found')
  })

  it('follows changes made since the account was looked up', async () => {
    const { issue, account, broker } = await signedInWithTool()
    broker.changeAccount(account, { leaseSeconds: 60 })
    const { lease } = await issue(cliClient, account)
    expect(lease.lifetime.lengthMs).toBe(MINUTE)
  })

  it('uses the new lease kind after the account has changed it', async () => {
    const { issue, account, broker, service } = await signedInWithTool()
    const before = await issue(cliClient, account)
    broker.changeAccount(account, { leaseKind: 'dedicated' })
    const after = await issue(cliClient, account)
    expect([before.lease.kind, after.lease.kind]).toEqual(['shared', 'dedicated'])
    expect(service.alive).toHaveLength(2)
  })
})

describe('a refusal', () => {
  it('is recorded with its code', async () => {
    const { issue, account, tool, broker, recorded } = await signedInWithTool()
    broker.lock()
    await codeOf(issue(tool, account))
    expect(recorded.at(-1)).toEqual({
      event: 'refuse',
      client: 'tool',
      account: 'sftpgo/work',
      code: 'vault_locked',
      route: 'test',
    })
  })

  it.each([
    ['tool_removed', 'invalid_client'],
    ['account_removed', 'not_found'],
    ['stopping', 'temporarily_unavailable'],
  ] as const)('is recorded with its cause: %s', async (cause, code) => {
    const { issue, account, tool, broker, recorded } = await signedInWithTool()
    await issue(tool, account)
    if (cause === 'tool_removed') await broker.removeClient(tool)
    else if (cause === 'account_removed') await broker.logins.remove(account)
    else await broker.stop(1_000)
    expect(await codeOf(issue(tool, account))).toBe(code)
    expect(recorded.at(-1)).toMatchObject({ event: 'refuse', code, cause })
  })

  it('is not recorded for a caller that has disconnected', async () => {
    const { issue, account, tool, recorded, service } = await signedInWithTool(dedicated)
    service.hold('mint')
    await idle()
    const before = recorded.length
    const caller = new AbortController()
    const asked = codeOf(issue(tool, account, { signal: caller.signal }))
    await idle()
    caller.abort()
    await asked
    expect(recorded).toHaveLength(before)
  })
})

it('hands out and records existing tokens while the keychain cannot be read', async () => {
  const { issue, account, tool, faults, recorded } = await signedInWithTool(dedicated)
  await issue(tool, account)
  faults.vault = new TokentrayError('vault_locked')
  await issue(tool, account)
  await issue(cliClient, account)
  expect(recorded.filter(({ event }) => event === 'issue')).toHaveLength(3)
})
