import type { Clock } from '../base/clock.ts'
import type { FormField } from '../base/forms/form-fields.ts'
import type { Secret, Secrets } from '../base/secret.ts'
import type { HttpClient, HttpResponse } from './http/http.ts'

/** The services that there are drivers for, in the order in which a picker shows them. */
export const providerIds = ['sftpgo', 'giantswarm', 'glowmarkt', 'koyeb', 'svix'] as const
export type ProviderId = (typeof providerIds)[number]

/** One line of a login form: data, so that the popover and the command line draw it alike. */
export interface Field extends FormField {
  /**
   * `text`, `url` and `file` (an absolute path) and `choice` are stored as they are; `secret` goes
   * into the keychain; `code` is a one-time code, asked for only when it is needed and never stored.
   */
  readonly kind: 'text' | 'url' | 'file' | 'choice' | 'secret' | 'code'
  readonly required: boolean
  readonly default?: string
  readonly help?: string
  readonly choices?: readonly { readonly value: string; readonly label: string }[]
  /** It is asked for, and kept, only where a choice further up has this value. */
  readonly when?: { readonly field: string; readonly is: string }
  /** What a text must look like, where that is known: then a password cannot be taken for one. */
  readonly shape?: FieldShape
}

/** The form of a text, blanks around it left out. */
export interface FieldShape {
  /** A regular expression (ECMAScript, flag `u`) for the whole text. */
  readonly pattern: string
  /** The end of a sentence that begins with "must be". */
  readonly means: string
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
  /** By our clock, epoch milliseconds; `null` for never. Nobody is told to rely on it longer. */
  readonly expiresAt: number | null
  /** For how long the service goes on taking it after `expiresAt`, milliseconds; 0 unless given. */
  readonly takenAfterEndMs?: number
}

/**
 * The non-secret values of the form, checked and with defaults filled in; once an account is there,
 * with what its login has learned about the service.
 */
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
  /** Present where the service gives one at once. */
  readonly token?: AccessToken
  /**
   * True when a one-time code went along. Whether it was needed this does not say: services take any from
   * who has no second factor.
   */
  readonly usedCode: boolean
  /** What was found out about the service and has to be remembered; no secret. */
  readonly learned?: FormValues
}

/** The signed-in account as a driver sees it; `values` with what its login has learned. */
export interface ProviderSession {
  readonly values: FormValues
  readonly credential: Secrets
  /** The session's own token; present where `mintsFrom` is `session`, and for `refresh`. */
  readonly token?: AccessToken
}

export interface MintRequest {
  readonly leaseId: string
  readonly lifetimeSeconds: number
}

/** A token that was made for one lease. */
interface Minted {
  readonly token: AccessToken
  /** Replaces what was remembered under these names; no secret. */
  readonly learned?: FormValues
}

/** A lease whose token has to end; without the token where the answer that held it never came. */
export interface MintedLease {
  readonly leaseId: string
  readonly token?: AccessToken
}

/** A page of the service that one visit logs in to, and the token behind that visit. */
export interface PortalLink {
  /** Good for one visit. */
  readonly url: Secret
  readonly token: AccessToken
  /** Replaces what was remembered under these names; no secret. */
  readonly learned?: FormValues
}

/** Ends more than what was handed out through us, so a person is asked twice. */
export interface RevokeAll {
  /** Whom it hits, as the end of a sentence: `every portal session of app_1, also of customers`. */
  hits(values: FormValues): string
  /** How long what it hits lives on, in seconds; at once without it. */
  graceSeconds?(values: FormValues): number
  run(session: ProviderSession, context: ProviderContext): Promise<void>
}

/** How a token came to its end, or that the service has no way to end it. */
export type Revocation = 'revoked' | 'already_gone' | 'not_supported'

/** One token that the service lists for the account, whoever asked for it. */
export interface ListedToken {
  /** What `revokeById` takes; not the token. */
  readonly id: string
  /** What kind of token it is, in the service's own word. */
  readonly framework?: string
  /** True for one that was surely not made by our kind of login. */
  readonly foreign?: true
  /** By our clock, epoch milliseconds. */
  readonly createdAt: number
  /** By our clock, epoch milliseconds; `null` for never. */
  readonly expiresAt: number | null
}

/**
 * The record of what a login makes besides its result, or before it can give that: neither a crash nor
 * a service that stops answering leaves it alive. What is not said to have ended is ended after the
 * login, with the login's own token where that takes one.
 */
export interface Trials {
  /**
   * Before something is made that `revokeLease` can end by this id alone. Rejects with
   * `record_unavailable`: then it must not be made.
   */
  plan(leaseId: string, values: FormValues): Promise<void>
  /**
   * As soon as there is a token: that of the `session`, that of a planned lease, whose id is given, or
   * another `lease`'s. Rejects with `record_unavailable`, when the token is being ended.
   */
  made(token: AccessToken, values: FormValues, of: 'session' | 'lease' | string): Promise<void>
  /** The service has confirmed its end, or that it was never made; by the id of its lease, or the token. */
  ended(what: string | AccessToken): void
}

/** What a call may use: the wire, time, and why it is made. */
export interface ProviderContext {
  readonly http: HttpClient
  readonly clock: Clock
  /** A fresh random id, for request ids and idempotency keys. */
  newId(): string
  /** What this call is for, in one word: `login`, `logout`, `lease`, `probe`, `list`, `portal`. */
  readonly activity: string
  /** Finds the command line on whose behalf it is made, which takes a look at all processes. */
  readonly commandLine?: () => readonly string[]
  /** Present at a login whose tokens are recorded; without it a login ends what it has made. */
  readonly trials?: Trials
  readonly signal: AbortSignal
}

/**
 * How the tokens of one account are made and ended. An optional member that is present is a
 * capability; one that is absent appears nowhere.
 *
 * Every member, and `login`, rejects with one of `wrong_credentials`, `otp_required`, `rate_limited`
 * (with `retryAt`), `temporarily_unavailable`, `unexpected_answer`, `invalid_request` (a form value
 * is unusable), `not_supported` (the service offers this no longer), `cancelled`. None of these
 * carries a secret, a body or a URL with a query. Where the session's token is what a member calls
 * with, `wrong_credentials` is about that token; it carries `ofNewToken` where a new token could be
 * refused in the same words for another reason. A token that a call was given and cannot pass on is
 * ended before the call rejects.
 */
export interface Driver {
  /** Kinds of lease it can give; the first is the default. */
  readonly leaseKinds: readonly [LeaseKind, ...LeaseKind[]]
  /** What `mint`, and what else takes a session, needs: its live token, or the credential alone. */
  readonly mintsFrom: 'session' | 'credential'
  /** What a person must know who relies on short lives, in a sentence. */
  readonly caution?: string
  /**
   * The service keeps what was minted for a lease on its list after the end of that: `revokeLease`
   * is called until it has succeeded, however late.
   */
  readonly listsExpired?: true

  /** A token for one lease. */
  mint?(session: ProviderSession, request: MintRequest, context: ProviderContext): Promise<Minted>
  /** Another token for the session, from its live one, which lives on until it is ended. */
  refresh?(session: ProviderSession, context: ProviderContext): Promise<AccessToken>
  /** `revoke` ends tokens of the session alone: what was minted for a lease takes `revokeLease`. */
  readonly revokesOnlySessions?: true
  /** Ends exactly this token at the service, with nothing but the token. */
  revoke?(token: AccessToken, values: FormValues, context: ProviderContext): Promise<Revocation>
  /**
   * Ends what was minted for this lease, also where only its id is known: the lease is on record
   * before `mint` is called.
   */
  revokeLease?(
    lease: MintedLease,
    session: ProviderSession,
    context: ProviderContext,
  ): Promise<Revocation>
  /** The tokens of the account that live at the service, those of other programs included. */
  listTokens?(session: ProviderSession, context: ProviderContext): Promise<readonly ListedToken[]>
  /** Ends the token that the list has under this id, whoever uses it. */
  revokeById?(id: string, session: ProviderSession, context: ProviderContext): Promise<Revocation>
  /** Ends every token of the account, whoever uses them. */
  readonly revokeAll?: RevokeAll
  /** The form field in whose place a person may name another one for a portal link. */
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

/** A service that refuses to be spoken to: until when nothing may be sent to its host (epoch ms), and what a person is told. */
export interface Silence {
  /** With what the request that was refused has added, if this was the first. */
  readonly until: number
  /** Milliseconds by which each further request makes longer what is left; absent where none does. */
  readonly eachAddsMs?: number
  /**
   * Who refuses whom, without the time: it is shown together with it. Where it begins with "The
   * server", the name of the host is put in the place of that.
   */
  readonly sentence: string
  readonly hint?: string
}

/** One kind of service: it knows the wire and nothing else. */
export interface Provider {
  readonly id: ProviderId
  readonly title: string
  /** One line for a picker. */
  readonly summary: string
  readonly fields: readonly Field[]
  /** One credential may stand behind several accounts, so that the next need not ask for it. */
  readonly sharesCredential?: true
  /**
   * Which values, entered or learned, say where, and as what, a login is made; `url` unless given.
   * What an account has is never sent where one of them differs.
   */
  readonly place?: readonly string[]

  /** Checks the form with the service and returns who it is. Never tries twice by itself. */
  login(form: LoginForm, context: ProviderContext): Promise<Login>
  /** What can be done with an account that has these values; asks nobody. */
  driver(values: FormValues): Driver
  /**
   * What of an answer says that this whole host must be left alone by us, whoever asks; `null` for
   * any other answer. Asked of every answer, `now` being the time by our clock (epoch milliseconds).
   */
  silence?(answer: HttpResponse, now: number): Silence | null
}
