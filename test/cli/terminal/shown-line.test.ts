import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { LineEditor } from '../../../main/cli/terminal/line-editor.ts'
import { ShownLine } from '../../../main/cli/terminal/shown-line.ts'

const QUESTION = 'Name: '
const ESCAPE = '\u001b'
const PIECES = new RegExp(`${ESCAPE}\\[\\d*[A-Z]|[\\b\\r]|\\P{M}\\p{M}*|\\p{M}`, 'gsu')

/** As much of a terminal as is needed to see its screen: rows of cells, wide characters in two. */
class Screen {
  readonly columns: number
  readonly #rows: string[][] = [[]]
  #row = 0
  #column = 0

  constructor(columns: number) {
    this.columns = columns
  }

  write(text: string): void {
    for (const [piece] of text.matchAll(PIECES)) {
      if (piece === '\b') this.#column = Math.max(0, Math.min(this.#column, this.columns - 1) - 1)
      else if (piece === '\r') this.#column = 0
      else if (piece === '\u001b[J') this.#clear()
      else if (piece.startsWith('\u001b')) this.#row -= Number(/\d+/.exec(piece)?.[0])
      else this.#put(piece)
    }
  }

  /** What stands there, the rows joined, without blanks at the end. */
  get text(): string {
    return this.#rows.flat().join('').trimEnd()
  }

  #put(character: string): void {
    const width = stringWidth(character)
    const cells = this.#rows[this.#row] ?? []
    if (width === 0) {
      cells[this.#column - 1] = `${cells[this.#column - 1] ?? ''}${character}`
      return
    }
    if (this.#column + width > this.columns) {
      this.#row += 1
      this.#column = 0
      this.#rows[this.#row] ??= []
    }
    const row = this.#rows[this.#row] ?? []
    row.splice(this.#column, width, character, ...Array(width - 1).fill(''))
    this.#column += width
  }

  #clear(): void {
    this.#rows.length = this.#row + 1
    this.#rows[this.#row]?.splice(this.#column)
  }
}

test.each([
  ['what was typed', 80, 'demo'],
  ['an accent of its own, taken back with its letter', 80, 'e\u0301mo\u007f\u007f\u007fdemo'],
  ['wide characters, taken back', 80, '日本\u007f\u007f'],
  ['one of them', 80, '日本\u007f'],
  ['a line that fills the row', 10, 'abcd\u007f'],
  ['a line over more rows, taken back', 10, `${'abcdefghij'.repeat(3)}\u0015`],
  ['a character of it', 10, `${'abcdefghij'.repeat(3)}\u007f\u007fx`],
  ['a line of more rows of wide characters', 9, `${'日本'.repeat(6)}\u007f\u007f`],
  ['a word of it', 10, 'one two three four \u0017'],
])('the screen shows the line that is used: %s', (_, columns, typed) => {
  const screen = new Screen(columns)
  screen.write(QUESTION)
  const line = new LineEditor(new ShownLine(screen, QUESTION))
  line.feed(typed)
  const result = line.feed('\r')
  const used = result.kind === 'line' ? result.line.reveal() : ''
  expect(screen.text).toBe(`${QUESTION}${used}`.trimEnd())
})
