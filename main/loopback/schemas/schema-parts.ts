import { z } from 'zod'
import { NAME_RULE } from '../../base/ids.ts'
import { hasUnsafeCharacters } from '../../base/text/unsafe-characters.ts'

/** A moment on our own wire: epoch seconds, as OAuth has it (RFC 7662 `exp`). */
export const epochSeconds = z.int().describe('Epoch seconds.')
export const secondsLeft = z.int().describe('Seconds that the lease has left.')
/** An account as `provider/name`, of any spelling: what is none is not found. */
export const accountId = z.string().max(129)
/** The name of an account or a client. */
export const name = z.string().regex(/^[a-z0-9._-]{1,64}$/, NAME_RULE)
export const leaseKind = z.enum(['shared', 'dedicated'])
/**
 * No control characters, line separators, marks that turn text around or that nobody sees; in a regular
 * expression that the document of the interface can hold for every language, so without classes of Unicode.
 */
const LINE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it keeps out.
  /^[^\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]*$/

/** True for one line that can be shown as it is. */
export const isLine = (text: string): boolean => LINE.test(text) && !hasUnsafeCharacters(text)

/** One line of at most so many characters. */
export const line = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(LINE)
    .refine((text) => !hasUnsafeCharacters(text))

/** A person's wish: one request may go to a service that wants to be left alone. */
export const tryNow = z.boolean()

export const silentHost = z.strictObject({
  host: z.string(),
  until: epochSeconds,
  message: z.string(),
  hint: z.string().optional(),
})
