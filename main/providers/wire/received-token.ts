import { isTokentrayError, reworded, TokentrayError } from '../../base/errors.ts'
import type { HttpResponse } from '../http/http.ts'
import type { ProviderContext } from '../provider.ts'

/** True for any success, also with another status than the service documents. */
export function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300
}

/** Throws `unexpected_answer` for a token that has already expired by our clock (epoch milliseconds). */
export function requireNotExpired(
  expiresAt: number,
  host: string,
  { clock }: Pick<ProviderContext, 'clock'>,
): void {
  if (expiresAt > clock.now()) return
  throw new TokentrayError(
    'unexpected_answer',
    `${host} returned a token that has already expired.`,
    {
      hint: "Check this computer's clock and the server's.",
    },
  )
}

/**
 * Runs `take` on a token that the service has just issued. If that fails, revokes the token before passing
 * the error on, because nothing else knows of it; if that fails too, the error says that it is still valid.
 */
export async function takeOrRevoke<Value>(
  take: () => Value | Promise<Value>,
  revoke: () => Promise<unknown>,
): Promise<Value> {
  try {
    return await take()
  } catch (error) {
    const isRevoked = await revoke().then(
      () => true,
      () => false,
    )
    if (isRevoked || !isTokentrayError(error)) throw error
    throw reworded(error, {
      message: `${error.message} The token in the response could not be revoked.`,
    })
  }
}
