import { AsyncLocalStorage } from 'node:async_hooks'

/** A command line by its arguments, the program first; `null` where it cannot be known. */
export type FindCommandLine = () => readonly string[] | null

/**
 * For whom a piece of work is done, kept along all that it sets off. What several have asked for at
 * once is done for the first of them, and what Tokentray does by itself for nobody.
 */
export class RequestContext {
  readonly #current = new AsyncLocalStorage<FindCommandLine>()

  /** Does the work for whoever that finds; it is asked only where somebody wants to know. */
  run<Value>(find: FindCommandLine, work: () => Value): Value {
    return this.#current.run(find, work)
  }

  /** How to find for whom the work is done that is going on now; undefined for nobody. */
  get current(): FindCommandLine | undefined {
    return this.#current.getStore()
  }
}
