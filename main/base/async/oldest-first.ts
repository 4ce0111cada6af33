/** A page of a list that is read from its newest line back. */
export interface NewestFirst<Line> {
  readonly lines: readonly Line[]
  /** Where the next page starts; absent on the last one. */
  readonly next?: string | undefined
}

/**
 * The lines of such a list, oldest first, page by page. It is read twice: once to find where its pages start,
 * then from the last of them, so that no more than two pages are in memory. Lines that are added meanwhile are
 * not included.
 */
export async function* oldestFirst<Line>(
  read: (before?: string) => Promise<NewestFirst<Line>>,
): AsyncGenerator<readonly Line[]> {
  // Kept, because a second read would begin with lines that were added since.
  const newest = await read()
  const places: string[] = []
  for (let { next } = newest; next !== undefined; { next } = await read(next)) places.push(next)
  for (const place of places.toReversed()) yield (await read(place)).lines.toReversed()
  yield newest.lines.toReversed()
}
