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

/**
 * Breaks lines that are wider than this many columns between words, and continues each with the indentation that
 * it has. A word that is wider stays whole, because it may be meant to be copied.
 */
export function wrapLines(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, width))
    .join('\n')
}

function wrapLine(line: string, width: number): string {
  if (columnsOf(line) <= width) return line
  const indentation = /^ */.exec(line)?.[0] ?? ''
  const lines: string[] = []
  for (const word of line.slice(indentation.length).split(' ')) {
    const last = lines.at(-1)
    const longer = `${last} ${word}`
    if (last !== undefined && columnsOf(longer) <= width) lines.splice(-1, 1, longer)
    else lines.push(indentation + word)
  }
  return lines.join('\n')
}
