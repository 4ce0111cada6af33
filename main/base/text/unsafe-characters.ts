/**
 * Control characters, line separators, bidirectional controls (UTS #55) and invisible characters, including
 * tags and lone surrogates: in a terminal or a list they could disguise one entry as another or hide text.
 * The joiners, which scripts and emoji need, are allowed, and so is one variation selector after a character.
 */
export const UNSAFE_CHARACTERS =
  /(?!\u200c|\u200d|\p{VS})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]|(?<![^\s\p{VS}])\p{VS}/gu

/** True for text that contains any of these. */
export const hasUnsafeCharacters = (text: string): boolean => text.search(UNSAFE_CHARACTERS) !== -1
