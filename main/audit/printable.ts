const LONGEST = 200

// Control characters, line separators, and what turns the direction of text around (Unicode bidi
// class and UTS #55): in a terminal or a list they could make one entry look like another.
const UNSAFE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

const PLAIN = /^[\x20-\x7e]*$/

/** A text from outside, fit to be shown: unsafe characters become U+FFFD, at most 200 are kept. */
export function toPrintable(text: string): string {
  // Nearly always there is nothing to do, and this line is on the way of every token.
  if (text.length <= LONGEST && PLAIN.test(text)) return text
  const safe = text.replace(UNSAFE, '\ufffd')
  return safe.length <= LONGEST ? safe : Array.from(safe).slice(0, LONGEST).join('')
}
