import { UNSAFE_CHARACTERS } from '../base/text/unsafe-characters.ts'

const LONGEST = 200

const PLAIN = /^[\x20-\x7e]*$/

/** A text from outside, fit to be shown: unsafe characters become U+FFFD, at most 200 are kept. */
export function toPrintable(text: string): string {
  // Nearly always there is nothing to do, and this line is on the way of every token.
  if (text.length <= LONGEST && PLAIN.test(text)) return text
  const safe = text.replace(UNSAFE_CHARACTERS, '\ufffd')
  return safe.length <= LONGEST ? safe : Array.from(safe).slice(0, LONGEST).join('')
}
