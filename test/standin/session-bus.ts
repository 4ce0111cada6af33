import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

type NotificationEvent = 'show' | 'failed' | 'click' | 'close'

/** Messages of the bus helper: one JSON object per line. */
export type FromBus =
  | { readonly event: 'menu' | 'submenu'; readonly tray: number; readonly line: number }
  | { readonly event: 'activate'; readonly tray: number }
  | { readonly event: 'notification'; readonly tag: number; readonly what: NotificationEvent }

/** The helper that talks to the session bus for us; started with the first message. */
export class SessionBus {
  readonly #program: string
  readonly #listeners = new Set<(message: FromBus) => void>()
  #helper: ChildProcess | undefined

  constructor(program: string) {
    this.#program = program
  }

  on(listener: (message: FromBus) => void): void {
    this.#listeners.add(listener)
  }

  /** False without a bus: then nothing happens, as in Electron; nor without the helper. */
  say(message: object): boolean {
    if (!process.env['DBUS_SESSION_BUS_ADDRESS'] || this.#program === '') return false
    this.#helper ??= this.#start()
    this.#helper.stdin?.write(`${JSON.stringify(message)}\n`)
    return true
  }

  #start(): ChildProcess {
    // It exits when its standard input closes, with this process at the latest.
    const helper = spawn(process.env['STANDIN_PYTHON'] ?? 'python3', [this.#program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    helper.stdin.on('error', () => undefined)
    createInterface({ input: helper.stdout }).on('line', (line) => {
      for (const listener of this.#listeners) listener(JSON.parse(line) as FromBus)
    })
    return helper
  }
}

export const sessionBus = new SessionBus(process.env['STANDIN_BUS_HELPER'] ?? '')
