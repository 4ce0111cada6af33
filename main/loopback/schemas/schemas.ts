import { z } from 'zod'
import { meantAccount } from './account-schemas.ts'
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
 * All bodies, and all objects and choices in them, are named by this module, whichever file they stand
 * in: a generated client makes a type of each, and of one without a name a new one at each place.
 */
export * from './account-schemas.ts'
export * from './activity-schemas.ts'
export { leaseKind, silentHost } from './schema-parts.ts'
export * from './status-schemas.ts'

const reason = line(200)
const minValidity = z.int().min(0).max(31_536_000).describe('Seconds; 60 unless given.')

export const errorAnswer = z.strictObject({
  error: z.string(),
  error_description: z.string(),
  hint: z.string().optional(),
  field: z
    .string()
    .optional()
    .describe(
      'The field of the login form that it is about, by its name; `name` is that of the account.',
    ),
  retry_after: z
    .int()
    .optional()
    .describe('Seconds until another try may work; the same as the header `Retry-After`.'),
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

/** What ending a token waits for. `others` are tokens that are revoked with this one first. */
export const waitsFor = z.enum(['service', 'login', 'keychain', 'others'])

/** Of the account's own session, or made for a lease. */
export const tokenUse = z.enum(['session', 'lease'])

/** What is known of a token that somebody wants to end. */
const fate = {
  /** When the token expires by itself; absent if it does not, or has ended. */
  ends_at: epochSeconds.optional(),
  /** Of `pending`. */
  waits_for: waitsFor.optional(),
  /** Of `pending`: when it is tried again by itself. */
  retry_at: epochSeconds.optional(),
  /** Of `pending` what stands in the way, of `until_expiry` why nothing revokes it; a sentence. */
  why: z.string().optional(),
}

/** What `POST /oauth/revoke` and ending leases by hand say of each lease. */
export const endedLease = z.strictObject({
  lease_id: z.string(),
  account: z.string(),
  /**
   * `ended`: revoked, which the service has confirmed. `pending`: waiting to be revoked.
   * `shared`: others hold the same token, so it ends for this client only.
   * `until_expiry`: nothing revokes it, so it is valid until it expires.
   */
  at_service: z.enum(['ended', 'pending', 'shared', 'until_expiry']),
  ...fate,
  /** The account gives no token any more before a person has logged in again. */
  needs_login: z.literal(true).optional(),
})

/** A token that may live on at its service though nobody holds a lease on it. */
export const lingeringToken = z.strictObject({
  id: z.string(),
  /** Of a login that came to no account, where that went. */
  account: z.string(),
  /** `login`: a login made it on its way, or came to nothing. */
  use: z.enum([...tokenUse.options, 'login']),
  /** For which client it was made, where it was made for one. */
  client: z.string().optional(),
  made_at: epochSeconds,
  at_service: z.enum(['pending', 'until_expiry']),
  ...fate,
  /** It has expired, and only has to be taken off the list of its service. */
  expired: z.literal(true).optional(),
})

/** An account's own session token that lives at its service, though no lease is open on it. */
export const sessionToken = z.strictObject({
  id: z.string(),
  account: z.string(),
  made_at: epochSeconds,
  /** When it expires by itself; absent if it does not. */
  ends_at: epochSeconds.optional(),
  /** A tool may have it: it was handed out, or an earlier run left it. Ending all ends it too. */
  may_be_out: z.boolean(),
  /** False where nothing revokes it, so that it is valid until it expires. */
  revocable: z.boolean(),
})

/** What became of a session token that was ended though no lease was open on it. */
export const endedSession = z.strictObject({
  id: z.string(),
  account: z.string(),
  /** As of a lease. */
  at_service: z.enum(['ended', 'pending', 'until_expiry']),
  ...fate,
  /** The account gives no token any more before a person has logged in again. */
  needs_login: z.literal(true).optional(),
})

/** Tokens of earlier runs are only known when the keychain can be read. */
const notKnown = z.literal(true).optional()

export const endAnswer = z.strictObject({
  leases: z.array(endedLease),
  /** Of an account or of all: session tokens that a tool may have had; absent if there was none. */
  sessions: z.array(endedSession).optional(),
  /** The keychain cannot be read yet: what earlier runs have left was not ended, and is not known. */
  not_known: notKnown,
  /** After a log-out or a removal: what of the account may live on without a lease. */
  lingering: z.array(lingeringToken).optional(),
})

export const revokeAnswer = z.strictObject({ leases: z.array(endedLease) })

/** RFC 7662 2.2: of a lease that is not active nothing else is said. */
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

/** A document of OpenAPI 3.1. */
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
  /** Names that these had, by which this client may still ask for them; absent if there is none. */
  former_names: z.array(formerName).optional(),
  created_at: epochSeconds,
})

export const clientsAnswer = z.strictObject({ clients: z.array(clientAnswer) })

export const addClientRequest = z.strictObject({
  name,
  accounts: z.array(accountId).min(1).max(100),
})

/** The only answer that carries a client's secret, once. */
export const addedClientAnswer = z.strictObject({ ...clientAnswer.shape, secret: z.string() })

export const leaseAnswer = z.strictObject({
  id: z.string(),
  client: z.string(),
  account: z.string(),
  kind: leaseKind,
  opened_at: epochSeconds,
  ends_at: epochSeconds,
  expires_in: secondsLeft,
  /** When the token itself expires, where nothing revokes it with the lease. */
  token_ends_at: epochSeconds.optional(),
  reason: z.string().optional(),
})

export const leasesAnswer = z.strictObject({
  leases: z.array(leaseAnswer),
  /** The sessions' own tokens that no lease is open on; absent if there is none. */
  sessions: z.array(sessionToken).optional(),
  /** The keychain cannot be read yet: what else lives is not known. */
  not_known: notKnown,
  /** What may live on without a lease; absent if there is nothing. */
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

/** One token that the service has for an account, whoever uses it; never the token itself. */
export const listedTokenAnswer = z.strictObject({
  id: z.string(),
  /** What kind of token it is, in the service's own word. */
  framework: z.string().optional(),
  created_at: epochSeconds,
  /** Absent if it does not end. */
  expires_at: epochSeconds.optional(),
  /** Made through Tokentray; `maybe` where the list cannot tell it from another. */
  ours: z.enum(['yes', 'maybe', 'no']),
  /** What it is for, where that is known: the account's own session, or a client's lease. */
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
  /** The leases that were on it. */
  leases: z.array(endedLease),
})

/** Ends more than our own tokens, so the account is named once more. */
export const revokeAllRequest = z.strictObject({
  confirm: accountId,
  uid: meantAccount.optional(),
})

export const portalRequest = z.strictObject({
  /** Another application under the same credential. */
  application: z.string().min(1).max(256).optional(),
})

/** Besides tokens and client secrets the only answer that carries a secret: a link for one visit. */
export const portalAnswer = z.strictObject({
  url: z.string(),
  lease_id: z.string(),
  ends_at: epochSeconds,
})

export const resetRequest = z.strictObject({ confirm: z.literal('reset') })

export const emptyAnswer = z.strictObject({})
