import { z } from 'zod'
import { NAME_RULE } from '../../base/ids.ts'
import {
  accountColors,
  isDisplayName,
  LONGEST_DISPLAY_NAME,
  tidyDisplayName,
} from '../../base/text/account-looks.ts'
import { hasUnsafeCharacters } from '../../base/text/unsafe-characters.ts'

/** A time in our API: epoch seconds, as in OAuth (RFC 7662 `exp`). */
export const epochSeconds = z.int().describe('Epoch seconds.')
export const secondsLeft = z.int().describe('Seconds until the lease expires.')
/** An account as `provider/name`. The format is not checked: an invalid id is not found. */
export const accountId = z.string().max(129)
/** The name of an account or a client. */
export const name = z.string().regex(/^[a-z0-9._-]{1,64}$/, NAME_RULE)
export const leaseKind = z.enum(['shared', 'dedicated'])
/**
 * No control characters, line separators, and no bidirectional or invisible characters. Written without
 * Unicode classes, because the OpenAPI document holds it for generators of every language.
 */
const LINE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it exists to refuse them.
  /^[^\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]*$/

/** True for a single line that is safe to display. */
export const isLine = (text: string): boolean => LINE.test(text) && !hasUnsafeCharacters(text)

/** A single line of at most `longest` characters. */
export const line = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(LINE)
    .refine((text) => !hasUnsafeCharacters(text))

/** What the user calls an account, in any script. */
export const displayName = line(LONGEST_DISPLAY_NAME).refine(
  (text) => tidyDisplayName(text) === '' || isDisplayName(text),
)

/** The user's own color for an account. */
export const accountColor = z.enum(accountColors)

/** The user asks to send one request even though the service is limiting requests. */
export const tryNow = z.boolean()

export const silentHost = z.strictObject({
  host: z.string(),
  until: epochSeconds,
  message: z.string(),
  hint: z.string().optional(),
})
