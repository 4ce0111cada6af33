import type { FieldShape } from '../provider.ts'

/** A UUID (RFC 9562). */
export const uuid: FieldShape = {
  pattern: '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}',
  means: 'an ID such as 123e4567-e89b-12d3-a456-426614174000',
}

/** The minimum that every address has: the service checks the rest. */
export const email: FieldShape = {
  pattern: '[^@ ]+@[^@ ]+',
  means: 'an email address',
}

/** The code of an authenticator app; users also type it with spaces. */
export const sixDigits: FieldShape = { pattern: '([0-9] *){6}', means: 'six digits' }
