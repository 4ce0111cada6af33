import { Secret } from '../../base/secret.ts'
import { toCharacters } from './columns.ts'
import { printable } from './print.ts'
import type { LineView } from './shown-line.ts'

/** The result of a chunk of input. */
export type Typed =
  | { readonly kind: 'more' }
  | { readonly kind: 'cancelled' }
  /** `end` is the character that ended the line; `rest` was typed or pasted after it. */
  | { readonly kind: 'line'; readonly line: Secret; readonly rest: string; readonly end: string }

/**
 * A line typed on a terminal in raw mode, which echoes nothing: Enter ends it, backspace deletes the last
 * character, Ctrl-W the last word, Ctrl-U the whole line; Ctrl-C cancels, and so does Ctrl-D on an empty line.
 * Arrow keys and the marks around pasted text are ignored.
 */
export class LineEditor {
  readonly #view: LineView | undefined
  #text = ''
  #state: 'plain' | 'escape' | 'sequence' = 'plain'

  /** Without a view the line is not shown. */
  constructor(view?: LineView) {
    this.#view = view
  }

  feed(text: string): Typed {
    let position = 0
    for (const character of text) {
      position += character.length
      // An Escape at the end of the last chunk was the key itself, unless a sequence follows.
      const newPiece = position === character.length
      switch (character) {
        case '\u0003':
          return { kind: 'cancelled' }
        case '\u0004':
          if (this.#text === '') return { kind: 'cancelled' }
          return this.#finish(text.slice(position), character)
        case '\r':
        case '\n':
          return this.#finish(text.slice(position), character)
        case '\u007f':
        case '\b':
          this.#shorten(toCharacters(this.#text).slice(0, -1).join(''))
          break
        case '\u0015':
          this.#shorten('')
          break
        case '\u0017':
          this.#shorten(this.#text.replace(/\S*\s*$/u, ''))
          break
        default:
          this.#insert(character, newPiece)
      }
    }
    return { kind: 'more' }
  }

  #insert(character: string, newPiece: boolean): void {
    if (character === '\u001b') {
      this.#state = 'escape'
    } else if (this.#state === 'escape' && (character === '[' || character === 'O')) {
      this.#state = 'sequence'
    } else if (this.#state === 'sequence') {
      // ECMA-48 5.4: parameters and intermediates lie below @, the final byte from @ to ~.
      if (character >= '@' && character <= '~') this.#state = 'plain'
    } else {
      const isAltKey = this.#state === 'escape' && !newPiece
      this.#state = 'plain'
      if (isAltKey || (character < ' ' && character !== '\t')) return
      this.#text += character
      this.#view?.append(printable(character))
    }
  }

  #shorten(text: string): void {
    this.#state = 'plain'
    if (text !== this.#text) this.#view?.replace(printable(text))
    this.#text = text
  }

  #finish(rest: string, end: string): Typed {
    return { kind: 'line', line: new Secret(this.#text), rest, end }
  }
}
