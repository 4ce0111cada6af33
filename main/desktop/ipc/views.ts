import type { EndedView, ListedTokenView } from '../../../preload/contract.ts'
import type {
  AccountView,
  ClientView,
  FieldView,
  LeaseView,
  LingeringView,
  ProviderView,
  SessionTokenView,
} from '../../../preload/snapshot.ts'
import { isSecret } from '../../base/forms/form-fields.ts'
import { forWindow } from '../../base/text/hints.ts'
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
} from '../../broker/describe.ts'
import type { ClosedLease } from '../../broker/lease/lease-closer.ts'
import type { Lease } from '../../broker/lease/leases.ts'
import type { OutstandingToken } from '../../broker/revocation/revocation-tracker.ts'
import type { AccountToken } from '../../broker/token-admin/match-tokens.ts'
import type { RevokedSession, SessionToken } from '../../broker/token-admin/session-tokens.ts'

/** Security: each view takes named members of a description; what is not named does not reach the page. */
function take<From extends object, Name extends keyof From>(
  from: From,
  ...names: readonly Name[]
): Pick<From, Name> {
  const taken = names.filter((name) => name in from).map((name) => [name, from[name]])
  return Object.fromEntries(taken) as Pick<From, Name>
}

export function toProviderView(provider: Broker['providers'][number]): ProviderView {
  const { fields, ...described } = describeProvider(provider)
  return {
    ...take(described, 'id', 'title', 'summary', 'sharesCredential'),
    fields: fields.map(toFieldView),
  }
}

function toFieldView(field: Broker['providers'][number]['fields'][number]): FieldView {
  const { choices, when, shape } = field
  return {
    ...take(field, 'name', 'label', 'kind', 'required', 'default', 'help'),
    ...(choices && { choices: choices.map((choice) => take(choice, 'value', 'label')) }),
    ...(when && { when: take(when, 'field', 'is') }),
    ...(shape && { shape: take(shape, 'pattern', 'means') }),
  }
}

export function toAccountView(account: Account, broker: Broker): AccountView {
  const described = describeAccount(account, broker)
  const { loginRequiredReason: reason, silentHost: silent } = described
  return {
    ...take(described, 'uid', 'id', 'provider', 'providerTitle', 'name', 'label', 'state'),
    ...take(described, 'displayName', 'color', 'pinned'),
    ...take(described, 'underWay', 'needsCode', 'leaseKind', 'leaseKinds', 'leaseSeconds'),
    ...take(described, 'leases', 'operations', 'sessionEndsAt', 'revokeAllHits', 'caution'),
    ...take(described, 'lastUsedAt'),
    ...(reason && {
      loginRequiredReason: {
        description: reason.description,
        ...(reason.hint !== undefined && { hint: forWindow(reason.hint) }),
      },
    }),
    ...(silent && {
      silentHost: { ...take(silent, 'host', 'until', 'brief', 'hint'), message: silent.lasting },
    }),
    values: formValuesOf(account),
  }
}

/** Of what is stored only what a field of the form asks for, and no field asks for a secret. */
function formValuesOf({ provider, record }: Account): Readonly<Record<string, string>> {
  const asked = provider.fields.filter((field) => !isSecret(field))
  return take(record.values, ...asked.map(({ name }) => name))
}

export const toLeaseView = (lease: Lease, broker: Broker): LeaseView =>
  take(
    describeLease(lease, broker),
    ...(['id', 'token', 'client', 'account', 'kind', 'openedAt', 'endsAt'] as const),
    ...(['tokenEndsAt', 'reason'] as const),
  )

export const toLingeringView = (lingering: OutstandingToken, broker: Broker): LingeringView =>
  take(
    describeLingering(lingering, broker),
    ...(['id', 'uid', 'account', 'use', 'client', 'madeAt'] as const),
    ...(['atService', 'why', 'retryAt', 'endsAt', 'expired'] as const),
  )

export const toSessionView = (token: SessionToken, broker: Broker): SessionTokenView =>
  take(
    describeSessionToken(token, broker),
    ...(['id', 'account', 'endsAt', 'mayBeOut', 'revocable'] as const),
  )

const OUTCOME = ['token', 'account', 'atService', 'endsAt', 'why', 'needsLogin'] as const

export const toEndedView = (ended: ClosedLease, broker: Broker): EndedView =>
  take(describeEndedLease(ended, broker), 'client', ...OUTCOME)

export const toEndedSessionView = (ended: RevokedSession): EndedView =>
  take(describeEndedSession(ended), ...OUTCOME)

export const toListedTokenView = (token: AccountToken, broker: Broker): ListedTokenView =>
  take(
    describeListedToken(token, broker),
    ...(['id', 'framework', 'createdAt', 'expiresAt', 'ours', 'use', 'clients'] as const),
  )

export const toClientView = (
  client: Parameters<typeof describeClient>[0],
  broker: Broker,
  hasFreshSecret: (id: string) => boolean,
): ClientView => ({
  ...take(
    describeClient(client, broker),
    'id',
    'name',
    'accounts',
    'createdAt',
    'lastUsedAt',
    'leaseSeconds',
  ),
  ...(hasFreshSecret(client.id) && { hasFreshSecret: true as const }),
})
