import { expect } from 'vitest'
import { TokentrayError } from '../../main/base/errors.ts'
import { Secret } from '../../main/base/secret.ts'
import { cliClient } from '../../main/broker/clients.ts'
import {
  type BrokerOptions,
  diskFull,
  type Faults,
  idle,
  makeBroker,
  type TestBroker,
  until,
} from '../helpers/make-broker.ts'
import { makeTestFolder } from '../helpers/marks.ts'

export const MINUTE = 60_000

/** Leases with their own tokens, which never expire. */
export const dedicated: BrokerOptions = {
  services: [{ leaseKinds: ['dedicated', 'shared'], lifeMs: null }],
}

/** A broker with one account; its tokens are valid for twenty minutes, and shared by default. */
export async function signedIn(options: BrokerOptions = {}) {
  const test = await makeBroker(options)
  const account = await test.newAccount()
  await idle()
  const { broker, service, issue } = test
  return {
    ...test,
    account,
    ask: (minValiditySeconds?: number) =>
      issue(cliClient, account, minValiditySeconds === undefined ? {} : { minValiditySeconds }),
    /** Logs in as the user does, with the password that the service accepts. */
    loginAgain: (values?: Readonly<Record<string, string>>) =>
      broker.logins.loginAgain(account, {
        secrets: { password: new Secret(service.password) },
        ...(values && { values }),
      }),
    state: () => test.settings.read().accounts[0]?.state,
  }
}

/** The same, with a client that has a grant on the account. */
export async function signedInWithTool(options: BrokerOptions = {}) {
  const test = await signedIn(options)
  return { ...test, tool: test.client('tool', test.account) }
}

/** A broker with a ledger on disk, a shared account (service 0) and a dedicated one (service 1). */
export async function twoAccounts() {
  const ledgerFolder = makeTestFolder('broker')
  const test = await makeBroker({
    ledgerFolder,
    services: [{}, { id: 'giantswarm', leaseKinds: ['dedicated'], lifeMs: null }],
  })
  const shared = await test.newAccount('files')
  const cluster = await test.newAccount('cluster', 1)
  const [files, other] = test.services
  if (!files || !other) throw new Error('Two services are needed.')
  await until(() => other.alive.length === 0)
  return { ...test, ledgerFolder, shared, dedicated: cluster, files, cluster: other }
}

/** The keys of all stored credentials. */
export const credentialsIn = async ({ vault }: TestBroker) =>
  (await vault.keys()).filter((key) => key.startsWith('credential/'))

/** Nothing of a login was stored. */
export async function expectNothing(test: TestBroker): Promise<void> {
  await idle()
  expect(test.service.alive).toEqual([])
  expect(test.broker.accounts.all()).toEqual([])
  expect(await credentialsIn(test)).toEqual([])
}

/** The writes of a login, each with a way to make it fail. */
export const records: readonly { readonly part: keyof Faults; readonly error: TokentrayError }[] = [
  { part: 'ledger', error: diskFull() },
  { part: 'vault', error: new TokentrayError('vault_unavailable') },
  { part: 'audit', error: diskFull() },
  { part: 'settings', error: diskFull() },
]
