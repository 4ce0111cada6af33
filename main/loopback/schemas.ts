import { z } from 'zod'

/** A moment on our own wire: epoch seconds, as OAuth has it (RFC 7662 `exp`). */
const epochSeconds = z.int()
const accountId = z.string().max(129)
const name = z.string().regex(/^[a-z0-9._-]{1,64}$/)
const formValues = z.record(z.string().max(64), z.string().max(4096))
const secretText = z.string().max(8192)
const leaseKind = z.enum(['shared', 'dedicated'])
const leaseSeconds = z.int().min(30).max(86_400)
/** One line: no control characters, line separators, lone surrogates or marks that turn text around. */
export const LINE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_C}]*$/u
const reason = z.string().max(200).regex(LINE)
const minValidity = z.int().min(0).max(31_536_000)

export const errorAnswer = z.strictObject({
  error: z.string(),
  error_description: z.string(),
  hint: z.string().optional(),
  /** Seconds until another try may work; the same as the header `Retry-After`. */
  retry_after: z.int().optional(),
})

/** RFC 6749 5.1, with extension members. */
export const tokenAnswer = z.strictObject({
  access_token: z.string(),
  token_type: z.string(),
  /** What the lease has left. */
  expires_in: z.int(),
  headers: z.record(z.string(), z.string()),
  lease_id: z.string(),
  account: z.string(),
  min_validity_met: z.boolean(),
})

/** What `POST /oauth/revoke` and ending leases by hand say of each lease. */
export const endedLease = z.strictObject({
  lease_id: z.string(),
  account: z.string(),
  /**
   * `ended`: the service has been told. `pending`: it will be, as soon as it can be reached.
   * `shared`: others hold the same token, so it ends for this client only.
   * `until_expiry`: the service cannot end it.
   */
  at_service: z.enum(['ended', 'pending', 'shared', 'until_expiry']),
  /** When the token ends at the service by itself; absent if it does not, or has ended. */
  ends_at: epochSeconds.optional(),
})

export const endAnswer = z.strictObject({ leases: z.array(endedLease) })

export const revokeAnswer = z.strictObject({ leases: z.array(endedLease) })

/** RFC 7662 2.2. */
export const introspectAnswer = z.union([
  z.strictObject({ active: z.literal(false) }),
  z.strictObject({
    active: z.literal(true),
    client_id: z.string(),
    token_type: z.string(),
    exp: epochSeconds,
    iat: epochSeconds,
    aud: z.string(),
    lease_id: z.string(),
  }),
])

export const healthAnswer = z.strictObject({ status: z.literal('ok') })

export const statusAnswer = z.strictObject({
  version: z.string(),
  pid: z.int(),
  instance: z.string(),
  issuer: z.string(),
  locked: z.boolean(),
  vault: z.strictObject({
    kind: z.enum(['keychain', 'memory']),
    state: z.enum(['ready', 'vault_locked', 'vault_unavailable']),
    message: z.string().optional(),
  }),
  /** Ending what an earlier run left behind. */
  work_off: z.strictObject({
    state: z.enum(['waiting', 'running', 'done']),
    /** Tokens of earlier runs that have not ended yet. */
    remaining: z.int(),
  }),
  accounts: z.int(),
  leases: z.int(),
  /** Tokens that should have ended and that the service still has to be told about. */
  pending: z.int(),
  /** What the person should know, for example that a settings file was set aside. */
  notices: z.array(z.string()),
})

export const fieldAnswer = z.strictObject({
  name: z.string(),
  label: z.string(),
  kind: z.enum(['text', 'url', 'file', 'choice', 'secret', 'code']),
  required: z.boolean(),
  default: z.string().optional(),
  help: z.string().optional(),
  choices: z.array(z.strictObject({ value: z.string(), label: z.string() })).optional(),
})

export const providersAnswer = z.strictObject({
  providers: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      summary: z.string(),
      fields: z.array(fieldAnswer),
      lease_kinds: z.array(leaseKind),
    }),
  ),
})

export const accountAnswer = z.strictObject({
  id: z.string(),
  provider: z.string(),
  label: z.string(),
  state: z.enum(['signed_in', 'signed_out', 'login_required']),
  needs_code: z.boolean(),
  lease_kind: leaseKind,
  lease_seconds: leaseSeconds,
  leases: z.int(),
  /** When the session's own token ends; absent if it has none or it does not end. */
  session_ends_at: epochSeconds.optional(),
})

/** What a client sees of the accounts it is granted. */
export const grantedAccountAnswer = z.strictObject({
  id: z.string(),
  provider: z.string(),
  state: z.enum(['signed_in', 'signed_out', 'login_required']),
})

export const accountsAnswer = z.strictObject({
  accounts: z.array(z.union([accountAnswer, grantedAccountAnswer])),
})

export const addAccountRequest = z.strictObject({
  provider: z.string().max(64),
  /** Left out: made from the login. */
  name: name.optional(),
  values: formValues.default({}),
  secrets: z.record(z.string().max(64), secretText).default({}),
  /** Present, perhaps empty, once the person was asked for a code. */
  one_time_code: z.string().max(64).optional(),
})

/** What can be said of a login form before a secret is entered. */
export const checkAccountRequest = z.strictObject({
  provider: z.string().max(64),
  name: name.optional(),
  values: formValues.default({}),
})

export const loginRequest = z.strictObject({
  /** Non-secret fields that get another value. */
  values: formValues.default({}),
  secrets: z.record(z.string().max(64), secretText).default({}),
  one_time_code: z.string().max(64).optional(),
})

export const changeAccountRequest = z.strictObject({
  name: name.optional(),
  lease_kind: leaseKind.optional(),
  lease_seconds: leaseSeconds.optional(),
})

export const issueRequest = z.strictObject({
  account: accountId,
  min_validity: minValidity.optional(),
  reason: reason.optional(),
  refused_lease: z.string().max(64).optional(),
})

export const clientAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  accounts: z.array(z.string()),
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
  expires_in: z.int(),
  reason: z.string().optional(),
})

export const leasesAnswer = z.strictObject({ leases: z.array(leaseAnswer) })

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

export const resetRequest = z.strictObject({ confirm: z.literal('reset') })

export const emptyAnswer = z.strictObject({})
