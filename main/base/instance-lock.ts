import { randomBytes } from 'node:crypto'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { TokentrayError } from './errors.ts'
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.ts'

interface Holder extends ProcessIdentity {
  readonly instance: string
}

/** That this process is the one broker of its user. */
export interface InstanceLock {
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
 * in it. The highest file is never removed, only marked as released, so that a number is never
 * taken twice: who comes late finds a higher one and starts over. No step leaves something behind
 * that would have to be taken over in its turn.
 */
export function acquireInstanceLock(folder: string, instance: string): InstanceLock {
  const me: Holder = { ...identifyProcess(process.pid), instance }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    for (;;) {
      const highest = highestLock(folder)
      const holder = highest === 0 ? null : readHolder(lockFile(folder, highest))
      if (holder && isRunning(holder)) throw alreadyRunning(holder)
      const mine = highest + 1
      if (mine > HIGHEST) throw new Error('The numbers of its locks are used up.')
      if (!take(folder, mine, me)) continue
      if (isFirst(folder, mine)) {
        removeLower(folder, mine)
        return createHandle(folder, mine)
      }
      rmSync(lockFile(folder, mine), { force: true })
    }
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

/** False if somebody else has this number. The content is there from the first moment on. */
function take(folder: string, number: number, holder: Holder): boolean {
  const draft = writeDraft(folder, JSON.stringify(holder))
  try {
    linkSync(draft, lockFile(folder, number))
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
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

function createHandle(folder: string, number: number): InstanceLock {
  let held = true
  return {
    release() {
      if (!held) return
      held = false
      try {
        renameSync(writeDraft(folder, '{}'), lockFile(folder, number))
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
    return parseHolder(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const { pid, startedAt, instance } = { pid: 0, startedAt: null, instance: '', ...value }
    return typeof pid === 'number' &&
      Number.isInteger(pid) &&
      pid > 0 &&
      (startedAt === null || typeof startedAt === 'string') &&
      typeof instance === 'string'
      ? { pid, startedAt, instance }
      : null
  } catch {
    // A lock is made whole, so only a crash of the machine, and of its holder with it, can tear it.
    return null
  }
}

function alreadyRunning({ pid }: Holder): TokentrayError {
  return new TokentrayError('already_running', `Another Tokentray is running (process ${pid}).`)
}
