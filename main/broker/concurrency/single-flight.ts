import { TokentrayError } from '../../base/errors.ts'

/**
 * Runs work once for concurrent callers: those that come while it is under way get the same result. A caller
 * that goes away does not cancel it for the others.
 */
export class SingleFlight<Key, Value> {
  readonly #flights = new Map<Key, Promise<Value>>()

  run(key: Key, work: () => Promise<Value>): Promise<Value> {
    const running = this.#flights.get(key)
    if (running) return running
    // The promise is installed before `work` can yield, so that no second caller slips past.
    const flight = Promise.resolve()
      .then(work)
      .finally(() => this.#flights.delete(key))
    this.#flights.set(key, flight)
    return flight
  }

  /** Resolves when the work under way for this key has settled. */
  async settled(key: Key): Promise<void> {
    await Promise.allSettled([this.#flights.get(key)])
  }
}

/** Settles as `work` does, or rejects with `reason`, by default `cancelled`, when the caller goes away. */
export function unlessGone<Value>(
  work: Promise<Value>,
  signal?: AbortSignal,
  reason = () => new TokentrayError('cancelled'),
): Promise<Value> {
  if (!signal) return work
  return new Promise<Value>((resolve, reject) => {
    const gone = () => reject(reason())
    if (signal.aborted) gone()
    signal.addEventListener('abort', gone, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', gone))
  })
}
