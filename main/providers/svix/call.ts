import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import { Secret, type Secrets } from '../../base/secret.ts'
import type { HttpRequest, HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext } from '../provider.ts'
import { toTransport } from '../wire/transport-fields.ts'
import { baseOf } from './address.ts'

/** A service that hung that long is not asked twice. */
const QUICK_MS = 5_000

/** One post to the service. */
export interface Post {
  /** Behind `/api/v1`, and without a slash at its end: servers that want one are given it. */
  readonly route: string
  /** Left out for the one call that is made as nobody. */
  readonly token?: Secret
  readonly body?: string
  /**
   * True for a second answer that says as clearly as a success that it is done, whatever the first
   * try has done.
   */
  readonly settles?: (answer: HttpResponse) => boolean
}

interface Call extends Post {
  readonly method: HttpRequest['method']
  /** With its question mark. */
  readonly query?: string
  readonly idempotencyKey?: string
}

/** Sends it once, in the spelling of this account's server. */
export async function callSvix(
  values: FormValues,
  { method, route, query = '', token, body, idempotencyKey }: Call,
  { http, signal }: ProviderContext,
): Promise<HttpResponse> {
  const slash = values['slash'] === 'yes' ? '/' : ''
  return http.send({
    method,
    url: `${baseOf(values).href}/api/v1${route}${slash}${query}`,
    headers: {
      ...(token && { authorization: `Bearer ${token.reveal()}` }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
    transport: toTransport(values),
    signal,
  })
}

/** Posts it once, under an idempotency key of its own. */
export function postOnce(
  values: FormValues,
  post: Post,
  context: ProviderContext,
): Promise<HttpResponse> {
  return callSvix(values, { method: 'POST', ...post, idempotencyKey: context.newId() }, context)
}

/**
 * Posts it under an idempotency key of its own. Where no answer came, and that quickly, it is posted
 * once more under the same key, so that the service does it once; an answer is never asked for again.
 * What only the second try is refused is `temporarily_unavailable`.
 */
export async function postSvix(
  values: FormValues,
  post: Post,
  context: ProviderContext,
): Promise<HttpResponse> {
  const { clock } = context
  // Never one that was used before: the service would repeat its answer and do nothing.
  const call = { method: 'POST', ...post, idempotencyKey: context.newId() } as const
  const startedAt = clock.monotonic()
  try {
    return await callSvix(values, call, context)
  } catch (error) {
    const isUnanswered = isTokentrayError(error) && error.code === 'temporarily_unavailable'
    if (!isUnanswered || clock.monotonic() - startedAt >= QUICK_MS) throw error
    const answer = await callSvix(values, call, context)
    const isSuccess = answer.status >= 200 && answer.status < 300
    if (isSuccess || post.settles?.(answer)) return answer
    // The first may have been served, and this would say that nothing was done.
    throw error
  }
}

/** The key as it was entered, fit for a header; anything else is `invalid_request`. */
export function parseKey(entered: Secret | undefined): Secret {
  // Pasted keys often have blanks around them.
  const key = (entered?.reveal() ?? '').trim()
  if (/^[\x21-\x7e]{1,8192}$/.test(key)) return new Secret(key)
  throw new TokentrayError(
    'invalid_request',
    key === '' ? 'The API key is missing.' : 'The API key is not one.',
    { field: 'key', hint: 'Paste the key alone, without "Token (Bearer):" or quotation marks.' },
  )
}

/** The key of a session; without one it is `wrong_credentials`. */
export function keyOf(credential: Secrets): Secret {
  const key = credential['key']
  if (!key) throw new TokentrayError('wrong_credentials', 'There is no API key any more.')
  return key
}

/** The application of an account as it goes into a path; one that cannot is `invalid_request`. */
export function applicationOf(values: FormValues): string {
  const application = (values['application'] ?? '').trim()
  // Security: a dot or two alone would lead to another route.
  if (/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,256}$/.test(application)) return application
  throw new TokentrayError('invalid_request', '"Application" is not the id or uid of one.', {
    field: 'application',
    hint: 'Both are 1 to 256 of letters, digits, hyphen, underscore and dot.',
  })
}
