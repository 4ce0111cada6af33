import type { Snapshot } from '../../../preload/snapshot.ts'
import { changeBetween, type Push } from '../../../preload/snapshot-change.ts'
import type { Handlers } from './ipc.ts'

/**
 * Tracks which snapshot the page has, so that a push contains only what has changed since. If the page
 * has another one, it notices by `since` and requests a complete one.
 */
export class PageFeed {
  #held: Snapshot | null = null

  /** The push that brings the page to this snapshot; `null` if nothing has changed. */
  next(snapshot: Snapshot): Push | null {
    const push = this.#held === null ? snapshot : changeBetween(this.#held, snapshot)
    if (push !== null) this.#held = snapshot
    return push
  }

  /** The handlers for the page: notes the snapshots that it requests. */
  watch(handlers: Handlers): Handlers {
    return { ...handlers, snapshot: async () => this.#note(await handlers.snapshot()) }
  }

  #note(snapshot: Snapshot): Snapshot {
    // The page keeps a newer one that was pushed meanwhile.
    if (this.#held === null || this.#held.revision < snapshot.revision) this.#held = snapshot
    return snapshot
  }
}
