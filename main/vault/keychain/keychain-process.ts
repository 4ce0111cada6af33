/** Requests to the keychain process. `look` is answered without prompting the user. */
export type KeychainQuestion =
  | { readonly op: 'get' | 'delete'; readonly key: string }
  | { readonly op: 'set'; readonly key: string; readonly value: string }
  | { readonly op: 'look' }

/** A request with the number that its answer carries. */
export type NumberedQuestion = KeychainQuestion & { readonly id: number }

/** The answer: keytar's result, or the message of its error. */
export type KeychainAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string }

/**
 * A process that makes the keychain calls, as seen by its parent. Secrets travel over its channel only,
 * never in its arguments, its environment or a file.
 */
export interface KeychainProcess {
  /** Sends a request. If it cannot be delivered, `onExit` follows. */
  send(question: NumberedQuestion): void
  onAnswer(hear: (answer: KeychainAnswer) => void): void
  /** Called once with the reason when the process has exited or could not be started. */
  onExit(hear: (how: string) => void): void
  /** Kills it immediately, whatever it is doing. */
  kill(): void
}

/** Starts a process; may throw, or report the failure by `onExit`. */
export type StartKeychainProcess = () => KeychainProcess
