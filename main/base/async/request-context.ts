import { AsyncLocalStorage } from 'node:async_hooks'

/** A command line by its arguments, the program first; `null` where it cannot be known. */
export type FindCommandLine = () => readonly string[] | null

/**
 * On whose behalf work is done, carried through every call that it triggers. Work that several callers
 * share runs on behalf of the first; Tokentray's own work has no context.
 */
export class RequestContext {
  readonly #current = new AsyncLocalStorage<FindCommandLine>()

  /** Runs `work` on behalf of the process that `find` returns; `find` is called only when it is needed. */
  run<Value>(find: FindCommandLine, work: () => Value): Value {
    return this.#current.run(find, work)
  }

  /** Finds the process behind the current work; undefined for Tokentray's own work. */
  get current(): FindCommandLine | undefined {
    return this.#current.getStore()
  }
}
