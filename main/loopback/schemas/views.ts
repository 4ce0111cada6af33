import type { Account } from '../../broker/account/accounts.ts'
import type { Broker } from '../../broker/broker.ts'
import {
  describeAccount,
  describeClient,
  describeEndedLease,
  describeEndedSession,
  describeLease,
  describeLingering,
  describeListedToken,
  describeProvider,
  describeSessionToken,
  describeSilentHost,
} from '../../broker/describe.ts'
import type { ClosedLease } from '../../broker/lease/lease-closer.ts'
import type { Lease } from '../../broker/lease/leases.ts'
import type { Revoked } from '../../broker/revoke-on-demand.ts'
import type { AccountToken } from '../../broker/token-admin/match-tokens.ts'
import type { RevokedSession } from '../../broker/token-admin/session-tokens.ts'
import type { Provider } from '../../providers/provider.ts'
import type { ClientRecord } from '../../settings/schema.ts'
import type { PortTrouble } from '../found/kept-port.ts'
import * as schemas from './schemas.ts'
import { toBody } from './to-body.ts'
import type { EndedLease, LingeringToken, SessionTokenAnswer, StatusAnswer } from './wire.ts'

export const toProviderAnswer = (provider: Provider) =>
  toBody(schemas.providerAnswer, describeProvider(provider))

export const toAccountAnswer = (account: Account, broker: Broker) =>
  toBody(schemas.accountAnswer, describeAccount(account, broker))

export const toLeaseAnswer = (lease: Lease, broker: Broker) =>
  toBody(schemas.leaseAnswer, describeLease(lease, broker))

export const toEndedLeases = (ended: readonly ClosedLease[], broker: Broker): EndedLease[] =>
  ended.map((each) => toBody(schemas.endedLease, describeEndedLease(each, broker)))

export const toEndedSession = (ended: RevokedSession) =>
  toBody(schemas.endedSession, describeEndedSession(ended))

/** What was revoked on demand. */
export const toEnd = ({ leases, sessions }: Revoked, broker: Broker) => ({
  leases: toEndedLeases(leases, broker),
  ...(sessions.length > 0 && { sessions: sessions.map(toEndedSession) }),
  ...notKnown(broker),
})

export const toListedToken = (token: AccountToken, broker: Broker) =>
  toBody(schemas.listedTokenAnswer, describeListedToken(token, broker))

export const toClientAnswer = (record: ClientRecord, broker: Broker) =>
  toBody(schemas.clientAnswer, describeClient(record, broker))

/** The sessions' own tokens without an open lease. */
export const toSessionTokens = (broker: Broker): SessionTokenAnswer[] =>
  broker.sessionTokens
    .list()
    .map((token) => toBody(schemas.sessionToken, describeSessionToken(token, broker)))

/** Tokens that may still be valid without a lease, of all accounts or of the named one. */
export const toLingering = (broker: Broker, accountUid?: string): LingeringToken[] =>
  broker.revoker.tracker
    .outstanding(accountUid)
    .map((each) => toBody(schemas.lingeringToken, describeLingering(each, broker)))

/** Until the stored state can be read, tokens of earlier runs are unknown. */
export const notKnown = ({ startupRecovery }: Broker) =>
  startupRecovery.isOpen ? {} : { not_known: true as const }

/** What the status says of the process, besides what the broker knows. */
export interface Identity {
  readonly version: string
  readonly pid: number
  readonly instance: string
  readonly issuer: string
  readonly log_file: string
  portTrouble(): PortTrouble | null
  /** Why there is no Unix socket, as text for the user. */
  socketTrouble(): string | null
}

export function toStatusAnswer(broker: Broker, identity: Identity): StatusAnswer {
  const { recovery } = broker.startupRecovery
  const counts = broker.revoker.tracker.counts()
  const { portTrouble, socketTrouble, ...process } = identity
  const trouble = portTrouble()
  const noSocket = socketTrouble()
  const { failure } = broker.keychain
  const resetting = broker.bulk.progress('reset')
  const revoking = broker.bulk.progress('revoke')
  const underWay = broker.ongoingWork.list().map(({ kind, waitsFor, ...rest }) => ({
    ...rest,
    deed: kind,
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
    silent_hosts: broker.hosts
      .list()
      .map((each) => toBody(schemas.silentHost, describeSilentHost(each, broker))),
    notices: [...broker.notices, ...(noSocket === null ? [] : [noSocket])],
  }
}
