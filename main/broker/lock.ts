import type { Clock } from '../base/clock.ts'
import { TokentrayError, toTokentrayError } from '../base/errors.ts'
import type { Settings } from '../settings/schema.ts'
import { type Actor, program } from './record/actor.ts'
import type { RecordedSettings } from './record/recorded-settings.ts'

interface LockPorts {
  readonly settings: RecordedSettings
  readonly clock: Clock
  /** How long a request may wait for the user to unlock. */
  readonly waitMs: number
}

/**
 * While locked, Tokentray issues no tokens and does not log in; revocations and the status continue. The
 * state is stored, so that a restart does not unlock.
 */
export class Lock {
  readonly #ports: LockPorts
  readonly #waiting = new Set<() => void>()
  /** Locked in memory, in case it cannot be stored. */
  #locked = false

  constructor(ports: LockPorts) {
    this.#ports = ports
  }

  get locked(): boolean {
    return this.#locked || this.#ports.settings.read().locked
  }

  /**
   * Locks at once; throws `record_unavailable` if a restart would unlock. `reason`: shown to the user if
   * they did not request the lock.
   */
  lock(by: Actor = program, reason?: string): void {
    const { settings } = this.#ports
    const event = { event: 'lock', ...(reason !== undefined && { reason }) }
    const events = this.locked ? [] : [event]
    const close = (before: Settings) => ({ ...before, locked: true })
    this.#locked = true
    try {
      settings.update(close, by, ...events)
    } catch (error) {
      settings.recordUnstored(close, by, ...events)
      throw lockedForNow(error)
    }
  }

  unlock(by: Actor = program): void {
    const { settings } = this.#ports
    const events = this.locked ? [{ event: 'unlock' }] : []
    settings.update((before) => ({ ...before, locked: false }), by, ...events)
    this.#locked = false
    for (const go of [...this.#waiting]) go()
  }

  /** Resolves once unlocked; rejects with `vault_locked` when that takes too long. */
  async unlocked(): Promise<void> {
    if (this.locked && this.#ports.waitMs > 0) await this.#unlockedOrLate()
    if (this.locked) throw new TokentrayError('vault_locked', 'Tokentray is locked.')
  }

  #unlockedOrLate(): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        cancel()
        this.#waiting.delete(go)
        resolve()
      }
      const cancel = this.#ports.clock.after(this.#ports.waitMs, go)
      this.#waiting.add(go)
    })
  }
}

/** A lock that applies but is not stored. */
function lockedForNow(reason: unknown): TokentrayError {
  const cause = toTokentrayError(reason)
  return new TokentrayError(
    cause.code,
    `Tokentray is locked, but its next start would unlock it: ${cause.message}`,
    { hint: `${cause.hint} Then lock it again.`, cause },
  )
}
