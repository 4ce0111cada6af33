import { type ErrorCode, errorTable, type TokentrayError } from '../../base/errors.ts'
import type { ErrorAnswer } from '../schemas/wire.ts'

/** An error response, before it is written. */
export interface Failure {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ErrorAnswer
}

/** On every response: no caching and no content sniffing. */
export const commonHeaders = {
  'cache-control': 'no-store',
  pragma: 'no-cache',
  'x-content-type-options': 'nosniff',
} as const

const OAUTH_PATH = '/oauth/'
/** The codes that are not 400 on `/oauth/*`: libraries drop the body of most other statuses. */
const OAUTH_STATUS: Partial<Record<ErrorCode, number>> = {
  invalid_client: 401,
  rate_limited: 429,
  server_error: 500,
  not_found: 404,
  method_not_allowed: 405,
  expectation_failed: 417,
  request_refused: 403,
}
const RETRY_SECONDS = 5

/** The status of an error, on `/oauth/*` and elsewhere. */
export function statusOf(code: ErrorCode, onOauth: boolean): number {
  return onOauth ? (OAUTH_STATUS[code] ?? 400) : (errorTable[code].http ?? 500)
}

/**
 * The response for an error: code, message and next step, never the cause. On `/oauth/*` the
 * description contains message and next step.
 */
export function toFailure(error: TokentrayError, target: string, now: number): Failure {
  const onOauth = target.startsWith(OAUTH_PATH)
  const code = onOauth ? toOauthCode(error.code) : error.code
  const retryAfter = retrySeconds(error, now)
  return {
    status: statusOf(code, onOauth),
    headers: {
      ...commonHeaders,
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
      ...(error.challenge !== undefined && { 'www-authenticate': error.challenge }),
    },
    body: {
      error: code,
      error_description: onOauth ? toDescription(`${error.message} ${error.hint}`) : error.message,
      hint: error.hint,
      ...(error.field !== undefined && { field: error.field }),
      ...(retryAfter !== undefined && { retry_after: retryAfter }),
    },
  }
}

/**
 * RFC 6749 5.2 allows printable ASCII without quotation marks and backslashes. The next step is part of
 * it, because libraries show nothing else of an error.
 */
function toDescription(message: string): string {
  return message.replaceAll('"', "'").replace(/[^ -[\]-~]/gu, '?')
}

/** Errors without a code in RFC 6749 keep ours, as its section 8.5 allows. */
function toOauthCode(code: ErrorCode): ErrorCode {
  return code === 'payload_too_large' ? 'invalid_request' : code
}

/** The headers that a response with this code may have. */
export function comesWith(code: ErrorCode): readonly ('Retry-After' | 'WWW-Authenticate')[] {
  if (code === 'invalid_client') return ['WWW-Authenticate']
  return MAY_PASS.has(code) ? ['Retry-After'] : []
}

/** When to retry an error that may be temporary. */
const MAY_PASS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['rate_limited', 'temporarily_unavailable', 'unexpected_answer'] as const),
  'vault_unavailable',
])

function retrySeconds({ code, retryAt }: TokentrayError, now: number): number | undefined {
  if (retryAt !== undefined) return Math.max(1, Math.ceil((retryAt - now) / 1_000))
  const canBeTriedAgain = code === 'temporarily_unavailable' || code === 'vault_unavailable'
  return canBeTriedAgain ? RETRY_SECONDS : undefined
}
