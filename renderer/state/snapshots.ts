import type { Bridge } from '../../preload/contract.ts'
import type { Failure } from '../../preload/failure.ts'
import type { Snapshot } from '../../preload/snapshot.ts'
import { applyChange, isChange, type Push } from '../../preload/snapshot-change.ts'
import { toFailure } from './failure.ts'
import { share } from './share.ts'

/** The newest snapshot, or why there is none. */
export interface Known {
  readonly snapshot: Snapshot | null
  readonly failure: Failure | null
}

/**
 * Holds the newest snapshot and ignores older ones that arrive late. Requests a complete snapshot if a
 * change does not apply to the one it holds.
 */
export class Snapshots {
  readonly #bridge: Bridge
  readonly #listeners = new Set<() => void>()
  #known: Known = { snapshot: null, failure: null }
  /** The request for a complete snapshot; settles when it was answered or has failed. */
  #asked: Promise<void> | null = null
  /** The newest announced revision; the held one may be older. */
  #told = 0

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    bridge.onSnapshot((push) => this.#hear(push))
  }

  /** Requests a snapshot: the first one, or another after a failure. */
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
      // Repeated if a change that could not be applied arrived meanwhile and is newer.
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
    // Unchanged parts keep their identity, so that React does not redraw them.
    this.#set({ snapshot: share(this.#known.snapshot, snapshot), failure: null })
  }

  #set(known: Known): void {
    this.#known = known
    for (const listener of this.#listeners) listener()
  }
}
