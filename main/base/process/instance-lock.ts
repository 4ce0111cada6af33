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
import { readOwnFile, readRegularFile } from '../files/owned-file.ts'
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.ts'

/** The process that holds a lock. */
export interface Holder extends ProcessIdentity {
  readonly instance: string
  /** The folder of its `endpoint.json`; absent if an earlier version wrote the lock. */
  readonly run?: string
}

/** Proves that this process is the only broker of its user. */
export interface InstanceLock {
  /**
   * Makes sure that the lock exists and names this run folder; acquires it again if it was removed. Returns
   * false once another process holds it: then this one must stop. Throws `record_unavailable` if that cannot
   * be checked.
   */
  keep(run: string): boolean
  /** The current lock file. */
  readonly file: string
  /** Releases the lock, which the end of this process does as well; does nothing the second time. */
  release(): void
}

/** As many digits as `LOCK_FILE` allows. */
const HIGHEST = 999_999_999_999_999
const LOCK_FILE = /^broker\.lock\.([1-9]\d{0,14})$/

/**
 * Makes this process the only broker of this folder, or throws `already_running` with the pid of the one
 * that is; a lock whose holder has died does not count.
 *
 * Locks are numbered files, and the highest number counts. The next number can be taken once the holder of
 * the highest is gone. link(2) gives it to exactly one contender, with its content complete; without links,
 * an exclusive creation followed by a second check does. The highest file is never removed, only marked as
 * released, so that a number is never taken twice: a late contender finds a higher one and starts over. No
 * step leaves anything behind that would need a lock of its own.
 */
export function acquireInstanceLock(folder: string, instance: string, run: string): InstanceLock {
  return createHandle(folder, { ...identifyProcess(process.pid), instance, run })
}

/**
 * The running holder of the lock of this folder; `null` if there is none. One without a start time may be a
 * later process with the same pid.
 *
 * Security: only a lock that no other user can have written counts, because the process is signalled, and the
 * folder that it names is searched.
 */
export function findHolder(folder: string): Holder | null {
  try {
    const highest = highestLock(folder)
    const holder = highest === 0 ? null : parseHolder(readOwnFile(lockFile(folder, highest)))
    return holder && isRunning(holder) ? holder : null
  } catch {
    // The folder or the lock does not exist, is not readable, not ours or was replaced meanwhile: the next check
    // will tell.
    return null
  }
}

/** Acquires the lock and returns its number. */
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
      // Without links, the holder may not have written its content yet when we looked.
      const below = highest === 0 ? null : readHolder(lockFile(folder, highest))
      if (isFirst(folder, mine) && !(below && isRunning(below))) {
        removeLower(folder, mine)
        return mine
      }
      rmSync(lockFile(folder, mine), { force: true })
    }
  })
}

const REMOVE_LOCK = 'Remove it while Tokentray is not running.'

/** Tokentray never gets that far by itself. */
function usedUp(file: string): TokentrayError {
  return new TokentrayError('record_unavailable', `${file} has the highest possible lock number.`, {
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

/** Errors of link(2) on file systems without hard links, such as FAT and some network file systems. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

/** False if another process has this number. With links, the file is complete as soon as it exists. */
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

/** The file is empty for a moment, which reads as released; `acquire` checks again after taking its own. */
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
        // It was removed, or another process has taken over because of that.
        held = !(holder && isRunning(holder) && holder.instance !== me.instance)
        if (held) number = acquire(folder, me)
        return held
      })
    },
    release() {
      if (!held) return
      held = false
      try {
        // Ours may have been removed, and another process may have its number now.
        if (readHolder(lockFile(folder, number))?.instance === me.instance) replaceWith('{}')
      } catch {
        // No space for the mark: the end of this process releases the lock as well.
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
    // Locks are created complete: only a crash of the machine, and so of the holder, can damage one.
    return null
  }
}

/** The error for another process that is already the broker of this user. */
export function alreadyRunning({ pid }: ProcessIdentity): TokentrayError {
  return new TokentrayError('already_running', `Tokentray is already running (process ${pid}).`)
}
