import { Worker } from 'node:worker_threads'
import type { Clock } from '../clock.ts'
import { answerWithOwners, type SoughtSocket } from './search-tables.ts'

/** The users of these sockets, in the same order; `null` where the kernel or the thread does not say. */
export type FindOwners = (sockets: readonly SoughtSocket[]) => Promise<readonly Owner[]>
type Owner = number | null

/** Reading takes a tenth of a second with 50,000 sockets. */
const LIMIT_MS = 5_000
/** How long nothing is known after a thread has failed; doubled for each further one. */
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 30_000

/** The part of a worker that is used. */
export interface OwnerThread {
  postMessage(sought: readonly SoughtSocket[]): void
  on(event: 'message', listener: (owners: readonly Owner[]) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'exit', listener: () => void): unknown
  unref(): unknown
  terminate(): unknown
}

interface OwnerFinderPorts {
  readonly clock: Clock
  /** Told when a thread has ended or does not answer. */
  readonly failed: (error: unknown) => void
  readonly start?: () => OwnerThread
}

/**
 * Asks the kernel who owns sockets, in a thread of its own: reading its tables takes milliseconds, in which
 * the thread that serves would serve no request. The thread is started by the first question, sleeps without
 * one, and does not keep the process alive.
 *
 * Never rejects: if the thread ends, or does not answer in time, the owners are unknown. Another one is
 * started after a pause.
 */
export class OwnerFinder {
  readonly #clock: Clock
  readonly #failed: OwnerFinderPorts['failed']
  readonly #start: () => OwnerThread
  #thread: OwnerThread | null = null
  #isClosed = false
  #pauseMs = FIRST_PAUSE_MS
  #notBefore = Number.NEGATIVE_INFINITY
  /** What is to be done with the answer to the only question under way; `null`: there is none. */
  #answer: ((owners: readonly Owner[] | null) => void) | null = null

  constructor({ clock, failed, start = startThread }: OwnerFinderPorts) {
    this.#clock = clock
    this.#failed = failed
    this.#start = start
  }

  /** Must not be called again before it has resolved. */
  readonly find: FindOwners = async (sockets) => {
    const thread = this.#running()
    const owners = thread && (await this.#ask(thread, sockets))
    return owners ?? sockets.map(() => null)
  }

  /** Ends the thread; from then on, every owner is unknown. */
  close(): void {
    this.#isClosed = true
    this.#drop()
  }

  #running(): OwnerThread | null {
    if (this.#thread || this.#isClosed) return this.#thread
    if (this.#clock.monotonic() < this.#notBefore) return null
    try {
      const thread = this.#start()
      const fails = (error: unknown) => {
        if (this.#thread === thread) this.#fail(error)
      }
      thread.on('message', (owners) => {
        if (this.#thread === thread) this.#answered(owners)
      })
      thread.on('error', fails)
      thread.on('exit', () => fails(new Error('The thread has ended.')))
      // Last, because a listener for messages undoes it.
      thread.unref()
      this.#thread = thread
    } catch (error) {
      this.#fail(error)
    }
    return this.#thread
  }

  #ask(thread: OwnerThread, sockets: readonly SoughtSocket[]): Promise<readonly Owner[] | null> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(LIMIT_MS, () =>
        this.#fail(new Error('The thread does not answer.')),
      )
      this.#answer = (owners) => {
        this.#answer = null
        cancel()
        resolve(owners)
      }
      thread.postMessage(sockets)
    })
  }

  #answered(owners: readonly Owner[]): void {
    this.#pauseMs = FIRST_PAUSE_MS
    this.#answer?.(owners)
  }

  #fail(error: unknown): void {
    this.#notBefore = this.#clock.monotonic() + this.#pauseMs
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS)
    this.#failed(error)
    this.#drop()
  }

  #drop(): void {
    const thread = this.#thread
    this.#thread = null
    // It may hang in a system call, and end later.
    void thread?.terminate()
    this.#answer?.(null)
  }
}

function startThread(): OwnerThread {
  const parts = "{ port: require('node:worker_threads').parentPort, fs: require('node:fs') }"
  return new Worker(`(${answerWithOwners})(${parts})`, {
    eval: true,
    name: 'socket owners',
    // Security: it needs nothing of what the process was started with.
    ...{ argv: [], env: {}, execArgv: [] },
    resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
  })
}
