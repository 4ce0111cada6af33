import stringWidth from 'string-width'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The characters of a text as users perceive them (UAX 29): a letter with its accents is one. */
export function toCharacters(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment)
}

const EMOJI = /\p{Extended_Pictographic}|\ufe0f/u
/** Combining marks of every script; string-width knows those of Latin only. */
const MARKS = /[\p{Mn}\p{Me}\u200c\u200d]/gu

/** The columns that a text takes on a terminal: two for a wide character or an emoji, none for an accent. */
export function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  return toCharacters(text.normalize('NFC'))
    .map((character) =>
      stringWidth(EMOJI.test(character) ? character : character.replace(MARKS, '')),
    )
    .reduce((sum, columns) => sum + columns, 0)
}
