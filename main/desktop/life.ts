import type { App, PowerMonitor } from 'electron'
import type { Log } from '../base/log.ts'
import { describeLeft, type Left, type LeftSaying } from '../broker/left.ts'
import { type StopPorts, stopInTime } from '../broker/stop-in-time.ts'
import type { Show } from './notifier.ts'

interface LifePorts extends StopPorts {
  readonly app: App
  readonly process: Pick<NodeJS.Process, 'on' | 'removeAllListeners'>
  readonly powerMonitor: Pick<PowerMonitor, 'on'>
  readonly open: () => void
  /** Says what was left before the program is gone. */
  readonly say: Show
  /** What would keep the program from ending: icon and window. */
  readonly visible: readonly { remove(): void }[]
  /** Ends the process here and now where a call to the system holds it. */
  readonly killIfHeld: () => Promise<void>
}

/** Given to the program that starts at login: then nobody has asked for a window. */
const HIDDEN = '--hidden'

/** True if it was the system that started the program, at login. */
export function startedAtLogin(
  app: Pick<App, 'getLoginItemSettings'>,
  argv: readonly string[],
): boolean {
  // Of the two macOS alone takes no arguments, and tells this instead.
  return argv.includes(HIDDEN) || app.getLoginItemSettings().wasOpenedAtLogin === true
}

/** How the system starts this program at login. */
export function loginCommand(app: Pick<App, 'isPackaged' | 'getAppPath'>): [string, ...string[]] {
  return [process.execPath, ...(app.isPackaged ? [] : [app.getAppPath()]), HIDDEN]
}

/**
 * How the program begins to end, and ends: in order, whoever asks for it, and within 10 s, whatever a
 * disk does. It lives without a window; a second start opens the one there is, and nothing of its arguments is looked at.
 */
export function guardLife(ports: LifePorts): void {
  const { app, powerMonitor, open } = ports
  let state: 'running' | 'stopping' | 'stopped' = 'running'

  app.on('second-instance', () => open())
  app.on('activate', () => open())
  // Without a listener Electron quits; the window is hidden rather than closed, but could be lost.
  app.on('window-all-closed', () => undefined)
  app.on('before-quit', (event) => {
    if (state === 'stopped') return
    event.preventDefault()
    if (state === 'stopping') return
    state = 'stopping'
    void stopInTime(ports).then(async (left) => {
      const steps = [
        ...describeLeft(left, ports.clock.now()).map((saying) => () => ports.say(toNote(saying))),
        ...ports.visible.map((each) => () => each.remove()),
      ]
      for (const step of steps) attempt(step, ports.log)
      // Electron waits for Node's threads before it ends, without a limit.
      await ports.killIfHeld()
      state = 'stopped'
      app.quit()
    })
  })
  // Electron's types leave the event out: who prevents it is waited for.
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault()
    app.quit()
  })
  takeSignals(ports)
}

/**
 * The settings library ends the process at the first signal; ours has tokens to end before. To be
 * called again after settings were opened.
 */
export function takeSignals({ app, process }: Pick<LifePorts, 'app' | 'process'>): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.removeAllListeners(signal)
    process.on(signal, () => app.quit())
  }
}

interface Stopped {
  readonly host: { stop(deadlineMs: number): Promise<Left> }
  readonly copying: { close(): Promise<unknown> }
}

/**
 * Ends tokens and clears the clipboard, side by side: a clipboard that hangs must not keep tokens from
 * being ended, and tokens that cannot be ended must not leave one in the clipboard.
 */
export async function stopAll({ host, copying }: Stopped, deadlineMs: number): Promise<Left> {
  const [left] = await Promise.allSettled([host.stop(deadlineMs), copying.close()])
  if (left.status === 'rejected') throw left.reason
  return left.value
}

/** What goes wrong on the way out must not keep the program from ending. */
function attempt(step: () => unknown, log: Log): void {
  try {
    step()
  } catch (error) {
    log.error('a step of the stop failed', { error })
  }
}

/** Nothing is left that a click could open. */
const toNote = (saying: LeftSaying) => ({ ...saying, click: () => undefined })
