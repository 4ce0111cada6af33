import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { keepConnected } from '../system/bus-connection.ts'
import type { Bus, BusName } from '../system/dbus.ts'

interface TrayHostPorts {
  readonly connectBus: (name: BusName) => Promise<Bus>
  readonly clock: Clock
  readonly log: Log
  readonly platform: NodeJS.Platform
  /** A panel that shows icons has appeared; it does not have icons that were made before. */
  readonly appeared: () => void
  /** No panel appeared in time; called once, until one appears. */
  readonly missing: () => void
}

const WATCHER = 'org.kde.StatusNotifierWatcher'
const DBUS = 'org.freedesktop.DBus'
/** Desktops may start their panel this long after the programs that start at login. */
const MISSING_MS = 15_000

/**
 * Reports whether a Linux panel shows tray icons; returns the function that stops watching. Electron
 * looks for a panel only once for each icon, when the icon is created (Chromium's
 * status_icon_linux_dbus.cc), so an icon has to be created while there is a panel. On other systems
 * `appeared` is called immediately.
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
  // No answer may only mean a slow bus: closing the connection leads to a new one, which asks again.
  const lookAgain = (bus: Bus) => void look(bus).catch(() => bus.close())
  const purpose = 'to see whether a panel shows icons'
  const leave = keepConnected({ ...ports, name: 'session', purpose }, async (bus) => {
    const owner = { interface: DBUS, member: 'NameOwnerChanged', sender: DBUS, arg0: WATCHER }
    await bus.listen(owner, ({ body }) => {
      // A new watcher does not know our icon.
      see(false)
      if (body[2] !== '') lookAgain(bus)
    })
    // On some desktops the watcher outlives the panel, and keeps the icons.
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

/** Asks only if the name has an owner: otherwise the call could start a service that the desktop does not use. */
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
  // The library returns a variant as its type and its values.
  return [variant].flat(4).includes(true)
}
