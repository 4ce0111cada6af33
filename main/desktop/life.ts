import type { App, PowerMonitor } from 'electron'
import { withDeadline } from '../base/async/deadline.ts'
import type { Log } from '../base/log.ts'
import {
  describeRemaining,
  type RemainingNotice,
  type RemainingTokens,
} from '../broker/revocation/remaining-tokens.ts'
import {
  STOP_AT_SESSION_END,
  type StopPorts,
  stopInTime,
  USUAL_STOP,
} from '../broker/stop-in-time.ts'
import type { Show } from './system/notifier.ts'

interface LifePorts extends StopPorts {
  readonly app: App
  readonly process: Pick<NodeJS.Process, 'on' | 'removeAllListeners'>
  readonly powerMonitor: Pick<PowerMonitor, 'on'>
  readonly open: () => void
  /** Resolves when something failed that nobody caught. */
  readonly failed: Promise<void>
  /** Where what is logged is kept. */
  readonly logFile: string
  /** Takes away, at once, what leads to the endpoint. */
  readonly leave: () => void
  /** Says what was left before the program is gone. */
  readonly say: Show
  /** Says so where no notification can, and waits until that was read. */
  readonly box: (saying: RemainingNotice) => void
  /** What would keep the program from ending: icon and window. */
  readonly visible: readonly { remove(): void }[]
  /** Ends the process here and now where a call to the system holds it. */
  readonly killIfStuck: () => Promise<void>
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

/** Why it ends: somebody asks for it, the session is about to end, or something failed unexpectedly. */
type Why = 'asked' | 'session' | 'failure'

/** What a notification gets to be shown before the program is gone, which would take it along. */
const SAYING_MS = 2_000

/**
 * How the program begins to end, and ends. In order: whoever asks for it, within 10 s and what is said,
 * whatever a disk does; where the session ends and waits for it, within 4 s. Where nobody waits, as when
 * display or bus are lost or Windows logs off, only what leads to the endpoint is taken away: the next
 * start revokes what was left. It lives without a window; a second start opens the one there is, and
 * nothing of its arguments is looked at.
 */
export function guardLife(ports: LifePorts): void {
  const { app, powerMonitor, open, failed, leave, log } = ports
  const end = createEnd(ports)

  app.on('second-instance', () => open())
  app.on('activate', () => open())
  // Without a listener Electron quits; the window is hidden rather than closed, but could be lost.
  app.on('window-all-closed', () => undefined)
  app.on('before-quit', (event) => {
    if (end.isOver) return
    event.preventDefault()
    end.begin('asked')
  })
  // Not in order: Electron ends so, without asking, when the display or a bus is lost.
  app.on('quit', () => attempt(leave, log))
  // Electron's types leave the event out: who prevents it is waited for.
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault()
    end.begin('session')
  })
  void failed.then(() => end.begin('failure'))
  takeSignals(ports)
}

/** Ends the program, once, however often it is begun. */
function createEnd(ports: LifePorts) {
  const { app, clock, log } = ports
  let state: 'running' | 'stopping' | 'over' = 'running'
  let hurry = () => {}
  const hurried = new Promise<null>((resolve) => {
    hurry = () => resolve(null)
  })
  const run = async (why: Why) => {
    const limits = why === 'session' ? STOP_AT_SESSION_END : USUAL_STOP
    const left = await Promise.race([stopInTime(ports, limits), hurried])
    await Promise.race([sayAll(ports, why, left), hurried])
    for (const each of ports.visible) attempt(() => each.remove(), log)
    // Electron waits for Node's threads before it ends, without a limit.
    await ports.killIfStuck()
    state = 'over'
    if (why === 'failure') app.exit(1)
    else app.quit()
  }
  return {
    get isOver() {
      return state === 'over'
    },
    begin(why: Why): void {
      // A stop that is under way may have begun with more time than there is now.
      if (why === 'session') clock.after(STOP_AT_SESSION_END.latestMs, hurry)
      if (state !== 'running') return
      state = 'stopping'
      void run(why)
    },
  }
}

/** Says why it ends, and what is left; resolves when that is shown, or cannot be. */
async function sayAll(ports: LifePorts, why: Why, left: RemainingTokens | null): Promise<void> {
  const { clock, log, logFile, box } = ports
  const sayings = describeRemaining(left, clock.now()).map((each) => say(ports, each))
  if (why === 'failure') {
    const failure = becauseOf(logFile)
    if (!(await say(ports, failure))) attempt(() => box(failure), log)
  }
  await Promise.all(sayings)
}

/** Resolves to false where it cannot be shown; never rejects. */
async function say({ clock, log, ...ports }: LifePorts, saying: RemainingNotice): Promise<boolean> {
  try {
    // Nothing is left that a click could open.
    const { isShown } = ports.say({ ...saying, click: () => undefined })
    const late = () => new Error('It was not shown in time.')
    return await withDeadline(isShown, { clock, ms: SAYING_MS, late })
  } catch (error) {
    log.error('what is left could not be said', { error })
    return false
  }
}

const becauseOf = (logFile: string): RemainingNotice => ({
  title: 'Tokentray stopped after an internal error',
  body: `Start it again to get tokens. Please report what ${logFile} says.`,
})

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
  readonly host: { stop(deadlineMs: number): Promise<RemainingTokens> }
  readonly copying: { close(): Promise<unknown> }
}

/**
 * Ends tokens and clears the clipboard, side by side: a clipboard that hangs must not keep tokens from
 * being ended, and tokens that cannot be ended must not leave one in the clipboard.
 */
export async function stopAll(
  { host, copying }: Stopped,
  deadlineMs: number,
): Promise<RemainingTokens> {
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
