import { type Clock, systemClock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Broker } from '../../broker/broker.ts'
import { keepConnected } from './bus-connection.ts'
import type { Bus, BusName } from './dbus.ts'

interface KeychainWatchPorts {
  readonly host: { readonly running: { readonly broker: Pick<Broker, 'keychain'> } | null }
  readonly clock?: Clock
  readonly log: Log
  readonly connectBus: (name: BusName) => Promise<Bus>
  readonly platform?: NodeJS.Platform
}

/** The icon is always visible: the keychain is checked this often even without a signal. */
const EVERY_MS = 300_000
/** More often while it cannot be used, because the user may be fixing it. */
const EVERY_MS_OF_A_FAILURE = 5_000

/**
 * Checks in quick succession reuse the last result, so that many signals cause few checks; a check
 * this long after the first signal sees the last change in any case.
 */
const AGAIN_MS = 3_000

const SECRETS = 'org.freedesktop.secrets'
/** A Secret Service starts or stops; a collection is locked, unlocked, created or deleted. */
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

export interface KeychainWatch {
  /** Checks now; to be called before the state is shown. */
  look(): void
  stop(): void
}

/**
 * Keeps the displayed state of the keychain current: checks it from time to time, when the system
 * signals a change, and before it is shown. The broker reports what has changed.
 */
export function watchKeychain(ports: KeychainWatchPorts): KeychainWatch {
  const { host, log, connectBus, clock = systemClock, platform = process.platform } = ports
  let cancel = () => {}
  const arm = () => {
    const hasFailed = host.running?.broker.keychain.failure
    cancel = clock.after(hasFailed ? EVERY_MS_OF_A_FAILURE : EVERY_MS, look)
  }
  let isLooking = false
  let hasChanged = false
  const look = () => {
    // A change during a check may have come too late for it.
    hasChanged = true
    if (!isLooking) void lookOn()
  }
  const lookOn = async () => {
    cancel()
    isLooking = true
    while (hasChanged) {
      hasChanged = false
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
          // Changes before this moment were not signalled.
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
