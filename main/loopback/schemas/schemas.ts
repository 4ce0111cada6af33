import { z } from 'zod'
import {
  isToolLifetime,
  LONGEST_LEASE_SECONDS,
  SHORTEST_LEASE_SECONDS,
} from '../../base/lease-limits.ts'
import { leaseSeconds, meantAccount } from './account-schemas.ts'
import {
  accountId,
  epochSeconds,
  leaseKind,
  line,
  name,
  secondsLeft,
  tryNow,
} from './schema-parts.ts'

/**
 * This module exports all bodies and all objects and enums in them, because each export is named in the
 * OpenAPI document: generators make one type of a named schema, and a new one for every use of an unnamed one.
 */
export * from './account-schemas.ts'
export * from './activity-schemas.ts'
export { leaseKind, silentHost } from './schema-parts.ts'
export * from './status-schemas.ts'
export * from './transfer-schemas.ts'

const reason = line(200)
const minValidity = z.int().min(0).max(31_536_000).describe('Seconds; defaults to 60.')

export const errorAnswer = z.strictObject({
  error: z.string(),
  error_description: z.string(),
  hint: z.string().optional(),
  field: z
    .string()
    .optional()
    .describe(
      'The name of the login form field that the error is about; `name` is the account name.',
    ),
  retry_after: z
    .int()
    .optional()
    .describe('Seconds to wait before trying again; the same as the header `Retry-After`.'),
})

/** RFC 6749 5.1, with extension members. */
export const tokenAnswer = z.strictObject({
  access_token: z.string(),
  token_type: z.string(),
  expires_in: secondsLeft,
  headers: z.record(z.string(), z.string()),
  lease_id: z.string(),
  account: z.string(),
  min_validity_met: z.boolean(),
})

/** What the revocation waits for. `others` are tokens that must be revoked first, with this one. */
export const waitsFor = z.enum(['service', 'login', 'keychain', 'others'])

/** The token of the account's own session, or one made for a lease. */
export const tokenUse = z.enum(['session', 'lease'])

/** The state of a token that is to be revoked. */
const fate = {
  /** When the token expires; absent if it does not, or if it was revoked. */
  ends_at: epochSeconds.optional(),
  /** Only with `pending`. */
  waits_for: waitsFor.optional(),
  /** Only with `pending`: when the next automatic attempt is made. */
  retry_at: epochSeconds.optional(),
  /** Why it is `pending`, or why it cannot be revoked (`until_expiry`); a sentence. */
  why: z.string().optional(),
}

/** The result for each lease of `POST /oauth/revoke` and of closing leases by hand. */
export const endedLease = z.strictObject({
  lease_id: z.string(),
  account: z.string(),
  /**
   * `ended`: revoked, as the service confirmed. `pending`: waiting to be revoked.
   * `shared`: other clients hold the same token, so only this client's lease is closed.
   * `until_expiry`: cannot be revoked and stays valid until it expires.
   */
  at_service: z.enum(['ended', 'pending', 'shared', 'until_expiry']),
  ...fate,
  /** The account issues no tokens until the user logs in again. */
  needs_login: z.literal(true).optional(),
})

/** A token that may still be valid at its service although no lease is open on it. */
export const lingeringToken = z.strictObject({
  id: z.string(),
  /** For a login that did not become an account: where it logged in. */
  account: z.string(),
  /** `login`: an intermediate token of a login, or one of a login that failed. */
  use: z.enum([...tokenUse.options, 'login']),
  /** The client that it was made for, if any. */
  client: z.string().optional(),
  made_at: epochSeconds,
  at_service: z.enum(['pending', 'until_expiry']),
  ...fate,
  /** It has expired, and only has to be deleted from the list of its service. */
  expired: z.literal(true).optional(),
})

/** An account's own session token, valid at its service, without an open lease. */
export const sessionToken = z.strictObject({
  id: z.string(),
  account: z.string(),
  made_at: epochSeconds,
  /** When it expires; absent if it does not. */
  ends_at: epochSeconds.optional(),
  /** A tool may have it: it was issued, or an earlier run left it. Revoking all revokes it too. */
  may_be_out: z.boolean(),
  /** False if it cannot be revoked and stays valid until it expires. */
  revocable: z.boolean(),
})

/** The result of revoking a session token without an open lease. */
export const endedSession = z.strictObject({
  id: z.string(),
  account: z.string(),
  /** As for a lease. */
  at_service: z.enum(['ended', 'pending', 'until_expiry']),
  ...fate,
  /** The account issues no tokens until the user logs in again. */
  needs_login: z.literal(true).optional(),
})

/** Tokens of earlier runs are known only if the keychain can be read. */
const notKnown = z.literal(true).optional()

export const endAnswer = z.strictObject({
  leases: z.array(endedLease),
  /** Session tokens that a tool may have had without a lease; absent if there were none. */
  sessions: z.array(endedSession).optional(),
  /** The keychain cannot be read yet: tokens of earlier runs are unknown and were not revoked. */
  not_known: notKnown,
  /** After a logout or removal: tokens of the account that may still be valid without a lease. */
  lingering: z.array(lingeringToken).optional(),
})

export const revokeAnswer = z.strictObject({ leases: z.array(endedLease) })

/** RFC 7662 2.2: an inactive lease has no other members. */
export const introspectAnswer = z.strictObject({
  active: z.boolean(),
  client_id: z.string().optional(),
  token_type: z.string().optional(),
  exp: epochSeconds.optional(),
  iat: epochSeconds.optional(),
  aud: z.string().optional(),
  lease_id: z.string().optional(),
})

/** RFC 8414 2. */
export const metadataAnswer = z.strictObject({
  issuer: z.string(),
  token_endpoint: z.string(),
  revocation_endpoint: z.string(),
  introspection_endpoint: z.string(),
  grant_types_supported: z.array(z.string()),
  response_types_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  revocation_endpoint_auth_methods_supported: z.array(z.string()),
  introspection_endpoint_auth_methods_supported: z.array(z.string()),
  service_documentation: z.string(),
})

/** An OpenAPI 3.1 document. */
export const openapiAnswer = z.looseObject({})

export const healthAnswer = z.strictObject({ status: z.literal('ok') })

export const issueRequest = z.strictObject({
  account: accountId,
  min_validity: minValidity.optional(),
  reason: reason.optional(),
  refused_lease: z.string().max(64).optional(),
  try_now: tryNow.optional(),
})

export const formerName = z.strictObject({ name: z.string(), account: z.string() })

export const clientAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  accounts: z.array(z.string()),
  /** Earlier names of these accounts that this client may still use; absent if there are none. */
  former_names: z.array(formerName).optional(),
  /** The lifetime of its tokens, in seconds; absent if it is that of each account. */
  lease_seconds: leaseSeconds.optional(),
  created_at: epochSeconds,
  /** When it last got a token; absent if the record does not tell. */
  last_used_at: epochSeconds.optional(),
})

export const clientsAnswer = z.strictObject({ clients: z.array(clientAnswer) })

const clientAccounts = z.array(accountId).min(1).max(100)
const clientLeaseSeconds = z
  .int()
  .min(0)
  .max(LONGEST_LEASE_SECONDS)
  .refine(isToolLifetime)
  .describe(`Seconds, at least ${SHORTEST_LEASE_SECONDS}; 0 for the lifetime of each account.`)

export const addClientRequest = z.strictObject({
  name,
  accounts: clientAccounts,
  lease_seconds: clientLeaseSeconds.optional(),
})

export const changeClientRequest = z.strictObject({
  accounts: clientAccounts.optional(),
  lease_seconds: clientLeaseSeconds.optional(),
})

/** The only responses that contain a client's secret. */
export const addedClientAnswer = z.strictObject({ ...clientAnswer.shape, secret: z.string() })

/** The client as it is now, and the leases that were closed because it may no longer use their accounts. */
export const changedClientAnswer = z.strictObject({
  ...clientAnswer.shape,
  leases: z.array(endedLease),
  sessions: endAnswer.shape.sessions,
  not_known: notKnown,
})

export const leaseAnswer = z.strictObject({
  id: z.string(),
  client: z.string(),
  account: z.string(),
  kind: leaseKind,
  opened_at: epochSeconds,
  ends_at: epochSeconds,
  expires_in: secondsLeft,
  /** When the token itself expires, if it cannot be revoked with the lease. */
  token_ends_at: epochSeconds.optional(),
  reason: z.string().optional(),
})

export const leasesAnswer = z.strictObject({
  leases: z.array(leaseAnswer),
  /** The sessions' own tokens without an open lease; absent if there are none. */
  sessions: z.array(sessionToken).optional(),
  /** The keychain cannot be read yet: other tokens are unknown. */
  not_known: notKnown,
  /** Tokens that may still be valid without a lease; absent if there are none. */
  lingering: z.array(lingeringToken).optional(),
})

/** Exactly one member. */
export const endRequest = z
  .strictObject({
    lease: z.string().max(64).optional(),
    client: z.string().max(64).optional(),
    account: accountId.optional(),
    all: z.literal(true).optional(),
  })
  .refine((body) => Object.values(body).filter((value) => value !== undefined).length === 1, {
    error: 'Name exactly one of lease, client, account, all.',
  })

/** One token on the service's list for an account, whether or not it is ours; never the token itself. */
export const listedTokenAnswer = z.strictObject({
  id: z.string(),
  /** The kind of token, as the service calls it. */
  framework: z.string().optional(),
  created_at: epochSeconds,
  /** Absent if it does not expire. */
  expires_at: epochSeconds.optional(),
  /** Issued through Tokentray; `maybe` if the list cannot tell it from others. */
  ours: z.enum(['yes', 'maybe', 'no']),
  /** Its use, if known: the account's own session, or a client's lease. */
  use: tokenUse.optional(),
  clients: z.array(z.string()).optional(),
})

export const listedTokensAnswer = z.strictObject({ tokens: z.array(listedTokenAnswer) })

export const revokeTokenRequest = z.strictObject({
  id: z.string().min(1).max(128),
  uid: meantAccount.optional(),
})

export const revokedTokenAnswer = z.strictObject({
  id: z.string(),
  at_service: z.enum(['ended', 'already_gone']),
  /** The leases that were open on it. */
  leases: z.array(endedLease),
})

/** Revokes more than our own tokens, so the account must be named again to confirm. */
export const revokeAllRequest = z.strictObject({
  confirm: accountId,
  uid: meantAccount.optional(),
})

export const portalRequest = z.strictObject({
  /** Another application under the same credential. */
  application: z.string().min(1).max(256).optional(),
})

/** The only response with a secret besides tokens and client secrets: a link that works once. */
export const portalAnswer = z.strictObject({
  url: z.string(),
  lease_id: z.string(),
  ends_at: epochSeconds,
})

export const resetRequest = z.strictObject({ confirm: z.literal('reset') })

export const emptyAnswer = z.strictObject({})
