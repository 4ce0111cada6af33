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

/** A first run with a shared account (service 0) and a dedicated one (service 1), each with a lease. */
async function firstRun() {
  const ledgerFolder = makeTestFolder('broker')
  const test = await makeBroker({
    ledgerFolder,
    services: [{}, { id: 'giantswarm', leaseKinds: ['dedicated'], lifeMs: null }],
  })
  const files = await test.signIn('files')
  const cluster = await test.signIn('cluster', 1)
  const shared = await test.issue(cliClient, files)
  const dedicated = await test.issue(cliClient, cluster)
  await until(() => test.services[1]?.alive.length === 1)
  return { ...test, ledgerFolder, shared, dedicated }
}

/** The next run over the same ledger, vault, settings and services. */
const secondRun = (after: TestBroker & { readonly ledgerFolder: string }) =>
  prepareBroker({ after, ledgerFolder: after.ledgerFolder })

function accountOf({ broker }: TestBroker, id: string) {
  return broker.accounts.get(id)
}

const isDone = ({ broker }: TestBroker) => broker.startupRecovery.recovery.state === 'done'

describe('after a crash', () => {
  it('takes up a session token that is still good, without a login', async () => {
    const first = await firstRun()
    first.crash()
    const second = secondRun(first)
    await second.broker.start()
    const answer = await second.issue(cliClient, accountOf(second, 'sftpgo/files'))
    expect(tokenOf(answer)).toBe(tokenOf(first.shared))
    expect(first.service.calls).toMatchObject({ login: 1, probe: 1 })
  })

  it('ends every other token of the run before, and says when that is done', async () => {
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

  it('goes on trying over one more restart while the service is down', async () => {
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

  it('takes up the newest of several session tokens, and ends the older ones', async () => {
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

  it('ends the session token of an account that is no longer signed in', async () => {
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

  it('ends what a removed account has left behind', async () => {
    const first = await firstRun()
    first.crash()
    first.settings.update((settings) => ({ ...settings, accounts: [] }))
    const second = secondRun(first)
    await second.broker.start()
    await until(() => isDone(second))
    expect([first.service.alive, first.services[1]?.alive]).toEqual([[], []])
  })

  it('does not take up a token that has expired meanwhile', async () => {
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

  it('takes up no token of a lease, though the account shares its session by now', async () => {
    const ledgerFolder = makeTestFolder('broker')
    const first = await makeBroker({ ledgerFolder })
    const account = await first.signIn('files')
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

  it('ends the token of a login where accounts have none of their own', async () => {
    const ledgerFolder = makeTestFolder('broker')
    const first = await makeBroker({ ledgerFolder, services: [{ leaseKinds: ['dedicated'] }] })
    const gate = first.service.hold('revoke')
    await first.signIn('files')
    await idle()
    first.crash()
    gate.openBehind()
    expect(first.service.alive).toHaveLength(1)
    const second = prepareBroker({ after: first, ledgerFolder })
    await second.broker.start()
    await until(() => first.service.alive.length === 0)
  })

  it('renews a token that it took up late in its life when it has too little left', async () => {
    const first = await firstRun()
    first.crash()
    first.clock.sleep(19.5 * MINUTE)
    const second = secondRun(first)
    await second.broker.start()
    const answer = await second.issue(cliClient, accountOf(second, 'sftpgo/files'))
    expect(answer.minValidityMet).toBe(true)
    expect(first.service.calls.login).toBe(2)
  })

  it('is locked if it was, and takes up the token when it is unlocked', async () => {
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

  it('says at once that a person must log in if an account with codes has lost its token', async () => {
    const ledgerFolder = makeTestFolder('broker')
    const first = await makeBroker({ ledgerFolder })
    first.service.code = '123456'
    await first.signIn('files', 0, '123456')
    first.crash()
    first.clock.sleep(21 * MINUTE)
    const second = prepareBroker({ after: first, ledgerFolder })
    await second.broker.start()
    await second.clock.advance(1)
    expect(second.notified).toEqual(['sftpgo/files'])
    expect(second.settings.read().accounts[0]?.state).toBe('login_required')
  })
})

describe('a vault that is not ready at the start', () => {
  it.each(['vault_locked', 'vault_unavailable'] as const)(
    '(%s) keeps everything from being handed out or worked off, and heals by itself',
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

  it('forgets later what a log-out could not forget meanwhile', async () => {
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

  it('keeps no key of a ledger that is gone', async () => {
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

  it('removes a credential as soon as the keychain works again', async () => {
    const test = await makeBroker()
    const account = await test.signIn()
    await test.signIn('other')
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

  it('is asked again at most once a second, by whoever wants a token', async () => {
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
    const login = () => test.signIn()
    for (let call = 0; call < 10; call += 1) expect(await codeOf(login())).toBe('vault_unavailable')
    const readsOfOneTry = reads
    test.clock.jumpWall(-86_400_000)
    await test.clock.advance(1_000)
    expect(await codeOf(login())).toBe('vault_unavailable')
    expect(reads).toBe(2 * readsOfOneTry)
  })

  it('keeps an account with codes from being called "login required" too soon', async () => {
    const ledgerFolder = makeTestFolder('broker')
    const first = await makeBroker({ ledgerFolder })
    first.service.code = '123456'
    await first.signIn('files', 0, '123456')
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
