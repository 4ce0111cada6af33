/** The longest label, in characters. */
const LONGEST = 60

/**
 * A text that is safe as a menu label. Names come from services and tools: line breaks and
 * bidirectional controls are removed, and a text that is too long loses its middle. `&` is doubled,
 * because a single one marks an access key on every system.
 */
export function toLabel(text: string): string {
  return elide(toLine(text)).replaceAll('&', '&&')
}

/** Without control characters and bidirectional controls. */
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
