import type { Operation } from '../main/base/operations.ts'
import type { AccountColor } from '../main/base/text/account-looks.ts'
import type { Failure } from './failure.ts'

/** A service that is limiting requests. */
interface SilentHostView {
  readonly host: string
  /** Epoch milliseconds. */
  readonly until: number
  /** What happened and when to try again, in a sentence. */
  readonly message: string
  /** The same for a menu, shorter and without a full stop. */
  readonly brief: string
  readonly hint?: string
}

/** One field of a login form, as its provider declares it. */
export interface FieldView {
  readonly name: string
  readonly label: string
  readonly kind: 'text' | 'url' | 'file' | 'choice' | 'secret' | 'code'
  readonly required: boolean
  readonly default?: string
  readonly help?: string
  readonly choices?: readonly { readonly value: string; readonly label: string }[]
  /** Shown only if the other field has this value. */
  readonly when?: { readonly field: string; readonly is: string }
  /** The pattern of the whole value, and a description that follows "must be". */
  readonly shape?: { readonly pattern: string; readonly means: string }
}

export interface ProviderView {
  readonly id: string
  readonly title: string
  readonly summary: string
  readonly fields: readonly FieldView[]
  /** Several accounts can share one credential: `like` needs no secret. */
  readonly sharesCredential: boolean
}

export type LeaseKind = 'shared' | 'dedicated'

/** An account as the page may see it. */
export interface AccountView {
  /** Never changes; requests identify the account by it. */
  readonly uid: string
  /** `provider/name`; another account may have it later. */
  readonly id: string
  readonly provider: string
  readonly providerTitle: string
  readonly name: string
  /** Who it is, for example `alice at files.example.com`. */
  readonly label: string
  /** What the user calls it, in any script; shown instead of the name. */
  readonly displayName?: string
  /** The user's own color for it. */
  readonly color?: AccountColor
  /** Listed before the others. */
  readonly pinned?: true
  readonly state: 'signed_in' | 'signed_out' | 'login_required'
  /** The operation in progress on the whole account, which is shown instead of the state. */
  readonly underWay?: 'logout' | 'removal' | 'rotation'
  /** Why it is `login_required`, if known. */
  readonly loginRequiredReason?: { readonly description: string; readonly hint?: string }
  /** A one-time code was needed: only the user can log in again. */
  readonly needsCode: boolean
  readonly leaseKind: LeaseKind
  readonly leaseKinds: readonly LeaseKind[]
  readonly leaseSeconds: number
  /** How many leases are open. */
  readonly leases: number
  /** When the session's own token expires, epoch milliseconds. */
  readonly sessionEndsAt?: number
  /** When it last gave a token or a link, epoch milliseconds; absent if unknown. */
  readonly lastUsedAt?: number
  readonly operations: readonly Operation[]
  /** Who else is affected by `revoke_all`, as the end of a sentence. */
  readonly revokeAllHits?: string
  readonly caution?: string
  /** Its service is limiting requests: nothing is sent to it until then. */
  readonly silentHost?: SilentHostView
  /** The non-secret values of its form, for logging in again. */
  readonly values: Readonly<Record<string, string>>
}

/** A tool. Its secret is in no view. */
export interface ClientView {
  readonly id: string
  readonly name: string
  /** The ids of the accounts that it may use. */
  readonly accounts: readonly string[]
  /** The lifetime of its tokens, in seconds; absent for that of each account. */
  readonly leaseSeconds?: number
  /** When it was connected, epoch milliseconds. */
  readonly createdAt: number
  /** When it last got a token, if ever and known; epoch milliseconds. */
  readonly lastUsedAt?: number
  /** Its secret is new, and can be copied or saved once. */
  readonly hasFreshSecret?: true
}

export interface LeaseView {
  readonly id: string
  /** Identifies the token; not a secret. Leases of the same token have the same one. */
  readonly token: string
  readonly client: string
  readonly account: string
  readonly kind: LeaseKind
  readonly openedAt: number
  readonly endsAt: number
  /** When the token itself expires, if it cannot be revoked with the lease. */
  readonly tokenEndsAt?: number
  readonly reason?: string
}

/** The state of a token that is not revoked yet. */
export interface FateView {
  /** `pending`: waiting to be revoked; `until_expiry`: valid until it expires. */
  readonly atService: 'pending' | 'until_expiry'
  /** Why it is pending or cannot be revoked; a sentence. */
  readonly why: string
  /** When the next automatic attempt is made. */
  readonly retryAt?: number
  /** When it expires; absent if it does not. */
  readonly endsAt?: number
  /** It has expired, and only has to be deleted from the list of its service. */
  readonly expired?: true
}

/** A token that may still be valid at its service although no client holds it. */
export interface LingeringView extends FateView {
  readonly id: string
  /** The uid of its account, which may have been removed: another one may have its name now. */
  readonly uid: string
  readonly account: string
  /** `login`: an intermediate token, or one of a login that failed; without an account, `account` says where. */
  readonly use: 'session' | 'lease' | 'login'
  /** The client that it was made for, if any. */
  readonly client?: string
  readonly madeAt: number
}

/** A session's own token, valid at its service, without an open lease. */
export interface SessionTokenView {
  readonly id: string
  readonly account: string
  /** When it expires; absent if it does not. */
  readonly endsAt?: number
  /** A tool may have it: it was issued, or an earlier run left it. */
  readonly mayBeOut: boolean
  /** False if it cannot be revoked and stays valid until it expires. */
  readonly revocable: boolean
}

/** What was copied and is still in the clipboard. */
export interface CopiedView {
  /** The account of a token or link, or the tool whose secret it is. */
  readonly account?: string
  readonly tool?: string
  readonly form: CopiedForm
  /** The id of the lease of a token. */
  readonly lease?: string
  /** When it is cleared, epoch milliseconds. */
  readonly clearsAt: number
}

/** What the list of accounts is sorted by; pinned accounts are always first. */
export type AccountOrder = 'recent' | 'name' | 'service'

export interface PreferencesView {
  readonly clipboardSeconds: number
  readonly leaseSeconds: number
  readonly lockOnSleep: boolean
  readonly startAtLogin: boolean
  /** Keys open the search from any program. */
  readonly globalShortcut: boolean
  /** The kind of lease of new accounts, if their service supports it. */
  readonly leaseKind: LeaseKind | 'service'
  readonly accountOrder: AccountOrder
  /** Locks once the computer has not been used for so long; 0 for never. */
  readonly lockAfterIdleMinutes: number
  readonly theme: 'system' | 'light' | 'dark'
  /** The size of everything in the window, percent. */
  readonly zoom: number
  readonly notifyCopied: boolean
  readonly notifyLoginRequired: boolean
  readonly notifyServiceLimits: boolean
}

/** The progress of an operation on many items. */
interface ProgressView {
  readonly done: number
  readonly total: number
}

/** The status of Tokentray as a whole. */
export interface StatusView {
  readonly version: string
  /** The locale of the system, whose region decides how dates are written. */
  readonly locale: string
  readonly issuer: string
  /** The text to show while another program uses the port that tools are set up for. */
  readonly portTaken?: { readonly port: number; readonly message: string; readonly hint: string }
  /** This desktop shows no tray icons, as far as we can tell. */
  readonly noTray?: true
  readonly locked: boolean
  readonly vault: 'ready' | 'vault_locked' | 'vault_unavailable'
  /** Why the vault cannot be used, and what to do; absent if it can. */
  readonly vaultProblem?: Failure
  /** Credentials are kept in memory until Tokentray quits, because the user chose that. */
  readonly memory: boolean
  /** The list of tokens cannot be read yet: tokens of earlier runs are unknown. */
  readonly tokensUnknown?: true
  /** Tokens without a lease that are waiting to be revoked. */
  readonly pending: number
  /** How many accounts a running reset has finished. */
  readonly resetting?: ProgressView
  /** How many of the tokens that are being revoked were tried. */
  readonly revoking?: ProgressView
  /** Notices for the user, for example that a settings file was set aside. */
  readonly notices: readonly string[]
  /** Including notifications that the system did not show. */
  readonly unshown?: true
}

/** Another broker of this user is running; this program only says so. */
export interface OtherBroker {
  readonly kind: 'agent' | 'unknown'
  readonly pid: number | null
}

/**
 * Everything that the page draws. No member can hold a secret: the main process builds it member by
 * member.
 */
export interface Snapshot {
  /** Increases with every snapshot. */
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
  readonly clients: readonly ClientView[]
}

export type CopyForm = 'token' | 'header' | 'curl'
/**
 * `link` is a link that logs in to the portal of the account; `secret` is that of a tool, and `command` a
 * command with it.
 */
export type CopiedForm = CopyForm | 'link' | 'secret' | 'command'
