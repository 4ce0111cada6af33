import { lstatSync, renameSync, rmSync, type Stats } from 'node:fs'
import type { Server } from 'node:net'
import path from 'node:path'
import { isTokentrayError } from '../../base/errors.ts'
import { makeOwnedFolder } from '../../base/files/owned-folder.ts'
import type { Log } from '../../base/log.ts'
import { socketFile, toolsFolder } from './discovery.ts'

/** The longest path of a socket in bytes; Node 20 silently cuts a longer one, and binds another name. */
const LONGEST_PATH = process.platform === 'linux' ? 107 : 103
/** Shorter than the name that it is renamed to, which is therefore the one to measure. */
const FRESH_NAME = '.new'
/** Once the queue is full, connecting fails at once, unlike at a port. The system has a limit of its own. */
const BACKLOG = 4_096

interface Bound {
  readonly file: string
  readonly ino: number
  readonly dev: number
}

/**
 * The Unix socket of the endpoint, in a folder that only this user can enter. Only this user and root
 * can connect to it. Without it, tools use the port.
 */
export class LocalSocket {
  readonly #server: Server
  readonly #log: Log
  #bound: Bound | null = null
  #trouble: string | null = null

  constructor(server: Server, log: Log) {
    this.#server = server
    this.#log = log
    // Where it cannot be bound, there is no file, which is noticed at once.
    server.on('error', () => undefined)
  }

  /** The path to connect to; `null` if there is none. */
  path(): string | null {
    return this.#bound?.file ?? null
  }

  /** Why there is none, as text for the user; `null` if there is one, and on Windows. */
  trouble(): string | null {
    return this.#trouble
  }

  /**
   * Binds the socket in this run folder, unless it is there already, and returns its path; `null` if that is
   * not possible. Connections to one that was removed stay open.
   */
  keepIn(run: string): string | null {
    // A pipe of Node is open to other users there.
    if (process.platform === 'win32') return null
    const file = socketFile({ run })
    if (this.#bound?.file === file && isInPlace(this.#bound)) return file
    this.remove()
    const before = this.#trouble
    try {
      this.#trouble = null
      this.#bound = this.#bind(run, file)
      return file
    } catch (error) {
      this.#server.close()
      this.#trouble = toTrouble(file, error)
      if (this.#trouble !== before) this.#log.warn(this.#trouble, { error })
      return null
    }
  }

  /** Stops listening, and removes the socket unless the name is another instance's by now. */
  remove(): void {
    const bound = this.#bound
    this.#bound = null
    try {
      if (bound && isSame(find(bound.file), bound)) rmSync(bound.file, { force: true })
    } catch (error) {
      this.#log.warn('the socket could not be removed', { error })
    }
    // Node removes the name that was bound, which is not the present one.
    if (this.#server.listening) this.#server.close()
  }

  #bind(run: string, file: string): Bound {
    const bytes = Buffer.byteLength(file)
    if (bytes > LONGEST_PATH) throw new PathTooLong(bytes)
    makeOwnedFolder(toolsFolder({ run }))
    const fresh = path.join(toolsFolder({ run }), FRESH_NAME)
    // Left by a Tokentray that was killed.
    rmSync(fresh, { force: true })
    listenPrivately(this.#server, fresh)
    const { ino, dev } = lstatSync(fresh)
    // One of an earlier run is stale: this process holds the lock.
    renameSync(fresh, file)
    return { file, ino, dev }
  }
}

/** Binds at once: the socket exists when this returns, and no other user could ever connect to it. */
function listenPrivately(server: Server, file: string): void {
  const umask = process.umask(0o177)
  try {
    server.listen({ path: file, exclusive: true, backlog: BACKLOG })
  } finally {
    process.umask(umask)
  }
}

/** False once it or its folder was removed, replaced, or opened to others: then the command line rejects it. */
function isInPlace(bound: Bound): boolean {
  const [found, folder] = [find(bound.file), find(path.dirname(bound.file))]
  return isSame(found, bound) && hasMode(found, 0o600) && hasMode(folder, 0o700)
}

/** The inode stays taken while the socket is open, so that no other file has its number. */
const isSame = (found: Stats | undefined, { ino, dev }: Bound) =>
  found?.ino === ino && found.dev === dev

const hasMode = (found: Stats | undefined, mode: number) =>
  found !== undefined && (found.mode & 0o777) === mode

function find(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false })
  } catch {
    // Its folder cannot be entered any more, so the socket cannot be reached.
    return undefined
  }
}

class PathTooLong extends Error {
  readonly bytes: number

  constructor(bytes: number) {
    super('The path of the socket is too long.')
    this.bytes = bytes
  }
}

function toTrouble(file: string, error: unknown): string {
  if (error instanceof PathTooLong) {
    return `There is no Unix socket, because its path is too long (${error.bytes} bytes, at most ${LONGEST_PATH}): ${file}. Tools use the port.`
  }
  const why = isTokentrayError(error) ? ` ${error.message}` : ''
  return `There is no Unix socket, because it cannot be created: ${file}.${why} Tools use the port.`
}
