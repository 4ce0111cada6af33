import { z } from 'zod'
import { LONGEST_ADDRESS, MOST_ADDRESSES } from '../../base/address-limits.ts'
import { LONGEST_LEASE_SECONDS, SHORTEST_LEASE_SECONDS } from '../../base/lease-limits.ts'
import { operationNames } from '../../base/operations.ts'
import { accountColors } from '../../base/text/account-looks.ts'
import {
  accountColor,
  accountId,
  displayName,
  epochSeconds,
  leaseKind,
  name,
  silentHost,
  tryNow,
} from './schema-parts.ts'

/**
 * The values of a login form, by field name. The form itself refuses a value that is too long, naming
 * the field's label; apart from that only the whole body is limited.
 */
export const formValues = z.record(z.string().max(64), z.string())
export const formSecrets = z.record(z.string().max(64), z.string())
const oneTimeCode = z.string()
export const leaseSeconds = z
  .int()
  .min(SHORTEST_LEASE_SECONDS)
  .max(LONGEST_LEASE_SECONDS)
  .describe('Seconds.')
/** No pattern: its rule is in the error of an address that does not follow it. */
const address = z.string().max(LONGEST_ADDRESS)
const LONGEST_USERNAME = 500
/** Operations on the tokens of an account, besides issuing them. */
export const accountOperation = z.enum(operationNames)

export const accountState = z.enum(['signed_in', 'signed_out', 'login_required'])

export const fieldChoice = z.strictObject({ value: z.string(), label: z.string() })

/** Another field, a choice above this one, has this value. */
export const fieldCondition = z.strictObject({ field: z.string(), is: z.string() })

/** The pattern of the whole value: a regular expression, and a description that follows "must be". */
export const fieldShape = z.strictObject({ pattern: z.string(), means: z.string() })

export const fieldAnswer = z.strictObject({
  name: z.string(),
  label: z.string(),
  kind: z.enum(['text', 'url', 'file', 'choice', 'secret', 'code']),
  required: z.boolean(),
  default: z.string().optional(),
  help: z.string().optional(),
  choices: z.array(fieldChoice).optional(),
  /** The field applies only then. */
  when: fieldCondition.optional(),
  shape: fieldShape.optional(),
})

export const providerAnswer = z.strictObject({
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  fields: z.array(fieldAnswer),
  /** Several accounts can share one credential: see `like` of `POST /v1/accounts`. */
  shares_credential: z.boolean(),
})

export const providersAnswer = z.strictObject({ providers: z.array(providerAnswer) })

/** Why an account is `login_required`. */
export const loginReason = z.strictObject({
  description: z.string(),
  hint: z.string().optional(),
  since: epochSeconds,
})

/**
 * The uid of the account that the user confirmed. If another account has its name by now, nothing is
 * done and the answer is `not_found`.
 */
export const meantAccount = z.string().max(64)

/** A client that can no longer use an old name for the account that it was granted. */
export const takenName = z.strictObject({ client: z.string(), account: z.string() })

export const accountAnswer = z.strictObject({
  id: z.string(),
  /** Stays the same when the account is renamed. */
  uid: z.string(),
  provider: z.string(),
  label: z.string(),
  /** What the user calls it, in any script; absent if only its name is used. */
  display_name: displayName.optional(),
  /** The user's own color for it; absent if none was chosen. */
  color: accountColor.optional(),
  /** Listed before the others; absent if not. */
  pinned: z.boolean().optional(),
  /** The web addresses that it answers for; absent if there are none. */
  addresses: z.array(z.string()).optional(),
  /** The values of its form, without the secrets. */
  values: z.record(z.string(), z.string()),
  state: accountState,
  /** Absent if unknown. */
  login_required_reason: loginReason.optional(),
  /** Each login needs a one-time code. The code alone is enough: the secrets are stored. */
  needs_code: z.boolean(),
  lease_kind: leaseKind,
  /** The kinds that the account supports. */
  lease_kinds: z.array(leaseKind),
  lease_seconds: leaseSeconds,
  leases: z.int(),
  /** The operations that it supports; all others are `not_supported`. */
  operations: z.array(accountOperation),
  /** Who else is affected by `revoke_all`, as the end of a sentence. */
  revoke_all_hits: z.string().optional(),
  /** Tools that used its new name for another account; present only after a rename, absent if none did. */
  taken_from: z.array(takenName).optional(),
  /** The operation in progress on the whole account; absent if there is none. */
  under_way: z.enum(['logout', 'removal', 'rotation']).optional(),
  /** A warning for users who rely on short lifetimes. */
  caution: z.string().optional(),
  /** The secret fields that a new login needs, unless it changes a choice. */
  secret_fields: z.array(z.string()),
  /** Tokens without a lease that are waiting to be revoked; absent if there are none. */
  pending: z.int().optional(),
  /** Tokens without a lease that stay valid until they expire; absent if there are none. */
  until_expiry: z.int().optional(),
  /** Expired tokens that are waiting to be deleted from the service's list; absent if there are none. */
  expired: z.int().optional(),
  /** Its service is limiting requests: nothing is sent to it before that time. */
  silent_host: silentHost.optional(),
  /** When the session's own token expires; absent if it has none or it does not expire. */
  session_ends_at: epochSeconds.optional(),
  /** When it last gave a token or a link; absent if the record does not tell. */
  last_used_at: epochSeconds.optional(),
})

/** An account as a client that is granted it sees it. */
export const grantedAccountAnswer = z.strictObject({
  id: z.string(),
  provider: z.string(),
  state: accountState,
})

/** Complete with the owner key; with a client's secret, only what a client may see. */
export const listedAccount = z.union([accountAnswer, grantedAccountAnswer])

export const accountsAnswer = z.strictObject({ accounts: z.array(listedAccount) })

export const addAccountRequest = z.strictObject({
  provider: z.string().max(64),
  /** Defaults to a name made from the display name, or else from the login. */
  name: name.optional(),
  /** What the user calls it, in any script. */
  display_name: displayName.optional(),
  values: formValues.default({}),
  secrets: formSecrets.default({}),
  /** Present, possibly empty, once the user was asked for a code. */
  one_time_code: oneTimeCode.optional(),
  /** An account to copy missing values and secrets from. */
  like: accountId.optional(),
  /** The uid of that account. */
  like_uid: meantAccount.optional(),
  try_now: tryNow.optional(),
})

/** Checks a login form before a secret is entered. */
export const checkAccountRequest = z.strictObject({
  provider: z.string().max(64),
  name: name.optional(),
  display_name: displayName.optional(),
  values: formValues.default({}),
  like: accountId.optional(),
  /** An existing account to log in again with these values changed; then only these are checked. */
  again: accountId.optional(),
  /** The form is still being filled in: missing fields are not errors. */
  unfinished: z.boolean().optional(),
  try_now: tryNow.optional(),
})

export const loginRequest = z.strictObject({
  uid: meantAccount.optional(),
  /** New values of non-secret fields. */
  values: formValues.default({}),
  /** Optional with a one-time code: the stored ones are used, for their own address only. */
  secrets: formSecrets.default({}),
  one_time_code: oneTimeCode.optional(),
  try_now: tryNow.optional(),
})

export const changeAccountRequest = z.strictObject({
  name: name.optional(),
  lease_kind: leaseKind.optional(),
  lease_seconds: leaseSeconds.optional(),
  /** What the user calls it, in any script; empty to remove it. */
  display_name: displayName.optional(),
  color: z.enum([...accountColors, 'none']).optional(),
  /** Whether it is listed before the others. */
  pinned: z.boolean().optional(),
  /** The web addresses that it answers for; empty for the origin of its service. */
  addresses: z.array(address).max(MOST_ADDRESSES).optional(),
})

/** Which account answers for a web address. */
export const findAccountRequest = z.strictObject({
  url: address,
  /** Decides between accounts with the same address: the name of one, or its id. */
  username: z.string().max(LONGEST_USERNAME).optional(),
})
