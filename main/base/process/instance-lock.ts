import { randomBytes } from 'node:crypto'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { TokentrayError } from '../errors.ts'
import { refuseLink } from '../files/links.ts'
import { readRegularFile } from '../files/owned-file.ts'
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.ts'

/** Who holds a lock. */
export interface Holder extends ProcessIdentity {
  readonly instance: string
  /** The folder with what leads to its endpoint; absent where an earlier version wrote the lock. */
  readonly run?: string
}

/** That this process is the one broker of its user. */
export interface InstanceLock {
  /**
   * Makes sure that the lock is there and names this run folder; takes it again where somebody has
   * removed it. False once another process has it: then this one must stop. Throws
   * `record_unavailable` where that cannot be said.
   */
  keep(run: string): boolean
  /** The file that is the lock now. */
  readonly file: string
  /** Lets the next one in, at the latest when this process ends; does nothing the second time. */
  release(): void
}

/** As many digits as `LOCK_FILE` takes. */
const HIGHEST = 999_999_999_999_999
const LOCK_FILE = /^broker\.lock\.([1-9]\d{0,14})$/

/**
 * Makes this process the only broker over this folder, or throws `already_running` with the pid of
 * the one that is; a lock whose holder has died counts for nothing.
 *
 * Locks are numbered files, and the highest number counts. The next number may be taken when the
 * holder of the highest is gone; link(2) gives it to exactly one of those who try, with its content
 * in it, or else an exclusive creation, after which it is looked once more. The highest file is never removed, only marked as released, so that a number is never
 * taken twice: who comes late finds a higher one and starts over. No step leaves something behind
 * that would have to be taken over in its turn.
 */
export function acquireInstanceLock(folder: string, instance: string, run: string): InstanceLock {
  return createHandle(folder, { ...identifyProcess(process.pid), instance, run })
}

/**
 * The living holder of the lock of this folder; `null` if there is none. One without a start time
 * may be a later process of the same pid.
 */
export function findHolder(folder: string): Holder | null {
  try {
    const highest = highestLock(folder)
    const holder = highest === 0 ? null : readHolder(lockFile(folder, highest))
    return holder && isRunning(holder) ? holder : null
  } catch {
    // No such folder, or not ours to read; or exchanged meanwhile: the next look finds what is there.
    return null
  }
}

/** The number of the lock that is now ours. */
function acquire(folder: string, me: Holder): number {
  return guarded(folder, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (;;) {
      const highest = highestLock(folder)
      if (highest > 0) refuseLink(lockFile(folder, highest), REMOVE_LOCK)
      const holder = highest === 0 ? null : readHolder(lockFile(folder, highest))
      if (holder && isRunning(holder)) throw alreadyRunning(holder)
      const mine = highest + 1
      if (mine > HIGHEST) throw usedUp(lockFile(folder, highest))
      if (!take(folder, mine, me)) continue
      // Where there are no links its holder may have been about to write its name when we looked.
      const below = highest === 0 ? null : readHolder(lockFile(folder, highest))
      if (isFirst(folder, mine) && !(below && isRunning(below))) {
        removeLower(folder, mine)
        return mine
      }
      rmSync(lockFile(folder, mine), { force: true })
    }
  })
}

const REMOVE_LOCK = 'Remove it while no Tokentray of yours runs.'

/** No program of ours gets that far. */
function usedUp(file: string): TokentrayError {
  return new TokentrayError('record_unavailable', `No lock can come after ${file}.`, {
    hint: REMOVE_LOCK,
  })
}

function guarded<T>(folder: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof TokentrayError) throw error
    throw new TokentrayError('record_unavailable', `${folder} cannot be locked.`, { cause: error })
  }
}

const lockFile = (folder: string, number: number) => path.join(folder, `broker.lock.${number}`)

function locksIn(folder: string): number[] {
  return readdirSync(folder).map((name) => Number(LOCK_FILE.exec(name)?.[1] ?? 0))
}

const highestLock = (folder: string): number => Math.max(0, ...locksIn(folder))

/** What link(2) says on file systems without second names for a file, such as FAT and some of networks. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

/** False if somebody else has this number. Where there are links the content is there from the first moment on. */
function take(folder: string, number: number, holder: Holder): boolean {
  const content = JSON.stringify(holder)
  const draft = writeDraft(folder, content)
  try {
    linkSync(draft, lockFile(folder, number))
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    if (!NO_LINKS.includes(String(codeOf(error)))) throw error
    return takeWithoutLinks(lockFile(folder, number), content)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** For a moment the file is empty, which reads as released; `acquire` looks again after its own. */
function takeWithoutLinks(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    rmSync(file, { force: true })
    throw error
  }
}

function writeDraft(folder: string, content: string): string {
  const draft = path.join(folder, `broker.lock.draft-${randomBytes(8).toString('hex')}`)
  try {
    writeFileSync(draft, content, { flag: 'wx', mode: 0o600 })
    return draft
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

function createHandle(folder: string, first: Holder): InstanceLock {
  let me = first
  let number = acquire(folder, me)
  let held = true
  const replaceWith = (content: string) =>
    renameSync(writeDraft(folder, content), lockFile(folder, number))
  return {
    get file() {
      return lockFile(folder, number)
    },
    keep(run) {
      if (!held) return false
      me = { ...me, run }
      return guarded(folder, () => {
        const found = existsSync(folder) ? highestLock(folder) : 0
        const holder = found === 0 ? null : readHolder(lockFile(folder, found))
        if (found === number && holder?.instance === me.instance) {
          if (holder.run !== run) replaceWith(JSON.stringify(me))
          return true
        }
        // Removed by somebody, or taken over because of that.
        held = !(holder && isRunning(holder) && holder.instance !== me.instance)
        if (held) number = acquire(folder, me)
        return held
      })
    },
    release() {
      if (!held) return
      held = false
      try {
        // Somebody may have removed ours, and another process have its number now.
        if (readHolder(lockFile(folder, number))?.instance === me.instance) replaceWith('{}')
      } catch {
        // No room for the mark: the end of this process releases the lock just as well.
      }
    },
  }
}

/**
 * False if this number had been taken before and was cleared away: then there is a higher one, and
 * the one below, cleared away first, is gone too. The second sign counts because readdir(3) may miss
 * what changes while it reads.
 */
function isFirst(folder: string, mine: number): boolean {
  return highestLock(folder) === mine && (mine === 1 || existsSync(lockFile(folder, mine - 1)))
}

/** Lowest first: `isFirst` relies on it. */
function removeLower(folder: string, mine: number): void {
  for (const number of locksIn(folder).sort((a, b) => a - b)) {
    if (number > 0 && number < mine) rmSync(lockFile(folder, number), { force: true })
  }
}

/** `null` if it was released, or has just been cleared away by the holder of a higher one. */
function readHolder(file: string): Holder | null {
  try {
    return parseHolder(readRegularFile(file))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const { pid, startedAt = null, instance, run } = value as Partial<Record<keyof Holder, unknown>>
    return typeof pid === 'number' &&
      Number.isInteger(pid) &&
      pid > 0 &&
      (startedAt === null || typeof startedAt === 'string') &&
      typeof instance === 'string'
      ? { pid, startedAt, instance, ...(typeof run === 'string' && { run }) }
      : null
  } catch {
    // A lock is made whole, so only a crash of the machine, and of its holder with it, can tear it.
    return null
  }
}

/** That the process of this pid is the broker of this user. */
export function alreadyRunning({ pid }: ProcessIdentity): TokentrayError {
  return new TokentrayError('already_running', `Another Tokentray is running (process ${pid}).`)
}
