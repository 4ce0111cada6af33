import { TokentrayError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import { Input, type InputStream } from './input.ts'
import { LineEditor } from './line-editor.ts'
import { printable } from './print.ts'
import type { OutputStream } from './screen.ts'
import { ShownLine } from './shown-line.ts'

/** Asks the person where standard input is a terminal, and reads its lines where it is not. */
export interface Prompt {
  /** True where there is a person to ask. */
  readonly interactive: boolean
  /** Has the terminal show nothing of what is typed from now on, but as an answer to `visible`. */
  hush(): void
  /** What the person typed, seen by them; rejects with `cancelled` on Ctrl-C or at the end of input. */
  visible(question: string): Promise<string>
  /** What the person typed, not shown; rejects with `cancelled` on Ctrl-C or at the end of input. */
  hidden(question: string): Promise<Secret>
  /** The next line of standard input, as a secret; `null` if there is none left. For no terminal. */
  nextLine(): Promise<Secret | null>
  /** True if another line, or its beginning, came together with the last one. For no terminal. */
  readonly hasLine: boolean
  /** Leaves the terminal as it was before the first question. */
  close(): void
}

/** What a prompt has to do with the terminal and the program besides reading. */
export interface PromptPorts {
  /** Called for a Ctrl-C between questions. */
  readonly interrupt: () => void
  /** Throws away what was typed before the terminal was silent; true if there was something. */
  readonly discard?: () => boolean
  /** Has this called before a signal ends the program; gives what takes that back. */
  readonly beforeEnding?: (restore: () => void) => () => void
}

const CTRL_C = 3
const nothing = (): void => {}

/**
 * Questions go to `output`; `stdin` is touched with the first one, or to hush the terminal, as opening it
 * costs time. From then on the terminal shows nothing by itself, also between questions: lines that are
 * pasted together, a password among them, would be shown before their questions are there. It sends no
 * signals either. What was typed before the terminal was silent is no answer. However the program ends, the
 * terminal is as it was.
 */
export function createPrompt(
  stdin: () => InputStream,
  output: OutputStream,
  { interrupt, discard = () => false, beforeEnding = () => nothing }: PromptPorts,
): Prompt {
  let opened: Input | undefined
  let isRaw = false
  let release = nothing
  const input = () => {
    opened ??= new Input(stdin())
    return opened
  }

  function silence(): void {
    if (isRaw) return
    // Listened to first: a signal that comes in between must not find it silent.
    release = beforeEnding(close)
    stdin().setRawMode?.(true)
    isRaw = true
    if (stdin().isTTY === true && discard()) {
      output.write('What was typed before the first question was thrown away.\n')
    }
  }

  function collect(): void {
    input().collect((piece) => {
      if (!piece.includes(CTRL_C)) return
      close()
      interrupt()
    })
  }

  async function ask(question: string, isSeen = false): Promise<Secret> {
    // Before the question is there: an answer may be typed as soon as it can be read.
    silence()
    try {
      output.write(printable(question))
      const view = isSeen ? new ShownLine(output, printable(question)) : undefined
      return await readLine(input(), new LineEditor(view))
    } finally {
      output.write('\n')
      collect()
    }
  }

  function close(): void {
    if (!isRaw) return
    isRaw = false
    release()
    input().release()
    stdin().setRawMode?.(false)
  }

  return {
    get interactive() {
      return stdin().isTTY === true
    },
    hush() {
      if (stdin().isTTY !== true) return
      silence()
      collect()
    },
    async visible(question) {
      const line = await ask(question, true)
      return line.reveal().trim()
    },
    hidden: (question) => ask(question),
    async nextLine() {
      const line = await input().readLine()
      return line === null ? null : new Secret(line)
    },
    get hasLine() {
      return input().hasMore
    },
    close,
  }
}

async function readLine(input: Input, line: LineEditor): Promise<Secret> {
  for (;;) {
    const text = await input.read()
    const typed = text === null ? ({ kind: 'cancelled' } as const) : line.feed(text)
    if (typed.kind === 'cancelled') throw new TokentrayError('cancelled')
    if (typed.kind === 'line') {
      // Read in one piece with the line, as where the machine is slow: nobody who pressed it wants more done.
      if (typed.rest.includes('\u0003')) throw new TokentrayError('cancelled')
      input.keep(typed.rest, typed.end)
      return typed.line
    }
  }
}
