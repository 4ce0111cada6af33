import type { Clock } from '../base/clock.ts'
import type { FormField } from '../base/forms/form-fields.ts'
import type { Secret, Secrets } from '../base/secret.ts'
import type { HttpClient, HttpResponse } from './http/http.ts'

/** The services with a built-in driver, in the order in which a picker shows them. */
export const providerIds = ['sftpgo', 'giantswarm', 'glowmarkt', 'koyeb', 'svix'] as const
export type ProviderId = (typeof providerIds)[number]

/** One field of a login form. It is data, so that the window and the command line show the same form. */
export interface Field extends FormField {
  /**
   * `text`, `url`, `file` (an absolute path) and `choice` are stored in the settings; `secret` goes
   * into the keychain; `code` is a one-time code, asked for only when it is needed and never stored.
   */
  readonly kind: 'text' | 'url' | 'file' | 'choice' | 'secret' | 'code'
  readonly required: boolean
  readonly default?: string
  readonly help?: string
  readonly choices?: readonly { readonly value: string; readonly label: string }[]
  /** Asked for, and kept, only if a choice earlier in the form has this value. */
  readonly when?: { readonly field: string; readonly is: string }
  /** Only the user gives it, at a login: an imported file does not. */
  readonly isPermission?: true
  /** What a valid text looks like, if known. It keeps a password out of a field that is shown. */
  readonly shape?: FieldShape
}

/** The format of a text, surrounding blanks not counted. */
export interface FieldShape {
  /** A regular expression (ECMAScript, flag `u`) for the whole text. */
  readonly pattern: string
  /** Completes a sentence that begins with "must be". */
  readonly means: string
}

/** `shared`: leases share the session's token. `dedicated`: each lease has a token of its own. */
export type LeaseKind = 'shared' | 'dedicated'

/** What a service accepts, how a client sends it, and until when it is valid. */
export interface AccessToken {
  readonly value: Secret
  /** `token_type` of RFC 6749 section 5.1: `Bearer`, or the service's own scheme. */
  readonly tokenType: string
  /** The exact headers that a client sends. */
  readonly headers: Secrets
  /** By our clock, epoch milliseconds; `null` for never. Clients learn of no later expiry. */
  readonly expiresAt: number | null
  /** How long the service still accepts it after `expiresAt`, milliseconds; 0 unless given. */
  readonly takenAfterEndMs?: number
  /**
   * What else the service gave with the token and wants back to refresh or revoke it: an id, a CSRF
   * value, a `Location`. Stored in the ledger, encrypted like the token, and passed to `revoke`,
   * `revokeLease`, `refresh` and `probe` with it. Never shown, logged or given to a client.
   */
  readonly outputs?: Secrets
}

/**
 * The values of the form that are no secrets, validated and with defaults; for an account that exists,
 * also what its login has learned.
 */
export type FormValues = Readonly<Record<string, string>>

export interface LoginForm {
  readonly values: FormValues
  readonly secrets: Secrets
  /** Absent: the user was not asked for a code. Present, perhaps empty: they were, so a refusal is final. */
  readonly oneTimeCode?: Secret
}

export interface Login {
  /** The user at the service, for lists: `alice at files.example.com`. */
  readonly label: string
  /** What the next login needs; stored in the keychain. */
  readonly credential: Secrets
  /** Present if the login itself gives a token. */
  readonly token?: AccessToken
  /**
   * True if a one-time code was sent. It does not show that one was needed: services accept any code
   * from a user without a second factor.
   */
  readonly usedCode: boolean
  /** What the login found out about the service, to be stored with the account; no secret. */
  readonly learned?: FormValues
}

/** The signed-in account as a driver sees it; `values` include what its login has learned. */
export interface ProviderSession {
  readonly values: FormValues
  readonly credential: Secrets
  /** The session's own token: always present for `refresh`, and where `mintsFrom` is `session`. */
  readonly token?: AccessToken
}

/**
 * What a new session token did to the one before it. The broker believes it:
 *
 * - `lives`: the old token is still valid. Its ledger entry stays; the token is revoked once no lease
 *   uses it any more.
 * - `ends`: the service has ended it, or will, and must not be asked to: on some services revoking the
 *   old token ends the new one. It is recorded as revoked and its ledger entry removed; leases on it
 *   close.
 * - `same`: the service extended the old token and gave it again. The ledger entry is updated in place;
 *   nothing is revoked and leases stay as they are. A token with another value is treated as `unknown`.
 * - `unknown`: treated as a token that may still be valid. It stays in the ledger, is probed before it
 *   is handed out again, and is revoked like one that `lives`.
 */
export type OldToken = 'lives' | 'ends' | 'same' | 'unknown'

/** Another token for a session. */
export interface Renewed {
  readonly token: AccessToken
  /**
   * The whole credential from now on, if the call changed it (a rotated refresh token, RFC 6749
   * section 6). The old one is dropped and never revoked: services treat its reuse as theft and end
   * the new one too (RFC 9700 section 4.14.2).
   */
  readonly credential?: Secrets
  readonly old: OldToken
}

export interface MintRequest {
  readonly leaseId: string
  readonly lifetimeSeconds: number
}

/** A token made for one lease. */
interface Minted {
  readonly token: AccessToken
  /** Replaces what the account has learned under these names; no secret. */
  readonly learned?: FormValues
}

/** A lease whose token has to be revoked; without the token if the answer that held it was lost. */
export interface MintedLease {
  readonly leaseId: string
  readonly token?: AccessToken
}

/** A page of the service that opens logged in, once, and the token that it uses. */
export interface PortalLink {
  /** Works for one visit. */
  readonly url: Secret
  readonly token: AccessToken
  /** Replaces what the account has learned under these names; no secret. */
  readonly learned?: FormValues
}

/** Ends more than the tokens that Tokentray gave out, so the user has to confirm it. */
export interface RevokeAll {
  /** What it affects, as the end of a sentence: `every portal session of app_1, including those of customers`. */
  hits(values: FormValues): string
  /** How long what it affects stays valid, in seconds; 0 if absent. */
  graceSeconds?(values: FormValues): number
  run(session: ProviderSession, context: ProviderContext): Promise<void>
}

/**
 * `revoked` and `already_gone`: the service confirms that it is no longer valid. `not_supported`: the
 * service cannot revoke this one.
 */
export type Revocation = 'revoked' | 'already_gone' | 'not_supported'

/** One token that the service lists for the account, whichever program asked for it. */
export interface ListedToken {
  /** What `revokeById` takes; not the token. */
  readonly id: string
  /** The kind of token, in the service's own word. */
  readonly framework?: string
  /** True if our kind of login certainly did not make it. */
  readonly foreign?: true
  /** By our clock, epoch milliseconds. */
  readonly createdAt: number
  /** By our clock, epoch milliseconds; `null` for never. */
  readonly expiresAt: number | null
}

/**
 * Records what a login creates besides its result, or before it can return one, so that neither a crash
 * nor a service that stops answering leaves it valid. What is not reported as ended is revoked after the
 * login, with the login's own token if that is needed.
 */
export interface Trials {
  /**
   * Call before creating something that `revokeLease` can revoke by this id alone. Rejects with
   * `record_unavailable`: then it must not be created.
   */
  plan(leaseId: string, values: FormValues): Promise<void>
  /**
   * Call as soon as there is a token: the `session`'s, a planned lease's (by its id), or another
   * `lease`'s. Rejects with `record_unavailable`; the token is then already being revoked.
   */
  made(token: AccessToken, values: FormValues, of: 'session' | 'lease' | string): Promise<void>
  /** The service confirmed that it has ended or never existed; by the id of the lease, or the token. */
  ended(what: string | AccessToken): void
}

/** What a call may use. */
export interface ProviderContext {
  readonly http: HttpClient
  readonly clock: Clock
  /** A new random id, for request ids and idempotency keys. */
  newId(): string
  /** The purpose of the call: `login`, `logout`, `lease`, `probe`, `list` or `portal`. */
  readonly activity: string
  /** The command line of the client that the call is for. Finding it reads the list of processes. */
  readonly commandLine?: () => readonly string[]
  /** Present for a login whose tokens are recorded; without it a login ends what it created. */
  readonly trials?: Trials
  readonly signal: AbortSignal
}

/**
 * How the tokens of one account are made and revoked. An optional member that is present is a
 * capability; one that is absent appears nowhere. Members are called on the driver, so it may be a
 * class.
 *
 * Every member, and `login`, rejects with one of `wrong_credentials`, `otp_required`, `rate_limited`
 * (with `retryAt`), `temporarily_unavailable`, `unexpected_answer`, `invalid_request` (a form value
 * cannot be used), `not_supported` (the service no longer offers this), `cancelled`. No error carries a
 * secret, a body or a URL with a query. If a member authenticates with the session's token,
 * `wrong_credentials` is about that token; its `ofNewToken` is the error to report if a new token is
 * refused in the same words. A token that a call received and cannot return is revoked before the call
 * rejects.
 */
export interface Driver {
  /** The kinds of lease it supports; the first is the default. */
  readonly leaseKinds: readonly [LeaseKind, ...LeaseKind[]]
  /** What `mint`, and every other member that takes a session, needs: its valid token, or the credential alone. */
  readonly mintsFrom: 'session' | 'credential'
  /** One sentence for users who rely on short lifetimes. */
  readonly caution?: string
  /**
   * The service lists what was minted for a lease after it has expired: `revokeLease` is called until it
   * succeeds, however late.
   */
  readonly listsExpired?: true

  /** A token for one lease. */
  mint?(session: ProviderSession, request: MintRequest, context: ProviderContext): Promise<Minted>
  /**
   * Another token for the session, made from its valid one (`session.token`). `wrong_credentials` is
   * about that token: a login follows.
   */
  refresh?(session: ProviderSession, context: ProviderContext): Promise<Renewed>
  /**
   * Another token for the session, made from the stored credential; without it the broker calls `login`
   * with that credential. Called for one renewal of an account at a time. `wrong_credentials` is about
   * the credential and final: the user has to log in again. If the answer may have been lost after the
   * request was sent, the broker calls it once more with the same credential.
   */
  renew?(session: ProviderSession, context: ProviderContext): Promise<Renewed>
  /** `revoke` is for tokens of the session only: what was minted for a lease needs `revokeLease`. */
  readonly revokesOnlySessions?: true
  /** Revokes exactly this token, with nothing but the token. */
  revoke?(token: AccessToken, values: FormValues, context: ProviderContext): Promise<Revocation>
  /**
   * Revokes what was minted for this lease, even if only its id is known: the lease is recorded before
   * `mint` is called.
   */
  revokeLease?(
    lease: MintedLease,
    session: ProviderSession,
    context: ProviderContext,
  ): Promise<Revocation>
  /**
   * Ends the credential at the service when the account is logged out or removed, after the tokens that
   * need it are revoked. Logging out does not wait for its success: it is recorded and retried like a
   * revocation. Not called when a new login replaces the credential, because services may end what the
   * new login was given as well.
   */
  endCredential?(
    credential: Secrets,
    values: FormValues,
    context: ProviderContext,
  ): Promise<Revocation>
  /** The valid tokens of the account, those of other programs included. */
  listTokens?(session: ProviderSession, context: ProviderContext): Promise<readonly ListedToken[]>
  /** Revokes the token that the list has under this id, whichever program uses it. */
  revokeById?(id: string, session: ProviderSession, context: ProviderContext): Promise<Revocation>
  /** Revokes every token of the account, whichever program uses it. */
  readonly revokeAll?: RevokeAll
  /** The form field that may have another value for a portal link. */
  readonly portalField?: string
  /** A link that logs a browser in, once. */
  portalLink?(
    session: ProviderSession,
    request: MintRequest,
    context: ProviderContext,
  ): Promise<PortalLink>
  /** Does the service still accept this token? */
  probe?(
    token: AccessToken,
    values: FormValues,
    context: ProviderContext,
  ): Promise<'accepted' | 'refused'>
}

/** A service refuses all requests: until when none may be sent to its host (epoch ms), and what the user reads. */
export interface Silence {
  /** Includes what the refused request added, if it was the first. */
  readonly until: number
  /** Milliseconds that each further request adds to what is left; absent if it adds nothing. */
  readonly eachAddsMs?: number
  /**
   * Which service refuses whom, without the time, which is shown next to it. "The server" at its
   * beginning is replaced by the name of the host.
   */
  readonly sentence: string
  readonly hint?: string
}

/** One kind of service: it knows the protocol and nothing else. */
export interface Provider {
  /** One of `providerIds` for a built-in one. Stored with accounts and tokens, so it never changes. */
  readonly id: string
  readonly title: string
  /** One line for a picker. */
  readonly summary: string
  readonly fields: readonly Field[]
  /** Several accounts may use the same credential, so it can be copied to a new one. */
  readonly sharesCredential?: true
  /**
   * The values, entered or learned, that say where and as what a login is made; `url` unless given.
   * The credential of an account is never sent where one of them differs.
   */
  readonly place?: readonly string[]

  /** Checks the form with the service and returns who the user is. Never retries by itself. */
  login(form: LoginForm, context: ProviderContext): Promise<Login>
  /** What can be done with an account that has these values; makes no request. */
  driver(values: FormValues): Driver
  /**
   * How long nothing may be sent to this host, for any account, according to this response; `null` if it
   * says nothing of the kind. Called for every response; `now` is our clock's time, epoch milliseconds.
   */
  silence?(answer: HttpResponse, now: number): Silence | null
}
