import { TokentrayError } from '../../base/errors.ts'
import type { HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext } from '../provider.ts'
import { findObject } from '../wire/json-object.ts'
import { rateLimited, refusedStatus } from '../wire/service-errors.ts'
import { hostOf } from './address.ts'

/** The service documents no limit and announces none. */
const THROTTLED_MS = 60_000

/**
 * True for an error from the service itself, with `code` or `detail`: the pages of gateways say nothing
 * about a key or token.
 */
export function isServiceError(response: HttpResponse): boolean {
  const words = findObject(response)
  if (words === null) return false
  const { code, detail } = words
  return typeof code === 'string' || typeof detail === 'string' || Array.isArray(detail)
}

/** Only if the service itself says so: a token given up too early would stay valid, unknown to us. */
export const isRefusedToken = (response: HttpResponse) =>
  response.status === 401 && isServiceError(response)

/**
 * True for a missing route or object, which the server reports in the same way. The page of a gateway
 * says nothing about either.
 */
export function isMissing(response: HttpResponse): boolean {
  const { status } = response
  if (status !== 404 && status !== 405) return false
  // The open-source server sends no body.
  return isServiceError(response) || response.header('content-type') === undefined
}

/** The error for a failed call with the key. */
export function refusal(
  response: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  const { status } = response
  if (status === 429) return rateLimited(host, response, context, THROTTLED_MS)
  if (!isServiceError(response)) {
    const isElsewhere = status === 404 || status === 405
    return refusedStatus(host, status, isElsewhere ? ADDRESS_HINT : undefined)
  }
  switch (status) {
    case 400:
      return refusedStatus(host, 400, 'Check the API key and the application of the account.')
    case 401:
      return new TokentrayError('wrong_credentials', `${host} does not accept this API key.`, {
        field: 'key',
        hint: 'Check the key and the region. The signing secret of your own server is not an API key.',
      })
    case 403:
      return new TokentrayError(
        'wrong_credentials',
        `${host} does not allow this key to create or revoke tokens.`,
        {
          field: 'key',
          hint: 'Enter the API key of an environment, not the portal token of an application.',
        },
      )
    case 404:
      return new TokentrayError(
        'invalid_request',
        `${host} has no such application for this key.`,
        {
          field: 'application',
          hint: 'Enter the ID or UID of an application in the environment of the key.',
        },
      )
    case 409:
      // The earlier request will finish by itself.
      return new TokentrayError(
        'temporarily_unavailable',
        `${host} is still busy with an earlier request.`,
      )
    case 422:
      return new TokentrayError('invalid_request', `${host} rejected the request.`, {
        hint: 'Check the application of the account.',
      })
    case 501:
      return new TokentrayError('not_supported', `${host} does not support this.`)
    default:
      return refusedStatus(host, status)
  }
}

const ADDRESS_HINT = 'Check that the address of the account does not include /api/v1.'
