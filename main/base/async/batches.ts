import { setImmediate as endOfTurn } from 'node:timers/promises'

/** Items to process before other pending work gets a turn of the event loop. */
const BATCH = 50

/** Like `map`, but yields to the event loop after each batch of items. */
export async function mapInBatches<Item, Result>(
  items: readonly Item[],
  make: (item: Item) => Result,
): Promise<Result[]> {
  const results: Result[] = []
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % BATCH === 0) await endOfTurn()
    results.push(make(item))
  }
  return results
}
