import { mapInBatches } from '../../base/async/batches.ts'
import { TokentrayError } from '../../base/errors.ts'
import { Secret, type Secrets } from '../../base/secret.ts'
import { tidyDisplayName } from '../../base/text/account-looks.ts'
import type { Account } from '../../broker/account/accounts.ts'
import { findByAddress } from '../../broker/account/addresses.ts'
import type { Broker } from '../../broker/broker.ts'
import { cliClient } from '../../broker/clients.ts'
import type { ClosedLease } from '../../broker/lease/lease-closer.ts'
import type { Provider } from '../../providers/provider.ts'
import type { Authentication } from '../oauth/authentication.ts'
import * as schemas from '../schemas/schemas.ts'
import { toAccountAnswer, toEndedLeases, toLingering, toProviderAnswer } from '../schemas/views.ts'
import type { EndAnswer } from '../schemas/wire.ts'
import { ACCOUNT_PATH, findAccount, requireMeant } from './find-account.ts'
import { type Route, withBody, withoutBody } from './route.ts'

/** Listing, adding and changing accounts, logging in and out. */
export function accountRoutes(broker: Broker, authentication: Authentication): Route[] {
  const { logins, accounts, clients } = broker

  return [
    withoutBody({
      method: 'GET',
      path: '/v1/providers',
      operationId: 'listProviders',
      summary: 'Lists the supported services and the fields of their login forms.',
      answer: schemas.providersAnswer,
      handle: async () => ({ providers: broker.providers.map(toProviderAnswer) }),
    }),
    withoutBody({
      method: 'GET',
      path: '/v1/accounts',
      operationId: 'listAccounts',
      access: 'client',
      summary: 'Lists all accounts (owner key) or the granted ones (client authentication).',
      answer: schemas.accountsAnswer,
      handle: async ({ authorization }) => {
        const client = authentication.requireClientOrOwner(authorization)
        if (!client) {
          return {
            accounts: await mapInBatches(accounts.all(), (account) =>
              toAccountAnswer(account, broker),
            ),
          }
        }
        const granted = accounts.all().filter(({ uid }) => clients.isGranted(client, uid))
        return {
          accounts: granted.map(({ id, record: { provider, state } }) => ({ id, provider, state })),
        }
      },
    }),
    withBody({
      method: 'POST',
      path: '/v1/accounts',
      operationId: 'addAccount',
      reach: 'service',
      also: ['already_exists', 'not_found'],
      summary: 'Logs in to a service and adds the account.',
      body: schemas.addAccountRequest,
      answer: schemas.accountAnswer,
      status: 201,
      handle: async ({ body }) => {
        const wanted = {
          provider: findProvider(broker, body.provider),
          values: body.values,
          secrets: toSecrets(body.secrets),
          ...(body.name !== undefined && { name: body.name }),
          ...toDisplayName(body.display_name),
          ...(body.like !== undefined && {
            copyFrom: requireMeant(accounts.get(body.like), body.like_uid),
          }),
          ...(body.try_now && { tryNow: true }),
          ...toCode(body.one_time_code),
        }
        const former = formerNames(broker)
        const added = await logins.add(wanted, cliClient)
        return { ...toAccountAnswer(added, broker), ...takenBy(added, former) }
      },
    }),
    withBody({
      method: 'POST',
      path: '/v1/accounts/check',
      operationId: 'checkAccount',
      reach: 'service',
      also: ['already_exists', 'not_found'],
      summary: 'Checks a login form before a secret is entered.',
      body: schemas.checkAccountRequest,
      answer: schemas.emptyAnswer,
      handle: async ({ body }) => {
        const { values, again, name, like, unfinished = false, try_now: tryNow } = body
        const wanted = { values, ...(tryNow && { tryNow }) }
        if (again !== undefined) {
          await logins.checkAgain(accounts.get(again), wanted)
          return {}
        }
        const form = {
          ...{ ...wanted, provider: findProvider(broker, body.provider) },
          ...(name !== undefined && { name }),
          ...(like !== undefined && { copyFrom: accounts.get(like) }),
        }
        await logins.check(form, { isUnfinished: unfinished })
        return {}
      },
    }),
    withBody({
      method: 'POST',
      path: '/v1/accounts/find',
      operationId: 'findAccount',
      access: 'client',
      also: ['not_found', 'invalid_target'],
      summary:
        'Finds the account that answers for a web address: of all (owner key) or of the granted ones (client authentication).',
      body: schemas.findAccountRequest,
      answer: schemas.grantedAccountAnswer,
      handle: async ({ authorization, body }) => {
        const client = authentication.requireClientOrOwner(authorization)
        const known = accounts.all()
        // Security: a client must not learn which other accounts exist.
        const own = client ? known.filter(({ uid }) => clients.isGranted(client, uid)) : known
        const { id, record } = findByAddress(body, own)
        return { id, provider: record.provider, state: record.state }
      },
    }),
    withBody({
      method: 'POST',
      path: `${ACCOUNT_PATH}/login`,
      operationId: 'loginAgain',
      reach: 'service',
      summary: 'Logs in to an existing account again.',
      body: schemas.loginRequest,
      answer: schemas.accountAnswer,
      handle: async (call) => {
        const { values, secrets, one_time_code: code, try_now: tryNow } = call.body
        const login = {
          ...{ values, secrets: toSecrets(secrets), ...toCode(code) },
          ...(tryNow && { tryNow }),
        }
        const account = findAccount(broker, call)
        return toAccountAnswer(await logins.loginAgain(account, login, cliClient), broker)
      },
    }),
    withoutBody({
      method: 'POST',
      path: `${ACCOUNT_PATH}/logout`,
      operationId: 'logout',
      reach: 'records',
      summary: "Closes the account's leases, revokes its session and deletes its credential.",
      answer: schemas.endAnswer,
      handle: async (call) => {
        const account = findAccount(broker, call)
        const ended = await logins.logout(account, cliClient)
        return toEndAnswer(ended, account, broker)
      },
    }),
    withBody({
      method: 'PATCH',
      path: ACCOUNT_PATH,
      operationId: 'changeAccount',
      reach: 'records',
      also: ['already_exists', 'not_supported'],
      summary:
        'Renames an account (its clients can keep using the old name), or changes its display name, its color, whether it is pinned, the addresses that it answers for, or the kind and length of its leases. If one change fails, none is made.',
      body: schemas.changeAccountRequest,
      answer: schemas.accountAnswer,
      handle: async (call) => {
        const account = findAccount(broker, call)
        const { name, color, pinned, display_name: displayName } = call.body
        const { lease_kind: leaseKind, lease_seconds: leaseSeconds, addresses } = call.body
        const change = {
          ...(name !== undefined && { name }),
          ...(leaseKind && { leaseKind }),
          ...(leaseSeconds && { leaseSeconds }),
          ...(displayName !== undefined && { displayName }),
          ...(color && { color }),
          ...(pinned !== undefined && { pinned }),
          ...(addresses && { addresses }),
        }
        const former = formerNames(broker)
        const changed = broker.changeAccount(account, change, cliClient)
        return { ...toAccountAnswer(changed, broker), ...takenBy(changed, former) }
      },
    }),
    withoutBody({
      method: 'DELETE',
      path: ACCOUNT_PATH,
      operationId: 'removeAccount',
      reach: 'records',
      summary: 'Logs out of the account and removes it.',
      answer: schemas.endAnswer,
      handle: async (call) => {
        const account = findAccount(broker, call)
        return toEndAnswer(await logins.remove(account, cliClient), account, broker)
      },
    }),
  ]
}

/** Leases, and the account's other tokens that may still be valid: of its session, or pending before. */
function toEndAnswer(ended: readonly ClosedLease[], { uid }: Account, broker: Broker): EndAnswer {
  const told = new Set(ended.map(({ lease }) => lease.held.id))
  const lingering = toLingering(broker, uid).filter(({ id }) => !told.has(id))
  return { leases: toEndedLeases(ended, broker), ...(lingering.length > 0 && { lingering }) }
}

interface FormerName {
  readonly name: string
  readonly client: string
  readonly uid: string
  readonly account: string
}

/** Earlier names of accounts that clients may still use. */
function formerNames({ clients, accounts }: Broker): readonly FormerName[] {
  return clients.records().flatMap(({ name: client }) => {
    const known = clients.findByName(client)
    const former = known ? clients.formerNames(known) : []
    return former.flatMap(([name, uid]) => {
      const account = accounts.byUid(uid)?.id
      return account === undefined ? [] : [{ name, client, uid, account }]
    })
  })
}

/** Clients that used the account's new name for another one; none if it gets its own name back. */
function takenBy({ id, uid }: Account, former: readonly FormerName[]) {
  const taken = former
    .filter((each) => each.name === id && each.uid !== uid)
    .map(({ client, account }) => ({ client, account }))
  return taken.length > 0 ? { taken_from: taken } : {}
}

function findProvider(broker: Broker, id: string): Provider {
  const provider = broker.providers.find((candidate) => candidate.id === id)
  if (!provider) {
    const known = broker.providers.map((candidate) => candidate.id).join(', ')
    throw new TokentrayError('invalid_request', 'There is no such provider.', {
      hint: `Available: ${known}.`,
    })
  }
  return provider
}

function toSecrets(plain: Readonly<Record<string, string>>): Secrets {
  return Object.fromEntries(Object.entries(plain).map(([name, text]) => [name, new Secret(text)]))
}

/** An empty display name is none. */
function toDisplayName(text = ''): { readonly displayName?: string } {
  const displayName = tidyDisplayName(text)
  return displayName === '' ? {} : { displayName }
}

const toCode = (code: string | undefined): { readonly oneTimeCode?: Secret } =>
  code === undefined ? {} : { oneTimeCode: new Secret(code) }
