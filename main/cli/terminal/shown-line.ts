import { columnsOf, toCharacters } from './columns.ts'
import type { OutputStream } from './screen.ts'

/** Shows a line as it is typed. */
export interface LineView {
  /** Adds text at the end. */
  append(text: string): void
  /** Replaces the line. */
  replace(text: string): void
}

/** A line after its question. It may be wider than the terminal and have wide characters. */
export class ShownLine implements LineView {
  readonly #output: OutputStream
  readonly #question: string
  #text = ''

  /** The question must have been written, at the start of a row. */
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
    // The usual case needs no escape sequence, so it works on any terminal.
    if (
      /^[ -~]*$/.test(shown) &&
      shown.length < columns &&
      shown === this.#question + text + taken
    ) {
      this.#output.write('\b \b'.repeat(taken.length))
      return
    }
    // Otherwise the question is drawn again, because terminals erase wide characters differently.
    const rows = rowOf(shown, columns)
    const up = rows > 0 ? `\u001b[${rows}A` : ''
    this.#output.write(`${up}\r\u001b[J${this.#question}${text}`)
  }
}

/** How many rows below its start a text leaves the cursor; a wide character is never split. */
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
