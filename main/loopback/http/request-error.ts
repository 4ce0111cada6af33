import { isTokentrayError, TokentrayError, toTokentrayError } from '../../base/errors.ts'

/**
 * Turns an error of the framework into one of ours; its message is dropped, because it may repeat the
 * body.
 */
export function toRequestError(raised: unknown): TokentrayError {
  if (isTokentrayError(raised)) return raised
  if (typeof raised !== 'object' || raised === null) return toTokentrayError(raised)
  const { code, statusCode }: { code?: unknown; statusCode?: unknown } = raised
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new TokentrayError('payload_too_large')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new TokentrayError('invalid_request', 'This content type is not supported.', {
      hint: 'Send application/x-www-form-urlencoded to /oauth, application/json to /v1.',
    })
  }
  if (code === 'FST_ERR_MAX_PARAM_LENGTH') return new TokentrayError('not_found')
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new TokentrayError('invalid_request', 'The body cannot be read.')
  }
  return toTokentrayError(raised)
}
