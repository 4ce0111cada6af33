import { z } from 'zod'
import { LONGEST_LEASE_SECONDS, SHORTEST_LEASE_SECONDS } from '../../base/lease-limits.ts'
import { operationNames } from '../../base/operations.ts'
import { accountId, epochSeconds, leaseKind, name, silentHost, tryNow } from './schema-parts.ts'

/**
 * What is entered in a login form, by the names of its fields. What is too long the form refuses itself, by
 * the label of the field; beyond that the body of a request is bounded as a whole.
 */
export const formValues = z.record(z.string().max(64), z.string())
export const formSecrets = z.record(z.string().max(64), z.string())
const oneTimeCode = z.string()
const leaseSeconds = z
  .int()
  .min(SHORTEST_LEASE_SECONDS)
  .max(LONGEST_LEASE_SECONDS)
  .describe('Seconds.')
/** What can be done with the tokens of an account besides having them handed out. */
export const accountOperation = z.enum(operationNames)

export const accountState = z.enum(['signed_in', 'signed_out', 'login_required'])

export const fieldChoice = z.strictObject({ value: z.string(), label: z.string() })

/** That other field, a choice further up, has this value. */
export const fieldCondition = z.strictObject({ field: z.string(), is: z.string() })

/** What the whole text must look like: a regular expression, and in words behind "must be". */
export const fieldShape = z.strictObject({ pattern: z.string(), means: z.string() })

export const fieldAnswer = z.strictObject({
  name: z.string(),
  label: z.string(),
  kind: z.enum(['text', 'url', 'file', 'choice', 'secret', 'code']),
  required: z.boolean(),
  default: z.string().optional(),
  help: z.string().optional(),
  choices: z.array(fieldChoice).optional(),
  /** Asked for only there. */
  when: fieldCondition.optional(),
  shape: fieldShape.optional(),
})

export const providerAnswer = z.strictObject({
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  fields: z.array(fieldAnswer),
  /** One credential may stand behind several accounts: see `like` of `POST /v1/accounts`. */
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
 * Which account is meant, where a person was asked about it first: its name may have passed to another
 * one by then, and then nothing is done and it is not found.
 */
export const meantAccount = z.string().max(64)

/** A client that can no longer use a name for the account that it was granted under that. */
export const takenName = z.strictObject({ client: z.string(), account: z.string() })

export const accountAnswer = z.strictObject({
  id: z.string(),
  /** The same for the life of the account, whatever it is called. */
  uid: z.string(),
  provider: z.string(),
  label: z.string(),
  /** What was entered in its form, but for the secrets. */
  values: z.record(z.string(), z.string()),
  state: accountState,
  /** Absent where it is not known. */
  login_required_reason: loginReason.optional(),
  /** Each login takes a one-time code. Then the code alone will do: the secrets are kept. */
  needs_code: z.boolean(),
  lease_kind: leaseKind,
  /** The kinds that the account can have. */
  lease_kinds: z.array(leaseKind),
  lease_seconds: leaseSeconds,
  leases: z.int(),
  /** What else can be done with its tokens; everything else is `not_supported`. */
  operations: z.array(accountOperation),
  /** Whom `revoke_all` hits besides us, as the end of a sentence. */
  revoke_all_hits: z.string().optional(),
  /** Who used its new name for another account; only once it has got that name, absent if nobody did. */
  taken_from: z.array(takenName).optional(),
  /** What is being done to it as a whole; absent if nothing is. */
  under_way: z.enum(['logout', 'removal', 'rotation']).optional(),
  /** What a person must know who relies on short lives. */
  caution: z.string().optional(),
  /** The secret fields of its form that a new login takes, unless that changes a choice. */
  secret_fields: z.array(z.string()),
  /** Tokens without a lease that wait to be revoked; absent if there is none. */
  pending: z.int().optional(),
  /** Tokens without a lease that are valid until they expire; absent if there is none. */
  until_expiry: z.int().optional(),
  /** Tokens that have expired and wait to be taken off the service's list; absent if there is none. */
  expired: z.int().optional(),
  /** Its service wants to be left alone: nothing is sent to it before that time. */
  silent_host: silentHost.optional(),
  /** When the session's own token ends; absent if it has none or it does not end. */
  session_ends_at: epochSeconds.optional(),
})

/** What a client sees of the accounts it is granted. */
export const grantedAccountAnswer = z.strictObject({
  id: z.string(),
  provider: z.string(),
  state: accountState,
})

/** All of it with the owner key, and what a client sees of it with a client's secret. */
export const listedAccount = z.union([accountAnswer, grantedAccountAnswer])

export const accountsAnswer = z.strictObject({ accounts: z.array(listedAccount) })

export const addAccountRequest = z.strictObject({
  provider: z.string().max(64),
  /** Left out: made from the login. */
  name: name.optional(),
  values: formValues.default({}),
  secrets: formSecrets.default({}),
  /** Present, perhaps empty, once the person was asked for a code. */
  one_time_code: oneTimeCode.optional(),
  /** An account whose values and secrets are taken where none are given. */
  like: accountId.optional(),
  /** The uid of that account. */
  like_uid: meantAccount.optional(),
  try_now: tryNow.optional(),
})

/** What can be said of a login form before a secret is entered. */
export const checkAccountRequest = z.strictObject({
  provider: z.string().max(64),
  name: name.optional(),
  values: formValues.default({}),
  like: accountId.optional(),
  /** A known account that is to be logged in again, with these values changed; then only they count. */
  again: accountId.optional(),
  /** The rest is still to be filled in: what is missing is no fault. */
  unfinished: z.boolean().optional(),
  try_now: tryNow.optional(),
})

export const loginRequest = z.strictObject({
  uid: meantAccount.optional(),
  /** Non-secret fields that get another value. */
  values: formValues.default({}),
  /** May be left out with a one-time code: those that are kept are used, at the place they are for. */
  secrets: formSecrets.default({}),
  one_time_code: oneTimeCode.optional(),
  try_now: tryNow.optional(),
})

export const changeAccountRequest = z.strictObject({
  name: name.optional(),
  lease_kind: leaseKind.optional(),
  lease_seconds: leaseSeconds.optional(),
})
