import { TokentrayError } from '../base/errors.ts'
import { type ActivityFilter, createMatcher } from './activity-search.ts'
import type { RecordedLine } from './activity-words.ts'
import { auditFiles } from './audit-files.ts'
import { linesBackwards, type Mark, type PlacedLine } from './lines-backwards.ts'
import { toPrintable } from './printable.ts'

/** Which part of the record is wanted. */
export interface ActivityQuery extends ActivityFilter {
  /** The most lines that are returned. */
  readonly limit: number
  /** Goes on where an earlier page ended: its `next`. */
  readonly before?: string
  /** Only lines of a higher number. */
  readonly after?: number
}

/** A part of the record, the newest line first. */
export interface RecordedPage {
  readonly lines: readonly RecordedLine[]
  /** Where it goes on; absent once the first line, or what was asked for, is reached. */
  readonly next?: string
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
 * be read are left out, and so is a file that is gone; a page whose lines have gone since is empty.
 * Rejects with `record_unavailable` for a file that is there and cannot be read, with
 * `invalid_request` for a `before` that is none, and with `cancelled` soon after the signal.
 */
export async function readActivity(
  folder: string,
  { limit, before, after, ...filter }: ActivityQuery,
  signal?: AbortSignal,
): Promise<RecordedPage> {
  const lines: RecordedLine[] = []
  if (limit <= 0) return { lines }
  const { mayMatch, matches } = createMatcher(filter)
  const { since = Number.NEGATIVE_INFINITY } = filter
  const mark = before === undefined ? null : parseMark(before)
  const isBounded = after !== undefined || filter.since !== undefined
  let last: PlacedLine | null = null
  let old = 0
  for await (const placed of linesBackwards(auditFiles(folder), mark)) {
    if (signal?.aborted) throw new TokentrayError('cancelled')
    // Where the reading ends by itself, each line is looked at for that.
    if (!isBounded && !mayMatch(placed.text)) continue
    const line = parseLine(placed.text)
    if (!line) continue
    if (after !== undefined && line.seq !== undefined && line.seq <= after) break
    old = line.at < since - DISORDER_MS ? old + 1 : 0
    if (old >= OLD_LINES) break
    if (!matches(line)) continue
    // One more than is wanted: only then is it known that there is more.
    if (last && lines.length >= limit) return { lines, next: toMark(last) }
    lines.push(line)
    last = placed
  }
  return { lines }
}

/** By its number, file and place: the file may be another one by then. */
function toMark({ text, file, offset }: PlacedLine): string {
  return `${file}.${offset}.${parseLine(text)?.seq ?? ''}`
}

function parseMark(mark: string): Mark {
  const [, file, offset, seq] = /^(\d{1,20}\.\d{1,20})\.(\d{1,15})\.(\d{0,16})$/.exec(mark) ?? []
  if (file === undefined || offset === undefined || seq === undefined) {
    throw new TokentrayError('invalid_request', '"before" is not where a page has ended.', {
      hint: 'Give the "next" of an earlier answer.',
    })
  }
  return {
    ...{ file, offset: Number(offset) },
    isThere: (text) => String(parseLine(text)?.seq ?? '') === seq,
  }
}

function parseLine(text: string): RecordedLine | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const members = new Map<string, unknown>(Object.entries(value))
    const event = members.get('event')
    const seq = members.get('seq')
    const at = Date.parse(String(members.get('time')))
    if (typeof event !== 'string' || Number.isNaN(at)) return null
    const texts = optional.flatMap((name) => {
      const member = members.get(name)
      return typeof member === 'string' ? [[name, toPrintable(member)] as const] : []
    })
    return {
      ...(typeof seq === 'number' && Number.isSafeInteger(seq) && { seq }),
      ...{ at, event: toPrintable(event) },
      ...Object.fromEntries(texts),
    }
  } catch {
    // Empty, torn, or not ours.
    return null
  }
}

const optional = [
  ...(['client', 'account', 'lease', 'reason', 'host', 'route'] as const),
  ...(['atService', 'code', 'cause', 'setting', 'from', 'to'] as const),
]
