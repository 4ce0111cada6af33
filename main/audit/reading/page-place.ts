import { TokentrayError } from '../../base/errors.ts'
import type { Mark, PlacedLine } from '../lines-backwards.ts'
import type { Numbered } from './numbering.ts'
import { parseLine } from './recorded-line.ts'

/** Where the next page starts. */
export interface Place extends Mark {
  /** The last numbered line of the previous pages; `null` if nothing can be concluded from it. */
  readonly newer: Numbered | null
  /** True once the line was found there. */
  readonly isFound: boolean
}

/**
 * The place after this line, as text; with `this`, the place before it, whose number has been checked
 * already. Identified by number, file and position, since the file may have been renamed or replaced by
 * then.
 */
export function toPlace(
  { text, file, offset }: PlacedLine,
  newer: Numbered | null | 'this',
): string {
  const line = `${file}.${offset}.${numberIn(text)}`
  if (newer === 'this') return `${line}.this`
  return newer ? `${line}.${newer.seq}.${newer.at}` : line
}

const PLACE =
  /^(\d{1,20}\.\d{1,20})\.(\d{1,15})\.(\d{0,16})(?:\.(?:(this)|(\d{1,16})\.(-?\d{1,16})))?$/

/** Parses the text; throws `invalid_request` if it is invalid. */
export function parsePlace(text: string): Place {
  const [, file, offset, number, self, seq, at] = PLACE.exec(text) ?? []
  if (file === undefined || offset === undefined || number === undefined) {
    throw new TokentrayError('invalid_request', '"before" is not the end of an earlier page.', {
      hint: 'Use the "next" of an earlier response.',
    })
  }
  let isFound = false
  return {
    ...{ file, offset: Number(offset), isAgain: self !== undefined },
    newer: seq === undefined ? null : { seq: Number(seq), at: Number(at) },
    isThere(line) {
      isFound = numberIn(line) === number
      return isFound
    },
    get isFound() {
      return isFound
    },
  }
}

const numberIn = (text: string) => String(parseLine(text)?.seq ?? '')
