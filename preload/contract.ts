import type { ActivityKind } from '../main/base/activity-kinds.ts'
import type { RunnableOperation } from '../main/base/operations.ts'
import type { AccountColor } from '../main/base/text/account-looks.ts'
import type { CopyForm, LeaseKind, PreferencesView, Snapshot } from './snapshot.ts'
import type { Push } from './snapshot-change.ts'

/** The name of the bridge in the page. */
export const BRIDGE_NAME = 'tokentray'

/** A filled-in form. Secrets are only ever sent from the page to main, never back. */
export interface LoginRequest {
  readonly values: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
  /** Present, possibly empty, once the user was asked for a code. */
  readonly oneTimeCode?: string
  /** Try even though the service is limiting requests. */
  readonly tryNow?: true
}

export interface AddAccountRequest extends LoginRequest {
  readonly provider: string
  /** As the user typed it, in any script. Defaults to the user name of the login. */
  readonly name?: string
  /** The uid of an account to copy missing values and secrets from. */
  readonly copyFrom?: string
}

/** The result of closing a lease, or of revoking a session's token without an open lease. */
export interface EndedView {
  /** Identifies the token; not a secret. */
  readonly token: string
  /** Who held the lease; absent for a session's token without one. */
  readonly client?: string
  readonly account: string
  readonly atService: 'ended' | 'pending' | 'shared' | 'until_expiry'
  readonly endsAt?: number
  /** Why it is pending or cannot be revoked; a sentence. */
  readonly why?: string
  /** The account issues no tokens until the user logs in again. */
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

/** One line of the record as text; or a note that lines are missing or out of order. */
export interface ActivityView {
  /** Its number in the record, which never changes; negative for a note. */
  readonly id: number
  readonly at: number
  /** What happened; the account and who did it; and further details. */
  readonly what: string
  readonly who: string
  readonly detail?: string
  /** Worth the user's attention. */
  readonly isRefusal?: true
  /** A note instead of a line. */
  readonly isGap?: true
}

/** Selects lines of the record; every member narrows it. */
export interface ActivityFilter {
  /** Words that a line must all contain. */
  readonly search?: string
  /** The id of an account. */
  readonly account?: string
  /** The name of a tool; `you` for everything the user did. */
  readonly tool?: string
  readonly kind?: ActivityKind
  /** Epoch milliseconds. */
  readonly since?: number
}

/** A page of the record, newest line first. */
export interface ActivityPage {
  readonly lines: readonly ActivityView[]
  /** Continues the list; absent once the first line is reached. */
  readonly next?: string
}

export interface AccountChange {
  readonly name?: string
  readonly leaseKind?: LeaseKind
  readonly leaseSeconds?: number
  /** Shown instead of the name; empty to show the name again. */
  readonly displayName?: string
  readonly color?: AccountColor | 'none'
  readonly pinned?: boolean
}

/** What became of the accounts or tools of an imported file: their names, and why some were refused. */
export interface ImportedView {
  readonly added: readonly string[]
  /** They existed, and were not changed. */
  readonly existing: readonly string[]
  readonly refused: readonly { readonly entry: string; readonly why: string }[]
}

/** The result of an import. */
export interface ImportView {
  readonly accounts: ImportedView
  readonly tools: ImportedView
  /** How many preferences were changed, and how many were not because that would switch a protection off. */
  readonly preferences: { readonly changed: number; readonly kept: number }
}

/** A library, and its license. */
export interface LicenseView {
  readonly name: string
  readonly version: string
  /** The short name of the license, such as MIT. */
  readonly license: string
  readonly text: string
}

/** The languages that there are commands in for getting a token as a tool. */
export type ToolLanguage = 'curl' | 'go' | 'java' | 'node' | 'python'

/**
 * What the page may ask of the main process: one function per channel. Accounts are identified by
 * `uid`, because the name may belong to another account by the time the user confirms.
 */
export interface Calls {
  snapshot(): Snapshot
  addAccount(request: AddAccountRequest): { readonly account: string }
  login(uid: string, request: LoginRequest): { readonly account: string }
  logout(uid: string): { readonly ended: readonly EndedView[] }
  removeAccount(uid: string): { readonly ended: readonly EndedView[] }
  changeAccount(uid: string, change: AccountChange): { readonly account: string }
  /** When the token expires, and when the clipboard is cleared; epoch milliseconds. */
  copy(uid: string, form: CopyForm): { readonly endsAt: number; readonly clearsAt: number }
  clearClipboard(): null
  endLease(lease: string): { readonly ended: readonly EndedView[] }
  endAccount(uid: string): { readonly ended: readonly EndedView[] }
  /** Revokes the tokens of a tool, by its id, or those of `you`. */
  endHolder(holder: string): { readonly ended: readonly EndedView[] }
  endAll(): { readonly ended: readonly EndedView[] }
  listTokens(uid: string): { readonly tokens: readonly ListedTokenView[] }
  revokeToken(uid: string, id: string): { readonly revocation: 'revoked' | 'already_gone' }
  /** `confirm` is the id of the account as the user typed it, if the operation asks for that. */
  runOperation(
    uid: string,
    operation: RunnableOperation,
    confirm?: string,
  ): { readonly ended: readonly EndedView[] }
  /** Sends one request to a service that is limiting requests. */
  tryNow(uid: string): null
  /** `open` in the browser, or `copy` to the clipboard; the page never gets the link. */
  portal(uid: string, how: 'open' | 'copy', application?: string): null
  /** The lines of this filter; `before` is the `next` of an earlier page. */
  activity(filter: ActivityFilter, before?: string): ActivityPage
  /**
   * Asks the user for a file and exports all lines of this filter to it: how many, and in how many places lines are
   * missing or out of order; `null` if they cancel.
   */
  exportActivity(filter: ActivityFilter): { readonly lines: number; readonly gaps: number } | null
  /**
   * Connects a tool that may use these accounts, by uid, after a native question; its id. The lifetime of its
   * tokens is in seconds; 0 for that of each account.
   */
  connectTool(
    name: string,
    accounts: readonly string[],
    leaseSeconds: number,
  ): { readonly tool: string }
  /** The accounts that a tool may use, by uid; a native question comes before it gets more. */
  setToolAccounts(
    tool: string,
    accounts: readonly string[],
  ): { readonly ended: readonly EndedView[] }
  /** The lifetime of the tool's new tokens, in seconds; 0 for that of each account. */
  setToolLifetime(tool: string, leaseSeconds: number): null
  newToolSecret(tool: string): null
  /** Copies the tool's new secret, or a command with it. The page never gets the secret. */
  copyToolSecret(tool: string, form: 'secret' | ToolLanguage): null
  /** Saves the tool's new secret where the user chooses: the line that uses the file; `null` if cancelled. */
  saveToolSecret(tool: string): { readonly line: string } | null
  /** Forgets the tool's new secret. */
  dropToolSecret(tool: string): null
  removeTool(tool: string): { readonly ended: readonly EndedView[] }
  setPreferences(change: Partial<PreferencesView>): null
  lock(): null
  unlock(): null
  retryVault(): null
  /** Continue without a keychain, with credentials in memory until Tokentray quits. */
  useMemory(): null
  dismissNotice(text: string): null
  stopOtherBroker(): null
  chooseFile(): { readonly path: string | null }
  /** Asks the user for a file and exports to it; `null` if they cancel. */
  exportSettings(): { readonly accounts: number; readonly tools: number } | null
  /** Asks the user for a file and imports it; `null` if they cancel. */
  importSettings(): ImportView | null
  /** Shows the folder with the record and the log. */
  openDataFolder(): null
  /** Copies the address for tools. */
  copyAddress(): null
  /** The libraries that are part of the program. */
  licenses(): { readonly licenses: readonly LicenseView[] }
  /** Deletes everything, as `tokentray reset` does; `confirm` is what the user typed. */
  reset(confirm: string): { readonly left: number }
  closePopover(): null
  quit(): null
}

export type Channel = keyof Calls

/** Every channel, once; the type below ensures that none is missing. */
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
  'endHolder',
  'endAll',
  'listTokens',
  'revokeToken',
  'runOperation',
  'tryNow',
  'portal',
  'connectTool',
  'setToolAccounts',
  'setToolLifetime',
  'newToolSecret',
  'copyToolSecret',
  'saveToolSecret',
  'dropToolSecret',
  'removeTool',
  'activity',
  'exportActivity',
  'setPreferences',
  'lock',
  'unlock',
  'retryVault',
  'useMemory',
  'dismissNotice',
  'stopOtherBroker',
  'chooseFile',
  'exportSettings',
  'importSettings',
  'openDataFolder',
  'copyAddress',
  'licenses',
  'reset',
  'closePopover',
  'quit',
] as const satisfies readonly Channel[]

/** `never`, unless a channel is missing from the list. */
type Unlisted = Exclude<Channel, (typeof channels)[number]>
/** @public A type error if one is missing. */
export const everyChannelIsListed: [Unlisted] extends [never] ? true : never = true

/** Main pushes changes on this channel: a `Push`. */
export const SNAPSHOT_CHANNEL = 'tokentray:snapshot'

/** Main sends an empty message on this channel when the record has new lines. */
export const ACTIVITY_CHANNEL = 'tokentray:record'

/** A channel's name on the wire. */
export const toWireName = (channel: Channel): string => `tokentray:${channel}`

/** Calls as the page makes them: asynchronous, and rejecting with a `Failure`. */
export type Bridge = {
  readonly [Name in Channel]: (...args: Parameters<Calls[Name]>) => Promise<ReturnType<Calls[Name]>>
} & {
  /** Calls the listener with every change while the window is visible; returns the unsubscribe function. */
  onSnapshot(listener: (push: Push) => void): () => void
  /** Calls the listener on new lines of the record while the window is visible; returns the unsubscribe function. */
  onActivity(listener: () => void): () => void
}
