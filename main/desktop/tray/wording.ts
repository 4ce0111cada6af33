/** More does not fit into a menu, and what is longer was made to be. */
const LONGEST = 60

/**
 * A text as a menu may show it. Names come from services and tools: characters that would break the
 * line, or turn around what stands after them, are left out, and what is too long loses its middle.
 * `&` would be taken for the mark of a key, on every system, unless it is doubled.
 */
export function toLabel(text: string): string {
  return elide(toLine(text)).replaceAll('&', '&&')
}

/** Without control characters, and without those that change the direction of writing. */
function toLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .trim()
}

function elide(text: string): string {
  const characters = Array.from(text)
  if (characters.length <= LONGEST) return text
  const half = Math.floor((LONGEST - 1) / 2)
  return `${characters.slice(0, half).join('')}…${characters.slice(-half).join('')}`
}
