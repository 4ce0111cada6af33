import { applying } from '../../base/forms/form-fields.ts'
import { toClientId } from '../../base/ids.ts'
import type { Account } from '../../broker/account/accounts.ts'
import { leaseKindsOf, operationsOf } from '../../broker/account/operations.ts'
import { underWayOf } from '../../broker/account/under-way.ts'
import type { Broker } from '../../broker/broker.ts'
import type { ClosedLease as BrokerEndedLease } from '../../broker/lease/lease-closer.ts'
import type { Lease } from '../../broker/lease/leases.ts'
import type { HeldToken } from '../../broker/ledger/ledger.ts'
import { tokenUse } from '../../broker/ledger/token-use.ts'
import type { RevocationStatus } from '../../broker/revocation/revocation-status.ts'
import { describeSilenceNow, type SilentHost } from '../../broker/service/hosts.ts'
import type { AccountToken } from '../../broker/token-admin/match-tokens.ts'
import type { RevokedSession as BrokerEndedSession } from '../../broker/token-admin/session-tokens.ts'
import type { Provider } from '../../providers/provider.ts'
import type { ClientRecord } from '../../settings/schema.ts'
import type { PortTrouble } from '../found/kept-port.ts'
import type {
  AccountAnswer,
  ClientsAnswer,
  EndedLease,
  EndedSession,
  LeasesAnswer,
  LingeringToken,
  ListedTokenAnswer,
  SessionTokenAnswer,
  StatusAnswer,
} from './wire.ts'

/** Epoch milliseconds become epoch seconds here and nowhere else. */
export const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1_000)

export function toProviderAnswer({ id, title, summary, fields, sharesCredential }: Provider) {
  return { id, title, summary, fields, shares_credential: sharesCredential === true }
}

export function toAccountAnswer(account: Account, broker: Broker): AccountAnswer {
  const { id, uid, record, provider, driver, values, session } = account
  const { revokeAll, caution } = driver
  const because = record.loginRequiredBecause
  const secrets = applying(provider.fields, values).filter(({ kind }) => kind === 'secret')
  const endsAt = session.current?.validity.endsAt
  const { pending, untilExpiry, expired } = broker.revoker.tracker.counts(uid)
  const silent = broker.hosts.of(provider, values)
  const underWay = underWayOf(account, broker)
  return {
    ...{ id, uid },
    provider: record.provider,
    label: record.label,
    values: record.values,
    state: record.state,
    ...(because && {
      login_required_reason: {
        description: because.sentence,
        ...(because.hint !== undefined && { hint: because.hint }),
        since: toSeconds(because.at),
      },
    }),
    needs_code: record.needsCode,
    lease_kind: record.leaseKind,
    lease_kinds: [...leaseKindsOf(account)],
    lease_seconds: record.leaseSeconds,
    leases: broker.leases.list({ accountUid: uid }).length,
    ...(underWay && { under_way: underWay }),
    operations: operationsOf(account),
    ...(revokeAll && { revoke_all_hits: revokeAll.hits(values) }),
    ...(caution !== undefined && { caution }),
    ...(silent && { silent_host: toSilentHost(silent, broker) }),
    secret_fields: secrets.map(({ name }) => name),
    ...(pending > 0 && { pending }),
    ...(untilExpiry > 0 && { until_expiry: untilExpiry }),
    ...(expired > 0 && { expired }),
    ...(typeof endsAt === 'number' && { session_ends_at: toSeconds(endsAt) }),
  }
}

function toSilentHost(silent: SilentHost, { clock }: Broker) {
  const { host, until, hint } = silent
  return {
    ...{ host, until: toSeconds(until), message: describeSilenceNow(silent, clock.now()) },
    ...(hint !== undefined && { hint }),
  }
}

export function toLeaseAnswer(lease: Lease, broker: Broker): LeasesAnswer['leases'][number] {
  const { id, client, kind, openedAt, lifetime, reason, held } = lease
  const tokenEndsAt = held.validity.endsAt
  const outlives = tokenEndsAt !== null && !broker.revoker.isRevocable(held)
  return {
    id,
    client: broker.clients.nameOf(client),
    account: broker.accounts.nameOf(held),
    kind,
    opened_at: toSeconds(openedAt),
    ends_at: toSeconds(lifetime.endsAt ?? 0),
    expires_in: Math.max(0, Math.floor(lifetime.remainingMs / 1_000)),
    ...(outlives && { token_ends_at: toSeconds(tokenEndsAt) }),
    ...(reason !== undefined && { reason }),
  }
}

export function toEndedLease(ended: BrokerEndedLease): EndedLease {
  const { lease, accountId, atService, status, needsLogin } = ended
  const endsAt = atService === 'shared' ? lease.held.validity.endsAt : null
  return {
    lease_id: lease.id,
    account: accountId,
    at_service: atService,
    ...(endsAt !== null && { ends_at: toSeconds(endsAt) }),
    ...(status && toFateAnswer(status)),
    ...(needsLogin && { needs_login: true }),
  }
}

/** The sessions' own tokens that no lease is open on. */
export function toSessionTokens(broker: Broker): SessionTokenAnswer[] {
  return broker.sessionTokens.list().map(({ held, mayBeIssued, isRevocable }) => {
    const { id, addedAt, validity } = held
    return {
      ...{ id, account: broker.accounts.nameOf(held), made_at: toSeconds(addedAt) },
      ...(validity.endsAt !== null && { ends_at: toSeconds(validity.endsAt) }),
      ...{ may_be_out: mayBeIssued, revocable: isRevocable },
    }
  })
}

export function toEndedSession(ended: BrokerEndedSession): EndedSession {
  const { held, accountId, atService, status, needsLogin } = ended
  return {
    ...{ id: held.id, account: accountId, at_service: atService },
    ...(status && toFateAnswer(status)),
    ...(needsLogin && { needs_login: true }),
  }
}

/** What may live on without a lease, of one account if it is named. */
export function toLingering(broker: Broker, accountUid?: string): LingeringToken[] {
  const { revoker, accounts, clients } = broker
  return revoker.tracker.outstanding(accountUid).map(({ item, status }) => {
    const { id, client, addedAt } = item
    return {
      id,
      account: accounts.nameOf(item),
      use: tokenUse(item, accounts.findName(item)),
      ...(client !== undefined && { client: clients.nameOf(toClientId(client)) }),
      made_at: toSeconds(addedAt),
      at_service: status.outcome,
      ...toFateAnswer(status),
      ...(status.outcome === 'pending' && status.isExpired && { expired: true }),
    }
  })
}

function toFateAnswer(fate: RevocationStatus) {
  if (fate.outcome === 'ended') return {}
  const retryAt = fate.outcome === 'pending' ? fate.retryAt : undefined
  return {
    ...(fate.endsAt !== null && { ends_at: toSeconds(fate.endsAt) }),
    ...(fate.outcome === 'pending' && { waits_for: fate.waitsFor }),
    ...(retryAt !== undefined && { retry_at: toSeconds(retryAt) }),
    why: fate.why,
  }
}

/** What the service says of a token, and what of ours is on it. */
export function toListedToken(
  { id, framework, createdAt, expiresAt, ours, held }: AccountToken,
  broker: Broker,
): ListedTokenAnswer {
  return {
    id,
    ...(framework !== undefined && { framework }),
    created_at: toSeconds(createdAt),
    ...(expiresAt !== null && { expires_at: toSeconds(expiresAt) }),
    ours,
    ...(held && { use: held.kind, clients: clientsOn(held, broker) }),
  }
}

function clientsOn({ id, accountUid }: HeldToken, { leases, clients }: Broker): string[] {
  const on = leases.list({ accountUid }).filter(({ held }) => held.id === id)
  return [...new Set(on.map(({ client }) => clients.nameOf(client)))]
}

export function toClientAnswer(
  record: ClientRecord,
  broker: Broker,
): ClientsAnswer['clients'][number] {
  const client = broker.clients.findByName(record.name)
  const uids = client ? broker.clients.grantedUids(client) : []
  const former = (client ? broker.clients.formerNames(client) : []).flatMap(([name, uid]) => {
    const account = broker.accounts.byUid(uid)?.id
    return account === undefined ? [] : [{ name, account }]
  })
  return {
    id: record.id,
    name: record.name,
    accounts: uids.flatMap((uid) => broker.accounts.byUid(uid)?.id ?? []),
    ...(former.length > 0 && { former_names: former }),
    created_at: toSeconds(record.createdAt),
  }
}

/** What the process is, besides what the broker knows. */
export interface Identity {
  readonly version: string
  readonly pid: number
  readonly instance: string
  readonly issuer: string
  readonly log_file: string
  portTrouble(): PortTrouble | null
}

export function toStatusAnswer(broker: Broker, identity: Identity): StatusAnswer {
  const { recovery } = broker.startupRecovery
  const counts = broker.revoker.tracker.counts()
  const { portTrouble, ...process } = identity
  const trouble = portTrouble()
  const { failure } = broker.keychain
  const resetting = broker.bulk.progress('reset')
  const revoking = broker.bulk.progress('revoke')
  const underWay = broker.deeds.list().map(({ waitsFor, ...deed }) => ({
    ...deed,
    ...(waitsFor !== undefined && { waits_for: waitsFor }),
  }))
  const state = failure?.code === 'vault_locked' ? 'vault_locked' : 'vault_unavailable'
  return {
    ...process,
    ...(trouble && { port_taken: trouble }),
    locked: broker.locked,
    vault: {
      kind: broker.vault.kind,
      state: failure ? state : 'ready',
      ...(failure && { message: `${failure.message} ${failure.hint}` }),
    },
    work_off: {
      ...{ state: recovery.state, remaining: recovery.remaining },
      ...{ revoked: recovery.revoked, expired: recovery.expired },
      until_expiry: recovery.untilExpiry,
      ...(recovery.resumed > 0 && { taken_up: recovery.resumed }),
      ...(recovery.unreadable > 0 && { unreadable: recovery.unreadable }),
    },
    ...(resetting && { resetting }),
    ...(revoking && { revoking }),
    ...(underWay.length > 0 && { under_way: underWay }),
    accounts: broker.accounts.all().length,
    leases: broker.leases.count,
    ...(broker.startupRecovery.isOpen && {
      sessions: broker.sessionTokens.list().length,
      ...{ pending: counts.pending, until_expiry: counts.untilExpiry, expired: counts.expired },
    }),
    silent_hosts: broker.hosts.list().map((each) => toSilentHost(each, broker)),
    notices: [...broker.notices],
  }
}
