import { toPrintable } from '../../audit/printable.ts'
import { errorTable, isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { AccountRecord } from '../../settings/schema.ts'

/** Why the user has to log in again, as stored and shown: one line each, bounded, no secret. */
export type LoginReason = NonNullable<AccountRecord['loginRequiredBecause']>

/** The specific hint of an error; `undefined` if it only has the default hint of its code. */
function hintOf({ code, hint }: TokentrayError): string | undefined {
  return hint === errorTable[code].hint ? undefined : hint
}

/** The reason that a refusal by a service or the keychain stands for; `null` for an unknown error. */
export function toLoginReason(cause: unknown, at: number): LoginReason | null {
  if (!isTokentrayError(cause)) return null
  const hint = hintOf(cause)
  return {
    sentence: toPrintable(cause.message),
    ...(hint !== undefined && { hint: toPrintable(hint) }),
    at,
  }
}

/** The next login needs a code that only the user has. */
export const codeNeeded = (at: number): LoginReason => ({
  sentence: 'The session has ended, and a new one needs a one-time code.',
  at,
})

const CREDENTIAL_MISSING = 'The saved password or key is no longer in the keychain.'

/** The stored credential is missing. */
export const credentialMissing = (at: number): LoginReason => ({ sentence: CREDENTIAL_MISSING, at })

/** True if a missing credential is all that prevents an automatic login. */
export const lacksCredential = ({
  state,
  needsCode,
  loginRequiredBecause,
}: AccountRecord): boolean =>
  state === 'login_required' && !needsCode && loginRequiredBecause?.sentence === CREDENTIAL_MISSING

/** The error for a client: the account cannot be used until the user changes something. */
export function accountUnusable(id: string, cause: TokentrayError): TokentrayError {
  const said = hintOf(cause)
  const remedy = `Fix the setting, or log in again with a different value: tokentray login ${id} --set NAME=VALUE`
  return new TokentrayError('login_required', `${id} cannot be used: ${cause.message}`, {
    account: id,
    hint: said === undefined ? remedy : `${said} ${remedy}`,
    cause,
  })
}
