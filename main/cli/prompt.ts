import { TokentrayError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import { Input, type InputStream } from './input.ts'
import { printable } from './print.ts'
import type { OutputStream } from './screen.ts'
import { SecretLine } from './secret-line.ts'

/** Asks the person where standard input is a terminal, and reads its lines where it is not. */
export interface Prompt {
  /** True where there is a person to ask. */
  readonly interactive: boolean
  /** What the person typed, seen by them; rejects with `cancelled` at the end of input. */
  visible(question: string): Promise<string>
  /**
   * What the person typed, not shown; rejects with `cancelled` on Ctrl-C or at the end of input. The
   * terminal is as it was before, however it ends.
   */
  hidden(question: string): Promise<Secret>
  /** The next line of standard input, as a secret; `null` if there is none left. For no terminal. */
  nextLine(): Promise<Secret | null>
}

/** Questions go to `output`; `stdin` is touched with the first one, as opening it costs time. */
export function createPrompt(stdin: () => InputStream, output: OutputStream): Prompt {
  let opened: Input | undefined
  const input = () => {
    opened ??= new Input(stdin())
    return opened
  }
  return {
    get interactive() {
      return stdin().isTTY === true
    },
    async visible(question) {
      output.write(printable(question))
      const line = await input().readLine()
      if (line === null) {
        output.write('\n')
        throw new TokentrayError('cancelled')
      }
      return line.trim()
    },
    async hidden(question) {
      const terminal = stdin()
      // Silent before the question is there: an answer may be typed as soon as it can be read.
      terminal.setRawMode?.(true)
      try {
        output.write(printable(question))
        return await readHidden(input())
      } finally {
        terminal.setRawMode?.(false)
        output.write('\n')
      }
    },
    async nextLine() {
      const line = await input().readLine()
      return line === null ? null : new Secret(line)
    },
  }
}

async function readHidden(input: Input): Promise<Secret> {
  const line = new SecretLine()
  for (;;) {
    const text = await input.read()
    const typed = text === null ? ({ kind: 'cancelled' } as const) : line.feed(text)
    if (typed.kind === 'cancelled') throw new TokentrayError('cancelled')
    if (typed.kind === 'line') {
      input.keep(typed.rest, typed.end)
      return typed.line
    }
  }
}
