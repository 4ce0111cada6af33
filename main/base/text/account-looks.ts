import { hasUnsafeCharacters } from './unsafe-characters.ts'

/** The colors that a user can give an account, so that it is recognized at a glance. */
export const accountColors = ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'grey'] as const

export type AccountColor = (typeof accountColors)[number]

/** The longest display name, in UTF-16 units, as the `maxlength` of an input counts. */
export const LONGEST_DISPLAY_NAME = 60

/** The rule of `isDisplayName`, for error messages. */
export const DISPLAY_NAME_RULE = `Display names have 1 to ${LONGEST_DISPLAY_NAME} characters of any script, on one line.`

/** A display name as it is stored: composed, without spaces around it. */
export const tidyDisplayName = (text: string): string => text.normalize('NFC').trim()

/** Something that can be seen; the braille blank is a symbol that cannot. */
const VISIBLE = /(?!\u2800)[\p{L}\p{N}\p{P}\p{S}]/u

/**
 * True for a valid display name, in any script; control and bidirectional characters are refused, and what cannot be
 * seen at all: joiners are allowed between other characters only.
 */
export function isDisplayName(text: string): boolean {
  const tidy = tidyDisplayName(text)
  return VISIBLE.test(tidy) && tidy.length <= LONGEST_DISPLAY_NAME && !hasUnsafeCharacters(tidy)
}
