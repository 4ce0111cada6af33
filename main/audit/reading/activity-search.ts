import type { ActivityKind } from '../../base/activity-kinds.ts'
import { formatDateTime } from '../../base/text/time-of-day.ts'
import { holderName } from '../../base/text/token-holder.ts'
import { describe, isOfKind, type RecordedLine, saysYou, vocabulary } from './activity-words.ts'

/** Selects lines; an empty filter selects all. */
export interface ActivityFilter {
  /**
   * Words that must all occur in the line as shown, in any order and case. Punctuation around a word is
   * ignored.
   */
  readonly search?: string
  /**
   * Lines of the account with `accountUid`; for an account that no longer exists, lines written under this
   * name.
   */
  readonly account?: string
  /** The uid of the account that has this name now. */
  readonly accountUid?: string
  /** A tool by its name; `you` for everything the user did. */
  readonly tool?: string
  readonly kind?: ActivityKind
  /** Epoch milliseconds. */
  readonly since?: number
}

/** Tests lines in two steps: by their raw text, which is cheap, then parsed. */
export interface Matcher {
  /** False only if the line cannot match. */
  readonly mayMatch: (text: string) => boolean
  readonly matches: (line: RecordedLine) => boolean
}

/** Creates the matcher of a filter. */
export function createMatcher({
  search = '',
  account,
  accountUid,
  tool,
  kind,
  since,
}: ActivityFilter): Matcher {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean).map(bare)
  const known = vocabulary.map((text) => text.toLowerCase())
  // Searching ten megabytes is faster than parsing them, but only works for words shown exactly as stored.
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
      (kind === undefined || isOfKind(line, kind)) &&
      found(line),
  }
}

/**
 * Includes lines written under an earlier name of the account, and excludes a different account that had
 * this name.
 */
function isAbout(line: RecordedLine, wanted: string, uid: string | undefined): boolean {
  const { account, accountUid, from, setting } = line
  if (uid !== undefined && accountUid !== undefined) return accountUid === uid
  return account === wanted || (setting === undefined && from === wanted)
}

const isOf = (line: RecordedLine, wanted: string) =>
  wanted === 'you'
    ? saysYou(line)
    : line.client !== undefined && (line.client === wanted || holderName(line.client) === wanted)

/** Strips the punctuation of a word copied from a sentence; punctuation alone is searched for as it is. */
const bare = (word: string) =>
  word.replace(/^[\p{P}\p{S}]+/u, '').replace(/[\p{P}\p{S}]+$/u, '') || word

/** True for words that JSON writes unescaped. */
const isPlain = (word: string) => /^[\x20-\x7e]+$/.test(word) && !/["\\]/.test(word)

const containsAll = (text: string, words: readonly string[]) =>
  words.every((word) => text.includes(word))
