import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { keepConnected } from './bus-connection.ts'
import type { Bus, BusName, Signal, SignalRule } from './dbus.ts'

type PowerEvent = 'lock-screen' | 'suspend' | 'resume'

/** The members of Electron's `powerMonitor` that are used. */
interface PowerEvents {
  on(event: PowerEvent, listener: () => void): unknown
  off(event: PowerEvent, listener: () => void): unknown
}

interface ScreenPorts {
  readonly powerMonitor: PowerEvents
  readonly connectBus: (name: BusName) => Promise<Bus>
  readonly log: Log
  readonly on: {
    /** The screen was locked; may be told more than once of the same locking. */
    locked(): void
    /** The machine is about to sleep; once for each sleep. */
    suspended(): void
    /** It woke up. */
    resumed(): void
  }
  readonly platform?: NodeJS.Platform
  readonly clock?: Clock
}

/** KDE has the first, the others have one each of their own; all mean the same by it. */
const screenSavers = ['freedesktop', 'gnome', 'cinnamon', 'mate', 'xfce'].map(
  (desktop) => `org.${desktop}.ScreenSaver`,
)

const LOGIN = 'org.freedesktop.login1'
const PURPOSE = 'to see whether the screen is locked'

/** Tells when the screen is locked and when the machine sleeps; returns what ends that. */
export function watchScreen(ports: ScreenPorts): () => void {
  const { powerMonitor, on, platform = process.platform } = ports
  const sleep = onceEach(on)
  const listeners = [
    ['lock-screen', on.locked],
    ['suspend', () => sleep(true)],
    ['resume', () => sleep(false)],
  ] as const
  for (const [event, listener] of listeners) powerMonitor.on(event, listener)
  // There Electron has no event for the lock, and sleep comes from both: it is told once.
  const stops = platform === 'linux' ? [watchSession(ports), watchLogin(ports, sleep)] : []
  return () => {
    for (const [event, listener] of listeners) powerMonitor.off(event, listener)
    for (const stop of stops) stop()
  }
}

const SAME_SLEEP_MS = 5_000

/** Several sources tell of the same sleep; of one whose end nobody has told, the next is another. */
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
    // Security: on this bus other users could send the same.
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
          log.warn('it could not be told whose session was locked')
          on.locked()
        },
      )
    })
  })
}

/** Other users of the machine have sessions too. Rejects if logind does not say whose it is. */
async function isOurs(bus: Bus, { path }: Signal): Promise<boolean> {
  const [variant] = await bus.call({
    destination: LOGIN,
    path,
    interface: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    body: [`${LOGIN}.Session`, 'User'],
  })
  // A variant comes as its type and its values; this one holds a user's id and object.
  const uid = [variant].flat(4).find((value) => typeof value === 'number')
  if (uid === undefined) throw new Error('The answer names no user.')
  return uid === process.getuid?.()
}
