import { type Clock, systemClock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Broker } from '../../broker/broker.ts'
import { keepConnected } from './bus-connection.ts'
import type { Bus, BusName } from './dbus.ts'

interface KeychainLooksPorts {
  readonly host: { readonly running: { readonly broker: Pick<Broker, 'keychain'> } | null }
  readonly clock?: Clock
  readonly log: Log
  readonly connectBus: (name: BusName) => Promise<Bus>
  readonly platform?: NodeJS.Platform
}

/** The icon is always in sight; what it says is looked at anew this often where nothing has told. */
const EVERY_MS = 300_000
/** While it cannot be used somebody may be mending that. */
const EVERY_MS_OF_A_FAILURE = 5_000

/**
 * A look soon after another says what that said, so that many changes cost few looks; the last of them is
 * seen by one that begins this long after the first, whatever was seen meanwhile.
 */
const AGAIN_MS = 3_000

const SECRETS = 'org.freedesktop.secrets'
/** A Secret Service that starts or ends, and collections that are locked, unlocked, made or removed. */
const SIGNALS = [
  {
    ...{ interface: 'org.freedesktop.DBus', member: 'NameOwnerChanged' },
    ...{ sender: 'org.freedesktop.DBus', arg0: SECRETS },
  },
  {
    ...{ interface: 'org.freedesktop.DBus.Properties', member: 'PropertiesChanged' },
    ...{ sender: SECRETS, arg0: 'org.freedesktop.Secret.Collection' },
  },
  ...['CollectionChanged', 'CollectionCreated', 'CollectionDeleted'].map((member) => ({
    ...{ interface: 'org.freedesktop.Secret.Service', member, sender: SECRETS },
  })),
]

export interface KeychainLooks {
  /** For whoever is about to show it. */
  look(): void
  stop(): void
}

/**
 * Keeps what is shown of the keychain true: looks by itself from now on, when the system tells that it
 * is another one, and when somebody is about to read it. What has changed is told by the broker.
 */
export function startKeychainLooks(ports: KeychainLooksPorts): KeychainLooks {
  const { host, log, connectBus, clock = systemClock, platform = process.platform } = ports
  let cancel = () => {}
  const arm = () => {
    const hasFailed = host.running?.broker.keychain.failure
    cancel = clock.after(hasFailed ? EVERY_MS_OF_A_FAILURE : EVERY_MS, look)
  }
  let isLooking = false
  let isWanted = false
  const look = () => {
    // What changes during one look may have come too late for it.
    isWanted = true
    if (!isLooking) void lookOn()
  }
  const lookOn = async () => {
    cancel()
    isLooking = true
    while (isWanted) {
      isWanted = false
      await host.running?.broker.keychain.refresh()
    }
    isLooking = false
    arm()
  }
  let isToldOf = false
  const told = () => {
    look()
    if (isToldOf) return
    isToldOf = true
    clock.after(AGAIN_MS, () => {
      isToldOf = false
      host.running?.broker.keychain.invalidate()
      look()
    })
  }
  arm()
  const purpose = 'to see whether the keychain is locked'
  const leave =
    platform === 'linux'
      ? keepConnected({ connectBus, log, clock, name: 'session', purpose }, async (bus) => {
          for (const rule of SIGNALS) await bus.listen(rule, told)
          // Nobody has told of what has changed until now.
          look()
        })
      : () => undefined
  return {
    look,
    stop: () => {
      leave()
      cancel()
    },
  }
}
