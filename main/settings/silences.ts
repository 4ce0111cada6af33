import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import type { Clock } from '../base/clock.ts'
import { TokentrayError } from '../base/errors.ts'
import { refuseLink, requireRegularFile } from '../base/files/links.ts'
import { setAside } from '../base/files/set-aside.ts'

/** Longer than any host name with a port, and than any message of ours. */
const TEXT = z.string().max(1_000)
/** More hosts than any user has accounts at. */
const MOST_HOSTS = 1_000
const VERSION = 1

const silenceRecord = z.object({
  host: TEXT,
  provider: TEXT,
  sentence: TEXT,
  hint: TEXT.optional(),
  /** When it was written and when it expires, epoch milliseconds. */
  since: z.int(),
  until: z.int(),
})
const silencesFile = z.object({
  /** A later version may add members; those known to this version keep their meaning. */
  version: z.int().default(VERSION),
  silences: z.array(silenceRecord).max(MOST_HOSTS),
})

/** A host that must not be called for a while, as stored. */
type StoredSilence = Readonly<z.infer<typeof silenceRecord>>

/** The hosts that must not be called for a while, kept over restarts. */
export interface SilenceStore {
  read(): readonly StoredSilence[]
  /**
   * Throws `record_unavailable` if it cannot be written; the previous content stays. Written immediately,
   * because a start that misses a silence prolongs it; the file is small.
   */
  write(silences: readonly StoredSilence[]): void
}

/** Lasts as long as the process. */
export function createMemorySilences(): SilenceStore {
  let stored: readonly StoredSilence[] = []
  return {
    read: () => stored,
    write(silences) {
      stored = silences
    },
  }
}

/**
 * Kept in a file of this folder. Not in the settings, because it is not the user's choice and an older
 * version must not fail on it. An unreadable file is set aside, at the cost of one request.
 */
export function openSilences(folder: string, clock: Clock): SilenceStore {
  const file = path.join(folder, 'silent-hosts.json')
  return {
    read() {
      try {
        refuseLink(file)
        requireRegularFile(file)
        if (!existsSync(file)) return []
        const parsed = silencesFile.safeParse(parseJson(readFileSync(file, 'utf8')))
        if (parsed.success) return parsed.data.silences
        setAside(file, clock)
      } catch {
        // Replaced, even if it is a link, the next time there is something to write.
      }
      return []
    },
    write(silences) {
      try {
        replace(
          file,
          `${JSON.stringify({ version: VERSION, silences: stored(silences) }, null, 2)}\n`,
        )
      } catch (cause) {
        throw new TokentrayError('record_unavailable', `${file} cannot be written.`, { cause })
      }
    },
  }
}

/**
 * Keeps only what `read` accepts, so that no entry makes the file unreadable; the longest silences first.
 */
function stored(silences: readonly StoredSilence[]): readonly StoredSilence[] {
  return silences
    .filter((silence) => silenceRecord.safeParse(silence).success)
    .toSorted((one, other) => other.until - one.until)
    .slice(0, MOST_HOSTS)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Replaced by a rename, so that a crash leaves either version complete and a link is not followed. */
function replace(file: string, text: string): void {
  const fresh = `${file}.new`
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants
  const fd = openSync(fresh, O_WRONLY | O_CREAT | O_TRUNC | (O_NOFOLLOW ?? 0), 0o600)
  try {
    writeFileSync(fd, text)
  } finally {
    closeSync(fd)
  }
  renameSync(fresh, file)
}
