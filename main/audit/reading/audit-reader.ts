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

/** Selects a part of the record. */
export interface ActivityQuery extends ActivityFilter {
  /** Maximum number of lines returned. */
  readonly limit: number
  /** Continues where an earlier page ended: its `next`. */
  readonly before?: string
  /** Only lines with a higher number. */
  readonly after?: number
}

/** A part of the record, newest line first, with an entry wherever lines are missing. */
export interface RecordedPage {
  readonly lines: readonly RecordedLine[]
  /** Where the next page starts; absent once the first line, or the limit of the query, is reached. */
  readonly next?: string
}

interface Reading {
  /** Aborts the read shortly after it fires. */
  readonly signal?: AbortSignal | undefined
  /** The number of the next line to be written: every earlier line should exist. */
  readonly end?: Numbered
  /** Who takes priority over the read. */
  readonly precedence?: Precedence
}

/** Lines may be late, because they could not be written at once. */
const DISORDER_MS = 86_400_000
/**
 * A clock may be wrong for a while, for example before it is set over the network, so this many consecutive
 * lines must be too old before everything earlier is taken to be too old as well. A longer run with a wrong
 * clock hides what is before it.
 */
const OLD_LINES = 5_000

/**
 * Reads the record of this folder, newest line first, and no further back than needed. Unreadable lines and
 * deleted files are skipped; a page whose lines have been deleted since is empty. Gaps in the numbering are
 * reported in the page whatever the filter, unless they are older than its start time. Rejects with
 * `record_unavailable` if a file exists and cannot be read, with `invalid_request` for an invalid `before`,
 * and with `cancelled` shortly after the signal.
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
    // If the query has a lower limit, every line must be parsed to detect it.
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

/** Collects up to the requested number of entries. */
class Page {
  readonly #limit: number
  readonly #lines: RecordedLine[] = []
  #next = () => ''
  #hasMore = false

  constructor(limit: number) {
    this.#limit = limit
  }

  /** True once there was one more than requested: only then is it certain that more exist. */
  get hasMore(): boolean {
    return this.#hasMore
  }

  /** The collected entries and where the next page starts. */
  get result(): RecordedPage {
    return { lines: this.#lines, ...(this.#hasMore && { next: this.#next() }) }
  }

  /** False if the page is full. */
  add(line: RecordedLine, next: () => string): boolean {
    this.#hasMore = this.#lines.length >= this.#limit
    if (this.#hasMore) return false
    this.#lines.push(line)
    this.#next = next
    return true
  }
}

/** The oldest file is only deleted to make room for another. */
const hasLostNone = (files: readonly string[]): boolean => !existsSync(files.at(-1) ?? '')
