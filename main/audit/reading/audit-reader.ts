import { existsSync } from 'node:fs'
import type { Precedence } from '../../base/async/precedence.ts'
import { TokentrayError } from '../../base/errors.ts'
import { auditFiles } from '../audit-files.ts'
import { linesBackwards } from '../lines-backwards.ts'
import { type ActivityFilter, createMatcher } from './activity-search.ts'
import type { RecordedLine } from './activity-words.ts'
import { type Numbered, Numbering } from './numbering.ts'
import { parsePlace, toPlace } from './page-place.ts'
import { parseLine, parseNumber } from './recorded-line.ts'

/** Which part of the record is wanted. */
export interface ActivityQuery extends ActivityFilter {
  /** The most lines that are returned. */
  readonly limit: number
  /** Goes on where an earlier page ended: its `next`. */
  readonly before?: string
  /** Only lines of a higher number. */
  readonly after?: number
}

/** A part of the record, the newest line first, and between them where lines are missing. */
export interface RecordedPage {
  readonly lines: readonly RecordedLine[]
  /** Where it goes on; absent once the first line, or what was asked for, is reached. */
  readonly next?: string
}

interface Reading {
  /** The reading ends soon after it. */
  readonly signal?: AbortSignal | undefined
  /** What the next line would be: all before it should be there. */
  readonly end?: Numbered
  /** Who goes first while it is read. */
  readonly precedence?: Precedence
}

/** Lines may come late, because they could not be written at once. */
const DISORDER_MS = 86_400_000
/**
 * A clock may be wrong for a while, as before the time came over the network: so many lines in a row must
 * be too old before it is believed that all before them are. More than that, of one wrong clock, hide what
 * is before them.
 */
const OLD_LINES = 5_000

/**
 * The record of this folder, newest line first. Reads no further back than it has to. Lines that cannot
 * be read are left out, and so is a file that is gone; a page whose lines have gone since is empty. Where
 * the numbers of the lines do not follow each other that is in the page, whatever was asked for, unless it
 * was before that time.
 * Rejects with `record_unavailable` for a file that is there and cannot be read, with
 * `invalid_request` for a `before` that is none, and with `cancelled` soon after the signal.
 */
export async function readActivity(
  folder: string,
  { limit, before, after, ...filter }: ActivityQuery,
  { signal, end, precedence }: Reading = {},
): Promise<RecordedPage> {
  if (limit <= 0) return { lines: [] }
  const files = auditFiles(folder)
  const { mayMatch, matches } = createMatcher(filter)
  const { since = Number.NEGATIVE_INFINITY } = filter
  const from = before === undefined ? null : parsePlace(before)
  const numbering = from ? new Numbering(from.newer) : Numbering.fromEnd(end ?? null, after)
  const isBounded = after !== undefined || filter.since !== undefined
  const page = new Page(limit)
  const pieces = precedence?.pieces()
  let old = 0
  for await (const placed of linesBackwards(files, from)) {
    if (pieces?.isOver) await pieces.next()
    if (signal?.aborted) throw new TokentrayError('cancelled')
    // Where the reading ends by itself, each line is looked at for that.
    const line = isBounded || mayMatch(placed.text) ? parseLine(placed.text) : null
    const gap = numbering.next(line ?? parseNumber(placed.text))
    if (gap && gap.at >= since && !page.add(gap, () => toPlace(placed, 'this'))) break
    if (!line) continue
    if (after !== undefined && line.seq !== undefined && line.seq <= after) return page.result
    old = line.at < since - DISORDER_MS ? old + 1 : 0
    if (old >= OLD_LINES) return page.result
    const { newer } = numbering
    if (matches(line) && !page.add(line, () => toPlace(placed, newer))) break
  }
  const isEnd = !page.hasMore && (from === null || from.isFound) && hasLostNone(files)
  const gap = isEnd ? numbering.first() : null
  if (gap && gap.at >= since) page.add(gap, () => '')
  return page.result
}

/** As many entries as are wanted. */
class Page {
  readonly #limit: number
  readonly #lines: RecordedLine[] = []
  #next = () => ''
  #hasMore = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** True once there was one more than is wanted: only then is it known that there is more. */
  get hasMore(): boolean {
    return this.#hasMore
  }

  /** What was added, and where it goes on. */
  get result(): RecordedPage {
    return { lines: this.#lines, ...(this.#hasMore && { next: this.#next() }) }
  }

  /** False for what has no room. */
  add(line: RecordedLine, next: () => string): boolean {
    this.#hasMore = this.#lines.length >= this.#limit
    if (this.#hasMore) return false
    this.#lines.push(line)
    this.#next = next
    return true
  }
}

/** The oldest file is dropped only where it makes room for another. */
const hasLostNone = (files: readonly string[]): boolean => !existsSync(files.at(-1) ?? '')
