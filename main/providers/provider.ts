import type { Clock } from '../base/clock.ts'
import type { Secret, Secrets } from '../base/secret.ts'
import type { HttpClient } from './http.ts'

export type ProviderId = 'sftpgo' | 'giantswarm' | 'glowmarkt'

/** One line of a login form: data, so that the popover and the command line draw it alike. */
export interface Field {
  readonly name: string
  readonly label: string
  /**
   * `text`, `url` and `file` (an absolute path) and `choice` are stored as they are; `secret` goes
   * into the keychain; `code` is a one-time code, asked for only when it is needed and never stored.
   */
  readonly kind: 'text' | 'url' | 'file' | 'choice' | 'secret' | 'code'
  readonly required: boolean
  readonly default?: string
  readonly help?: string
  readonly choices?: readonly { readonly value: string; readonly label: string }[]
}

/** `shared`: leases on the session's own token. `dedicated`: a token minted for one lease alone. */
export type LeaseKind = 'shared' | 'dedicated'

/** What a service accepts, how it travels, and until when. */
export interface AccessToken {
  readonly value: Secret
  /** As in RFC 6749 5.1: the scheme word of the service, `Bearer` where it is that. */
  readonly tokenType: string
  /** The exact headers a tool must send. */
  readonly headers: Secrets
  /** By our clock, epoch milliseconds; `null` for never. */
  readonly expiresAt: number | null
}

/** The non-secret values of the form, checked and with defaults filled in. */
export type FormValues = Readonly<Record<string, string>>

export interface LoginForm {
  readonly values: FormValues
  readonly secrets: Secrets
  /**
   * Absent: the person was not asked for a code. Present, perhaps empty: they were, so that a
   * refusal is final.
   */
  readonly oneTimeCode?: Secret
}

export interface Login {
  /** Who it is, for lists: `alice at files.example.com`. */
  readonly label: string
  /** What must be kept to log in again; goes into the keychain. */
  readonly credential: Secrets
  readonly token: AccessToken
  /** True when a one-time code was spent, so that nobody can log in again without a person. */
  readonly usedCode: boolean
}

/** The signed-in account as a driver sees it. */
export interface ProviderSession {
  readonly values: FormValues
  readonly credential: Secrets
  /** The session's own token; present where `mintsFrom` is `session`. */
  readonly token?: AccessToken
}

export interface MintRequest {
  readonly leaseId: string
  readonly lifetimeSeconds: number
}

/** How a token came to its end, or that the service has no way to end it. */
export type Revocation = 'revoked' | 'already_gone' | 'not_supported'

/** One token that the service lists for the account, whoever asked for it. */
export interface ListedToken {
  /** What `revokeById` takes; not the token. */
  readonly id: string
  /** What kind of token it is, in the service's own word. */
  readonly framework?: string
  /** By our clock, epoch milliseconds. */
  readonly createdAt: number
  /** By our clock, epoch milliseconds; `null` for never. */
  readonly expiresAt: number | null
}

/** What a call may use: the wire, time, and why it is made. */
export interface ProviderContext {
  readonly http: HttpClient
  readonly clock: Clock
  /** A fresh random id, for request ids and idempotency keys. */
  newId(): string
  /** What this call is for, in one word: `login`, `logout`, `lease`, `probe`. */
  readonly activity: string
  /** The command line on whose behalf it is made, where there is one. */
  readonly commandLine?: readonly string[]
  readonly signal: AbortSignal
}

/**
 * The driver of one kind of service: it knows the wire and nothing else. An optional member that is
 * present is a capability; one that is absent appears nowhere.
 *
 * Every member rejects with one of `wrong_credentials`, `otp_required`, `rate_limited` (with
 * `retryAt`), `temporarily_unavailable`, `unexpected_answer`, `invalid_request` (a form value is
 * unusable), `cancelled`. None of these carries a secret, a body or a URL with a query. Where the
 * session's token is what a member calls with, `wrong_credentials` is about that token.
 */
export interface Provider {
  readonly id: ProviderId
  readonly title: string
  /** One line for a picker. */
  readonly summary: string
  readonly fields: readonly Field[]
  /** Kinds of lease it can give; the first is the default. */
  readonly leaseKinds: readonly [LeaseKind, ...LeaseKind[]]
  /** What `mint` needs: the session's live token, or the credential alone. */
  readonly mintsFrom: 'session' | 'credential'

  /** Checks the form with the service and returns who it is. Never tries twice by itself. */
  login(form: LoginForm, context: ProviderContext): Promise<Login>
  /** A token for one lease. */
  mint?(
    session: ProviderSession,
    request: MintRequest,
    context: ProviderContext,
  ): Promise<AccessToken>
  /** Another token for the session, from its live one, which lives on until it is ended. */
  refresh?(session: ProviderSession, context: ProviderContext): Promise<AccessToken>
  /** Ends exactly this token at the service. */
  revoke?(token: AccessToken, values: FormValues, context: ProviderContext): Promise<Revocation>
  /** The tokens of the account that live at the service, those of other programs included. */
  listTokens?(session: ProviderSession, context: ProviderContext): Promise<readonly ListedToken[]>
  /** Ends the token that the list has under this id, whoever uses it. */
  revokeById?(id: string, session: ProviderSession, context: ProviderContext): Promise<Revocation>
  /** Does the service still accept this token? */
  probe?(
    token: AccessToken,
    values: FormValues,
    context: ProviderContext,
  ): Promise<'accepted' | 'refused'>
}
