/** The name under which the page finds the bridge. */
export const BRIDGE_NAME = 'tokentray'

/** The failures that a person may see, as in the table of errors; a string so that none is lost. */
export interface Failure {
  readonly code: string
  readonly message: string
  /** What to do next. */
  readonly hint: string
  /** The account that it is about. */
  readonly account?: string
  /** Nothing was sent, because the service wants to be left alone; a person may try once all the same. */
  readonly canTryNow?: true
}

/** A service that wants to be left alone. */
export interface SilenceView {
  readonly host: string
  /** Epoch milliseconds. */
  readonly until: number
  /** What happened and until when, in a sentence. */
  readonly message: string
  /** The same for a menu, without a full stop: until when the host is left alone. */
  readonly brief: string
  readonly hint?: string
}

export type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Failure }

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
  readonly loginRequiredBecause?: { readonly sentence: string; readonly hint?: string }
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
  readonly silent?: SilenceView
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
  readonly isExpired?: true
}

/** A token that may live on at its service though nobody holds it. */
export interface LingeringView extends FateView {
  readonly id: string
  /** The uid of its account, which may be removed: another one may have that name by now. */
  readonly uid: string
  readonly account: string
  readonly use: 'session' | 'lease'
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
  readonly isEndable: boolean
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
export interface ProgressView {
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

/** A filled-in form. Secrets go this way only, and never come back. */
export interface LoginRequest {
  readonly values: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
  /** Present, perhaps empty, once the person was asked for a code. */
  readonly oneTimeCode?: string
  /** Try even though the service wants to be left alone. */
  readonly tryNow?: true
}

export interface AddAccountRequest extends LoginRequest {
  readonly provider: string
  /** Left out: made from the login. */
  readonly name?: string
  /** The uid of an account whose values and secrets are taken where none are given. */
  readonly like?: string
}

/** What ending a lease came to, in one word for each lease. */
export interface EndedView {
  readonly lease: string
  /** Names the token that it was on. */
  readonly token: string
  readonly client: string
  readonly account: string
  /** The account whose session's token it was, where no lease was open on it. */
  readonly session?: string
  readonly atService: 'ended' | 'pending' | 'shared' | 'until_expiry'
  readonly endsAt?: number
  /** What stands in the way, or why nothing revokes it; a sentence. */
  readonly why?: string
  /** The account that gives no token any more before a person has logged in again. */
  readonly needsLogin?: string
}

export interface ListedTokenView {
  readonly id: string
  readonly framework?: string
  readonly createdAt: number
  readonly expiresAt?: number
  readonly ours: 'yes' | 'maybe' | 'no'
  readonly use?: 'session' | 'lease'
  readonly clients?: readonly string[]
}

/** One line of the record in words; or that lines are missing there, or stand in no order. */
export interface ActivityView {
  /** Its number, the same whenever it is read; of what is no line a negative one. */
  readonly id: number
  readonly at: number
  /** What happened; to whom, and who did it; and what else is known. */
  readonly what: string
  readonly who: string
  readonly detail?: string
  /** What a person may want to look into. */
  readonly isRefusal?: true
  /** It is no line. */
  readonly isGap?: true
}

/** A part of the record, the newest line first. */
export interface ActivityPage {
  readonly lines: readonly ActivityView[]
  /** Where it goes on; absent once the first line is reached. */
  readonly next?: string
}

export interface AccountChange {
  readonly name?: string
  readonly leaseKind?: LeaseKind
  readonly leaseSeconds?: number
}

/**
 * What the page may ask of the main process: one function for each channel. Accounts are named by their
 * `uid`, because between a question and its answer the name may have passed to another one.
 */
export interface Calls {
  snapshot(): Snapshot
  addAccount(request: AddAccountRequest): { readonly account: string }
  login(uid: string, request: LoginRequest): { readonly account: string }
  logout(uid: string): { readonly ended: readonly EndedView[] }
  removeAccount(uid: string): { readonly ended: readonly EndedView[] }
  changeAccount(uid: string, change: AccountChange): { readonly account: string }
  /** When the token ends, and when it will be cleared; epoch milliseconds. */
  copy(uid: string, form: CopyForm): { readonly endsAt: number; readonly clearsAt: number }
  clearClipboard(): null
  endLease(lease: string): { readonly ended: readonly EndedView[] }
  endAccount(uid: string): { readonly ended: readonly EndedView[] }
  endAll(): { readonly ended: readonly EndedView[] }
  listTokens(uid: string): { readonly tokens: readonly ListedTokenView[] }
  revokeToken(uid: string, id: string): { readonly revocation: 'revoked' | 'already_gone' }
  /** `confirm` is the id of the account, typed by the person. */
  revokeAll(uid: string, confirm: string): { readonly ended: readonly EndedView[] }
  /** Sends one request to a service that wants to be left alone. */
  tryNow(uid: string): null
  rotate(uid: string): { readonly ended: readonly EndedView[] }
  /** `open` in the browser, or `copy` into the clipboard; the link never comes to the page. */
  portal(uid: string, how: 'open' | 'copy', application?: string): null
  /** Lines that show all these words; `before`: the `next` of an earlier page. */
  activity(search: string, before?: string): ActivityPage
  setPreferences(change: Partial<PreferencesView>): null
  lock(): null
  unlock(): null
  retryVault(): null
  /** Go on without a keychain, with credentials in memory until quit. */
  useMemory(): null
  dismissNotice(text: string): null
  stopOtherBroker(): null
  chooseFile(): { readonly path: string | null }
  closePopover(): null
  quit(): null
}

export type Channel = keyof Calls

/** Every channel, once; that none is missing is held by the type below. */
export const channels = [
  'snapshot',
  'addAccount',
  'login',
  'logout',
  'removeAccount',
  'changeAccount',
  'copy',
  'clearClipboard',
  'endLease',
  'endAccount',
  'endAll',
  'listTokens',
  'revokeToken',
  'revokeAll',
  'rotate',
  'tryNow',
  'portal',
  'activity',
  'setPreferences',
  'lock',
  'unlock',
  'retryVault',
  'useMemory',
  'dismissNotice',
  'stopOtherBroker',
  'chooseFile',
  'closePopover',
  'quit',
] as const satisfies readonly Channel[]

/** Never, unless a channel has no entry in the list. */
type Unlisted = Exclude<Channel, (typeof channels)[number]>
export const everyChannelIsListed: [Unlisted] extends [never] ? true : never = true

/** Main pushes each new snapshot on this channel. */
export const SNAPSHOT_CHANNEL = 'tokentray:snapshot'

/** Main says on this channel, with nothing, that the record has gone on. */
export const ACTIVITY_CHANNEL = 'tokentray:record'

/** A channel's name on the wire. */
export const toWireName = (channel: Channel): string => `tokentray:${channel}`

/** Calls as the page makes them: asynchronous, and rejecting with a `Failure`. */
export type Bridge = {
  readonly [Name in Channel]: (...args: Parameters<Calls[Name]>) => Promise<ReturnType<Calls[Name]>>
} & {
  /** Told of every snapshot from now on; returns what ends that. */
  onSnapshot(listener: (snapshot: Snapshot) => void): () => void
  /** Told when the record has gone on, while the window is shown; returns what ends that. */
  onActivity(listener: () => void): () => void
}
