import type { Snapshot } from '../../../preload/snapshot.ts'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'

/** At most one snapshot is pushed in this time: a burst of changes is drawn once. */
const EVERY_MS = 50
/** Building large snapshots takes at most a tenth of the time. */
const SHARE = 10

interface SnapshotsPorts {
  /** Builds a snapshot without blocking the event loop. */
  readonly build: (revision: number, dismissed: ReadonlySet<string>) => Promise<Snapshot>
  readonly clock: Clock
  readonly log: Log
}

/** Turns changes into snapshots for window and tray, at a limited rate. */
export class Snapshots {
  readonly #ports: SnapshotsPorts
  readonly #listeners = new Set<(snapshot: Snapshot) => void>()
  /** Notices that the user has dismissed. */
  readonly #dismissed = new Set<string>()
  #revision = 0
  #notBefore = Number.NEGATIVE_INFINITY
  #isArmed = false
  #isPushing = false
  /** Something has changed since the current push was begun. */
  #isBehind = false

  constructor(ports: SnapshotsPorts) {
    this.#ports = ports
  }

  /**
   * A current snapshot; its revision is higher than that of any begun before. A change while it is built
   * may or may not be in it, and is pushed afterwards.
   */
  take(): Promise<Snapshot> {
    this.#revision += 1
    return this.#ports.build(this.#revision, this.#dismissed)
  }

  /** Calls the listener with every pushed snapshot; returns the unsubscribe function. */
  on(listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Hides a notice until the next start. */
  dismiss(notice: string): void {
    this.#dismissed.add(notice)
    this.changed()
  }

  /**
   * Something has changed: a snapshot is pushed in a later turn, but not sooner than 50 ms after the
   * previous one, or ten times as long as that one took.
   */
  changed(): void {
    this.#isBehind = true
    if (this.#isArmed || this.#isPushing) return
    const { clock } = this.#ports
    this.#isArmed = true
    const wait = this.#notBefore - clock.monotonic()
    clock.after(Math.max(0, wait), () => void this.#push())
  }

  async #push(): Promise<void> {
    const { clock } = this.#ports
    this.#isArmed = false
    this.#isPushing = true
    this.#isBehind = false
    const startedAt = clock.monotonic()
    try {
      const snapshot = await this.take()
      // A failing listener does not affect the others.
      for (const listener of this.#listeners) this.#attempt(() => listener(snapshot))
    } catch (error) {
      this.#failed(error)
    }
    const tookMs = clock.monotonic() - startedAt
    this.#notBefore = startedAt + Math.max(EVERY_MS, SHARE * tookMs)
    this.#isPushing = false
    if (this.#isBehind) this.changed()
  }

  #attempt(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    this.#ports.log.error('a snapshot could not be shown', { error })
  }
}
