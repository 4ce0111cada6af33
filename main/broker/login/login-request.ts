import { isDeepStrictEqual } from 'node:util'
import { TokentrayError } from '../../base/errors.ts'
import type { Secret, Secrets } from '../../base/secret.ts'
import { changeValues, checkValues } from '../../providers/form.ts'
import type { Driver, FormValues, LeaseKind, Login, Provider } from '../../providers/provider.ts'
import type { Vault } from '../../vault/vault.ts'
import { type Account, type Accounts, readCredential } from '../account/accounts.ts'
import { leaseKindsOf } from '../account/operations.ts'
import { isSameForm } from '../service/same-service.ts'

/** What a login of a known account changes. */
export interface NewLogin {
  readonly secrets: Secrets
  /** Non-secret fields that get another value, if the service accepts the login. */
  readonly values?: FormValues
  readonly oneTimeCode?: Secret
  /** The person wants it tried even though the service wants to be left alone. */
  readonly tryNow?: boolean
}

export interface NewAccount {
  readonly provider: Provider
  /** Left out: made from who it is. */
  readonly name?: string
  readonly values: FormValues
  readonly secrets: Secrets
  readonly oneTimeCode?: Secret
  /** The person wants it tried even though the service wants to be left alone. */
  readonly tryNow?: boolean
  /** Values and secrets that are not given are those of this account. */
  readonly copyFrom?: Account
}

/** What was entered, over what the account that this one is to be like has. */
export function valuesOf({ provider, values, copyFrom }: Omit<NewAccount, 'secrets'>): FormValues {
  return copyFrom ? changeValues(provider, copyFrom.record.values, values) : values
}

/** The driver of an account with these values, once this login is kept. */
export function driverOf(provider: Provider, values: FormValues, { learned }: Login): Driver {
  return provider.driver({ ...values, ...learned })
}

/** The kind of lease of a new account: the one that the person prefers, where its service can give that. */
export function firstLeaseKind(
  driver: Driver,
  needsCode: boolean,
  preferred: LeaseKind | 'service',
): LeaseKind {
  const possible = leaseKindsOf({ driver, record: { needsCode } })
  return possible.find((kind) => kind === preferred) ?? driver.leaseKinds[0]
}

/**
 * The kind of lease that the account has, unless its new login makes others possible or necessary:
 * one that needs a code for every login cannot mint by logging in.
 */
export function nextLeaseKind(
  { record, driver }: Account,
  next: Driver,
  needsCode: boolean,
): LeaseKind {
  const { leaseKinds, mintsFrom } = next
  if (needsCode && mintsFrom === 'credential' && leaseKinds.includes('shared')) return 'shared'
  return isDeepStrictEqual(leaseKinds, driver.leaseKinds) ? record.leaseKind : leaseKinds[0]
}

/**
 * What was entered, and the secrets of the account that this one is to be like; `not_supported` or
 * `login_required` where it has none to lend.
 */
export async function secretsOf(wanted: NewAccount, vault: Vault): Promise<Secrets> {
  const { provider, secrets, copyFrom } = wanted
  if (!copyFrom) return secrets
  if (copyFrom.provider !== provider || !provider.sharesCredential) {
    throw new TokentrayError('not_supported', `${copyFrom.id} cannot lend its secrets.`, {
      account: copyFrom.id,
      hint: 'Log in without "like", and enter them.',
    })
  }
  if (copyFrom.record.state !== 'signed_in') {
    throw new TokentrayError('login_required', `${copyFrom.id} is not logged in.`, {
      account: copyFrom.id,
    })
  }
  requireSamePlace(copyFrom, provider, checkValues(provider, valuesOf(wanted)))
  const stored = await readCredential(vault, copyFrom.record)
  if (stored) return { ...stored, ...secrets }
  throw new TokentrayError('login_required', `${copyFrom.id} is not logged in.`, {
    account: copyFrom.id,
  })
}

/**
 * The secrets that are kept for an account, where these values lead to the place that they belong to;
 * none where the account is logged out, or is changed meanwhile.
 */
export async function storedSecrets(
  { uid, provider, session }: Account,
  values: FormValues,
  accounts: Accounts,
): Promise<Secrets> {
  const before = accounts.getByUid(uid).record
  if (before.state === 'signed_out') return {}
  const kept = await session.storedCredential()
  const { record } = accounts.getByUid(uid)
  // Security: a password for one address or user name must not meet those of another.
  const isSame = record.credential === before.credential && record.state !== 'signed_out'
  if (!isSame || !isSameForm(provider, record.values, checkValues(provider, values))) return {}
  return kept ?? {}
}

/** Security: a slip in an address must not send the secrets of another account there. */
function requireSamePlace({ id, record }: Account, { fields }: Provider, values: FormValues): void {
  const other = fields.find(
    ({ kind, name }) => kind !== 'text' && values[name] !== record.values[name],
  )
  if (!other) return
  throw new TokentrayError('invalid_request', `"${other.label}" is not that of ${id}.`, {
    account: id,
    field: other.name,
    hint: `Secrets of ${id} go where they belong only; for another place enter them.`,
  })
}
