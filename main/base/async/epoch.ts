/** Marks the changes that make void what began before them. */
export class Epoch {
  #current = 0

  /** The mark of now, for work that begins. */
  get current(): number {
    return this.#current
  }

  /** Makes void what has begun until now. */
  advance(): void {
    this.#current += 1
  }

  /** False for the mark of work that is void. */
  isCurrent(mark: number): boolean {
    return mark === this.#current
  }
}

/**
 * Tries until `attempt` resolves to something else than `null`, which says that what it looked at was
 * changed meanwhile; at most `rounds` times, then to `null` as well. Rejects as `attempt` does.
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
