import { spawn, spawnSync } from 'node:child_process'

const LOOK_MS = 500

/**
 * The programs that this process starts. They stop with it: it passes signals on to them, and each has an IPC
 * channel, which closes when this process is killed.
 */
export class Programs {
  /** @type {Set<import('node:child_process').ChildProcess>} */
  #running = new Set()
  #isStopping = false

  constructor() {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => this.stop(signal))
    }
    whenNpmEnds(() => this.stop('SIGTERM'))
  }

  /** True once this process was asked to stop. */
  get isStopping() {
    return this.#isStopping
  }

  /**
   * Starts a program with its standard streams as `stdio` says, and the channel behind them.
   * @param {string} command
   * @param {readonly string[]} args
   * @param {Omit<import('node:child_process').SpawnOptions, 'stdio'> & { stdio: readonly ('ignore' | 'inherit' | 'pipe')[] }} options
   */
  spawn(command, args, { stdio, ...options }) {
    const child = spawn(command, args, { ...options, stdio: [...stdio, 'ipc'] })
    this.#running.add(child)
    child.once('close', () => this.#running.delete(child))
    child.once('error', () => this.#running.delete(child))
    return child
  }

  /**
   * Asks every program to stop. A terminal sends Ctrl-C to all of them itself; receiving it twice does no harm.
   * Without a program there is nothing to wait for.
   * @param {NodeJS.Signals} signal
   */
  stop(signal) {
    this.#isStopping = true
    if (this.#running.size === 0) process.exit(1)
    for (const child of this.#running) {
      // On Windows a signal would kill it before it could revoke anything.
      if (process.platform !== 'win32') child.kill(signal)
      else if (child.connected) child.disconnect()
    }
  }
}

/**
 * Calls `ended` when the npm that runs this script is gone: it passes on SIGINT and SIGTERM, but dies of others
 * alone. Without npm, this process may well be meant to outlive its parent.
 * @param {() => void} ended
 */
function whenNpmEnds(ended) {
  if (process.env['npm_lifecycle_event'] !== 'start' || process.platform === 'win32') return
  const parent = process.ppid
  const npm = findNpm(parent)
  const timer = setInterval(() => {
    if (process.ppid === parent && isAlive(npm)) return
    clearInterval(timer)
    ended()
  }, LOOK_MS)
  timer.unref()
}

/**
 * The parent, or the parent of the shell in which npm runs a script; the shell itself where there is no `ps`.
 * @param {number} parent
 */
function findNpm(parent) {
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,args=', '-p', String(parent)], {
    encoding: 'utf8',
  })
  const [, grandparent, name] = /^\s*(\d+)\s+(\S+)/.exec(stdout ?? '') ?? []
  return grandparent === undefined || name === 'npm' ? parent : Number(grandparent)
}

/**
 * True while there is such a process, of any user.
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
