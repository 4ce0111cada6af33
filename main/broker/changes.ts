/** Signals that the state of the broker has changed, without details. */
export class Changes {
  readonly #listeners = new Set<() => void>()

  /** Adds a listener; returns a function that removes it. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
