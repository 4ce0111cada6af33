import { z } from 'zod'

/** A moment on our own wire: epoch seconds, as OAuth has it (RFC 7662 `exp`). */
export const epochSeconds = z.int()
/** An account as `provider/name`, of any spelling: what is none is not found. */
export const accountId = z.string().max(129)
/** The name of an account or a client. */
export const name = z.string().regex(/^[a-z0-9._-]{1,64}$/)
export const leaseKind = z.enum(['shared', 'dedicated'])
/** One line: no control characters, line separators, lone surrogates or marks that turn text around. */
export const LINE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_C}]*$/u

/** A person's wish: one request may go to a service that wants to be left alone. */
export const tryNow = z.boolean()

export const silentHost = z.strictObject({
  host: z.string(),
  until: epochSeconds,
  message: z.string(),
  hint: z.string().optional(),
})
