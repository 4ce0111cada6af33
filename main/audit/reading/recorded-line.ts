import { isLineNumber } from '../audit-files.ts'
import { toPrintable } from '../printable.ts'
import type { RecordedLine } from './activity-words.ts'
import type { Numbered } from './numbering.ts'

/** The parts of a line that the user may see; `null` if it is not a line of the record. */
export function parseLine(text: string): RecordedLine | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    // Runs for a great many lines in a search, so nothing is allocated on the way.
    const members = value as Readonly<Record<string, unknown>>
    const { event, seq } = members
    const at = Date.parse(String(members['time']))
    if (typeof event !== 'string' || Number.isNaN(at)) return null
    const texts: { -readonly [Name in (typeof optional)[number]]?: string } = {}
    for (const name of optional) {
      const member = members[name]
      if (typeof member === 'string') texts[name] = toPrintable(member)
    }
    return {
      ...(isLineNumber(seq) && { seq }),
      ...{ at, event: toPrintable(event) },
      ...texts,
    }
  } catch {
    // Empty, torn, or not written by Tokentray.
    return null
  }
}

const optional = [
  ...(['client', 'account', 'accountUid', 'lease', 'reason', 'host', 'route'] as const),
  ...(['atService', 'code', 'cause', 'setting', 'from', 'to'] as const),
]

/** How every line that Tokentray writes begins. */
const BEGIN = /^\{"seq":(\d{1,15}),"time":"([^"\\]{1,40})","event":"/

/** Only the number and time of a line; a line that Tokentray wrote is not parsed as a whole. */
export function parseNumber(text: string): Partial<Numbered> {
  const [, seq, time = ''] = (text.endsWith('}') && BEGIN.exec(text)) || []
  const at = Date.parse(time)
  if (seq !== undefined && !Number.isNaN(at)) return { seq: Number(seq), at }
  return parseLine(text) ?? {}
}
