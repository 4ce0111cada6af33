import type { EndedView, ListedTokenView } from '../../../preload/contract.ts'
import type {
  AccountView,
  FieldView,
  LeaseView,
  LingeringView,
  ProviderView,
  SessionTokenView,
  SilenceView,
} from '../../../preload/snapshot.ts'
import { isSecret } from '../../base/forms/form-fields.ts'
import { toClientId } from '../../base/ids.ts'
import { forWindow } from '../../base/text/hints.ts'
import type { Account } from '../../broker/account/accounts.ts'
import { leaseKindsOf, operationsOf } from '../../broker/account/operations.ts'
import { underWayOf } from '../../broker/account/under-way.ts'
import type { Broker } from '../../broker/broker.ts'
import type { ClosedLease } from '../../broker/lease/lease-closer.ts'
import type { Lease } from '../../broker/lease/leases.ts'
import { tokenUse } from '../../broker/ledger/token-use.ts'
import type { OutstandingToken } from '../../broker/revocation/revocation-tracker.ts'
import {
  describeSilence,
  describeSilenceBriefly,
  type SilentHost,
} from '../../broker/service/hosts.ts'
import type { AccountToken } from '../../broker/token-admin/match-tokens.ts'
import type { RevokedSession, SessionToken } from '../../broker/token-admin/session-tokens.ts'

type Provider = Broker['providers'][number]
type Field = Provider['fields'][number]

/** Each of these is built member by member: what is not named here does not reach the page. */
export function toProviderView(provider: Provider): ProviderView {
  const { id, title, summary, fields, sharesCredential } = provider
  return {
    ...{ id, title, summary },
    fields: fields.map(toFieldView),
    sharesCredential: sharesCredential === true,
  }
}

function toFieldView(field: Field): FieldView {
  const { name, label, kind, required, help, choices, when, shape } = field
  return {
    ...{ name, label, kind, required },
    ...(field.default !== undefined && { default: field.default }),
    ...(help !== undefined && { help }),
    ...(choices && { choices: choices.map(({ value, label }) => ({ value, label })) }),
    ...(when && { when: { field: when.field, is: when.is } }),
    ...(shape && { shape: { pattern: shape.pattern, means: shape.means } }),
  }
}

export function toAccountView(account: Account, broker: Broker): AccountView {
  const { leases, hosts, clock } = broker
  const { id, uid, record, provider, driver, values, session } = account
  const { revokeAll, caution } = driver
  const because = record.loginRequiredBecause
  const endsAt = session.current?.validity.endsAt
  const silent = hosts.of(provider, values)
  const underWay = underWayOf(account, broker)
  return {
    uid,
    id,
    provider: provider.id,
    providerTitle: provider.title,
    name: record.name,
    label: record.label,
    state: record.state,
    ...(because && {
      loginRequiredBecause: {
        sentence: because.sentence,
        ...(because.hint !== undefined && { hint: forWindow(because.hint) }),
      },
    }),
    ...(underWay && { underWay }),
    needsCode: record.needsCode,
    leaseKind: record.leaseKind,
    leaseKinds: [...leaseKindsOf(account)],
    leaseSeconds: record.leaseSeconds,
    leases: leases.list({ accountUid: uid }).length,
    operations: operationsOf(account),
    ...(typeof endsAt === 'number' && { sessionEndsAt: endsAt }),
    ...(revokeAll && { revokeAllHits: revokeAll.hits(values) }),
    ...(caution !== undefined && { caution }),
    ...(silent && { silent: toSilenceView(silent, clock.now()) }),
    values: formValuesOf(account),
  }
}

function toSilenceView(silent: SilentHost, now: number): SilenceView {
  const { host, until, hint } = silent
  const message = describeSilence(silent, now)
  const brief = describeSilenceBriefly(silent, now)
  return { host, until, message, brief, ...(hint !== undefined && { hint }) }
}

/** Of what is stored only what a field of the form asks for, and no field asks for a secret. */
function formValuesOf({ provider, record }: Account): Readonly<Record<string, string>> {
  const asked = provider.fields.filter((field) => !isSecret(field))
  return Object.fromEntries(
    asked.flatMap(({ name }) => {
      const value = record.values[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

export function toLeaseView(lease: Lease, broker: Broker): LeaseView {
  const { clients, accounts, revoker } = broker
  const { id, client, kind, openedAt, lifetime, reason, held } = lease
  const tokenEndsAt = held.validity.endsAt
  const outlives = tokenEndsAt !== null && !revoker.isRevocable(held)
  return {
    ...{ id, kind, openedAt, token: held.id },
    client: clients.nameOf(client),
    account: accounts.nameOf(held),
    endsAt: lifetime.endsAt ?? 0,
    ...(outlives && { tokenEndsAt }),
    ...(reason !== undefined && { reason }),
  }
}

/** What may live on though nobody holds it. */
export function toLingeringView(
  { item, status }: OutstandingToken,
  { accounts, clients }: Broker,
): LingeringView {
  const { id, client, addedAt } = item
  return {
    ...{ id, madeAt: addedAt, atService: status.outcome, why: status.why },
    ...{ uid: item.accountUid, account: accounts.nameOf(item) },
    use: tokenUse(item, accounts.findName(item)),
    ...(client !== undefined && { client: clients.nameOf(toClientId(client)) }),
    ...(status.endsAt !== null && { endsAt: status.endsAt }),
    ...(status.outcome === 'pending' &&
      status.retryAt !== undefined && { retryAt: status.retryAt }),
    ...(status.outcome === 'pending' && status.isExpired && { isExpired: true }),
  }
}

/** A session's own token that no lease is open on. */
export function toSessionView(token: SessionToken, { accounts }: Broker): SessionTokenView {
  const { held, mayBeIssued, isRevocable } = token
  return {
    ...{ id: held.id, account: accounts.nameOf(held), mayBeOut: mayBeIssued, isRevocable },
    ...(held.validity.endsAt !== null && { endsAt: held.validity.endsAt }),
  }
}

/** What became of a session token that no lease was open on. */
export function toEndedSessionView(ended: RevokedSession): EndedView {
  const { held, accountId, atService, status, needsLogin } = ended
  const { endsAt } = held.validity
  return {
    ...{ lease: held.id, token: held.id },
    ...{ client: '', account: accountId, session: accountId, atService },
    ...(atService !== 'ended' && endsAt !== null && { endsAt }),
    ...(status && status.outcome !== 'ended' && { why: status.why }),
    ...(needsLogin && { needsLogin: accountId }),
  }
}

export function toEndedView(ended: ClosedLease, { clients }: Broker): EndedView {
  const { lease, accountId, atService, status, needsLogin } = ended
  const { endsAt } = lease.held.validity
  return {
    ...{ lease: lease.id, token: lease.held.id },
    client: clients.nameOf(lease.client),
    account: accountId,
    atService,
    ...(atService !== 'ended' && endsAt !== null && { endsAt }),
    ...(status && status.outcome !== 'ended' && { why: status.why }),
    ...(needsLogin && { needsLogin: accountId }),
  }
}

export function toListedTokenView(token: AccountToken, broker: Broker): ListedTokenView {
  const { id, framework, createdAt, expiresAt, ours, held } = token
  return {
    ...{ id, createdAt, ours },
    ...(framework !== undefined && { framework }),
    ...(expiresAt !== null && { expiresAt }),
    ...(held && { use: held.kind, clients: clientsOn(held.id, broker) }),
  }
}

function clientsOn(heldId: string, { leases, clients }: Broker): string[] {
  const on = leases.list().filter(({ held }) => held.id === heldId)
  return [...new Set(on.map(({ client }) => clients.nameOf(client)))]
}
