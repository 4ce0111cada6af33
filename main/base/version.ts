import { version as own } from '../../package.json' with { type: 'json' }
import { TokentrayError } from './errors.ts'

/** The version of this program, written into its files. */
export const ownVersion: string = own

/**
 * The error for data that a newer version of Tokentray wrote; `what` starts the sentence, for example with
 * a path. The data is not damaged, and the caller has left it unchanged.
 */
export function newerVersionError(what: string, writtenBy = ''): TokentrayError {
  const isKnown = isLater(writtenBy)
  const other = isKnown ? `Tokentray ${writtenBy}` : 'a newer Tokentray'
  return new TokentrayError(
    'newer_version',
    `${what} was written by ${other}, and this version (${own}) cannot read it. Nothing was changed.`,
    isKnown ? { hint: `Start Tokentray ${writtenBy} or a later version.` } : {},
  )
}

/** True if the first of two versions (`1.10.2`) is later; false if one of them is not a version. */
export function isLater(version: string, than: string = own): boolean {
  const [left, right] = [numbersOf(version), numbersOf(than)]
  if (!left || !right) return false
  for (const [at, number] of left.entries()) {
    const other = right[at] ?? 0
    if (number !== other) return number > other
  }
  return false
}

function numbersOf(version: string): readonly number[] | null {
  const [, ...parts] = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:[-+].{0,64})?$/.exec(version) ?? []
  return parts.length === 3 ? parts.map(Number) : null
}
