/** Tells whoever shows the state of the broker that it has changed; not what, and not how often. */
export class Changes {
  readonly #listeners = new Set<() => void>()

  /** Called after every change from now on; returns what ends that. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
