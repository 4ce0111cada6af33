import { setImmediate as endOfTurn } from 'node:timers/promises'

/** So many of a long list are worked on before whoever else waits has a turn. */
const AT_ONCE = 50

/** Makes something of each, in order, without holding up others for as long as all of them take. */
export async function mapInBatches<Item, Result>(
  items: readonly Item[],
  make: (item: Item) => Result,
): Promise<Result[]> {
  const results: Result[] = []
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % AT_ONCE === 0) await endOfTurn()
    results.push(make(item))
  }
  return results
}
