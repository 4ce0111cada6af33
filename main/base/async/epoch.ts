/** Counts the changes that invalidate any work begun before them. */
export class Epoch {
  #current = 0

  /** The mark for work that begins now. */
  get current(): number {
    return this.#current
  }

  /** Invalidates all work begun so far. */
  advance(): void {
    this.#current += 1
  }

  /** False for work that was invalidated since it took this mark. */
  isCurrent(mark: number): boolean {
    return mark === this.#current
  }
}

/**
 * Repeats `attempt` while it resolves to `null`, which means that its input changed meanwhile; resolves to
 * `null` after `rounds` attempts. Rejects as `attempt` does.
 */
export async function retryWhileStale<Value>(
  rounds: number,
  attempt: () => Promise<Value | null>,
): Promise<Value | null> {
  for (let round = 0; round < rounds; round += 1) {
    const value = await attempt()
    if (value !== null) return value
  }
  return null
}
