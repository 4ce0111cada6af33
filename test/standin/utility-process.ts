import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import path from 'node:path'
import { app } from './app.ts'
import { must } from './basics.ts'

interface ForkOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly execArgv?: string[]
  readonly cwd?: string
  readonly stdio?: string | string[]
  readonly serviceName?: string
}

/** `UtilityProcess`: a child process that answers through `process.parentPort`. */
class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess
  readonly #waiting: unknown[] = []
  #state: 'starting' | 'running' | 'ended' = 'starting'

  constructor(modulePath: string, args: readonly string[], options: ForkOptions) {
    super()
    const { env, execArgv = [], cwd, stdio = 'inherit' } = options
    const [, stdout, stderr] = typeof stdio === 'string' ? ['', stdio, stdio] : stdio
    this.#child = fork(path.join(import.meta.dirname, 'utility.mjs'), [modulePath, ...args], {
      execArgv: [...execArgv],
      // Structured clones, as `postMessage` makes them.
      serialization: 'advanced',
      ...(env && { env }),
      ...(cwd !== undefined && { cwd }),
      stdio: ['ignore', toStdio(stdout), toStdio(stderr), 'ipc'],
    })
    this.#child.on('spawn', () => {
      this.#state = 'running'
      for (const message of this.#waiting.splice(0)) this.#child.send(message as object)
      this.emit('spawn')
    })
    this.#child.on('message', (message: { readonly data: unknown }) => {
      this.emit('message', message.data)
    })
    this.#child.on('error', () => undefined)
    this.#child.on('exit', (code) => {
      this.#state = 'ended'
      this.emit('exit', code ?? 1)
    })
    // Chromium's child processes exit with it.
    app.once('quit', () => this.#child.kill('SIGKILL'))
  }

  /** Only while it runs. */
  get pid(): number | undefined {
    return this.#state === 'running' ? this.#child.pid : undefined
  }

  get stdout(): ChildProcess['stdout'] {
    return this.#child.stdout
  }

  get stderr(): ChildProcess['stderr'] {
    return this.#child.stderr
  }

  postMessage(data: unknown): void {
    if (this.#state === 'starting') this.#waiting.push({ data })
    else if (this.#child.connected) this.#child.send({ data }, () => undefined)
  }

  /** Sends SIGTERM, which the process may ignore. */
  kill(): boolean {
    return this.pid !== undefined && this.#child.kill('SIGTERM')
  }
}

function toStdio(value = 'inherit'): 'pipe' | 'ignore' | 'inherit' {
  must(value === 'pipe' || value === 'ignore' || value === 'inherit', 'Invalid stdio')
  return value
}

/** `utilityProcess`. */
export const utilityProcess = {
  fork: (modulePath: string, args: readonly string[] = [], options: ForkOptions = {}) => {
    must(app.isReady(), 'utilityProcess cannot be created before app is ready')
    must(modulePath, 'Missing UtilityProcess entry script.')
    return new UtilityProcess(modulePath, args, options)
  },
}
