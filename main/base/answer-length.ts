import { TokentrayError } from './errors.ts'

/** What decides how long an answer to a field of a login form may be. */
interface Field {
  readonly name: string
  readonly label: string
  readonly kind: string
}

/** In UTF-16 code units. A key that is a JWT is the longest that any service has. */
const LONGEST_TEXT = 4_096
const LONGEST_SECRET = 8_192
const LONGEST_CODE = 64

/**
 * The `invalid_request` for an answer that is too long, naming the field by its label and not repeating the
 * answer; `null` where it is short enough. Only the form says this, for every way that leads to it: who
 * made the request knows no other name of the field.
 */
export function tooLong({ name, label, kind }: Field, answer: string): TokentrayError | null {
  const longest = longestOf(kind)
  if (answer.length <= longest) return null
  return new TokentrayError('invalid_request', sayTooLong(label, longest), { field: name })
}

/** What is said of a text that is longer than it may be, by what it is called where it is entered. */
export const sayTooLong = (label: string, longest: number): string =>
  `"${label}" is too long (at most ${longest} characters).`

/** How long an answer to a field of this kind may be, in UTF-16 code units. */
export function longestOf(kind: string): number {
  if (kind === 'code') return LONGEST_CODE
  return kind === 'secret' ? LONGEST_SECRET : LONGEST_TEXT
}
