import { isTokentrayError, reworded, TokentrayError } from '../../base/errors.ts'
import type { HttpResponse } from '../http/http.ts'
import type { ProviderContext } from '../provider.ts'

/** True where something was made, also with another number than the service's papers name. */
export function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300
}

/** Throws `unexpected_answer` for a token that is over by our clock (epoch milliseconds) as it comes. */
export function requireNotExpired(
  expiresAt: number,
  host: string,
  { clock }: Pick<ProviderContext, 'clock'>,
): void {
  if (expiresAt > clock.now()) return
  throw new TokentrayError('unexpected_answer', `${host} gave a token that has ended already.`, {
    hint: "Check this computer's clock and the server's.",
  })
}

/**
 * What `take` makes of a token that the service has just given. If that fails the token is ended
 * before the error is passed on, because nobody else would ever know of it; where the end fails too,
 * the error says that the token lives on.
 */
export async function takeOrRevoke<Value>(
  take: () => Value | Promise<Value>,
  end: () => Promise<unknown>,
): Promise<Value> {
  try {
    return await take()
  } catch (error) {
    const isEnded = await end().then(
      () => true,
      () => false,
    )
    if (isEnded || !isTokentrayError(error)) throw error
    throw reworded(error, {
      message: `${error.message} What came with it could not be revoked.`,
    })
  }
}
