import { rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../main/base/errors.ts'
import { credentialKey } from '../../main/broker/account/keychain-items.ts'
import { cliClient } from '../../main/broker/clients.ts'
import { ledgerPath } from '../../main/vault/ledger/ledger-file.ts'
import {
  codeOf,
  idle,
  makeBroker,
  prepareBroker,
  type TestBroker,
  tokenOf,
  until,
} from '../helpers/make-broker.ts'
import { makeTestFolder } from '../helpers/marks.ts'

const MINUTE = 60_000
const down = () => new TokentrayError('temporarily_unavailable')

/** A first run with a shared account (service 0) and a dedicated one (service 1), one lease each. */
async function firstRun() {
  const ledgerFolder = makeTestFolder('broker')
  const test = await makeBroker({
    ledgerFolder,
    services: [{}, { id: 'giantswarm', leaseKinds: ['dedicated'], lifeMs: null }],
  })
  const files = await test.newAccount('files')
  const cluster = await test.newAccount('cluster', 1)
  const shared = await test.issue(cliClient, files)
  const dedicated = await test.issue(cliClient, cluster)
  await until(() => test.services[1]?.alive.length === 1)
  return { ...test, ledgerFolder, shared, dedicated }
}

/** The next run with the same ledger, vault, settings and services. */
const secondRun = (after: TestBroker & { readonly ledgerFolder: string }) =>
  prepareBroker({ after, ledgerFolder: after.ledgerFolder })

function accountOf({ broker }: TestBroker, id: string) {
  return broker.accounts.get(id)
}

const isDone = ({ broker }: TestBroker) => broker.startupRecovery.recovery.state === 'done'

describe('after a crash', () => {
  it('reuses a session token that still works, without a login', async () => {
    const first = await firstRun()
    first.crash()
    const second = secondRun(first)
    await second.broker.start()
    const answer = await second.issue(cliClient, accountOf(second, 'sftpgo/files'))
    expect(tokenOf(answer)).toBe(tokenOf(first.shared))
    expect(first.service.calls).toMatchObject({ login: 1, probe: 1 })
  })

  it('revokes every other token of the previous run, and reports when that is done', async () => {
    const first = await firstRun()
    first.crash()
    const second = secondRun(first)
    expect(second.broker.startupRecovery.recovery).toMatchObject({ state: 'waiting', remaining: 0 })
    await second.broker.start()
    expect(second.broker.startupRecovery.recovery).toMatchObject({ state: 'running', remaining: 1 })
    await until(() => isDone(second))
    expect(second.services[1]?.alive).toEqual([])
    await idle()
    expect(second.logged.filter((line) => line === 'recovery done')).toHaveLength(1)
    await second.clock.advance(5 * MINUTE)
    expect(second.logged.filter((line) => line === 'recovery done')).toHaveLength(1)
  })

  it('retries across another restart while the service is down', async () => {
    const first = await firstRun()
    first.crash()
    const cluster = first.services[1]
    if (!cluster) throw new Error('A second service is needed.')
    cluster.outage = down()
    const second = secondRun(first)
    await second.broker.start()
    await until(() => cluster.calls.revoke === 2)
    await idle()
    expect(second.broker.startupRecovery.recovery).toMatchObject({ state: 'running', remaining: 1 })
    expect(second.logged).not.toContain('recovery done')
    second.crash()

    const third = secondRun({ ...second, ledgerFolder: first.ledgerFolder })
    await third.broker.start()
    await until(() => cluster.calls.revoke === 3)
    cluster.outage = null
    await third.clock.advance(MINUTE)
    await until(() => isDone(third))
    expect(cluster.alive).toEqual([])
    await third.clock.advance(30_000)
    expect(third.logged).toContain('recovery done')
  })

  it('reuses the newest of several session tokens and revokes the older ones', async () => {
    const first = await firstRun()
    await first.clock.advance(12 * MINUTE)
    const newest = await first.issue(cliClient, accountOf(first, 'sftpgo/files'), {
      minValiditySeconds: 600,
    })
    expect(first.service.alive).toHaveLength(2)
    first.crash()
    const second = secondRun(first)
    await second.broker.start()
    await until(() => isDone(second))
    expect(first.service.alive).toEqual([tokenOf(newest)])
    const answer = await second.issue(cliClient, accountOf(second, 'sftpgo/files'))
    expect(tokenOf(answer)).toBe(tokenOf(newest))
  })

  it('revokes the session token of an account that is no longer signed in', async () => {
    const first = await firstRun()
    first.crash()
    first.settings.update((settings) => ({
      ...settings,
      accounts: settings.accounts.map((each) => ({ ...each, state: 'login_required' as const })),
    }))
    const second = secondRun(first)
    await second.broker.start()
    await until(() => isDone(second))
    expect([first.service.alive, first.services[1]?.alive]).toEqual([[], []])
  })

  it('revokes the tokens that a removed account left behind', async () => {
    const first = await firstRun()
    first.crash()
    first.settings.update((settings) => ({ ...settings, accounts: [] }))
    const second = secondRun(first)
    await second.broker.start()
    await until(() => isDone(second))
    expect([first.service.alive, first.services[1]?.alive]).toEqual([[], []])
  })

  it('does not reuse a token that expired while Tokentray was not running', async () => {
    const first = await firstRun()
    first.crash()
    first.clock.sleep(21 * MINUTE)
    const second = secondRun(first)
    await second.broker.start()
    const account = accountOf(second, 'sftpgo/files')
    expect(account.session.current).toBeNull()
    await until(() => isDone(second))
    expect(first.service.calls.revoke).toBe(1)
    await second.issue(cliClient, account)
    expect(first.service.calls.login).toBe(2)
  })

  it('does not reuse the token of a lease, even if the account now shares its session', async () => {
    const ledgerFolder = makeTestFolder('broker')
    const first = await makeBroker({ ledgerFolder })
    const account = await first.newAccount('files')
    first.broker.changeAccount(account, { leaseKind: 'dedicated' })
    await first.issue(cliClient, account)
    first.broker.changeAccount(account, { leaseKind: 'shared' })
    await until(() => first.service.alive.length === 1)
    first.crash()
    const second = prepareBroker({ after: first, ledgerFolder })
    await second.broker.start()
    await until(() => first.service.alive.length === 0)
    expect(accountOf(second, 'sftpgo/files').session.current).toBeNull()
  })

  it('revokes the token of a login if the account keeps no session token', async () => {
    const ledgerFolder = makeTestFolder('broker')
    const first = await makeBroker({ ledgerFolder, services: [{ leaseKinds: ['dedicated'] }] })
    const gate = first.service.hold('revoke')
    await first.newAccount('files')
    await idle()
    first.crash()
    gate.openBehind()
    expect(first.service.alive).toHaveLength(1)
    const second = prepareBroker({ after: first, ledgerFolder })
    await second.broker.start()
    await until(() => first.service.alive.length === 0)
  })

  it('renews a reused token that has too little time left', async () => {
    const first = await firstRun()
    first.crash()
    first.clock.sleep(19.5 * MINUTE)
    const second = secondRun(first)
    await second.broker.start()
    const answer = await second.issue(cliClient, accountOf(second, 'sftpgo/files'))
    expect(answer.minValidityMet).toBe(true)
    expect(first.service.calls.login).toBe(2)
  })

  it('stays locked if it was locked, and reuses the token after unlocking', async () => {
    const first = await firstRun()
    first.broker.lock()
    first.crash()
    const second = secondRun(first)
    await second.broker.start()
    await until(() => isDone(second))
    const account = accountOf(second, 'sftpgo/files')
    expect(await codeOf(second.issue(cliClient, account))).toBe('vault_locked')
    expect(account.session.current).toBeNull()
    expect(first.service.alive).toEqual([tokenOf(first.shared)])
    second.broker.unlock()
    expect(tokenOf(await second.issue(cliClient, account))).toBe(tokenOf(first.shared))
    expect(first.service.calls.login).toBe(1)
  })

  it('reports "login required" at once if an account that needs codes has lost its token', async () => {
    const ledgerFolder = makeTestFolder('broker')
    const first = await makeBroker({ ledgerFolder })
    first.service.code = '123456'
    await first.newAccount('files', 0, '123456')
    first.crash()
    first.clock.sleep(21 * MINUTE)
    const second = prepareBroker({ after: first, ledgerFolder })
    await second.broker.start()
    await second.clock.advance(1)
    expect(second.notified).toEqual(['sftpgo/files'])
    expect(second.settings.read().accounts[0]?.state).toBe('login_required')
  })
})

describe('a vault that is not ready at start', () => {
  it.each(['vault_locked', 'vault_unavailable'] as const)(
    '(%s) blocks tokens and revocations, and is retried until it works',
    async (code) => {
      const first = await firstRun()
      first.crash()
      const second = secondRun(first)
      second.faults.vault = new TokentrayError(code)
      await second.broker.start()
      const account = accountOf(second, 'sftpgo/files')
      expect(await codeOf(second.issue(cliClient, account))).toBe(code)
      expect(second.broker.startupRecovery.failure?.code).toBe(code)
      expect(second.broker.startupRecovery.recovery.state).toBe('waiting')
      await second.clock.advance(5 * MINUTE)
      expect(second.services.map(({ calls }) => calls.revoke)).toEqual([0, 1])

      second.faults.vault = null
      await second.clock.advance(30_000)
      await until(() => isDone(second))
      expect(second.services[1]?.alive).toEqual([])
      expect(second.broker.startupRecovery.failure).toBeNull()
      expect(tokenOf(await second.issue(cliClient, account))).toBe(tokenOf(first.shared))
    },
  )

  it('retries deleting a credential that a logout could not delete', async () => {
    const first = await firstRun()
    first.crash()
    const second = secondRun(first)
    second.faults.vault = new TokentrayError('vault_locked')
    await second.broker.start()
    const files = accountOf(second, 'sftpgo/files')
    expect(await codeOf(second.broker.logins.logout(files))).toBe('vault_locked')
    second.faults.vault = null
    await second.clock.advance(30_000)
    await until(() => isDone(second))
    await idle()
    const kept = accountOf(second, 'giantswarm/cluster')
    expect((await second.vault.keys()).filter((key) => key.startsWith('credential/'))).toEqual([
      credentialKey(kept.record),
    ])
    expect(first.service.alive).toEqual([])
  })

  it('deletes the key of a ledger that no longer exists', async () => {
    const first = await firstRun()
    first.crash()
    rmSync(ledgerPath(first.ledgerFolder))
    const second = secondRun(first)
    await second.broker.start()
    await until(() => isDone(second))
    await idle()
    const keys = async () =>
      (await second.vault.keys()).filter((key) => key.startsWith('ledger-key/'))
    expect(await keys()).toHaveLength(1)
  })

  it('deletes a credential as soon as the keychain works again', async () => {
    const test = await makeBroker()
    const account = await test.newAccount()
    await test.newAccount('other')
    test.faults.vault = new TokentrayError('vault_locked')
    expect(await codeOf(test.broker.logins.logout(account))).toBe('vault_locked')
    test.faults.vault = null
    await test.broker.vault.keys()
    await test.clock.advance(30_000)
    await idle()
    const left = accountOf(test, 'sftpgo/other')
    expect((await test.vault.keys()).filter((key) => key.startsWith('credential/'))).toEqual([
      credentialKey(left.record),
    ])
  })

  it('is tried at most once a second, however many callers want a token', async () => {
    const test = prepareBroker()
    let reads = 0
    const fault = new TokentrayError('vault_unavailable')
    Object.defineProperty(test.faults, 'vault', {
      get: () => {
        reads += 1
        return fault
      },
    })
    await test.broker.start()
    const login = () => test.newAccount()
    for (let call = 0; call < 10; call += 1) expect(await codeOf(login())).toBe('vault_unavailable')
    const readsOfOneTry = reads
    test.clock.jumpWall(-86_400_000)
    await test.clock.advance(1_000)
    expect(await codeOf(login())).toBe('vault_unavailable')
    expect(reads).toBe(2 * readsOfOneTry)
  })

  it('does not make an account that needs codes "login required" too early', async () => {
    const ledgerFolder = makeTestFolder('broker')
    const first = await makeBroker({ ledgerFolder })
    first.service.code = '123456'
    await first.newAccount('files', 0, '123456')
    first.crash()
    const second = prepareBroker({ after: first, ledgerFolder })
    second.faults.vault = new TokentrayError('vault_locked')
    await second.broker.start()
    await second.clock.advance(MINUTE)
    expect(second.notified).toEqual([])
    second.faults.vault = null
    await second.clock.advance(30_000)
    await until(() => isDone(second))
    await second.issue(cliClient, accountOf(second, 'sftpgo/files'))
    expect(first.service.calls.login).toBe(1)
  })
})
