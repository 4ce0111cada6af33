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

interface LifecyclePorts extends StopPorts {
  readonly app: App
  readonly process: Pick<NodeJS.Process, 'on' | 'removeAllListeners' | 'connected'>
  readonly powerMonitor: Pick<PowerMonitor, 'on'>
  readonly open: () => void
  /** Resolves after an uncaught error. */
  readonly failed: Promise<void>
  /** The path of the log file. */
  readonly logFile: string
  /** Immediately removes the files that lead to the endpoint. */
  readonly leave: () => void
  /** Shows a notification about what is left before the process exits. */
  readonly say: Show
  /** Shows a dialog if the notification is not shown, and waits until it is closed. */
  readonly box: (saying: RemainingNotice) => void
  /** Icon and window, which would keep the process alive. */
  readonly visible: readonly { remove(): void }[]
  /** Kills the process if a blocked system call keeps it from exiting. */
  readonly killIfStuck: () => Promise<void>
}

/** Passed by the system at login, when no window is wanted. */
const HIDDEN = '--hidden'
/** Passed by a start that leaves no credential in the keychain. */
const MEMORY = '--memory'
/** Passed where no tray icon is wanted, as by the preview. */
const NO_TRAY = '--no-tray'

/** True if the system started the program at login. */
export function startedAtLogin(
  app: Pick<App, 'getLoginItemSettings'>,
  argv: readonly string[],
): boolean {
  // macOS passes no arguments, and reports this instead.
  return argv.includes(HIDDEN) || app.getLoginItemSettings().wasOpenedAtLogin === true
}

/** True if credentials are to be kept in memory only, as with `tokentray serve --memory`. */
export function keepsInMemory(argv: readonly string[]): boolean {
  return argv.includes(MEMORY)
}

/** True if there is to be no tray icon: closing the window then quits the program. */
export function runsWithoutTray(argv: readonly string[]): boolean {
  return argv.includes(NO_TRAY)
}

/** The command with which the system starts this program at login. */
export function loginCommand(app: Pick<App, 'isPackaged' | 'getAppPath'>): [string, ...string[]] {
  return [process.execPath, ...(app.isPackaged ? [] : [app.getAppPath()]), HIDDEN]
}

/** Why the program quits: on request, because the session ends, or after an uncaught error. */
type Why = 'asked' | 'session' | 'failure'

/** How long a notification may take to appear; the exit of the process would remove it. */
const SAYING_MS = 2_000

/**
 * How the program stays alive and quits. On request it quits in order, within 10 s plus the time for
 * notifications, even if a disk hangs; at the end of a session that waits for it, within 4 s. If
 * nothing waits, as when the display or bus is lost or Windows logs off, only the files that lead to
 * the endpoint are removed, and the next start revokes the remaining tokens. The program runs without
 * a window; a second start opens the existing window, and its arguments are ignored.
 */
export function manageLifecycle(ports: LifecyclePorts): void {
  const { app, powerMonitor, open, failed, leave, log } = ports
  const end = createEnd(ports)

  app.on('second-instance', () => open())
  app.on('activate', () => open())
  // Without a listener Electron quits. The window is normally hidden, not closed, but it could be lost.
  app.on('window-all-closed', () => undefined)
  app.on('before-quit', (event) => {
    if (end.isOver) return
    event.preventDefault()
    end.begin('asked')
  })
  // Electron quits without `before-quit` when the display or a bus is lost.
  app.on('quit', () => attempt(leave, log))
  // Electron's types omit the event. The system waits if it is prevented.
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault()
    end.begin('session')
  })
  void failed.then(() => end.begin('failure'))
  takeSignals(ports)
  quitWithParent(ports)
}

/** Quits in order when a parent that is connected by IPC, such as `npm start`, was killed. */
function quitWithParent({ app, process }: Pick<LifecyclePorts, 'app' | 'process'>): void {
  process.on('disconnect', () => app.quit())
  // It was killed before there was a listener. Without such a parent this is undefined.
  if (process.connected === false) app.quit()
}

/** Quits the program once, however often it is called. */
function createEnd(ports: LifecyclePorts) {
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
    // Electron waits for Node's threads before it exits, without a limit.
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
      // A stop in progress may have started with more time than is left now.
      if (why === 'session') clock.after(STOP_AT_SESSION_END.latestMs, hurry)
      if (state !== 'running') return
      state = 'stopping'
      void run(why)
    },
  }
}

/** Reports why it quits and what is left; resolves when that is shown or cannot be shown. */
async function sayAll(
  ports: LifecyclePorts,
  why: Why,
  left: RemainingTokens | null,
): Promise<void> {
  const { clock, log, logFile, box } = ports
  const notices = describeRemaining(left, clock.now()).map((each) => say(ports, each))
  if (why === 'failure') {
    const failure = becauseOf(logFile)
    if (!(await say(ports, failure))) attempt(() => box(failure), log)
  }
  await Promise.all(notices)
}

/** Resolves to false if it cannot be shown; never rejects. */
async function say(
  { clock, log, ...ports }: LifecyclePorts,
  saying: RemainingNotice,
): Promise<boolean> {
  try {
    // By then there is no window that a click could open.
    const { isShown } = ports.say({ ...saying, click: () => undefined })
    const late = () => new Error('It was not shown in time.')
    return await withDeadline(isShown, { clock, ms: SAYING_MS, late })
  } catch (error) {
    log.error('the remaining tokens could not be reported', { error })
    return false
  }
}

const becauseOf = (logFile: string): RemainingNotice => ({
  title: 'Tokentray stopped after an internal error',
  body: `Start it again to get tokens. Please report what ${logFile} says.`,
})

/**
 * Quits in order on a signal. The settings library installs handlers that exit immediately, so this
 * must be called again after settings were opened.
 */
export function takeSignals({ app, process }: Pick<LifecyclePorts, 'app' | 'process'>): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.removeAllListeners(signal)
    process.on(signal, () => app.quit())
  }
}

interface Stopped {
  readonly host: { stop(deadlineMs: number): Promise<RemainingTokens> }
  readonly autoClear: { close(): Promise<unknown> }
}

/**
 * Revokes tokens and clears the clipboard, in parallel: a clipboard that hangs must not delay
 * revocations, and failing revocations must not leave a token in the clipboard.
 */
export async function stopAll(
  { host, autoClear }: Stopped,
  deadlineMs: number,
): Promise<RemainingTokens> {
  const [left] = await Promise.allSettled([host.stop(deadlineMs), autoClear.close()])
  if (left.status === 'rejected') throw left.reason
  return left.value
}

/** A failing step must not keep the program from quitting. */
function attempt(step: () => unknown, log: Log): void {
  try {
    step()
  } catch (error) {
    log.error('a step of the stop failed', { error })
  }
}
