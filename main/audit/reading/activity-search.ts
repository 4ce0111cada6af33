import { formatDateTime } from '../../base/text/time-of-day.ts'
import { holderName } from '../../base/text/token-holder.ts'
import { describe, type RecordedLine, saysYou, vocabulary } from './activity-words.ts'

/** Which lines are wanted; all where nothing is named. */
export interface ActivityFilter {
  /**
   * Words that all stand in what is shown of a line, in any order, in capitals or not; what punctuation
   * stands around a word does not matter.
   */
  readonly search?: string
  /** All of the account of `accountUid`; of one that is no more, what was written under this name. */
  readonly account?: string
  /** That of the account that has this name now. */
  readonly accountUid?: string
  /** A tool by its name; `you` for all that the person did. */
  readonly tool?: string
  /** Epoch milliseconds. */
  readonly since?: number
}

/** What tells a line that is wanted, first from its raw text, which is cheap, and then from itself. */
export interface Matcher {
  /** False only where the line cannot be wanted. */
  readonly mayMatch: (text: string) => boolean
  readonly matches: (line: RecordedLine) => boolean
}

/** Finds the lines that a filter wants. */
export function createMatcher({
  search = '',
  account,
  accountUid,
  tool,
  since,
}: ActivityFilter): Matcher {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean).map(bare)
  const known = vocabulary.map((text) => text.toLowerCase())
  // Ten megabytes are sooner searched than parsed; but only for what stands in them as it is shown.
  const raw = wanted.filter(
    (word) => isPlain(word) && /[a-z]/.test(word) && !known.some((text) => text.includes(word)),
  )
  const found = (line: RecordedLine) => {
    if (wanted.length === 0) return true
    const { what, who, detail = '' } = describe(line)
    const text = `${formatDateTime(line.at)} ${what} ${who} ${detail}`.toLowerCase()
    return wanted.every((word) => text.includes(word))
  }
  return {
    mayMatch: (text) => raw.length === 0 || containsAll(text.toLowerCase(), raw),
    matches: (line) =>
      (since === undefined || line.at >= since) &&
      (account === undefined || isAbout(line, account, accountUid)) &&
      (tool === undefined || isOf(line, tool)) &&
      found(line),
  }
}

/** Also under the name that it had before: what has that name now is another one. */
function isAbout(line: RecordedLine, wanted: string, uid: string | undefined): boolean {
  const { account, accountUid, from, setting } = line
  if (uid !== undefined && accountUid !== undefined) return accountUid === uid
  return account === wanted || (setting === undefined && from === wanted)
}

const isOf = (line: RecordedLine, wanted: string) =>
  wanted === 'you'
    ? saysYou(line)
    : line.client !== undefined && (line.client === wanted || holderName(line.client) === wanted)

/** As a word is looked for that was copied out of a sentence; a mark alone is looked for as it is. */
const bare = (word: string) =>
  word.replace(/^[\p{P}\p{S}]+/u, '').replace(/[\p{P}\p{S}]+$/u, '') || word

/** JSON writes these as they are. */
const isPlain = (word: string) => /^[\x20-\x7e]+$/.test(word) && !/["\\]/.test(word)

const containsAll = (text: string, words: readonly string[]) =>
  words.every((word) => text.includes(word))
