import type { FieldShape } from '../provider.ts'

/** An id in the form of RFC 9562. */
export const uuid: FieldShape = {
  pattern: '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}',
  means: 'an id such as 123e4567-e89b-12d3-a456-426614174000',
}

/** As much as every address has: what is more is for the service to judge. */
export const email: FieldShape = {
  pattern: '[^@ ]+@[^@ ]+',
  means: 'an e-mail address',
}

/** What authenticator apps show; people type it with blanks as well. */
export const sixDigits: FieldShape = { pattern: '([0-9] *){6}', means: 'six digits' }
