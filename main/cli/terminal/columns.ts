import stringWidth from 'string-width'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The characters of a text as a person counts them (UAX 29): a letter with its accents is one. */
export function toCharacters(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment)
}

const EMOJI = /\p{Extended_Pictographic}|\ufe0f/u
/** What a terminal draws over the letter before it, of every script; string-width knows those of Latin. */
const MARKS = /[\p{Mn}\p{Me}\u200c\u200d]/gu

/** How many columns of a terminal a text takes: two for a wide character or an emoji, none for an accent. */
export function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  return toCharacters(text.normalize('NFC'))
    .map((character) =>
      stringWidth(EMOJI.test(character) ? character : character.replace(MARKS, '')),
    )
    .reduce((sum, columns) => sum + columns, 0)
}
