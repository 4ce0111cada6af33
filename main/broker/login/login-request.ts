import { isDeepStrictEqual } from 'node:util'
import { TokentrayError } from '../../base/errors.ts'
import type { Secret, Secrets } from '../../base/secret.ts'
import { changeValues, checkValues } from '../../providers/form.ts'
import type { Driver, FormValues, LeaseKind, Login, Provider } from '../../providers/provider.ts'
import type { Vault } from '../../vault/vault.ts'
import { type Account, type Accounts, readCredential } from '../account/accounts.ts'
import { leaseKindsOf } from '../account/operations.ts'
import { isSameForm } from '../service/same-service.ts'

/** A login to an existing account. */
export interface NewLogin {
  readonly secrets: Secrets
  /** Non-secret fields that are changed if the service accepts the login. */
  readonly values?: FormValues
  readonly oneTimeCode?: Secret
  /** Attempt the login even though the service has blocked requests for a time. */
  readonly tryNow?: boolean
}

export interface NewAccount {
  readonly provider: Provider
  /** Defaults to a name from the display name, or else from the login's label. */
  readonly name?: string
  /** What the user calls it, in any script; see `isDisplayName`. */
  readonly displayName?: string
  readonly values: FormValues
  readonly secrets: Secrets
  readonly oneTimeCode?: Secret
  /** Attempt the login even though the service has blocked requests for a time. */
  readonly tryNow?: boolean
  /** Missing values and secrets are taken from this account. */
  readonly copyFrom?: Account
}

/** The entered values, and for the others those of the account to copy from. */
export function valuesOf({ provider, values, copyFrom }: Omit<NewAccount, 'secrets'>): FormValues {
  return copyFrom ? changeValues(provider, copyFrom.record.values, values) : values
}

/** The driver of an account with these values after this login. */
export function driverOf(provider: Provider, values: FormValues, { learned }: Login): Driver {
  return provider.driver({ ...values, ...learned })
}

/** The lease kind of a new account: the user's preference if the service supports it. */
export function firstLeaseKind(
  driver: Driver,
  needsCode: boolean,
  preferred: LeaseKind | 'service',
): LeaseKind {
  const possible = leaseKindsOf({ driver, record: { needsCode } })
  return possible.find((kind) => kind === preferred) ?? driver.leaseKinds[0]
}

/**
 * The present lease kind of the account, unless its new login makes others possible or necessary: an account
 * that needs a code for every login cannot mint by logging in.
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
 * The entered secrets, and for the others those of the account to copy from; rejects with `not_supported`
 * or `login_required` if that has none to copy.
 */
export async function secretsOf(wanted: NewAccount, vault: Vault): Promise<Secrets> {
  const { provider, secrets, copyFrom } = wanted
  if (!copyFrom) return secrets
  if (copyFrom.provider !== provider || !provider.sharesCredential) {
    throw new TokentrayError(
      'not_supported',
      `The secrets of ${copyFrom.id} cannot be used for another account.`,
      {
        account: copyFrom.id,
        hint: 'Enter the secrets instead of copying the account.',
      },
    )
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
 * The stored secrets of an account, if these values lead to the address that they belong to; none if the
 * account is logged out or changed meanwhile.
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
  // Security: a password must not be sent to another address or with another user name.
  const isSame = record.credential === before.credential && record.state !== 'signed_out'
  if (!isSame || !isSameForm(provider, record.values, checkValues(provider, values))) return {}
  return kept ?? {}
}

/** Security: a mistyped address must not receive the secrets of another account. */
function requireSamePlace({ id, record }: Account, { fields }: Provider, values: FormValues): void {
  const other = fields.find(
    ({ kind, name }) => kind !== 'text' && values[name] !== record.values[name],
  )
  if (!other) return
  throw new TokentrayError('invalid_request', `"${other.label}" is different from that of ${id}.`, {
    account: id,
    field: other.name,
    hint: `The saved secrets of ${id} are only sent to its own address; enter them again for a different one.`,
  })
}
