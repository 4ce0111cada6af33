import { applying } from '../base/forms/form-fields.ts'
import { toClientId } from '../base/ids.ts'
import type { Provider } from '../providers/provider.ts'
import type { ClientRecord } from '../settings/schema.ts'
import type { Account } from './account/accounts.ts'
import { addressesOf } from './account/addresses.ts'
import { leaseKindsOf, operationsOf } from './account/operations.ts'
import { underWayOf } from './account/under-way.ts'
import type { Broker } from './broker.ts'
import type { ClosedLease } from './lease/lease-closer.ts'
import type { Lease } from './lease/leases.ts'
import type { HeldToken } from './ledger/ledger.ts'
import { tokenUse } from './ledger/token-use.ts'
import type { OutstandingToken } from './revocation/revocation-tracker.ts'
import {
  describeSilence,
  describeSilenceBriefly,
  describeSilenceNow,
  type SilentHost,
} from './service/hosts.ts'
import type { AccountToken } from './token-admin/match-tokens.ts'
import type { RevokedSession, SessionToken } from './token-admin/session-tokens.ts'

/*
 * The one description of what the broker has, for every surface: the endpoint renames its members, the
 * window takes some of them. Moments are epoch milliseconds, spans milliseconds; what does not apply is
 * absent. Nothing here is a secret.
 */

/** A kind of service and its login form. */
export function describeProvider({ id, title, summary, fields, sharesCredential }: Provider) {
  return { id, title, summary, fields, sharesCredential: sharesCredential === true }
}

/** An account, with what can be done with it and what of it may still be valid at its service. */
export function describeAccount(account: Account, broker: Broker) {
  const { id, uid, record, provider, driver, values, session } = account
  const { displayName, color, pinned } = record
  const { revokeAll, caution } = driver
  const because = record.loginRequiredBecause
  const secrets = applying(provider.fields, values).filter(({ kind }) => kind === 'secret')
  const endsAt = session.current?.validity.endsAt
  const { pending, untilExpiry, expired } = broker.revoker.tracker.counts(uid)
  const silent = broker.hosts.of(provider, values)
  const underWay = underWayOf(account, broker)
  const lastUsedAt = broker.lastUses.ofAccount(uid)
  const addresses = addressesOf(account)
  return {
    ...{ id, uid },
    provider: record.provider,
    providerTitle: provider.title,
    name: record.name,
    label: record.label,
    ...(displayName !== undefined && { displayName }),
    ...(color && { color }),
    ...(pinned && { pinned }),
    ...(addresses.length > 0 && { addresses }),
    values: record.values,
    state: record.state,
    ...(because && {
      loginRequiredReason: {
        description: because.sentence,
        ...(because.hint !== undefined && { hint: because.hint }),
        since: because.at,
      },
    }),
    needsCode: record.needsCode,
    leaseKind: record.leaseKind,
    leaseKinds: [...leaseKindsOf(account)],
    leaseSeconds: record.leaseSeconds,
    leases: broker.leases.list({ accountUid: uid }).length,
    ...(underWay && { underWay }),
    operations: operationsOf(account),
    ...(revokeAll && { revokeAllHits: revokeAll.hits(values) }),
    ...(caution !== undefined && { caution }),
    ...(silent && { silentHost: describeSilentHost(silent, broker) }),
    secretFields: secrets.map(({ name }) => name),
    ...(pending > 0 && { pending }),
    ...(untilExpiry > 0 && { untilExpiry }),
    ...(expired > 0 && { expired }),
    ...(typeof endsAt === 'number' && { sessionEndsAt: endsAt }),
    ...(lastUsedAt !== undefined && { lastUsedAt }),
  }
}

/**
 * A service that is left alone. `message` is for an answer that is read at once and may count seconds;
 * `lasting` and `brief` name a time of day, for what stays on a screen.
 */
export function describeSilentHost(silent: SilentHost, { clock }: Broker) {
  const { host, until, hint } = silent
  const now = clock.now()
  return {
    ...{ host, until, message: describeSilenceNow(silent, now) },
    lasting: describeSilence(silent, now),
    brief: describeSilenceBriefly(silent, now),
    ...(hint !== undefined && { hint }),
  }
}

/** An open lease. `token` names its token, so that leases on the same one can be told. */
export function describeLease(lease: Lease, { clients, accounts, revoker }: Broker) {
  const { id, client, kind, openedAt, lifetime, reason, held } = lease
  const tokenEndsAt = held.validity.endsAt
  const outlives = tokenEndsAt !== null && !revoker.isRevocable(held)
  return {
    ...{ id, token: held.id },
    client: clients.nameOf(client),
    account: accounts.nameOf(held),
    ...{ kind, openedAt },
    endsAt: lifetime.endsAt ?? 0,
    expiresIn: Math.max(0, lifetime.remainingMs),
    ...(outlives && { tokenEndsAt }),
    ...(reason !== undefined && { reason }),
  }
}

/** What closing a lease came to. */
export function describeEndedLease(ended: ClosedLease, { clients }: Broker) {
  const { lease } = ended
  const { client, held } = lease
  return { leaseId: lease.id, client: clients.nameOf(client), ...describeOutcome(ended, held) }
}

/** What revoking a session's token came to on which no lease was open. */
export function describeEndedSession(ended: RevokedSession) {
  return { id: ended.held.id, ...describeOutcome(ended, ended.held) }
}

function describeOutcome<At extends ClosedLease['atService']>(
  {
    accountId,
    atService,
    status,
    needsLogin,
  }: Omit<ClosedLease, 'lease'> & { readonly atService: At },
  { id, validity }: HeldToken,
) {
  const { endsAt } = validity
  return {
    ...{ token: id, account: accountId, atService },
    ...(atService !== 'ended' && endsAt !== null && { endsAt }),
    ...(status && status.outcome !== 'ended' && describeStatus(status)),
    ...(needsLogin && { needsLogin }),
  }
}

/** A session's own token that no lease is open on. */
export function describeSessionToken(token: SessionToken, { accounts }: Broker) {
  const { held, mayBeIssued, isRevocable } = token
  const { id, addedAt, validity } = held
  return {
    ...{ id, account: accounts.nameOf(held), madeAt: addedAt },
    ...(validity.endsAt !== null && { endsAt: validity.endsAt }),
    ...{ mayBeOut: mayBeIssued, revocable: isRevocable },
  }
}

/** A token that may still be valid at its service without a lease. */
export function describeLingering(
  { item, status }: OutstandingToken,
  { accounts, clients }: Broker,
) {
  const { id, client, addedAt, accountUid } = item
  return {
    ...{ id, uid: accountUid },
    account: accounts.nameOf(item),
    use: tokenUse(item, accounts.findName(item)),
    ...(client !== undefined && { client: clients.nameOf(toClientId(client)) }),
    ...{ madeAt: addedAt, atService: status.outcome },
    ...describeStatus(status),
    ...(status.outcome === 'pending' && status.isExpired && { expired: true as const }),
  }
}

function describeStatus(status: OutstandingToken['status']) {
  const retryAt = status.outcome === 'pending' ? status.retryAt : undefined
  return {
    ...(status.endsAt !== null && { endsAt: status.endsAt }),
    ...(status.outcome === 'pending' && { waitsFor: status.waitsFor }),
    ...(retryAt !== undefined && { retryAt }),
    why: status.why,
  }
}

/** A token as its service lists it, and which of ours it is. */
export function describeListedToken(token: AccountToken, broker: Broker) {
  const { id, framework, createdAt, expiresAt, ours, held } = token
  return {
    id,
    ...(framework !== undefined && { framework }),
    createdAt,
    ...(expiresAt !== null && { expiresAt }),
    ours,
    ...(held && { use: held.kind, clients: clientsOn(held, broker) }),
  }
}

function clientsOn({ id, accountUid }: HeldToken, { leases, clients }: Broker): string[] {
  const on = leases.list({ accountUid }).filter(({ held }) => held.id === id)
  return [...new Set(on.map(({ client }) => clients.nameOf(client)))]
}

/** A client, with the accounts that it is granted and the former names that it may use for them. */
export function describeClient(record: ClientRecord, { clients, accounts, lastUses }: Broker) {
  const client = clients.findByName(record.name)
  const usedAt = lastUses.ofClient(record.name)
  const uids = client ? clients.grantedUids(client) : []
  const former = (client ? clients.formerNames(client) : []).flatMap(([name, uid]) => {
    const account = accounts.byUid(uid)?.id
    return account === undefined ? [] : [{ name, account }]
  })
  return {
    id: record.id,
    name: record.name,
    accounts: uids.flatMap((uid) => accounts.byUid(uid)?.id ?? []),
    ...(former.length > 0 && { formerNames: former }),
    ...(record.leaseSeconds !== undefined && { leaseSeconds: record.leaseSeconds }),
    createdAt: record.createdAt,
    // Before, another tool had the name.
    ...(usedAt !== undefined && usedAt >= record.createdAt && { lastUsedAt: usedAt }),
  }
}
