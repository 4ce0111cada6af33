/** A fault in the numbering: lines are missing here, or are out of order. */
export interface Break {
  readonly event: 'lines_missing' | 'lines_disordered'
  /** Epoch milliseconds: the time of the following line, or now. */
  readonly at: number
  /** The first and last missing number; for disorder, the numbers before and after the fault. */
  readonly numbers: { readonly from: number; readonly to: number }
}

/** A line's number and time. */
export interface Numbered {
  readonly seq: number
  readonly at: number
}

/**
 * Follows the numbers of all lines from the newest backwards, including lines that do not match the query:
 * only adjacent lines show whether one is missing between them.
 */
export class Numbering {
  #newer: Numbered | null
  #mayBeNewer: boolean

  /** Continues after this line; `null` if nothing is known about it. */
  constructor(newer: Numbered | null, mayBeNewer = false) {
    this.#newer = newer
    this.#mayBeNewer = mayBeNewer
  }

  /**
   * Starts at the newest line, just before `end`; lines written since are not expected. A caller that has
   * everything up to `after` is not shown gaps before it again.
   */
  static fromEnd(end: Numbered | null, after = 0): Numbering {
    return new Numbering(end && end.seq > after + 1 ? end : null, true)
  }

  /** The last line with a number; `null` if there was none. */
  get newer(): Numbered | null {
    return this.#newer
  }

  /** The fault between the previous line and this older one. Lines without a number are skipped. */
  next({ seq, at }: Partial<Numbered>): Break | null {
    if (seq === undefined || at === undefined) return null
    const newer = this.#newer
    const isExpected = newer === null || seq === newer.seq - 1
    const isSince = this.#mayBeNewer && newer !== null && seq >= newer.seq
    this.#newer = { seq, at }
    this.#mayBeNewer = false
    if (isExpected || isSince) return null
    if (seq < newer.seq) return missing(seq + 1, newer)
    return { event: 'lines_disordered', at: newer.at, numbers: { from: seq, to: newer.seq } }
  }

  /** What is missing before the first line of a record whose oldest lines were never dropped. */
  first(): Break | null {
    return this.#newer === null || this.#newer.seq <= 1 ? null : missing(1, this.#newer)
  }
}

const missing = (from: number, { seq, at }: Numbered): Break => ({
  ...{ event: 'lines_missing', at },
  numbers: { from, to: seq - 1 },
})
