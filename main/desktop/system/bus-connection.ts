import { type Clock, systemClock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Bus, BusName } from './dbus.ts'

interface ConnectionPorts {
  readonly connectBus: (name: BusName) => Promise<Bus>
  readonly log: Log
  readonly clock?: Clock
  readonly name: BusName
  /** The purpose, for the log: "to see ...". */
  readonly purpose: string
}

/** The pauses before the next try while there is no bus; the last one is repeated. */
const PAUSES_MS = [5_000, 30_000, 300_000] as const

/**
 * Connects, and reconnects whenever the connection is lost; returns the function that stops it. A
 * missing bus is logged.
 */
export function keepConnected(
  { connectBus, log, clock = systemClock, name, purpose }: ConnectionPorts,
  listen: (bus: Bus) => Promise<void>,
): () => void {
  let stopped = false
  let failures = 0
  let said = false
  let undo: () => void = () => undefined
  const tryAgain = () => {
    if (stopped) return
    const pause = PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)] ?? 0
    failures += 1
    undo = clock.after(pause, start)
  }
  const run = async () => {
    const bus = await connectBus(name)
    undo = () => bus.close()
    if (stopped) return bus.close()
    try {
      await listen(bus)
      failures = 0
      said = false
      await bus.closed
    } finally {
      bus.close()
    }
  }
  const start = () => {
    run().then(tryAgain, (error: unknown) => {
      if (!said && !stopped) {
        said = true
        log.warn(`the ${name} bus cannot be used ${purpose}`, { error })
      }
      tryAgain()
    })
  }
  start()
  return () => {
    stopped = true
    undo()
  }
}
