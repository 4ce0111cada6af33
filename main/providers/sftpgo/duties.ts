import type { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { FormValues } from '../provider.ts'
import { readClaims } from '../wire/jwt-claims.ts'
import { onDuty } from './forbidden.ts'

/**
 * What the account has to do before this token is of use, as the token itself says; `null` for nothing.
 * The service lets such an account in, and then refuses it nearly everywhere.
 */
export function dutyOf(token: Secret, values: FormValues): TokentrayError | null {
  const claims = readClaims(token.reveal())
  if (claims?.['chpwd'] === true) return onDuty('password_change', values)
  if (claims?.['2fa_required'] !== true) return null
  const protocols: unknown = claims['2fa_protos']
  const named = Array.isArray(protocols) ? protocols.filter(isProtocol) : []
  return onDuty('second_factor', values, named)
}

/** It comes from the service and goes into a sentence. */
function isProtocol(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z]{2,10}$/.test(value)
}
