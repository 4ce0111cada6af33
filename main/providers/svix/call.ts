import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import { Secret, type Secrets } from '../../base/secret.ts'
import type { HttpRequest, HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext } from '../provider.ts'
import { toTransport } from '../wire/transport-fields.ts'
import { baseOf } from './address.ts'

/** A call that took longer is not retried. */
const QUICK_MS = 5_000

/** A POST to the service. */
export interface Post {
  /** After `/api/v1`, without a trailing slash: one is added for servers that want it. */
  readonly route: string
  /** Absent for the one call without credentials. */
  readonly token?: Secret
  readonly body?: string
  /**
   * True for a response to a retry that confirms the result as a success does, whatever the first attempt
   * did.
   */
  readonly settles?: (response: HttpResponse) => boolean
}

interface Call extends Post {
  readonly method: HttpRequest['method']
  /** With the question mark. */
  readonly query?: string
  readonly idempotencyKey?: string
}

/** Sends a call once, with or without a trailing slash, as this account's server expects. */
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

/** Posts once, with a new idempotency key. */
export function postOnce(
  values: FormValues,
  post: Post,
  context: ProviderContext,
): Promise<HttpResponse> {
  return callSvix(values, { method: 'POST', ...post, idempotencyKey: context.newId() }, context)
}

/**
 * Posts with a new idempotency key. If it fails quickly without a response, posts once more with the same
 * key, so that the service does it only once. If only the retry is refused, rejects with
 * `temporarily_unavailable`.
 */
export async function postSvix(
  values: FormValues,
  post: Post,
  context: ProviderContext,
): Promise<HttpResponse> {
  const { clock } = context
  // Never a used one: the service would repeat its response and do nothing.
  const call = { method: 'POST', ...post, idempotencyKey: context.newId() } as const
  const startedAt = clock.monotonic()
  try {
    return await callSvix(values, call, context)
  } catch (error) {
    const isUnanswered = isTokentrayError(error) && error.code === 'temporarily_unavailable'
    if (!isUnanswered || clock.monotonic() - startedAt >= QUICK_MS) throw error
    const response = await callSvix(values, call, context)
    const isSuccess = response.status >= 200 && response.status < 300
    if (isSuccess || post.settles?.(response)) return response
    // The first attempt may have succeeded, and a refusal would say that nothing was done.
    throw error
  }
}

/** The entered key, safe for a header; throws `invalid_request` for anything else. */
export function parseKey(entered: Secret | undefined): Secret {
  // Pasted keys often have spaces around them.
  const key = (entered?.reveal() ?? '').trim()
  if (/^[\x21-\x7e]{1,8192}$/.test(key)) return new Secret(key)
  throw new TokentrayError(
    'invalid_request',
    key === '' ? '"API key" is required.' : 'That is not a valid API key.',
    { field: 'key', hint: 'Paste only the key, without "Token (Bearer):" or quotation marks.' },
  )
}

/** The key of a session; throws `wrong_credentials` without one. */
export function keyOf(credential: Secrets): Secret {
  const key = credential['key']
  if (!key) throw new TokentrayError('wrong_credentials', 'The API key is no longer stored.')
  return key
}

/** The application of an account, safe for a path; throws `invalid_request` otherwise. */
export function applicationOf(values: FormValues): string {
  const application = (values['application'] ?? '').trim()
  // Security: `.` or `..` would lead to another route.
  if (/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,256}$/.test(application)) return application
  throw new TokentrayError('invalid_request', 'That is not a valid application ID or UID.', {
    field: 'application',
    hint: 'IDs and UIDs have 1 to 256 letters, digits, hyphens, underscores and dots.',
  })
}
