import { Secret } from '../../base/secret.ts'
import { toCharacters } from './columns.ts'
import { printable } from './print.ts'
import type { LineView } from './shown-line.ts'

/** What a piece of typing led to. */
export type Typed =
  | { readonly kind: 'more' }
  | { readonly kind: 'cancelled' }
  /** `rest` was typed or pasted behind the line, which the character `end` closed. */
  | { readonly kind: 'line'; readonly line: Secret; readonly rest: string; readonly end: string }

/**
 * A line typed on a terminal in raw mode, which shows nothing by itself: Enter ends it, backspace
 * takes the last character back, Ctrl-W the last word, Ctrl-U all of it; Ctrl-C cancels, and so does Ctrl-D where nothing
 * was typed. Arrow keys and the marks around pasted text are left out, not taken for characters.
 */
export class LineEditor {
  readonly #view: LineView | undefined
  #text = ''
  #state: 'plain' | 'escape' | 'sequence' = 'plain'

  /** Without a view it is a line that nobody may see. */
  constructor(view?: LineView) {
    this.#view = view
  }

  feed(text: string): Typed {
    let position = 0
    for (const character of text) {
      position += character.length
      // An Escape that ended the last piece was the key itself, unless a sequence follows.
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
          this.#leave(toCharacters(this.#text).slice(0, -1).join(''))
          break
        case '\u0015':
          this.#leave('')
          break
        case '\u0017':
          this.#leave(this.#text.replace(/\S*\s*$/u, ''))
          break
        default:
          this.#take(character, newPiece)
      }
    }
    return { kind: 'more' }
  }

  #take(character: string, newPiece: boolean): void {
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

  /** The rest is taken back. */
  #leave(text: string): void {
    this.#state = 'plain'
    if (text !== this.#text) this.#view?.replace(printable(text))
    this.#text = text
  }

  #finish(rest: string, end: string): Typed {
    return { kind: 'line', line: new Secret(this.#text), rest, end }
  }
}
