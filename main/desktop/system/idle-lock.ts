import type { Clock } from '../../base/clock.ts'

interface IdleLockPorts {
  /** Seconds since the last input to the computer; 0 on desktops that do not report it. */
  readonly idleSeconds: () => number
  /** Minutes after which to lock, 0 for never. */
  readonly limitMinutes: () => number
  /** True while there is something to lock. */
  readonly isOpen: () => boolean
  readonly lock: () => void
  readonly clock: Pick<Clock, 'after' | 'monotonic'>
}

/**
 * Locks once the computer has not been used for as long as the preference says. The next look is at the moment at
 * which the limit would be reached, so there are about as many as limits in the time; none while locked or off.
 */
export function createIdleLock({ idleSeconds, limitMinutes, isOpen, lock, clock }: IdleLockPorts) {
  let limitMs = 0
  /** When it was unlocked or turned on: idle time from before does not count, or an unlock would not last. */
  let since = 0
  let cancel: (() => void) | null = null
  const disarm = () => {
    cancel?.()
    cancel = null
  }
  const look = () => {
    const idleMs = Math.min(idleSeconds() * 1_000, clock.monotonic() - since)
    if (idleMs < limitMs) {
      cancel = clock.after(limitMs - idleMs, look)
      return
    }
    cancel = null
    lock()
  }
  return {
    /** To be called after every change: starts, restarts or stops looking. */
    changed(): void {
      const wanted = isOpen() ? limitMinutes() * 60_000 : 0
      if (wanted === limitMs) return
      const wasOff = limitMs === 0
      limitMs = wanted
      disarm()
      if (limitMs === 0) return
      if (wasOff) since = clock.monotonic()
      look()
    },
    stop: disarm,
  }
}
