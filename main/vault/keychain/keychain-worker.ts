import { TokentrayError } from '../../base/errors.ts'
import { toVaultError } from './keychain-errors.ts'
import type {
  KeychainAnswer,
  KeychainProcess,
  KeychainQuestion,
  StartKeychainProcess,
} from './keychain-process.ts'

/** The result of a request to the process. */
export type Outcome =
  | { readonly kind: 'value'; readonly value: unknown }
  /** The keychain returned an error. */
  | { readonly kind: 'refused'; readonly error: TokentrayError }
  /** The process exited before it answered. */
  | { readonly kind: 'ended'; readonly error: TokentrayError }

/** One keychain process and its unanswered requests. */
export class KeychainWorker {
  readonly #process: KeychainProcess | null = null
  readonly #open = new Map<number, (outcome: Outcome) => void>()
  #last = 0
  #end: Outcome | null = null
  #hasAnswered = false

  constructor(start: StartKeychainProcess) {
    try {
      this.#process = start()
    } catch (error) {
      this.#handleExit(error instanceof Error ? error.message : String(error))
      return
    }
    this.#process.onAnswer((answer) => this.#handleAnswer(answer))
    this.#process.onExit((how) => this.#handleExit(how))
  }

  /** True once the process has exited or was ended: it will not answer any more. */
  get isOver(): boolean {
    return this.#end !== null
  }

  /** True after the first successful library call: a later error may be due to a change since then. */
  get hasAnswered(): boolean {
    return this.#hasAnswered
  }

  /** Never rejects; may stay pending until `end`. */
  ask(question: KeychainQuestion): Promise<Outcome> {
    return new Promise((resolve) => {
      if (this.#end) return resolve(this.#end)
      this.#last += 1
      const id = this.#last
      this.#open.set(id, (outcome) => {
        if (question.op !== 'look' && outcome.kind === 'value') this.#hasAnswered = true
        resolve(outcome)
      })
      this.#process?.send({ ...question, id })
    })
  }

  /** Kills the process; its unanswered requests resolve as `ended`. */
  end(): void {
    this.#process?.kill()
    this.#handleExit('it did not answer')
  }

  #handleAnswer(answer: KeychainAnswer): void {
    const resolve = this.#open.get(answer.id)
    this.#open.delete(answer.id)
    resolve?.(
      'error' in answer
        ? { kind: 'refused', error: toVaultError(new Error(answer.error)) }
        : { kind: 'value', value: answer.value },
    )
  }

  #handleExit(how: string): void {
    if (this.#end) return
    this.#end = { kind: 'ended', error: ended(how) }
    for (const resolve of this.#open.values()) resolve(this.#end)
    this.#open.clear()
  }
}

function ended(how: string): TokentrayError {
  return new TokentrayError('vault_unavailable', `The keychain process exited (${how}).`, {
    hint: 'It is restarted automatically. Try again.',
  })
}
