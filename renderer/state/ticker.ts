import { untilTextChanges } from '../text/times.ts'

interface Watch {
  readonly moments: readonly number[]
  readonly tell: () => void
  /** When its text may change, epoch milliseconds. */
  dueAt: number
}

/** The longest delay that `setTimeout` accepts. */
const LONGEST_MS = 2 ** 31 - 1

/**
 * One timer for all relative times on the page. It is armed for the next text that changes, and not
 * at all while the page is hidden.
 */
export class Ticker {
  readonly #page: Pick<Document, 'hidden'>
  readonly #watches = new Set<Watch>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #firesAt = Number.POSITIVE_INFINITY

  constructor(page: Pick<Document, 'hidden' | 'addEventListener'> = document) {
    this.#page = page
    page.addEventListener('visibilitychange', () => this.#fire())
  }

  /** Calls `tell` whenever the relative time of one of these moments changes; returns the unsubscribe function. */
  subscribe(moments: readonly number[], tell: () => void): () => void {
    const watch = { moments, tell, dueAt: dueAt(moments, Date.now()) }
    this.#watches.add(watch)
    this.#arm(watch.dueAt)
    return () => {
      this.#watches.delete(watch)
      if (this.#watches.size === 0) this.#disarm()
    }
  }

  #fire(): void {
    this.#disarm()
    if (this.#page.hidden) return
    const now = Date.now()
    for (const watch of [...this.#watches]) {
      if (watch.dueAt > now) continue
      watch.dueAt = dueAt(watch.moments, now)
      watch.tell()
    }
    this.#arm(Math.min(...[...this.#watches].map((watch) => watch.dueAt)))
  }

  #arm(at: number): void {
    if (at >= this.#firesAt || this.#page.hidden) return
    clearTimeout(this.#timer)
    this.#firesAt = at
    const ms = Math.min(Math.max(at - Date.now(), 0), LONGEST_MS)
    this.#timer = setTimeout(() => this.#fire(), ms)
  }

  #disarm(): void {
    clearTimeout(this.#timer)
    this.#firesAt = Number.POSITIVE_INFINITY
  }
}

const dueAt = (moments: readonly number[], now: number): number =>
  Math.min(...moments.map((moment) => now + untilTextChanges(moment, now)))
