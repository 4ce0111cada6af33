import { z } from 'zod'
import { isLater, ownVersion } from '../base/version.ts'
import { migrate } from './migrations.ts'
import { defaultSettings, type Settings, settingsSchema } from './schema.ts'

/** What the bytes of a settings file come to. */
export type StoredSettings =
  | { readonly kind: 'settings'; readonly settings: Settings; readonly edition: number }
  /** Good settings, of a Tokentray that knows more than this one. */
  | { readonly kind: 'newer'; readonly writtenBy?: string }
  | { readonly kind: 'unreadable' }

/**
 * The settings as they stand in the file, with the version of the program that wrote them and how often
 * the file has been written: changes that are kept beside it say after which of these they came.
 */
export function serialize(settings: Settings, edition: number): string {
  const { version, ...rest } = settings
  return `${JSON.stringify({ version, writtenBy: ownVersion, edition, ...rest }, null, 2)}\n`
}

/**
 * Reads what `serialize` of this or an earlier version wrote, also after an editor has put a byte
 * order mark before it. Never throws.
 */
export function parseSettings(bytes: Buffer): StoredSettings {
  try {
    return judge(JSON.parse(decode(bytes)))
  } catch {
    // Not JSON, or so far from settings that a migration stumbled over it.
    return { kind: 'unreadable' }
  }
}

const aboutTheFile = z.object({
  version: z.number(),
  writtenBy: z.string().optional(),
  // Left out by earlier versions, or by hand.
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
  // A member that only a later version knows must not cost a person all accounts: nothing else is
  // wrong with such a file, or its writer is known to be later.
  const isFromLater = writtenBy !== undefined && isLater(writtenBy)
  const isOnlyMore = parsed.error.issues.every(({ code }) => code === 'unrecognized_keys')
  return isFromLater || isOnlyMore ? newer : { kind: 'unreadable' }
}

/** UTF-8, or UTF-16 where a byte order mark says so; the mark itself is no part of the text. */
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
