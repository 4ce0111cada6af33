import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Installation, install } from '../flows/real-agent.ts'
import {
  type ClipboardHistory,
  type Display,
  type OutsideClipboard,
  outsideClipboard,
  startClipboardHistory,
  startDisplay,
} from './desktop-display.ts'
import { findElectron } from './desktop-electron.ts'
import { type OutsideKeyboard, outsideKeyboard } from './desktop-keyboard.ts'
import { type Panel, startPanel } from './desktop-panel.ts'
import { startReal, startRealSecondInstance } from './desktop-real.ts'
import type { RunningApp, StartOptions } from './desktop-running.ts'
import { startStandin } from './desktop-standin.ts'
import { type KeyRing, startKeyRing } from './key-ring.ts'
import { makeTestFolder } from './marks.ts'

/** The tray app's suite runs both on an X server and on Wayland (vitest.config.ts). */
export const onWayland = process.env['TOKENTRAY_TEST_SESSION'] === 'wayland'
const session: Readonly<Record<string, string>> = onWayland
  ? { XDG_SESSION_TYPE: 'wayland', STANDIN_WAYLAND: '1' }
  : { XDG_SESSION_TYPE: 'x11' }

const ROOT = path.resolve(import.meta.dirname, '../..')
const MAIN = path.join(ROOT, 'out', 'main', 'index.js')

/** What is started, if not the app as a user starts it. */
interface Started {
  readonly main?: string
  /** Arguments as the system passes them, such as `--hidden` at login. */
  readonly args?: readonly string[]
}

/** A desktop of its own for tests: display, bus, key ring, home and browser. */
export interface Desktop {
  /** The same home, for the command line. */
  readonly installation: Installation
  readonly ring: KeyRing
  readonly panel: Panel
  readonly clipboard: OutsideClipboard
  readonly keyboard: OutsideKeyboard
  /** Starts a clipboard history; it is stopped with the desktop. */
  keepHistory(): Promise<ClipboardHistory>
  /** The folder of the settings file, the ledger and so on. */
  readonly config: string
  /** The messages that the page received, if they can be observed. */
  readonly traffic: string
  /** Starts the app, or another main module; those still running are stopped with the desktop. */
  start(env?: Readonly<Record<string, string>>, what?: Started): Promise<RunningApp>
  /** Stops the Secret Service. */
  removeKeyRing(): void
  /** The addresses that the app opened in the browser. */
  opened(): readonly string[]
  close(): Promise<void>
}

/** Starts a desktop: an X server, a session bus with an unlocked key ring, and a panel. */
export async function startDesktop(): Promise<Desktop> {
  if (!existsSync(MAIN)) throw new Error('Build first: npm run build')
  const ends: (() => Promise<unknown>)[] = []
  const close = async () => {
    const failures: unknown[] = []
    // All are stopped, even if one of them fails to.
    for (const end of ends.splice(0).reverse()) await end().catch((error) => failures.push(error))
    if (failures.length > 0) throw new AggregateError(failures, 'The desktop was not ended.')
  }
  try {
    return await assemble(ends, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function assemble(
  ends: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<Desktop> {
  const display: Display = await startDisplay()
  ends.push(() => display.close())
  const ring = await startKeyRing()
  ends.push(() => ring.close())
  const panel = await startPanel(ring.env)
  ends.push(() => panel.close())
  const keyboard = outsideKeyboard(display.name)
  ends.push(() => keyboard.close())
  const folder = makeTestFolder('desktop')
  const { HOME = '', ...env } = ring.env
  const installation = install(env, HOME)
  /** Apps that were started and have not exited. */
  const running = new Set<RunningApp>()
  const traffic = path.join(folder, 'traffic')
  writeFileSync(traffic, '')
  return {
    installation,
    ...{ ring, panel, keyboard, traffic, close },
    clipboard: outsideClipboard(display.name),
    keepHistory: async () => {
      const history = await startClipboardHistory(display.name)
      ends.push(() => history.close())
      return history
    },
    config: path.join(HOME, '.config', 'tokentray'),
    start: async (more = {}, { main = MAIN, args = [] } = {}) => {
      const app = await startApp({
        env: {
          ...installation.env,
          PATH: `${makeOpener(folder)}${path.delimiter}${process.env['PATH']}`,
          DISPLAY: display.name,
          ...session,
          // Programs that use the system bus find the panel there, too.
          DBUS_SYSTEM_BUS_ADDRESS: ring.env['DBUS_SESSION_BUS_ADDRESS'],
          TOKENTRAY_LOG: 'info',
          ...more,
        },
        ...{ args, root: ROOT, main, traffic, log: path.join(folder, 'printed') },
        isSecond: main === MAIN && running.size > 0,
      })
      if (main === MAIN) {
        running.add(app)
        void app.exited.then(() => running.delete(app))
      }
      ends.push(() => app.kill())
      return app
    },
    removeKeyRing: () => process.kill(ownerOfSecrets(ring.env), 'SIGKILL'),
    opened: () => {
      const file = path.join(folder, 'opened')
      return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
    },
  }
}

async function startApp({
  isSecond,
  ...options
}: StartOptions & { readonly isSecond: boolean }): Promise<RunningApp> {
  const electron = findElectron()
  if (electron === null) return await startStandin(options)
  // By its folder: the packaged app is also found through package.json.
  const program = options.main === MAIN ? options.root : options.main
  if (isSecond) return startRealSecondInstance(electron, options, program)
  return await startReal(electron, options, program)
}

/** Replaces the program that opens a browser: records what it was asked to open. */
function makeOpener(folder: string): string {
  const programs = path.join(folder, 'programs')
  const opener = path.join(programs, 'xdg-open')
  mkdirSync(programs, { recursive: true })
  writeFileSync(opener, `#!/bin/sh\nprintf '%s\\n' "$1" >> '${path.join(folder, 'opened')}'\n`)
  chmodSync(opener, 0o755)
  return programs
}

function ownerOfSecrets(env: Readonly<Record<string, string>>): number {
  const question = [
    ...['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus'],
    ...['org.freedesktop.DBus.GetConnectionUnixProcessID', 'string:org.freedesktop.secrets'],
  ]
  const answer = execFileSync('dbus-send', question, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  return Number(/uint32 (\d+)/.exec(answer)?.[1])
}
