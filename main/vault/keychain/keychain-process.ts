/** What the keychain's process is asked. `look` is answered without asking the person anything. */
export type KeychainQuestion =
  | { readonly op: 'get' | 'delete'; readonly key: string }
  | { readonly op: 'set'; readonly key: string; readonly value: string }
  | { readonly op: 'look' }

/** A question with the number that its answer carries. */
export type NumberedQuestion = KeychainQuestion & { readonly id: number }

/** What comes back: what keytar gave, or the text of what it threw. */
export type KeychainAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string }

/**
 * A process that makes the keychain's calls for us, seen from this side. Secrets go over its channel
 * and nowhere else: they never stand in its arguments, its environment or a file.
 */
export interface KeychainProcess {
  /** Asks; what cannot be sent any more is answered by the end of the process. */
  send(question: NumberedQuestion): void
  onAnswer(hear: (answer: KeychainAnswer) => void): void
  /** Told once that it is gone and how, also where it could not be started. */
  onExit(hear: (how: string) => void): void
  /** Ends it at once, whatever it is doing. */
  kill(): void
}

/** Starts one; may throw, or tell of a failure by `onExit`. */
export type StartKeychainProcess = () => KeychainProcess
