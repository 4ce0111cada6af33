import type { Clock } from '../base/clock.ts'
import { TokentrayError } from '../base/errors.ts'
import type { SettingsStore } from '../settings/settings.ts'

/**
 * Locked, Tokentray hands out nothing and logs in nowhere; ending and status go on. The state is
 * stored, so that a restart does not unlock.
 */
export class Lock {
  readonly #settings: SettingsStore
  readonly #clock: Clock
  readonly #waitMs: number
  readonly #waiting = new Set<() => void>()
  /** Locked in memory, in case it cannot be stored. */
  #locked = false

  /** `waitMs`: how long a request may wait for the person to unlock. */
  constructor(settings: SettingsStore, clock: Clock, waitMs: number) {
    this.#settings = settings
    this.#clock = clock
    this.#waitMs = waitMs
  }

  get locked(): boolean {
    return this.#locked || this.#settings.read().locked
  }

  /** Locks at once; throws `record_unavailable` if a restart would unlock. */
  lock(): void {
    this.#locked = true
    this.#settings.update((settings) => ({ ...settings, locked: true }))
  }

  unlock(): void {
    this.#settings.update((settings) => ({ ...settings, locked: false }))
    this.#locked = false
    for (const go of [...this.#waiting]) go()
  }

  /** Resolves once unlocked; rejects with `vault_locked` when that takes too long. */
  async passed(): Promise<void> {
    if (this.locked && this.#waitMs > 0) await this.#unlockedOrLate()
    if (this.locked) throw new TokentrayError('vault_locked', 'Tokentray is locked.')
  }

  #unlockedOrLate(): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        cancel()
        this.#waiting.delete(go)
        resolve()
      }
      const cancel = this.#clock.after(this.#waitMs, go)
      this.#waiting.add(go)
    })
  }
}
