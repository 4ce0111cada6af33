import { z } from 'zod'
import { isLater, ownVersion } from '../base/version.ts'
import { migrate } from './migrations.ts'
import { defaultSettings, type Settings, settingsSchema } from './schema.ts'

/** The result of parsing a settings file. */
export type StoredSettings =
  | { readonly kind: 'settings'; readonly settings: Settings; readonly edition: number }
  /** Valid settings of a newer Tokentray, with members this version does not know. */
  | { readonly kind: 'newer'; readonly writtenBy?: string }
  | { readonly kind: 'unreadable' }

/**
 * The settings as written to the file, with the version of the program and the edition: how often the file
 * has been written. The changes file beside it names the edition that its changes follow.
 */
export function serialize(settings: Settings, edition: number): string {
  const { version, ...rest } = settings
  return `${JSON.stringify({ version, writtenBy: ownVersion, edition, ...rest }, null, 2)}\n`
}

/**
 * Parses what `serialize` of this or an earlier version wrote, also with a byte order mark added by an
 * editor. Never throws.
 */
export function parseSettings(bytes: Buffer): StoredSettings {
  try {
    return judge(JSON.parse(decode(bytes)))
  } catch {
    // Not JSON, or so malformed that a migration failed on it.
    return { kind: 'unreadable' }
  }
}

const aboutTheFile = z.object({
  version: z.number(),
  writtenBy: z.string().optional(),
  // Missing in files of earlier versions, or removed by hand.
  edition: z.int().min(0).catch(0),
})

function judge(stored: unknown): StoredSettings {
  const about = aboutTheFile.safeParse(stored)
  if (!about.success || typeof stored !== 'object' || stored === null) return { kind: 'unreadable' }
  const { version, writtenBy, edition } = about.data
  const newer = { kind: 'newer', ...(writtenBy !== undefined && { writtenBy }) } as const
  if (version > defaultSettings.version) return newer
  const { writtenBy: _by, edition: _edition, ...settings } = stored as Record<string, unknown>
  const parsed = settingsSchema.safeParse(migrate(settings))
  if (parsed.success) return { kind: 'settings', settings: parsed.data, edition }
  // A member that only a later version knows must not cost the user all accounts, if nothing else is wrong
  // with the file or its writer is known to be later.
  const isFromLater = writtenBy !== undefined && isLater(writtenBy)
  const isOnlyMore = parsed.error.issues.every(({ code }) => code === 'unrecognized_keys')
  return isFromLater || isOnlyMore ? newer : { kind: 'unreadable' }
}

/** Decodes UTF-8, or UTF-16 if a byte order mark says so; the mark itself is dropped. */
function decode(bytes: Buffer): string {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}
