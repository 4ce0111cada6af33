import type { Failure } from './failure.ts'

/** A service that wants to be left alone. */
interface SilentHostView {
  readonly host: string
  /** Epoch milliseconds. */
  readonly until: number
  /** What happened and until when, in a sentence. */
  readonly message: string
  /** The same for a menu, without a full stop: until when the host is left alone. */
  readonly brief: string
  readonly hint?: string
}

/** One line of a login form, as its provider declares it. */
export interface FieldView {
  readonly name: string
  readonly label: string
  readonly kind: 'text' | 'url' | 'file' | 'choice' | 'secret' | 'code'
  readonly required: boolean
  readonly default?: string
  readonly help?: string
  readonly choices?: readonly { readonly value: string; readonly label: string }[]
  /** Shown only where that other field has this value. */
  readonly when?: { readonly field: string; readonly is: string }
  /** What the whole text must look like, and in words behind "must be". */
  readonly shape?: { readonly pattern: string; readonly means: string }
}

export interface ProviderView {
  readonly id: string
  readonly title: string
  readonly summary: string
  readonly fields: readonly FieldView[]
  /** One credential may stand behind several accounts: `like` needs no secret. */
  readonly sharesCredential: boolean
}

export type LeaseKind = 'shared' | 'dedicated'
export type Operation = 'list_tokens' | 'revoke_token' | 'revoke_all' | 'rotate' | 'portal'

/** An account as the page may know it. */
export interface AccountView {
  /** The same for the life of the account: what is done with it is asked for by this. */
  readonly uid: string
  /** `provider/name`; another account may have it later. */
  readonly id: string
  readonly provider: string
  readonly providerTitle: string
  readonly name: string
  /** Who it is, for example `alice at files.example.com`. */
  readonly label: string
  readonly state: 'signed_in' | 'signed_out' | 'login_required'
  /** What is being done to it as a whole: until that is over it is shown in the place of the state. */
  readonly underWay?: 'logout' | 'removal' | 'rotation'
  /** Why it is `login_required`, where that is known. */
  readonly loginRequiredReason?: { readonly description: string; readonly hint?: string }
  /** A one-time code was needed: only a person can log in again. */
  readonly needsCode: boolean
  readonly leaseKind: LeaseKind
  readonly leaseKinds: readonly LeaseKind[]
  readonly leaseSeconds: number
  /** How many leases are open. */
  readonly leases: number
  /** When the session's own token ends, epoch milliseconds. */
  readonly sessionEndsAt?: number
  readonly operations: readonly Operation[]
  /** Whom `revoke_all` hits besides us, as the end of a sentence. */
  readonly revokeAllHits?: string
  readonly caution?: string
  /** Its service wants to be left alone: nothing is sent to it until then. */
  readonly silentHost?: SilentHostView
  /** The values of its form that are not secret, for logging in again. */
  readonly values: Readonly<Record<string, string>>
}

export interface LeaseView {
  readonly id: string
  /** Names the token, and is none: leases of the same one are told by it. */
  readonly token: string
  readonly client: string
  readonly account: string
  readonly kind: LeaseKind
  readonly openedAt: number
  readonly endsAt: number
  /** When the token itself expires, where nothing revokes it with the lease. */
  readonly tokenEndsAt?: number
  readonly reason?: string
}

/** What is known of a token that is not revoked. */
export interface FateView {
  /** `pending`: waiting to be revoked; `until_expiry`: valid until it expires. */
  readonly atService: 'pending' | 'until_expiry'
  /** What stands in the way, or why nothing revokes it; a sentence. */
  readonly why: string
  /** When it is tried again by itself. */
  readonly retryAt?: number
  /** When it expires; absent if it does not. */
  readonly endsAt?: number
  /** It has expired, and only has to be taken off the list of its service. */
  readonly expired?: true
}

/** A token that may live on at its service though nobody holds it. */
export interface LingeringView extends FateView {
  readonly id: string
  /** The uid of its account, which may be removed: another one may have that name by now. */
  readonly uid: string
  readonly account: string
  /** `login`: a login made it on its way, or came to nothing; of one without an account `account` says where. */
  readonly use: 'session' | 'lease' | 'login'
  /** For which client it was made, where it was made for one. */
  readonly client?: string
  readonly madeAt: number
}

/** A session's own token that lives at its service, though no lease is open on it. */
export interface SessionTokenView {
  readonly id: string
  readonly account: string
  /** When it expires; absent if it does not. */
  readonly endsAt?: number
  /** A tool may have it: it was handed out, or an earlier run left it. */
  readonly mayBeOut: boolean
  /** False where only time ends it. */
  readonly revocable: boolean
}

/** What was copied and is still in the clipboard. */
export interface CopiedView {
  readonly account: string
  readonly form: CopiedForm
  /** When it will be cleared, epoch milliseconds. */
  readonly clearsAt: number
}

export interface PreferencesView {
  readonly clipboardSeconds: number
  readonly leaseSeconds: number
  readonly lockOnSleep: boolean
  readonly startAtLogin: boolean
  /** The kind of lease that new accounts have where their service can give it. */
  readonly leaseKind: LeaseKind | 'service'
}

/** How far a piece of work over many has come. */
interface ProgressView {
  readonly done: number
  readonly total: number
}

/** What is known of Tokentray as a whole. */
export interface StatusView {
  readonly version: string
  readonly issuer: string
  /** Another program has the port that tools are set up for; what to say of it, as long as that lasts. */
  readonly portTaken?: { readonly port: number; readonly message: string; readonly hint: string }
  /** This desktop shows no tray icons, as far as can be told. */
  readonly noTray?: true
  readonly locked: boolean
  readonly vault: 'ready' | 'vault_locked' | 'vault_unavailable'
  /** Why the vault cannot be used, with what to do; only if it cannot. */
  readonly vaultProblem?: Failure
  /** Credentials are kept in memory until quit, because the person said so. */
  readonly memory: boolean
  /** The list of tokens cannot be read yet, so that nobody knows what earlier runs have left. */
  readonly tokensUnknown?: true
  /** Tokens without a lease that wait to be revoked. */
  readonly pending: number
  /** How many accounts a reset that is under way is done with. */
  readonly resetting?: ProgressView
  /** How many tokens of those that are being revoked were tried. */
  readonly revoking?: ProgressView
  /** What the person should know, for example that a settings file was set aside. */
  readonly notices: readonly string[]
  /** Among them is what the system did not show as a notification. */
  readonly unshown?: true
}

/** Another broker of this user runs, and this program is only its announcement. */
export interface OtherBroker {
  readonly kind: 'agent' | 'unknown'
  readonly pid: number | null
}

/**
 * All that the page draws; pushed whole whenever something changed. No member can hold a secret: the
 * main process builds it member by member.
 */
export interface Snapshot {
  /** Grows with every snapshot. */
  readonly revision: number
  /** `starting` until the keychain was tried; `blocked` while another broker runs. */
  readonly phase: 'starting' | 'running' | 'blocked' | 'stopping'
  readonly otherBroker?: OtherBroker
  readonly status: StatusView
  readonly providers: readonly ProviderView[]
  readonly accounts: readonly AccountView[]
  readonly leases: readonly LeaseView[]
  readonly sessions: readonly SessionTokenView[]
  readonly lingering: readonly LingeringView[]
  readonly copied: CopiedView | null
  readonly preferences: PreferencesView
  /** Clients by name, with the accounts that each is granted. */
  readonly clients: readonly { readonly name: string; readonly accounts: readonly string[] }[]
}

export type CopyForm = 'token' | 'header' | 'curl'
/** A link logs in to the portal of the account. */
export type CopiedForm = CopyForm | 'link'
