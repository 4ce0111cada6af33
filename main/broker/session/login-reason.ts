import { toPrintable } from '../../audit/printable.ts'
import { errorTable, isTokentrayError, type TokentrayError } from '../../base/errors.ts'
import type { AccountRecord } from '../../settings/schema.ts'

/** Why a person has to log in again, as it is stored and shown: one line each, bounded, no secret. */
export type LoginReason = NonNullable<AccountRecord['loginRequiredBecause']>

/** The next step that an error names; `undefined` where that is only what its code always says. */
export function hintOf({ code, hint }: TokentrayError): string | undefined {
  return hint === errorTable[code].hint ? undefined : hint
}

/** What a service, or the keychain, has refused; `null` where the cause is no error of ours. */
export function toLoginReason(cause: unknown, at: number): LoginReason | null {
  if (!isTokentrayError(cause)) return null
  const hint = hintOf(cause)
  return {
    sentence: toPrintable(cause.message),
    ...(hint !== undefined && { hint: toPrintable(hint) }),
    at,
  }
}

/** Nobody but a person has the code that the next login needs. */
export const codeNeeded = (at: number): LoginReason => ({
  sentence: 'The session is over, and a new one needs a one-time code.',
  at,
})

const CREDENTIAL_MISSING = 'The saved password or key is no longer in the keychain.'

/** What was kept is not there any more. */
export const credentialMissing = (at: number): LoginReason => ({ sentence: CREDENTIAL_MISSING, at })

/** True while nothing but that keeps this account from logging in by itself. */
export const lacksCredential = ({
  state,
  needsCode,
  loginRequiredBecause,
}: AccountRecord): boolean =>
  state === 'login_required' && !needsCode && loginRequiredBecause?.sentence === CREDENTIAL_MISSING
