import type { CopyForm, LeaseKind, PreferencesView, Snapshot } from './snapshot.ts'
import type { Push } from './snapshot-change.ts'

/** The name under which the page finds the bridge. */
export const BRIDGE_NAME = 'tokentray'

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

/** What closing a lease came to, or revoking a session's token that no lease was open on. */
export interface EndedView {
  /** Names the token, and is none. */
  readonly token: string
  /** Who held the lease; absent where it is a session's token without one. */
  readonly client?: string
  readonly account: string
  readonly atService: 'ended' | 'pending' | 'shared' | 'until_expiry'
  readonly endsAt?: number
  /** What stands in the way, or why nothing revokes it; a sentence. */
  readonly why?: string
  /** The account gives no new tokens until the user has logged in again. */
  readonly needsLogin?: true
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
/** @public A type that is wrong where one is missing. */
export const everyChannelIsListed: [Unlisted] extends [never] ? true : never = true

/** Main pushes what has changed on this channel: a `Push`. */
export const SNAPSHOT_CHANNEL = 'tokentray:snapshot'

/** Main says on this channel, with nothing, that the record has gone on. */
export const ACTIVITY_CHANNEL = 'tokentray:record'

/** A channel's name on the wire. */
export const toWireName = (channel: Channel): string => `tokentray:${channel}`

/** Calls as the page makes them: asynchronous, and rejecting with a `Failure`. */
export type Bridge = {
  readonly [Name in Channel]: (...args: Parameters<Calls[Name]>) => Promise<ReturnType<Calls[Name]>>
} & {
  /** Told of every change from now on, as long as the window is shown; returns what ends that. */
  onSnapshot(listener: (push: Push) => void): () => void
  /** Told when the record has gone on, while the window is shown; returns what ends that. */
  onActivity(listener: () => void): () => void
}
