import { TokentrayError } from '../../base/errors.ts'
import { addressField } from '../http/base-url.ts'
import type { HttpResponse } from '../http/http.ts'
import { parseRateLimitReset, parseRetryAfter } from '../http/time-headers.ts'
import type { ProviderContext } from '../provider.ts'

/**
 * The error for a rate limit. A retry may work at the time in `Retry-After`, else in `x-ratelimit-reset`,
 * else after `fallbackMs`.
 */
export function rateLimited(
  host: string,
  response: HttpResponse,
  { clock }: ProviderContext,
  fallbackMs: number,
): TokentrayError {
  const now = clock.now()
  const said =
    parseRetryAfter(response.header('retry-after'), now, response.skewMs) ??
    parseRateLimitReset(response.header('x-ratelimit-reset'), now)
  return new TokentrayError('rate_limited', `${host} is limiting requests.`, {
    retryAt: said ?? now + fallbackMs,
  })
}

/** The error for a status that the driver does not handle; the response may come from another program. */
export function refusedStatus(host: string, status: number, hint?: string): TokentrayError {
  if (status >= 500) {
    return new TokentrayError('temporarily_unavailable', `${host} returned an error (${status}).`, {
      field: addressField,
    })
  }
  return new TokentrayError(
    'unexpected_answer',
    status < 300
      ? `${host} does not respond like this service.`
      : `${host} returned an error (${status}).`,
    { field: addressField, ...(hint !== undefined && { hint }) },
  )
}
