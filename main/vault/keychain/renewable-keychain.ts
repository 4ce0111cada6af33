import type { Clock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { Keychain, KeychainState } from './keychain.ts'
import type { KeychainQuestion, StartKeychainProcess } from './keychain-process.ts'
import { KeychainWorker, type Outcome } from './keychain-worker.ts'

/** After this, check whether the keychain still responds. All three add up to less than the vault's 5 s. */
const ANSWER_MS = 3_000
/** Time limit of that check. */
const LOOK_MS = 1_000
/** How much longer the caller waits while the user is being prompted. */
const PROMPTING_MS = 500
/** How long a prompt stays open for the user to answer. */
const PROMPT_MS = 60_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/** A call that a responsive keychain does not answer: it is showing the user a prompt. */
interface Prompting {
  readonly worker: KeychainWorker
  readonly until: number
  readonly wasLocked: boolean
}

/**
 * The keychain in a process of its own, which is replaced whenever it may be at fault.
 *
 * - An error from a process that has answered before is retried once in a new process, because libsecret
 *   stays bound to the Secret Service that it first connected to. A crash is retried the same way. Every
 *   call can be repeated: a write has the same value, and a delete is followed by a check.
 * - A call is given up after less than five seconds. If the keychain does not answer a look either, the
 *   process is killed and the next call starts a new one. If it does, it is prompting the user, and killing
 *   the process would dismiss the prompt: the process is kept for a minute, and other calls are rejected
 *   immediately in the meantime.
 * - Repeated failures start at most one process every five seconds.
 */
export class RenewableKeychain implements Keychain {
  readonly #start: StartKeychainProcess
  readonly #clock: Clock
  #worker: KeychainWorker | null = null
  #prompting: Prompting | null = null
  #failures = 0
  #pause: { readonly until: number; readonly error: TokentrayError } | null = null
  #closed = false

  constructor(start: StartKeychainProcess, clock: Clock) {
    this.#start = start
    this.#clock = clock
  }

  async get(key: string): Promise<string | null> {
    const value = await this.#call({ op: 'get', key })
    return typeof value === 'string' ? value : null
  }

  async set(key: string, value: string): Promise<void> {
    await this.#call({ op: 'set', key, value })
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#call({ op: 'delete', key })) === true
  }

  /** Settles within a second. */
  async look(): Promise<KeychainState> {
    const seen = await this.#see(this.#current())
    if (seen === null) throw silent()
    if (seen.kind !== 'value') throw seen.error
    return toState(seen.value)
  }

  /** Ends the process for good; every later call rejects. */
  close(): void {
    this.#closed = true
    this.#drop()
  }

  async #call(question: KeychainQuestion): Promise<unknown> {
    await this.#prompted()
    for (let tries = 1; ; tries += 1) {
      const worker = this.#current()
      const { hasAnswered } = worker
      const outcome = await this.#inTime(worker, question)
      if (outcome.kind === 'value') {
        this.#failures = 0
        return outcome.value
      }
      // The user's decision is not a failure and must not be asked for twice.
      if (outcome.error.code === 'vault_locked') throw outcome.error
      if (this.#worker === worker) this.#drop()
      if (tries === 1 && (hasAnswered || outcome.kind === 'ended')) continue
      this.#failed(outcome.error)
      throw outcome.error
    }
  }

  /** The current process, or a new one if it has ended. */
  #current(): KeychainWorker {
    if (this.#closed) throw closed()
    if (this.#worker && !this.#worker.isOver) return this.#worker
    if (this.#pause && this.#clock.monotonic() < this.#pause.until) throw this.#pause.error
    this.#worker = new KeychainWorker(this.#start)
    return this.#worker
  }

  #drop(): void {
    this.#worker?.end()
    this.#worker = null
    this.#prompting = null
  }

  #failed(error: TokentrayError): void {
    const ms = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS)
    this.#failures += 1
    this.#pause = { until: this.#clock.monotonic() + ms, error }
  }

  /**
   * The answer. Rejects if there is none in time; the process has then been killed, or kept for its prompt.
   */
  async #inTime(worker: KeychainWorker, question: KeychainQuestion): Promise<Outcome> {
    let answered: Outcome | null = null
    const answer = worker.ask(question).then((outcome) => {
      answered = outcome
      return outcome
    })
    const early = await this.#within(ANSWER_MS, answer)
    if (early) return early
    const seen = await Promise.race([answer, this.#see(worker)])
    if (answered) return answered
    if (seen?.kind !== 'value') {
      if (this.#worker === worker) this.#drop()
      throw silent()
    }
    const until = this.#clock.monotonic() + PROMPT_MS
    const prompting = { worker, until, wasLocked: toState(seen.value) === 'locked' }
    this.#prompting = prompting
    const late = await this.#within(PROMPTING_MS, answer)
    if (late) {
      this.#prompting = null
      return late
    }
    void answer.then(() => {
      if (this.#prompting === prompting) this.#prompting = null
    })
    throw prompts()
  }

  /** Resolves when no prompt is open; rejects while one is. */
  async #prompted(): Promise<void> {
    const prompting = this.#prompting
    if (!prompting) return
    const seen = await this.#see(prompting.worker)
    if (this.#prompting !== prompting) return
    const isOpenNow = seen?.kind === 'value' && toState(seen.value) === 'open'
    const isOver =
      seen?.kind !== 'value' ||
      this.#clock.monotonic() >= prompting.until ||
      // Unlocked some other way: this prompt will not be answered any more.
      (prompting.wasLocked && isOpenNow)
    if (!isOver) throw prompts()
    this.#drop()
  }

  #see(worker: KeychainWorker): Promise<Outcome | null> {
    return this.#within(LOOK_MS, worker.ask({ op: 'look' }))
  }

  /** The value if it arrives in time, otherwise `null`. */
  #within<Value>(ms: number, work: Promise<Value>): Promise<Value | null> {
    return new Promise((resolve) => {
      const disarm = this.#clock.after(ms, () => resolve(null))
      void work.then((value) => {
        disarm()
        resolve(value)
      })
    })
  }
}

const states: readonly KeychainState[] = ['open', 'locked', 'absent']
const toState = (value: unknown): KeychainState =>
  states.find((state) => state === value) ?? 'unknown'

function silent(): TokentrayError {
  return new TokentrayError('vault_unavailable', 'The keychain does not answer.', {
    hint: 'Restart it, for example with "gnome-keyring-daemon --replace --unlock" (the password on standard input), then try again.',
  })
}

function prompts(): TokentrayError {
  return new TokentrayError(
    'vault_locked',
    'The keychain is waiting for you to answer its prompt.',
    {
      hint: 'Answer the keychain prompt, then try again.',
    },
  )
}

function closed(): TokentrayError {
  return new TokentrayError('vault_unavailable', 'Tokentray is stopping.')
}
