import type { Snapshot } from '../../../preload/snapshot.ts'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'

/** At most one snapshot is pushed in this time: a burst of changes is drawn once. */
const EVERY_MS = 50
/** Where there is much to show, showing it takes no more than a tenth of the time. */
const SHARE = 10

interface SnapshotsPorts {
  /** Others have their turns while it is made. */
  readonly build: (revision: number, dismissed: ReadonlySet<string>) => Promise<Snapshot>
  readonly clock: Clock
  readonly log: Log
}

/** Turns changes, of which there may be many, into snapshots for whoever shows them. */
export class Snapshots {
  readonly #ports: SnapshotsPorts
  readonly #listeners = new Set<(snapshot: Snapshot) => void>()
  /** Notices that the person has read. */
  readonly #dismissed = new Set<string>()
  #revision = 0
  #notBefore = Number.NEGATIVE_INFINITY
  #isArmed = false
  #isPushing = false
  /** Something has changed since the one that is being pushed was begun. */
  #isBehind = false

  constructor(ports: SnapshotsPorts) {
    this.#ports = ports
  }

  /**
   * What is so now; its revision is higher than that of any begun before. What changes while it is made
   * may be in it or not, and is pushed.
   */
  take(): Promise<Snapshot> {
    this.#revision += 1
    return this.#ports.build(this.#revision, this.#dismissed)
  }

  /** Told of every snapshot that is pushed from now on; returns what ends that. */
  on(listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Leaves a notice out from now on, until the next start. */
  dismiss(notice: string): void {
    this.#dismissed.add(notice)
    this.changed()
  }

  /**
   * Something has changed: a snapshot is pushed once whoever changes it is done, but not sooner than
   * 50 ms after the one before, or ten times what that one took.
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
      // One that fails keeps the others from nothing.
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
