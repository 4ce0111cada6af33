import type { Bridge, Failure, Snapshot } from '../../preload/contract.ts'
import { toFailure } from './failure.ts'
import { share } from './share.ts'

/** What the page knows: the newest snapshot, or why there is none. */
export interface Known {
  readonly snapshot: Snapshot | null
  readonly failure: Failure | null
}

/** Holds the newest snapshot; an older one that arrives late is dropped. */
export class Snapshots {
  readonly #bridge: Bridge
  readonly #listeners = new Set<() => void>()
  #known: Known = { snapshot: null, failure: null }

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    bridge.onSnapshot((snapshot) => this.#take(snapshot))
  }

  /** Asks for the first one, or for another where that failed. */
  readonly load = async (): Promise<void> => {
    try {
      this.#take(await this.#bridge.snapshot())
    } catch (error) {
      if (this.#known.snapshot === null) this.#set({ snapshot: null, failure: toFailure(error) })
    }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly get = (): Known => this.#known

  #take(snapshot: Snapshot): void {
    const { snapshot: held } = this.#known
    if (held !== null && held.revision >= snapshot.revision) return
    // What has not changed is not drawn again.
    this.#set({ snapshot: share(held, snapshot), failure: null })
  }

  #set(known: Known): void {
    this.#known = known
    for (const listener of this.#listeners) listener()
  }
}
