import { Secret } from '../base/secret.ts'
import { printable } from './print.ts'

/** What a piece of typing led to. */
export type Typed =
  | { readonly kind: 'more' }
  | { readonly kind: 'cancelled' }
  /** `rest` was typed or pasted behind the line, which the character `end` closed. */
  | { readonly kind: 'line'; readonly line: Secret; readonly rest: string; readonly end: string }

/** What shows a line as it is typed; left out for one that nobody may see. */
export type Echo = (text: string) => void

/** Takes the character before the cursor off the screen. */
const ERASE = '\b \b'

/**
 * A line typed on a terminal in raw mode, which shows nothing by itself: Enter ends it, backspace
 * takes the last character back, Ctrl-U all of it; Ctrl-C cancels, and so does Ctrl-D where nothing
 * was typed. Arrow keys and the marks around pasted text are left out, not taken for characters.
 */
export class TypedLine {
  readonly #echo: Echo
  #characters: string[] = []
  #state: 'plain' | 'escape' | 'sequence' = 'plain'

  constructor(echo: Echo = () => {}) {
    this.#echo = echo
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
          if (this.#characters.length === 0) return { kind: 'cancelled' }
          return this.#finish(text.slice(position), character)
        case '\r':
        case '\n':
          return this.#finish(text.slice(position), character)
        case '\u007f':
        case '\b':
          this.#takeBack(1)
          break
        case '\u0015':
          this.#takeBack(this.#characters.length)
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
      this.#characters.push(character)
      this.#echo(printable(character))
    }
  }

  #takeBack(count: number): void {
    this.#state = 'plain'
    const taken = count === 0 ? [] : this.#characters.splice(-count)
    if (taken.length > 0) this.#echo(ERASE.repeat(taken.length))
  }

  #finish(rest: string, end: string): Typed {
    return { kind: 'line', line: new Secret(this.#characters.join('')), rest, end }
  }
}
