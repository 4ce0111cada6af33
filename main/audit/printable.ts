const LONGEST = 200

// Control characters, line separators, what turns the direction of text around (Unicode bidi class and
// UTS #55), and what is not seen, tags among it: in a terminal or a list they could make one entry look
// like another, or say what nobody sees. The joiners stay, which scripts and emoji need.
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu

const PLAIN = /^[\x20-\x7e]*$/

/** A text from outside, fit to be shown: unsafe characters become U+FFFD, at most 200 are kept. */
export function toPrintable(text: string): string {
  // Nearly always there is nothing to do, and this line is on the way of every token.
  if (text.length <= LONGEST && PLAIN.test(text)) return text
  const safe = text.replace(UNSAFE, '\ufffd')
  return safe.length <= LONGEST ? safe : Array.from(safe).slice(0, LONGEST).join('')
}
