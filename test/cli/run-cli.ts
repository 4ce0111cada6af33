import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { readChosenStream } from '../../main/base/files/chosen-file.ts'
import type { Directories } from '../../main/base/files/directories.ts'
import type { Secret } from '../../main/base/secret.ts'
import { connect } from '../../main/cli/api/connect.ts'
import { wantsJson } from '../../main/cli/commands/support/usage.ts'
import type { ServeOptions } from '../../main/cli/context.ts'
import { runProgram } from '../../main/cli/program.ts'
import { Input } from '../../main/cli/terminal/input.ts'
import { createPrompt } from '../../main/cli/terminal/prompt.ts'
import { report } from '../../main/cli/terminal/report.ts'
import { createScreen } from '../../main/cli/terminal/screen.ts'
import { findBroker } from '../../main/loopback/found/discovery.ts'
import { NOW } from './samples.ts'

/** Standard input as a terminal: a stream that remembers how it was switched. */
export class FakeTerminal extends PassThrough {
  readonly isTTY = true
  isRaw = false

  setRawMode(on: boolean): void {
    this.isRaw = on
  }
}

/** Standard output or error as text, and how much of it a test has waited for. */
export class FakeOutput {
  text = ''
  readonly isTTY: boolean
  readonly #watchers: (() => void)[] = []

  constructor(isTTY = false) {
    this.isTTY = isTTY
  }

  write(text: string): void {
    this.text += text
    for (const watch of this.#watchers.splice(0)) watch()
  }

  /** Resolves once the text has been written this many times. */
  async shows(text: string, times = 1): Promise<void> {
    while (this.text.split(text).length <= times) {
      await new Promise<void>((resolve) => this.#watchers.push(resolve))
    }
  }
}

export interface CliRun {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  /** The whole of standard input, or what gives it piece by piece, perhaps a terminal. */
  readonly stdin?: string | PassThrough
  readonly stderr?: FakeOutput
  openPage?(url: Secret, opened: () => void): Promise<void>
  serve?(options: ServeOptions): Promise<number>
  readonly variables?: Readonly<Record<string, string>>
  /** Epoch milliseconds. */
  readonly now?: () => number
  readonly outputEnded?: AbortSignal
  /** Who presses Ctrl-C, by emitting "SIGINT". */
  readonly keys?: EventEmitter
  readonly stdout?: FakeOutput
}

/** Runs the command line in this process, as its entry file does but with streams of our own. */
export async function runCli(
  directories: Directories,
  args: readonly string[],
  {
    stdin = '',
    stderr = new FakeOutput(),
    stdout = new FakeOutput(),
    outputEnded = new AbortController().signal,
    keys = new EventEmitter(),
    openPage = async () => {},
    serve = async () => 0,
    now = () => NOW,
    variables = {},
  }: CliOptions = {},
): Promise<CliRun> {
  const input = typeof stdin === 'string' ? new PassThrough().end(stdin) : stdin
  const screen = createScreen(stdout, stderr, {})
  const exit = await runProgram(args, '1.2.3', {
    screen,
    prompt: createPrompt(() => input, stderr, { interrupt: () => {} }),
    now,
    readInput: () => readChosenStream(input),
    inputLines: () => new Input(input).lines(),
    variable: (name) => variables[name],
    connect: () => connect(directories),
    findProcess: () => findBroker(directories),
    openPage,
    serve,
    outputEnded,
    onInterrupt: (listener) => {
      keys.on('SIGINT', listener)
      return () => void keys.off('SIGINT', listener)
    },
  }).catch((error: unknown) => report(error, screen, now(), wantsJson(args)))
  return { exit, stdout: stdout.text, stderr: stderr.text }
}

/** What is asked after an answer that was refused, where nothing is shown and Enter alone leads on. */
export const again = (label: string) =>
  `Press Enter to answer "${label}" again (anything else you type is neither shown nor used): `

/** Runs the command line on a terminal; each answer is typed once its question is there. */
export async function converse(
  directories: Directories,
  args: readonly string[],
  talk: readonly (readonly [question: string, answer: string])[],
): Promise<CliRun> {
  const stdin = new FakeTerminal()
  const stderr = new FakeOutput(true)
  const run = runCli(directories, args, { stdin, stderr })
  for (const [question, answer] of talk) {
    // A run that has ended asks nothing more, and its outcome tells why.
    await Promise.race([stderr.shows(question), run])
    stdin.write(answer)
  }
  return run
}
