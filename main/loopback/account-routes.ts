import { TokentrayError } from '../base/errors.ts'
import { parseAccountId } from '../base/ids.ts'
import { Secret, type Secrets } from '../base/secret.ts'
import type { Account } from '../broker/accounts.ts'
import type { Broker } from '../broker/broker.ts'
import type { Provider } from '../providers/provider.ts'
import { type Authentication, usedBasic } from './authentication.ts'
import { type Call, type Route, withBody, withoutBody } from './route.ts'
import * as schemas from './schemas.ts'
import { toAccountAnswer, toEndedLease } from './views.ts'

const ONE = '/v1/accounts/{provider}/{name}'

/** Listing, adding, changing, and logging in and out. */
export function accountRoutes(broker: Broker, authentication: Authentication): Route[] {
  const { signing, accounts, clients } = broker
  const find = ({ params }: Call<unknown>): Account =>
    accounts.get(parseAccountId(`${params['provider']}/${params['name']}`))

  return [
    withoutBody({
      method: 'GET',
      path: '/v1/providers',
      summary: 'The kinds of service there are, and the fields of their login forms.',
      answer: schemas.providersAnswer,
      handle: async () => ({
        providers: broker.providers.map(({ id, title, summary, fields, leaseKinds }) => ({
          ...{ id, title, summary, fields },
          lease_kinds: leaseKinds,
        })),
      }),
    }),
    withoutBody({
      method: 'GET',
      path: '/v1/accounts',
      access: 'client',
      summary: 'With the owner key: all accounts. With client authentication: the granted ones.',
      answer: schemas.accountsAnswer,
      handle: async ({ authorization }) => {
        if (!usedBasic(authorization)) {
          authentication.requireOwner(authorization)
          return { accounts: accounts.all().map((account) => toAccountAnswer(account, broker)) }
        }
        const client = authentication.requireClient(authorization)
        const granted = accounts.all().filter(({ uid }) => clients.isGranted(client, uid))
        return {
          accounts: granted.map(({ id, record: { provider, state } }) => ({ id, provider, state })),
        }
      },
    }),
    withBody({
      method: 'POST',
      path: '/v1/accounts',
      summary: 'Logs in to a service and keeps the account.',
      body: schemas.addAccountRequest,
      answer: schemas.accountAnswer,
      status: 201,
      handle: async ({ body }) => {
        const added = await signing.add({
          provider: findProvider(broker, body.provider),
          values: body.values,
          secrets: toSecrets(body.secrets),
          ...(body.name !== undefined && { name: body.name }),
          ...toCode(body.one_time_code),
        })
        return toAccountAnswer(added, broker)
      },
    }),
    withBody({
      method: 'POST',
      path: '/v1/accounts/check',
      summary: 'Says what is wrong with a login form before a secret is entered.',
      body: schemas.checkAccountRequest,
      answer: schemas.emptyAnswer,
      handle: async ({ body }) => {
        await signing.check({
          provider: findProvider(broker, body.provider),
          values: body.values,
          ...(body.name !== undefined && { name: body.name }),
        })
        return {}
      },
    }),
    withBody({
      method: 'POST',
      path: `${ONE}/login`,
      summary: 'Logs a known account in again.',
      body: schemas.loginRequest,
      answer: schemas.accountAnswer,
      handle: async (call) => {
        const { values, secrets, one_time_code: code } = call.body
        const login = { values, secrets: toSecrets(secrets), ...toCode(code) }
        return toAccountAnswer(await signing.loginAgain(find(call), login), broker)
      },
    }),
    withoutBody({
      method: 'POST',
      path: `${ONE}/logout`,
      summary: 'Ends what the account has out and forgets its credential.',
      answer: schemas.endAnswer,
      handle: async (call) => {
        const ended = await signing.logout(find(call))
        return { leases: ended.map(toEndedLease) }
      },
    }),
    withBody({
      method: 'PATCH',
      path: ONE,
      summary: 'Renames an account, or changes the kind and length of its leases.',
      body: schemas.changeAccountRequest,
      answer: schemas.accountAnswer,
      handle: async (call) => {
        const account = find(call)
        const { name, lease_kind: leaseKind, lease_seconds: leaseSeconds } = call.body
        broker.changeAccount(account, {
          ...(leaseKind && { leaseKind }),
          ...(leaseSeconds && { leaseSeconds }),
        })
        const changed =
          name === undefined ? accounts.get(account.id) : signing.rename(account, name)
        return toAccountAnswer(changed, broker)
      },
    }),
    withoutBody({
      method: 'DELETE',
      path: ONE,
      summary: 'Logs out and forgets the account.',
      answer: schemas.endAnswer,
      handle: async (call) => {
        const ended = await signing.remove(find(call))
        return { leases: ended.map(toEndedLease) }
      },
    }),
  ]
}

function findProvider(broker: Broker, id: string): Provider {
  const provider = broker.providers.find((candidate) => candidate.id === id)
  if (!provider) {
    const known = broker.providers.map((candidate) => candidate.id).join(', ')
    throw new TokentrayError('invalid_request', 'There is no such provider.', {
      hint: `Known are: ${known}.`,
    })
  }
  return provider
}

function toSecrets(plain: Readonly<Record<string, string>>): Secrets {
  return Object.fromEntries(Object.entries(plain).map(([name, text]) => [name, new Secret(text)]))
}

const toCode = (code: string | undefined): { readonly oneTimeCode?: Secret } =>
  code === undefined ? {} : { oneTimeCode: new Secret(code) }
