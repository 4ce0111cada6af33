import { TokentrayError } from '../errors.ts'
import type { Fault, FormField } from './form-fields.ts'

/** The `invalid_request` error for an invalid value of this field. */
export function fieldError(
  { name }: Pick<FormField, 'name'>,
  { message, hint }: Fault,
): TokentrayError {
  const details = { field: name, ...(hint !== undefined && { hint }) }
  return new TokentrayError('invalid_request', message, details)
}
