/** The known word that the typed one is most likely a slip of; `undefined` if none is close. */
export function closestWord(typed: string, known: readonly string[]): string | undefined {
  const most = Math.min(3, Math.floor(typed.length * 0.4))
  let best: string | undefined
  let fewest = most + 1
  for (const word of known) {
    if (Math.abs(word.length - typed.length) >= fewest) continue
    const slips = distance(typed, word)
    if (slips < fewest) {
      fewest = slips
      best = word
    }
  }
  return best
}

/** How many characters were added, left out, replaced, or swapped with their neighbor. */
function distance(typed: string, word: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: word.length + 1 }, (_, at) => at)
  for (let row = 1; row <= typed.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= word.length; column += 1) {
      const isSame = typed[row - 1] === word[column - 1]
      const isSwap =
        row > 1 && typed[row - 1] === word[column - 2] && typed[row - 2] === word[column - 1]
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = current
  }
  return last[word.length] ?? 0
}
