/** Whether these texts together contain every word of the search, in any order and case. */
export function matches(search: string, ...texts: readonly string[]): boolean {
  const text = texts.join(' ').toLowerCase()
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return words.every((word) => text.includes(word))
}

/** A list with more items than this has a search. */
export const MANY = 8
