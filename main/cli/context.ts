import type { ProcessIdentity } from '../base/process/process-identity.ts'
import type { Secret } from '../base/secret.ts'
import type { Api } from './api/api.ts'
import type { Prompt } from './terminal/prompt.ts'
import type { Screen } from './terminal/screen.ts'

/** How to run the agent. */
export interface ServeOptions {
  /** Keep credentials in memory, because there is no keychain. */
  readonly memory: boolean
  /** Left out: the port chosen at the first start. */
  readonly port?: number
}

/** What commands may use. Tests pass their own streams and endpoint. */
export interface Context {
  readonly screen: Screen
  readonly prompt: Prompt
  /** All of standard input, for a command that takes a file; throws `invalid_request` if it is too long for one. */
  readInput(): Promise<string>
  /** Standard input line by line, for a program that waits for the reply to each; throws as `readInput` does. */
  inputLines(): AsyncIterable<string>
  /** An environment variable that a calling program sets. */
  variable(name: string): string | undefined
  /** Wall clock, epoch milliseconds. */
  now(): number
  /** The running Tokentray; throws `not_running`, or `request_refused` if its files are not this user's. */
  connect(): Api
  /** The process of the running Tokentray, even if its endpoint cannot be found; `null` if there is none. */
  findProcess(): ProcessIdentity | null
  /**
   * Opens a one-time link in the browser. `opened` is called once the browser was started; resolves once it has
   * requested the link.
   */
  openPage(url: Secret, opened: () => void): Promise<void>
  /** Aborted once standard output is closed, as in "| head". */
  readonly outputEnded: AbortSignal
  /** Calls this on an interrupt (Ctrl-C, SIGINT) instead of ending the program; returns a function that undoes that. */
  onInterrupt(listener: () => void): () => void
  /** Runs the agent until a signal stops it; resolves with the exit code. */
  serve(options: ServeOptions): Promise<number>
}
