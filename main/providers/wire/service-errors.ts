import { TokentrayError } from '../../base/errors.ts'
import { addressField } from '../http/base-url.ts'
import type { HttpResponse } from '../http/http.ts'
import { parseRateLimitReset, parseRetryAfter } from '../http/time-headers.ts'
import type { ProviderContext } from '../provider.ts'

/**
 * The service asks for patience: until what it says in `Retry-After`, else in `x-ratelimit-reset`,
 * else for `fallbackMs`.
 */
export function rateLimited(
  host: string,
  answer: HttpResponse,
  { clock }: ProviderContext,
  fallbackMs: number,
): TokentrayError {
  const now = clock.now()
  const said =
    parseRetryAfter(answer.header('retry-after'), now, answer.skewMs) ??
    parseRateLimitReset(answer.header('x-ratelimit-reset'), now)
  return new TokentrayError('rate_limited', `${host} is limiting how often it may be called.`, {
    retryAt: said ?? now + fallbackMs,
  })
}

/**
 * What any status means that the driver has no better word for; no service means well by it, and what
 * answers may be another one.
 */
export function refusedStatus(host: string, status: number, hint?: string): TokentrayError {
  if (status >= 500) {
    return new TokentrayError(
      'temporarily_unavailable',
      `${host} is not working (status ${status}).`,
      { field: addressField },
    )
  }
  return new TokentrayError(
    'unexpected_answer',
    status < 300
      ? `${host} did not answer as this service does.`
      : `${host} answered with status ${status}.`,
    { field: addressField, ...(hint !== undefined && { hint }) },
  )
}
