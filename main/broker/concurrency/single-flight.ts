import { TokentrayError } from '../../base/errors.ts'

/**
 * Work that many callers want at once is done once: who asks while it is under way waits for the
 * same result. A caller that goes away does not stop it for the others.
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

  /** Resolves when what is under way for this key has ended, however it ended. */
  async settled(key: Key): Promise<void> {
    await Promise.allSettled([this.#flights.get(key)])
  }
}

/** Waits for `work`, but no longer than the caller does: then rejects with `reason`, or `cancelled`. */
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
