/**
 * Whether every word of the search occurs somewhere in these texts: in any order, in capitals or not, with accents
 * or without. A search without words is found everywhere.
 */
export function matches(search: string, ...texts: readonly string[]): boolean {
  const text = plain(texts.join('\n'))
  const words = plain(search).split(/\s+/).filter(Boolean)
  return words.every((word) => text.includes(word))
}

/** Without accents and capitals; through capitals, so that "ß" and "ss" are the same. */
const plain = (text: string) =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase().toLowerCase()

/** A list with more items than this has a search. */
export const MANY = 8
