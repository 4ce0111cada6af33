import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { keepConnected } from './bus-connection.ts'
import type { Bus, BusName, Signal, SignalRule } from './dbus.ts'

type PowerEvent = 'lock-screen' | 'suspend' | 'resume'

/** The members of Electron's `powerMonitor` that we use. */
interface PowerEvents {
  on(event: PowerEvent, listener: () => void): unknown
  off(event: PowerEvent, listener: () => void): unknown
}

interface ScreenPorts {
  readonly powerMonitor: PowerEvents
  readonly connectBus: (name: BusName) => Promise<Bus>
  readonly log: Log
  readonly on: {
    /** The screen was locked; may be called more than once for the same lock. */
    locked(): void
    /** The machine is about to sleep; once for each sleep. */
    suspended(): void
    /** It woke up. */
    resumed(): void
  }
  readonly platform?: NodeJS.Platform
  readonly clock?: Clock
}

/** KDE uses the first; the other desktops have one each, with the same signal. */
const screenSavers = ['freedesktop', 'gnome', 'cinnamon', 'mate', 'xfce'].map(
  (desktop) => `org.${desktop}.ScreenSaver`,
)

const LOGIN = 'org.freedesktop.login1'
const PURPOSE = 'to see whether the screen is locked'

/** Reports screen locks and sleep; returns the function that stops watching. */
export function watchScreen(ports: ScreenPorts): () => void {
  const { powerMonitor, on, platform = process.platform } = ports
  const sleep = onceEach(on)
  const listeners = [
    ['lock-screen', on.locked],
    ['suspend', () => sleep(true)],
    ['resume', () => sleep(false)],
  ] as const
  for (const [event, listener] of listeners) powerMonitor.on(event, listener)
  // On Linux Electron has no lock event. Sleep is reported by Electron and logind, and passed on once.
  const stops = platform === 'linux' ? [watchSession(ports), watchLogin(ports, sleep)] : []
  return () => {
    for (const [event, listener] of listeners) powerMonitor.off(event, listener)
    for (const stop of stops) stop()
  }
}

const SAME_SLEEP_MS = 5_000

/** Several sources report the same sleep. If its end was never reported, a later one counts as new. */
function onceEach({ suspended, resumed }: ScreenPorts['on']): (asleep: boolean) => void {
  let known: boolean | null = null
  let toldAt = Number.NEGATIVE_INFINITY
  return (asleep) => {
    const now = Date.now()
    if (asleep === known && Math.abs(now - toldAt) < SAME_SLEEP_MS) return
    known = asleep
    toldAt = now
    if (asleep) suspended()
    else resumed()
  }
}

function watchSession(ports: ScreenPorts): () => void {
  return keepConnected({ ...ports, name: 'session', purpose: PURPOSE }, async (bus) => {
    for (const name of screenSavers) {
      await bus.listen({ interface: name, member: 'ActiveChanged' }, ({ body }) => {
        if (body[0] === true) ports.on.locked()
      })
    }
  })
}

function watchLogin(ports: ScreenPorts, sleep: (asleep: boolean) => void): () => void {
  const { on, log } = ports
  const rule = (name: string, member: string): SignalRule => ({
    interface: `${LOGIN}.${name}`,
    member,
    // Security: on the system bus other users could send the same signal.
    sender: LOGIN,
  })
  return keepConnected({ ...ports, name: 'system', purpose: PURPOSE }, async (bus) => {
    await bus.listen(rule('Manager', 'PrepareForSleep'), ({ body }) => sleep(body[0] === true))
    await bus.listen(rule('Session', 'Lock'), (signal) => {
      isOurs(bus, signal).then(
        (ours) => {
          if (ours) on.locked()
        },
        () => {
          log.warn('the user of the locked session is unknown')
          on.locked()
        },
      )
    })
  })
}

/** True for a session of this user. Rejects if logind does not report whose it is. */
async function isOurs(bus: Bus, { path }: Signal): Promise<boolean> {
  const [variant] = await bus.call({
    destination: LOGIN,
    path,
    interface: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    body: [`${LOGIN}.Session`, 'User'],
  })
  // The library returns a variant as its type and its values; this one holds a user id and an object path.
  const uid = [variant].flat(4).find((value) => typeof value === 'number')
  if (uid === undefined) throw new Error('The answer names no user.')
  return uid === process.getuid?.()
}
