import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { keepConnected } from '../system/bus-connection.ts'
import type { Bus, BusName } from '../system/dbus.ts'

interface TrayHostPorts {
  readonly connectBus: (name: BusName) => Promise<Bus>
  readonly clock: Clock
  readonly log: Log
  readonly platform: NodeJS.Platform
  /** A panel that shows icons is there from now on; an icon from before is not one of its. */
  readonly appeared: () => void
  /** There is none, for long enough; told once, until one appears. */
  readonly missing: () => void
}

const WATCHER = 'org.kde.StatusNotifierWatcher'
const DBUS = 'org.freedesktop.DBus'
/** What a desktop may take to start its panel after the programs that it starts at login. */
const MISSING_MS = 15_000

/**
 * Tells of the panel that shows icons, where there is such a thing; returns what ends that. Electron looks
 * for it once for each icon, at the moment that this is made (status_icon_linux_dbus.cc of Chromium), so
 * an icon has to be made when a panel is there. Elsewhere the system always shows it.
 */
export function watchTrayHost(ports: TrayHostPorts): () => void {
  const { clock, platform, appeared, missing } = ports
  if (platform !== 'linux') {
    appeared()
    return () => undefined
  }
  let isThere = false
  const wait = () => clock.after(MISSING_MS, missing)
  let cancel = wait()
  const see = (isNow: boolean) => {
    if (isNow === isThere) return
    isThere = isNow
    cancel()
    if (isNow) appeared()
    else cancel = wait()
  }
  const look = async (bus: Bus) => see(await hasHost(bus))
  // What does not answer may only be slow: it is asked again, by another connection.
  const lookAgain = (bus: Bus) => void look(bus).catch(() => bus.close())
  const purpose = 'to see whether a panel shows icons'
  const leave = keepConnected({ ...ports, name: 'session', purpose }, async (bus) => {
    const owner = { interface: DBUS, member: 'NameOwnerChanged', sender: DBUS, arg0: WATCHER }
    await bus.listen(owner, ({ body }) => {
      // Another one in its place has no icons yet.
      see(false)
      if (body[2] !== '') lookAgain(bus)
    })
    // On some desktops the watcher goes on where the panel has ended, and knows the icons then.
    for (const member of ['StatusNotifierHostRegistered', 'StatusNotifierHostUnregistered']) {
      await bus.listen({ interface: WATCHER, member, sender: WATCHER }, () => lookAgain(bus))
    }
    await look(bus)
  })
  return () => {
    leave()
    cancel()
  }
}

/** Asked only where somebody has that name: a question to it would start what the desktop does not use. */
async function hasHost(bus: Bus): Promise<boolean> {
  const [isOwned] = await bus.call({
    ...{ destination: DBUS, path: '/org/freedesktop/DBus', interface: DBUS },
    ...{ member: 'NameHasOwner', body: [WATCHER] },
  })
  if (isOwned !== true) return false
  const [variant] = await bus.call({
    ...{ destination: WATCHER, path: '/StatusNotifierWatcher' },
    ...{ interface: `${DBUS}.Properties`, member: 'Get' },
    body: [WATCHER, 'IsStatusNotifierHostRegistered'],
  })
  // A variant comes as its type and its values.
  return [variant].flat(4).includes(true)
}
