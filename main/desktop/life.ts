import type { App, PowerMonitor } from 'electron'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { describeLeft, type Left } from '../broker/left.ts'
import type { Note, Show } from './notifier.ts'

interface LifePorts {
  readonly app: App
  readonly process: Pick<NodeJS.Process, 'on' | 'removeAllListeners'>
  readonly powerMonitor: Pick<PowerMonitor, 'on'>
  readonly clock: Clock
  readonly log: Log
  readonly open: () => void
  /** Ends every token it can within that time; resolves to how many are left. */
  readonly stop: (deadlineMs: number) => Promise<Left>
  /** Says what was left before the program is gone. */
  readonly say: Show
  /** What would keep the program from ending: icon and window. */
  readonly visible: readonly { remove(): void }[]
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

/** What ending tokens may take. */
const STOP_MS = 10_000
/** What all of it may take: also a part that does not keep its deadline must not keep us here. */
const LATEST_MS = 15_000

/**
 * How the program begins to end, and ends: in order, whoever asks for it, and within 15 s. It lives
 * without a window; a second start opens the one there is, and nothing of its arguments is looked at.
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
    void stopInTime(ports).then((left) => {
      state = 'stopped'
      const steps = [
        ...leftOver(left, ports.clock.now()).map((note) => () => ports.say(note)),
        ...ports.visible.map((each) => () => each.remove()),
      ]
      for (const step of steps) attempt(step, ports.log)
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

/** What goes wrong on the way out must not keep the program from ending. */
function attempt(step: () => unknown, log: Log): void {
  try {
    step()
  } catch (error) {
    log.error('a step of the stop failed', { error })
  }
}

/** What has to be said of tokens that live on; `null` where that is not known. */
function leftOver(left: Left | null, now: number): readonly Note[] {
  const click = () => undefined
  const said = left === null ? [NOT_KNOWN] : describeLeft(left, now)
  return said.map((each) => ({ ...each, click }))
}

const NOT_KNOWN = {
  title: 'Some tokens could not be revoked',
  body: 'They may be valid until they expire. The next start tries again.',
}

/** What is left; `null` where that is not known, because the stop failed or took too long. */
function stopInTime({ stop, clock, log }: LifePorts): Promise<Left | null> {
  return new Promise((resolve) => {
    const cancel = clock.after(LATEST_MS, () => {
      log.error('the stop took too long')
      resolve(null)
    })
    void stop(STOP_MS)
      .catch((error: unknown) => {
        log.error('the stop failed', { error })
        return null
      })
      .finally(cancel)
      .then(resolve)
  })
}
