/**
 * Control characters, line separators, what turns the direction of text around (Unicode bidi class and
 * UTS #55), and what is not seen, tags among it: in a terminal or a list they could make one entry look
 * like another, or say what nobody sees. Half of a character is none either. The joiners stay,
 * which scripts and emoji need, and so does what chooses a form of the character before it, but no second one.
 */
export const UNSAFE_CHARACTERS =
  /(?!\u200c|\u200d|\p{VS})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]|(?<![^\s\p{VS}])\p{VS}/gu

/** True for a text with any of these. */
export const hasUnsafeCharacters = (text: string): boolean => text.search(UNSAFE_CHARACTERS) !== -1
