import type { AccountToken } from '../broker/account-tokens.ts'
import type { Account } from '../broker/accounts.ts'
import type { Broker } from '../broker/broker.ts'
import type { EndedLease as BrokerEndedLease } from '../broker/lease-ending.ts'
import type { Lease } from '../broker/leases.ts'
import type { HeldToken } from '../broker/ledger.ts'
import { leaseKindsOf, operationsOf } from '../broker/operations.ts'
import type { Field, Provider } from '../providers/provider.ts'
import type { ClientRecord } from '../settings/schema.ts'
import type { PortTrouble } from './kept-port.ts'
import type {
  AccountAnswer,
  ClientsAnswer,
  EndedLease,
  LeasesAnswer,
  ListedTokenAnswer,
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
  const isAskedSecret = ({ kind, when }: Field) =>
    kind === 'secret' && (when === undefined || values[when.field] === when.is)
  const endsAt = session.current?.token.expiresAt
  return {
    id,
    provider: record.provider,
    label: record.label,
    values: record.values,
    state: record.state,
    needs_code: record.needsCode,
    lease_kind: record.leaseKind,
    lease_kinds: [...leaseKindsOf(account)],
    lease_seconds: record.leaseSeconds,
    leases: broker.leases.list({ accountUid: uid }).length,
    operations: operationsOf(account),
    ...(revokeAll && { revoke_all_hits: revokeAll.hits(values) }),
    ...(caution !== undefined && { caution }),
    secret_fields: provider.fields.filter(isAskedSecret).map(({ name }) => name),
    ...(typeof endsAt === 'number' && { session_ends_at: toSeconds(endsAt) }),
  }
}

export function toLeaseAnswer(lease: Lease, broker: Broker): LeasesAnswer['leases'][number] {
  const { id, client, accountUid, kind, openedAt, lifetime, reason, held } = lease
  const { expiresAt } = held.token
  const outlives = expiresAt !== null && !broker.endings.isEndable(held)
  return {
    id,
    client: broker.clients.nameOf(client),
    account: accountName(broker, accountUid),
    kind,
    opened_at: toSeconds(openedAt),
    ends_at: toSeconds(lifetime.endsAt ?? 0),
    expires_in: Math.max(0, Math.floor(lifetime.remainingMs / 1_000)),
    ...(outlives && { token_ends_at: toSeconds(expiresAt) }),
    ...(reason !== undefined && { reason }),
  }
}

export function toEndedLease({ lease, accountId, atService }: BrokerEndedLease): EndedLease {
  const { expiresAt } = lease.held.token
  return {
    lease_id: lease.id,
    account: accountId,
    at_service: atService,
    ...(atService !== 'ended' && expiresAt !== null && { ends_at: toSeconds(expiresAt) }),
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
  return {
    id: record.id,
    name: record.name,
    accounts: uids.map((uid) => accountName(broker, uid)),
    created_at: toSeconds(record.createdAt),
  }
}

/** What the process is, besides what the broker knows. */
export interface Identity {
  readonly version: string
  readonly pid: number
  readonly instance: string
  readonly issuer: string
  portTrouble(): PortTrouble | null
}

export function toStatusAnswer(broker: Broker, identity: Identity): StatusAnswer {
  const { workOff } = broker.opening
  const { portTrouble, ...process } = identity
  const trouble = portTrouble()
  const { failure } = broker.keychain
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
    work_off: workOff,
    accounts: broker.accounts.all().length,
    leases: broker.leases.count,
    pending: broker.endings.pendingCount,
    notices: [...broker.notices],
  }
}

const accountName = (broker: Broker, uid: string) =>
  broker.accounts.byUid(uid)?.id ?? 'removed account'
