import { TokentrayError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import { Input, type InputStream } from './input.ts'
import { LineEditor } from './line-editor.ts'
import { printable } from './print.ts'
import type { OutputStream } from './screen.ts'
import { ShownLine } from './shown-line.ts'

/** Asks the user if standard input is a terminal, and reads lines from it if not. */
export interface Prompt {
  /** True if standard input is a terminal. */
  readonly interactive: boolean
  /** Stops the terminal from echoing what is typed, except as an answer to `visible`. */
  hush(): void
  /** The typed line, which is shown; rejects with `cancelled` on Ctrl-C or at the end of input. */
  visible(question: string): Promise<string>
  /** The typed line, not shown; rejects with `cancelled` on Ctrl-C or at the end of input. */
  hidden(question: string): Promise<Secret>
  /** The next line of standard input, as a secret; `null` if there is none. Not for a terminal. */
  nextLine(): Promise<Secret | null>
  /** True if another line, or its start, was read with the last one. Not for a terminal. */
  readonly hasLine: boolean
  /** Restores the terminal to its state before the first question. */
  close(): void
}

/** What a prompt needs from the terminal and the program besides reading. */
export interface PromptPorts {
  /** Called on Ctrl-C between questions. */
  readonly interrupt: () => void
  /** Discards what was typed before the terminal was silent; true if there was anything. */
  readonly discard?: () => boolean
  /** Calls this before a signal ends the program; returns a function that undoes that. */
  readonly beforeEnding?: (restore: () => void) => () => void
}

const CTRL_C = 3
const nothing = (): void => {}

/**
 * Questions go to `output`. `stdin` is opened, which takes time, only for the first question or for `hush`. From
 * then on the terminal is in raw mode, between questions too: of several pasted lines, one of which may be a
 * password, it would echo those whose question is still to come. Raw mode sends no signals either. What was typed
 * before is discarded. However the program ends, the terminal is restored.
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
    // First: a signal that arrives in between must find the terminal restored.
    release = beforeEnding(close)
    stdin().setRawMode?.(true)
    isRaw = true
    if (stdin().isTTY === true && discard()) {
      output.write('Input typed before the first question was discarded.\n')
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
    // Before the question is written: the answer may follow at once.
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
      // A slow machine may read Ctrl-C together with the line before it.
      if (typed.rest.includes('\u0003')) throw new TokentrayError('cancelled')
      input.keep(typed.rest, typed.end)
      return typed.line
    }
  }
}
