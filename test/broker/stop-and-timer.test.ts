import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../main/base/errors.ts'
import { cliClient } from '../../main/broker/clients.ts'
import {
  codeOf,
  diskFull,
  idle,
  makeBroker,
  prepareBroker,
  tokenOf,
  until,
} from '../helpers/make-broker.ts'
import { MINUTE, twoAccounts } from './set-ups.ts'

describe('a stop', () => {
  it('revokes every token and stops the timer', async () => {
    const { broker, issue, shared, dedicated, files, cluster, clock } = await twoAccounts()
    await issue(cliClient, shared)
    await issue(cliClient, dedicated)
    expect(await broker.stop(10_000)).toEqual({ pending: 0, untilExpiry: 0 })
    expect([...files.alive, ...cluster.alive]).toEqual([])
    expect(broker.leases.count).toBe(0)
    expect(clock.armed).toBe(0)
  })

  it('finishes in time although the disk no longer responds', async () => {
    const { broker, issue, shared, clock, disk } = await twoAccounts()
    await issue(cliClient, shared)
    disk.hangs = true
    const stopping = broker.stop(10_000)
    await idle()
    await clock.advance(12_000)
    expect(await stopping).toEqual({ pending: 0, untilExpiry: 0 })
  })

  it('leaves the accounts signed in', async () => {
    const test = await twoAccounts()
    await test.broker.stop(10_000)
    const next = prepareBroker({ after: test, ledgerFolder: test.ledgerFolder })
    await next.broker.start()
    await next.issue(cliClient, next.broker.accounts.get('sftpgo/files'))
    expect(test.files.calls.login).toBe(2)
  })

  it('is recorded as the reason for each revocation it interrupted', async () => {
    const test = await makeBroker({ services: [{ leaseKinds: ['dedicated'], tokenless: true }] })
    const { broker, issue, service, clock } = test
    await issue(cliClient, await test.newAccount())
    service.driver.revoke = (_token, _values, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new TokentrayError('cancelled')))
      })
    const stopping = broker.stop(10_000)
    await idle()
    await clock.advance(10_000)
    await stopping
    await idle()
    const waiting = test.recorded.find(({ event }) => event === 'token_waiting')
    expect(waiting).toMatchObject({
      ...{ account: 'sftpgo/work', client: 'cli', cause: 'stopped' },
      reason: 'Tokentray stopped before the service confirmed it.',
    })
    expect(waiting).not.toHaveProperty('code')
  })

  it('leaves hanging revocations to the next start, and completes the rest', async () => {
    const test = await twoAccounts()
    const { broker, issue, shared, dedicated, files, cluster, clock } = test
    await issue(cliClient, shared)
    await issue(cliClient, dedicated)
    // From here on the service of the shared account does not respond.
    const gate = files.hold('revoke')
    const stopping = broker.stop(10_000)
    await until(() => cluster.alive.length === 0)
    await clock.advance(10_000)
    expect(await stopping).toMatchObject({ pending: 1, untilExpiry: 0 })
    expect(files.alive).toHaveLength(1)
    gate.openBehind()
    test.settings.update((settings) => ({ ...settings, accounts: [] }))
    const next = prepareBroker({ after: test, ledgerFolder: test.ledgerFolder })
    await next.broker.start()
    await until(() => files.alive.length === 0)
  })

  it('lets no login or mint in progress leave a token, and starts none', async () => {
    const { broker, issue, shared, dedicated, files, cluster, clock, client } = await twoAccounts()
    await clock.advance(20 * MINUTE)
    const login = files.hold('login', 'after')
    const mint = cluster.hold('mint', 'after')
    const clients = Array.from({ length: 5 }, (_, index) => client(`tool-${index}`, dedicated))
    const callers = [
      codeOf(issue(cliClient, shared)),
      ...clients.map((each) => codeOf(issue(each, dedicated))),
    ]
    await idle()
    const stopping = broker.stop(10_000)
    const late = codeOf(issue(cliClient, dedicated))
    await idle()
    login.open()
    mint.open()
    expect(await stopping).toEqual({ pending: 0, untilExpiry: 0 })
    expect(new Set(await Promise.all([...callers, late]))).toEqual(
      new Set(['temporarily_unavailable']),
    )
    expect([...files.alive, ...cluster.alive]).toEqual([])
    expect(cluster.calls.mint).toBe(1)
  })

  it('waits for a mint in progress and revokes its token', async () => {
    const { broker, issue, dedicated, cluster } = await twoAccounts()
    const gate = cluster.hold('mint', 'after')
    const caller = codeOf(issue(cliClient, dedicated))
    await idle()
    let left = -1
    const stopping = broker.stop(10_000).then(({ pending }) => {
      left = pending
    })
    await idle()
    expect(left).toBe(-1)
    gate.open()
    await stopping
    expect([left, cluster.alive]).toEqual([0, []])
    await caller
  })

  it('no longer asks the user anything', async () => {
    const { broker, issue, shared, client, questions } = await twoAccounts()
    const stopping = broker.stop(10_000)
    expect(await codeOf(issue(client('stranger'), shared))).toBe('temporarily_unavailable')
    await stopping
    expect(questions).toEqual([])
  })

  it('lets no login by the user leave a token, and starts none', async () => {
    const { broker, files, newAccount, settings, vault } = await twoAccounts()
    const gate = files.hold('login', 'after')
    const login = codeOf(newAccount('another'))
    await idle()
    const stopping = broker.stop(10_000)
    expect(await codeOf(newAccount('late'))).toBe('temporarily_unavailable')
    gate.open()
    expect(await stopping).toEqual({ pending: 0, untilExpiry: 0 })
    expect(await login).toBe('cancelled')
    expect(files.alive).toEqual([])
    expect(settings.read().accounts).toHaveLength(2)
    expect((await vault.keys()).filter((key) => key.startsWith('credential/'))).toHaveLength(2)
  })

  it('does not delay the other revocations because a login hangs', async () => {
    const { broker, issue, shared, dedicated, files, cluster, clock } = await twoAccounts()
    await issue(cliClient, dedicated)
    await clock.advance(14 * MINUTE)
    files.hold('login')
    const caller = codeOf(issue(cliClient, shared, { minValiditySeconds: 900 }))
    await until(() => files.calls.login === 2)
    const stopping = broker.stop(10_000)
    await until(() => [...files.alive, ...cluster.alive].length === 0)
    await clock.advance(10_000)
    expect(await stopping).toEqual({ pending: 0, untilExpiry: 0 })
    expect(await caller).toBe('temporarily_unavailable')
  })
})

describe('the timer', () => {
  it('is set for the expiry of a lease', async () => {
    const { broker, issue, dedicated, clock } = await twoAccounts()
    broker.changeAccount(dedicated, { leaseSeconds: 45 })
    await issue(cliClient, dedicated)
    await clock.advance(44_999)
    expect(broker.leases.count).toBe(1)
    await clock.advance(1)
    expect(broker.leases.count).toBe(0)
  })

  it('is the only one that is set', async () => {
    const { issue, dedicated, shared, clock } = await twoAccounts()
    await issue(cliClient, dedicated)
    await issue(cliClient, shared)
    expect(clock.armed).toBe(1)
  })

  it('is not set while no token is valid anywhere, and is set as soon as one is', async () => {
    const { broker, newAccount, clock } = await makeBroker()
    await clock.advance(2 * MINUTE)
    expect(clock.armed).toBe(0)
    const account = await newAccount()
    await idle()
    expect(clock.armed).toBe(1)
    await broker.logins.logout(account)
    await clock.advance(2 * MINUTE)
    expect(clock.armed).toBe(0)
  })

  it('keeps running if what it finds cannot be stored', async () => {
    const { broker, issue, dedicated, clock, faults, service, newAccount } = await twoAccounts()
    service.code = '123456'
    await newAccount('with-code', 0, '123456')
    faults.settings = diskFull()
    await clock.advance(25 * MINUTE)
    await issue(cliClient, dedicated)
    await clock.advance(15 * MINUTE)
    expect(broker.leases.count).toBe(0)
  })

  it('notices a sleep at the first request after it, before the next tick', async () => {
    const { issue, shared, files, clock } = await twoAccounts()
    await issue(cliClient, shared)
    files.forgetTokens()
    clock.sleep(MINUTE)
    expect(files.accepts(tokenOf(await issue(cliClient, shared)))).toBe(true)
  })
})
