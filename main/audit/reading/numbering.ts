/** What the numbers say of a place in the record: lines are missing there, or stand in no order. */
export interface Break {
  readonly event: 'lines_missing' | 'lines_disordered'
  /** Epoch milliseconds: that of the line behind it, or now. */
  readonly at: number
  /** The first and the last that is missing; or those of the lines before and behind it. */
  readonly numbers: { readonly from: number; readonly to: number }
}

/** A line with its number. */
export interface Numbered {
  readonly seq: number
  readonly at: number
}

/**
 * Follows the numbers of all lines from the newest back, also of those that nobody asked for: only lines
 * that stand one after the other tell whether something is missing between them.
 */
export class Numbering {
  #newer: Numbered | null
  #mayBeNewer: boolean

  /** Goes on behind this line; `null` where nothing is known of it. */
  constructor(newer: Numbered | null, mayBeNewer = false) {
    this.#newer = newer
    this.#mayBeNewer = mayBeNewer
  }

  /**
   * Begins with the newest line, before which `end` would come: what has come since is not looked for. Who
   * has all up to a number is not told again that those have gone.
   */
  static fromEnd(end: Numbered | null, after = 0): Numbering {
    return new Numbering(end && end.seq > after + 1 ? end : null, true)
  }

  /** The last line with a number; `null` where there was none. */
  get newer(): Numbered | null {
    return this.#newer
  }

  /** The break between the line before and this older one. What has no number is passed over. */
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

  /** What is missing before the first line of a record of which nothing was ever dropped. */
  first(): Break | null {
    return this.#newer === null || this.#newer.seq <= 1 ? null : missing(1, this.#newer)
  }
}

const missing = (from: number, { seq, at }: Numbered): Break => ({
  ...{ event: 'lines_missing', at },
  numbers: { from, to: seq - 1 },
})
