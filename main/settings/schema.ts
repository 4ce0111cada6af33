import { z } from 'zod'
import { LONGEST_LEASE_SECONDS, SHORTEST_LEASE_SECONDS } from '../base/lease-limits.ts'
import { accountColors, LONGEST_DISPLAY_NAME } from '../base/text/account-looks.ts'

const leaseSeconds = z.int().min(SHORTEST_LEASE_SECONDS).max(LONGEST_LEASE_SECONDS)
/** A label that a login derives from its form. Tokentray writes no longer one. */
const label = z.string().max(5_000)

/** An account as stored, without secrets. */
export const accountRecord = z.strictObject({
  /** Stays the same when the account is renamed. */
  uid: z.string().regex(/^[A-Za-z0-9]{16,64}$/),
  /**
   * Names its item in the keychain; defaults to the uid. Each login has an item of its own, so that a crash
   * never pairs a credential with the settings of another login.
   */
  credential: z
    .string()
    .regex(/^[A-Za-z0-9]{16,64}$/)
    .optional(),
  provider: z.string(),
  name: z.string().regex(/^[a-z0-9._-]{1,64}$/),
  label,
  /**
   * What the user calls it, in any script; shown instead of its name. Its rule is checked where it is entered: a
   * later rule, or a later version of Unicode, must not make the settings unreadable.
   */
  displayName: z.string().min(1).max(LONGEST_DISPLAY_NAME).optional(),
  /** The user's own color for it. */
  color: z.enum(accountColors).optional(),
  /** Listed before the others. */
  pinned: z.literal(true).optional(),
  /**
   * The web addresses that it answers for, instead of the origin of its service. Their rule is checked where they are
   * entered and looked up.
   */
  addresses: z.array(z.string()).min(1).optional(),
  values: z.record(z.string(), z.string()),
  /** What its login learned about the service. */
  learned: z.record(z.string(), z.string()).optional(),
  leaseKind: z.enum(['shared', 'dedicated']),
  leaseSeconds,
  state: z.enum(['signed_in', 'signed_out', 'login_required']),
  /** Why the state is `login_required`, if known; not secret. */
  loginRequiredBecause: z
    .strictObject({
      /** What was refused, and by which service. */
      sentence: z.string(),
      /** What the user can do, if known. */
      hint: z.string().optional(),
      /** Epoch milliseconds. */
      at: z.int(),
    })
    .optional(),
  /** A one-time code was needed, so only the user can log in again. */
  needsCode: z.boolean(),
  createdAt: z.int(),
})

/** A client as stored: the SHA-256 of its secret, never the secret. */
export const clientRecord = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9]{1,64}$/),
  name: z.string().regex(/^[a-z0-9._-]{1,64}$/),
  /** SHA-256 of the secret, hex. */
  secretHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** The lifetime of its tokens; absent for that of each account. */
  leaseSeconds: leaseSeconds.optional(),
  createdAt: z.int(),
})

/** A remembered decision: until then this client may have tokens of this account. */
export const grantRecord = z.strictObject({
  client: z.string(),
  /** The account's uid, so that a rename keeps the grant. */
  account: z.string(),
  until: z.int().nullable(),
  /** Ids that the account had when access was granted or later, newest last. */
  formerly: z.array(z.string().max(129)).max(10).optional(),
})

const text = z.string().max(1_000)

/** A line that may not be in the record yet: what was changed, and by whom; not secret. */
export const owedLine = z.strictObject({
  /** Stays the same until the line is on record. */
  id: z.string().regex(/^[A-Za-z0-9]{1,64}$/),
  /** When it was changed, epoch milliseconds. */
  at: z.int(),
  event: text,
  route: text.exactOptional(),
  client: text.exactOptional(),
  account: text.exactOptional(),
  accountUid: text.exactOptional(),
  reason: text.exactOptional(),
  setting: text.exactOptional(),
  from: text.exactOptional(),
  to: text.exactOptional(),
  endsAt: z.int().nullable().exactOptional(),
})

/** The user's preferences; members added later have defaults, so that an older file stays valid. */
const preferencesRecord = z.strictObject({
  /** Token lifetime, unless the account sets its own. */
  leaseSeconds,
  /** How long a copied token stays in the clipboard. */
  clipboardSeconds: z.int().min(10).max(300).default(30),
  /** Whether suspending and locking the screen lock Tokentray too. */
  lockOnSleep: z.boolean().default(true),
  /** Lease kind for new accounts, if their service supports it; `service` for what the service prefers. */
  leaseKind: z.enum(['service', 'shared', 'dedicated']).default('service'),
  /** What the list of accounts is sorted by. */
  accountOrder: z.enum(['recent', 'name', 'service']).default('recent'),
  /** Whether keys open the search from any program. */
  globalShortcut: z.boolean().default(false),
  /** Locks once the computer has not been used for so long; 0 for never. */
  lockAfterIdleMinutes: z.int().min(0).max(1_440).default(0),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** The size of text and everything else in the window, percent. */
  zoom: z.int().min(80).max(200).default(100),
  /** Which notifications are shown; those that are shown nowhere else always are. */
  notifyCopied: z.boolean().default(true),
  notifyLoginRequired: z.boolean().default(true),
  notifyServiceLimits: z.boolean().default(true),
})

export const settingsSchema = z.strictObject({
  version: z.literal(1),
  /** The loopback port, once chosen. */
  port: z.int().min(1).max(65_535).nullable(),
  locked: z.boolean(),
  accounts: z.array(accountRecord),
  clients: z.array(clientRecord),
  grants: z.array(grantRecord),
  preferences: preferencesRecord,
  /** Every item that this home may have in the keychain; missing in earlier versions. */
  keychain: z.array(z.string()).optional(),
  /** Stored in the same write as the changes they describe; left out if there are none. */
  unrecorded: z.array(owedLine).optional(),
})

export type AccountRecord = Readonly<z.infer<typeof accountRecord>>
export type ClientRecord = Readonly<z.infer<typeof clientRecord>>
export type GrantRecord = Readonly<z.infer<typeof grantRecord>>
export type PreferencesRecord = Readonly<z.infer<typeof preferencesRecord>>
export type OutboxLine = Readonly<z.infer<typeof owedLine>>
export type Settings = Readonly<z.infer<typeof settingsSchema>>

export const defaultSettings: Settings = {
  version: 1,
  port: null,
  locked: false,
  accounts: [],
  clients: [],
  grants: [],
  preferences: {
    leaseSeconds: 900,
    clipboardSeconds: 30,
    lockOnSleep: true,
    leaseKind: 'service',
    accountOrder: 'recent',
    globalShortcut: false,
    lockAfterIdleMinutes: 0,
    theme: 'system',
    zoom: 100,
    notifyCopied: true,
    notifyLoginRequired: true,
    notifyServiceLimits: true,
  },
}
