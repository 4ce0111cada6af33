import type { Bridge } from '../../preload/contract.ts'
import type { Failure } from '../../preload/failure.ts'
import type { Snapshot } from '../../preload/snapshot.ts'
import { applyChange, isChange, type Push } from '../../preload/snapshot-change.ts'
import { toFailure } from './failure.ts'
import { share } from './share.ts'

/** What the page knows: the newest snapshot, or why there is none. */
export interface Known {
  readonly snapshot: Snapshot | null
  readonly failure: Failure | null
}

/**
 * Holds the newest snapshot; an older one that arrives late is dropped. Where a change does not go on from
 * it, a whole one is asked for.
 */
export class Snapshots {
  readonly #bridge: Bridge
  readonly #listeners = new Set<() => void>()
  #known: Known = { snapshot: null, failure: null }
  /** Ends when the whole one that was asked for is there, or is known not to come. */
  #asked: Promise<void> | null = null
  /** The newest revision that was told of; what is held may be older. */
  #told = 0

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    bridge.onSnapshot((push) => this.#hear(push))
  }

  /** Asks for the first one, or for another where that failed. */
  readonly load = (): Promise<void> => {
    this.#asked ??= this.#ask()
    return this.#asked
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly get = (): Known => this.#known

  async #ask(): Promise<void> {
    try {
      // Again where a change, which came meanwhile and could not be applied, is newer.
      do this.#take(await this.#bridge.snapshot())
      while (this.#held < this.#told)
    } catch (error) {
      if (this.#known.snapshot === null) this.#set({ snapshot: null, failure: toFailure(error) })
    }
    this.#asked = null
  }

  #hear(push: Push): void {
    const { snapshot } = this.#known
    this.#told = Math.max(this.#told, push.revision)
    if (!isChange(push)) this.#take(push)
    else if (snapshot?.revision === push.since) this.#take(applyChange(snapshot, push))
    else if (push.revision > this.#held) void this.load()
  }

  get #held(): number {
    return this.#known.snapshot?.revision ?? 0
  }

  #take(snapshot: Snapshot): void {
    if (this.#held >= snapshot.revision) return
    // What has not changed is not drawn again.
    this.#set({ snapshot: share(this.#known.snapshot, snapshot), failure: null })
  }

  #set(known: Known): void {
    this.#known = known
    for (const listener of this.#listeners) listener()
  }
}
