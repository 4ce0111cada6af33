import { columnsOf, toCharacters } from './columns.ts'
import type { OutputStream } from './screen.ts'

/** Shows a line while it is typed. */
export interface LineView {
  /** More was typed behind what is there. */
  append(text: string): void
  /** What is there is this from now on. */
  replace(text: string): void
}

/** A line on a terminal behind its question, which may be wider than that and hold wide characters. */
export class ShownLine implements LineView {
  readonly #output: OutputStream
  readonly #question: string
  #text = ''

  /** The question is on the screen already, at the beginning of a row. */
  constructor(output: OutputStream, question: string) {
    this.#output = output
    this.#question = question
  }

  append(text: string): void {
    this.#text += text
    this.#output.write(text)
  }

  replace(text: string): void {
    const columns = this.#output.columns || Number.POSITIVE_INFINITY
    const shown = this.#question + this.#text
    const taken = this.#text.slice(text.length)
    this.#text = text
    // The usual case goes without any sequence, also where a terminal has none.
    if (
      /^[ -~]*$/.test(shown) &&
      shown.length < columns &&
      shown === this.#question + text + taken
    ) {
      this.#output.write('\b \b'.repeat(taken.length))
      return
    }
    // Back to the question and again from there: how terminals draw what is taken back differs.
    const rows = rowOf(shown, columns)
    const up = rows > 0 ? `\u001b[${rows}A` : ''
    this.#output.write(`${up}\r\u001b[J${this.#question}${text}`)
  }
}

/** How many rows below its beginning a text leaves the cursor; a wide character is never cut in two. */
function rowOf(text: string, columns: number): number {
  let row = 0
  let column = 0
  for (const character of toCharacters(text)) {
    const width = columnsOf(character)
    if (column + width > columns) {
      row += 1
      column = 0
    }
    // After the last column the cursor stays on it until more is written.
    column += width
  }
  return row
}
