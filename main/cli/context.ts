import type { Secret } from '../base/secret.ts'
import type { Api } from './api/api.ts'
import type { Prompt } from './terminal/prompt.ts'
import type { Screen } from './terminal/screen.ts'

/** How the agent is to run. */
export interface ServeOptions {
  /** Credentials stay in memory, because there is no keychain to use. */
  readonly memory: boolean
  /** Left out: the port that was chosen once. */
  readonly port?: number
}

/** What a command may use; tests hand in streams and an endpoint of their own. */
export interface Context {
  readonly screen: Screen
  readonly prompt: Prompt
  /** Wall clock, epoch milliseconds. */
  now(): number
  /** The running Tokentray; throws `not_running`, or `request_refused` if its files are not ours. */
  connect(): Api
  /**
   * Brings a browser to a link for one visit; `opened` is called once one was started, and it resolves
   * once that has asked for the link.
   */
  openPage(url: Secret, opened: () => void): Promise<void>
  /** Aborted once standard output cannot be written any more, as in "| head". */
  readonly outputEnded: AbortSignal
  /**
   * From now on an interrupt (Ctrl-C, SIGINT) calls this instead of ending the program; gives what makes
   * it end the program again.
   */
  onInterrupt(listener: () => void): () => void
  /** Runs the agent until a signal stops it; the exit code. */
  serve(options: ServeOptions): Promise<number>
}
