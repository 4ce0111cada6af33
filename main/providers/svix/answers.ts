import { TokentrayError } from '../../base/errors.ts'
import type { HttpResponse } from '../http/http.ts'
import type { FormValues, ProviderContext } from '../provider.ts'
import { findObject } from '../wire/json-object.ts'
import { rateLimited, refusedStatus } from '../wire/service-errors.ts'
import { hostOf } from './address.ts'

/** No limit is published, and none is announced. */
const THROTTLED_MS = 60_000

/**
 * True for a refusal in the service's own words, `code` or `detail`: pages of what stands between
 * say nothing about a key or a token.
 */
export function isServiceError(answer: HttpResponse): boolean {
  const words = findObject(answer)
  if (words === null) return false
  const { code, detail } = words
  return typeof code === 'string' || typeof detail === 'string' || Array.isArray(detail)
}

/** In the service's own words alone: a token given up too early would live on, unknown. */
export const isRefusedToken = (answer: HttpResponse) =>
  answer.status === 401 && isServiceError(answer)

/**
 * True for what a server says of a route that it does not have; of an object that it does not have it
 * says the same. A page of what stands between says nothing about either.
 */
export function isMissing(answer: HttpResponse): boolean {
  const { status } = answer
  if (status !== 404 && status !== 405) return false
  // The open-source server says it without a word.
  return isServiceError(answer) || answer.header('content-type') === undefined
}

/** What an answer means that is not the wanted one, where the key was what it was asked with. */
export function refusal(
  answer: HttpResponse,
  values: FormValues,
  context: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  const { status } = answer
  if (status === 429) return rateLimited(host, answer, context, THROTTLED_MS)
  if (!isServiceError(answer)) {
    const isElsewhere = status === 404 || status === 405
    return refusedStatus(host, status, isElsewhere ? ADDRESS_HINT : undefined)
  }
  switch (status) {
    case 400:
      return refusedStatus(host, 400, 'Check the API key and the application of the account.')
    case 401:
      return new TokentrayError('wrong_credentials', `${host} does not accept this API key.`, {
        field: 'key',
        hint: 'Check the key and the region; the signing secret of your own server is no key.',
      })
    case 403:
      return new TokentrayError(
        'wrong_credentials',
        `${host} does not permit this key to make or end tokens.`,
        {
          field: 'key',
          hint: "Enter an environment's key, not the portal token of one application.",
        },
      )
    case 404:
      return new TokentrayError(
        'invalid_request',
        `${host} has no such "Application" for this key.`,
        {
          field: 'application',
          hint: 'Enter the id or uid of an application of the environment that the key is for.',
        },
      )
    case 409:
      // What an earlier call holds is let go by itself.
      return new TokentrayError('temporarily_unavailable', `${host} is busy with an earlier call.`)
    case 422:
      return new TokentrayError('invalid_request', `${host} finds the request unusable.`, {
        hint: 'Check the application of the account.',
      })
    case 501:
      return new TokentrayError('not_supported', `${host} does not offer this.`)
    default:
      return refusedStatus(host, status)
  }
}

const ADDRESS_HINT = 'Check the address of the account, without /api/v1.'
