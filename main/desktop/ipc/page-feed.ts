import type { Snapshot } from '../../../preload/snapshot.ts'
import { changeBetween, type Push } from '../../../preload/snapshot-change.ts'
import type { Handlers } from './ipc.ts'

/**
 * Knows which snapshot the page has, so that a push tells only what has changed since. Where the page has
 * another one after all, it sees that by `since` and asks for a whole one.
 */
export class PageFeed {
  #held: Snapshot | null = null

  /** What is to be pushed to bring the page to this snapshot; `null` if it shows the same already. */
  next(snapshot: Snapshot): Push | null {
    const push = this.#held === null ? snapshot : changeBetween(this.#held, snapshot)
    if (push !== null) this.#held = snapshot
    return push
  }

  /** The same handlers, for the page: it has the snapshots that it asks for. */
  watch(handlers: Handlers): Handlers {
    return { ...handlers, snapshot: async () => this.#note(await handlers.snapshot()) }
  }

  #note(snapshot: Snapshot): Snapshot {
    // It keeps a newer one that was pushed meanwhile.
    if (this.#held === null || this.#held.revision < snapshot.revision) this.#held = snapshot
    return snapshot
  }
}
