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

/** More than a name of the DNS with a port, or a sentence of ours, has. */
const TEXT = z.string().max(1_000)
/** More hosts than anybody has accounts at. */
const MOST_HOSTS = 1_000
const VERSION = 1

const silenceRecord = z.object({
  host: TEXT,
  provider: TEXT,
  sentence: TEXT,
  hint: TEXT.optional(),
  /** When it was written, and when it is over, epoch milliseconds. */
  since: z.int(),
  until: z.int(),
})
const silencesFile = z.object({
  /** A later version may add to it; what this one knows of it stays true. */
  version: z.int().default(VERSION),
  silences: z.array(silenceRecord).max(MOST_HOSTS),
})

/** A host that has to be left alone, as it is stored. */
type StoredSilence = Readonly<z.infer<typeof silenceRecord>>

/** Which hosts have to be left alone, over restarts. */
export interface SilenceStore {
  read(): readonly StoredSilence[]
  /**
   * Throws `record_unavailable` if it cannot be written; what stood there before stays. At once, because a
   * start that knows nothing of a silence makes it longer; the file is small.
   */
  write(silences: readonly StoredSilence[]): void
}

/** For as long as the process runs. */
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
 * In a file of this folder; not in the settings, because it is no choice of a person, and an older
 * version must not stumble over it. A file that cannot be read is set aside, and costs one request.
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
        // It is written anew, in the place of a link as well, when there is something to write.
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

/** Only what `read` takes, so that nothing makes the file unreadable; the longest silences first. */
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

/** By a rename, so that a crash leaves the one or the other, and a link is not followed. */
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
