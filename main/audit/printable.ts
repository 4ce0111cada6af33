import { UNSAFE_CHARACTERS } from '../base/text/unsafe-characters.ts'

const LONGEST = 200

const PLAIN = /^[\x20-\x7e]*$/

/** Makes text from outside safe to show: unsafe characters become U+FFFD, and at most 200 are kept. */
export function toPrintable(text: string): string {
  // The fast path for nearly every text: this runs for every token.
  if (text.length <= LONGEST && PLAIN.test(text)) return text
  const safe = text.replace(UNSAFE_CHARACTERS, '\ufffd')
  return safe.length <= LONGEST ? safe : Array.from(safe).slice(0, LONGEST).join('')
}
