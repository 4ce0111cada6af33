import { z } from 'zod'
import { LONGEST_ADDRESS, MOST_ADDRESSES } from '../../base/address-limits.ts'
import { TokentrayError } from '../../base/errors.ts'
import { LONGEST_LEASE_SECONDS, SHORTEST_LEASE_SECONDS } from '../../base/lease-limits.ts'
import { accountColors, LONGEST_DISPLAY_NAME } from '../../base/text/account-looks.ts'
import type { PreferencesRecord } from '../../settings/schema.ts'

/*
 * The file of "export" and "import": accounts, tools and preferences, without secrets. Security: a file may come
 * from anyone. These schemas refuse every member that they do not name, so that nothing else is ever read.
 */

const MOST = 1_000
const MOST_VALUES = 32
const LONGEST_ID = 129

export const EXPORT_FORMAT = 'tokentray-export'
export const EXPORT_VERSION = 1

/** Whether tools share the token of an account, or get one each. */
export const exportedSharing = z.enum(['shared', 'dedicated'])
/** The same for new accounts; `service` for what the service prefers. */
export const preferredSharing = z.enum(['service', 'shared', 'dedicated'])

export const exportedColor = z.enum(accountColors)
export const exportedOrder = z.enum(['recent', 'name', 'service'])
export const exportedTheme = z.enum(['system', 'light', 'dark'])

const leaseSeconds = z
  .int()
  .min(SHORTEST_LEASE_SECONDS)
  .max(LONGEST_LEASE_SECONDS)
  .describe('Seconds.')

/** The values of a login form that are no secrets, by field name. */
export const exportedValues = z
  .record(z.string().max(64), z.string().max(4_096))
  .refine((values) => Object.keys(values).length <= MOST_VALUES, 'There are too many values.')

/** An account without its secrets. Names and values are checked when it is imported. */
export const exportedAccount = z.strictObject({
  provider: z.string().max(64),
  name: z.string().max(64),
  values: exportedValues,
  lease_kind: exportedSharing.optional(),
  lease_seconds: leaseSeconds.optional(),
  display_name: z.string().max(LONGEST_DISPLAY_NAME).optional(),
  color: exportedColor.optional(),
  pinned: z.literal(true).optional(),
  /** Empty as well as absent: generated clients in Java send a list that they were not given. */
  addresses: z.array(z.string().max(LONGEST_ADDRESS)).max(MOST_ADDRESSES).optional(),
})

/** A tool without its id and secret, and the accounts that it may use. */
export const exportedTool = z.strictObject({
  name: z.string().max(64),
  accounts: z.array(z.string().max(LONGEST_ID)).max(MOST),
  /** Absent for the lifetime of each account. */
  lease_seconds: leaseSeconds.optional(),
})

export const exportedPreferences = z.strictObject({
  lease_seconds: leaseSeconds.optional(),
  clipboard_seconds: z.int().min(10).max(300).describe('Seconds.').optional(),
  lock_on_sleep: z.boolean().optional(),
  lease_kind: preferredSharing.optional(),
  account_order: exportedOrder.optional(),
  global_shortcut: z.boolean().optional(),
  lock_after_idle_minutes: z.int().min(0).max(1_440).describe('0 for never.').optional(),
  theme: exportedTheme.optional(),
  zoom: z.int().min(80).max(200).describe('Percent.').optional(),
  notify_copied: z.boolean().optional(),
  notify_login_required: z.boolean().optional(),
  notify_service_limits: z.boolean().optional(),
})

export const exportDocument = z.strictObject({
  format: z.literal(EXPORT_FORMAT),
  // Not a literal: the Java of OpenAPI Generator compiles no constant of a number.
  version: z.int().refine((version) => version === EXPORT_VERSION),
  /** The version of Tokentray that wrote it. */
  written_by: z.string().max(64).optional(),
  accounts: z.array(exportedAccount).max(MOST).optional(),
  tools: z.array(exportedTool).max(MOST).optional(),
  preferences: exportedPreferences.optional(),
})

export type ExportDocument = z.output<typeof exportDocument>
export type ExportedAccount = z.output<typeof exportedAccount>
export type ExportedTool = z.output<typeof exportedTool>
export type ExportedPreferences = z.output<typeof exportedPreferences>

/** The names of the preferences in the file; every preference is here. */
export const preferenceNames = {
  leaseSeconds: 'lease_seconds',
  clipboardSeconds: 'clipboard_seconds',
  lockOnSleep: 'lock_on_sleep',
  leaseKind: 'lease_kind',
  accountOrder: 'account_order',
  globalShortcut: 'global_shortcut',
  lockAfterIdleMinutes: 'lock_after_idle_minutes',
  theme: 'theme',
  zoom: 'zoom',
  notifyCopied: 'notify_copied',
  notifyLoginRequired: 'notify_login_required',
  notifyServiceLimits: 'notify_service_limits',
} as const satisfies Readonly<Record<keyof PreferencesRecord, keyof ExportedPreferences>>

/**
 * Reads the text of an exported file. Throws `invalid_request` for anything else, naming the place of the fault and
 * never a value, which may be a secret.
 */
export function parseDocument(text: string): ExportDocument {
  const content = parseJson(text)
  requireFormat(content)
  const parsed = exportDocument.safeParse(content)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = issue?.path.map(String).join('.') ?? ''
  const within = place === '' ? '' : ` in "${place}"`
  const fault =
    issue?.code === 'unrecognized_keys'
      ? `It has an unknown member${within}: ${JSON.stringify(issue.keys[0]?.slice(0, 64))}.`
      : `The value of "${place}" is not valid.`
  throw notImported(fault)
}

function requireFormat(content: unknown): void {
  const isObject = typeof content === 'object' && content !== null && !Array.isArray(content)
  const { format, version }: { format?: unknown; version?: unknown } = isObject ? content : {}
  if (format !== EXPORT_FORMAT) throw notImported('It was not written by "Export".')
  if (version === EXPORT_VERSION) return
  throw notImported('It was written by another version of Tokentray, which this one cannot read.')
}

function parseJson(text: string): unknown {
  try {
    // Some editors add a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    // Security: the error is dropped, because it quotes the text that it could not parse.
    return null
  }
}

function notImported(why: string): TokentrayError {
  return new TokentrayError('invalid_request', `The file was not imported. ${why}`, {
    hint: 'Choose a file that "tokentray export" or Settings has written.',
  })
}
