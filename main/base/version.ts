import { version as own } from '../../package.json' with { type: 'json' }
import { TokentrayError } from './errors.ts'

/** The version of this program, which files that it writes carry. */
export const ownVersion: string = own

/**
 * That something kept by Tokentray (`what`: a path, or words that begin a sentence) was made by a
 * newer version than this one. It is not broken: who throws this has left it as it was.
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

/** True if the first of two versions (`1.10.2`) is later; what is no version is not later. */
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
