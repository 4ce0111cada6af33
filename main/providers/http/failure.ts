import { type ErrorCode, TokentrayError } from '../../base/errors.ts'
import { addressField } from './base-url.ts'

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
])

/** What comes back where our first message of TLS was taken for something else. */
const SAYS_NO_TLS = /wrong.version.number|packet.length.too.long|http.request/i

interface Met {
  readonly code: string
  /** Security: only to be looked at, for it may hold what a server sent. */
  readonly detail: string
  readonly host: string
  readonly answering: boolean
}

interface Said {
  readonly code?: ErrorCode
  readonly sentence: string
  readonly hint?: string
}

/**
 * What went wrong on the way, in our words. `answering` is true once a status line was read: what
 * breaks off then is an answer cut short.
 */
export function toHttpError(error: unknown, host: string, answering: boolean): TokentrayError {
  const code = codeOf(error)
  const detail = error instanceof Error ? `${code} ${error.message}` : code
  const {
    code: ours = 'temporarily_unavailable',
    sentence,
    hint,
  } = explain({ code, detail, host, answering })
  return new TokentrayError(ours, sentence, {
    ...(ours !== 'cancelled' && { field: addressField }),
    cause: withoutPayload(error, code),
    ...(hint !== undefined && { hint }),
  })
}

function explain({ code, detail, host, answering }: Met): Said {
  if (UNTRUSTED.has(code)) {
    return {
      sentence: `The certificate of ${host} is not signed by an authority that is trusted here.`,
      hint: 'If the service has an authority of its own, set "CA file" to its certificate (caFile=PATH).',
    }
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return {
      sentence: `The certificate of ${host} has expired or is not valid yet.`,
      hint: "Check this computer's clock; otherwise the service needs a new certificate.",
    }
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') {
    return {
      sentence: `The certificate of ${host} belongs to another name.`,
      hint: 'Use the name that the certificate was made for.',
    }
  }
  if (SAYS_NO_TLS.test(detail)) {
    return {
      sentence: `${host} does not speak https at this port.`,
      hint: 'Enter the address with the port for https; or with http:// where it may go without encryption.',
    }
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) {
    return {
      sentence: `No TLS connection to ${host} could be made.`,
      hint: 'Check the port, and whether the service speaks https there.',
    }
  }
  if (code.startsWith('CERT_')) return { sentence: `The certificate of ${host} is not valid.` }
  if (
    code === 'HTTPParserError' ||
    code.startsWith('HPE_') ||
    code === 'UND_ERR_HEADERS_OVERFLOW'
  ) {
    return {
      code: 'unexpected_answer',
      sentence: `${host} answered something that is not HTTP.`,
      hint: 'Check the address and its port; where the service speaks https, begin it with https://.',
    }
  }
  if (answering || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    return { code: 'unexpected_answer', sentence: `${host} broke off in the middle of its answer.` }
  }
  switch (code) {
    case 'ECONNREFUSED':
      return { sentence: `${host} refused the connection.` }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { sentence: `The name of ${host} could not be resolved.` }
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return { sentence: `${host} could not be reached in time.` }
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return { sentence: `${host} closed the connection without an answer.` }
    case 'UND_ERR_ABORTED':
    case 'UND_ERR_CLOSED':
    case 'UND_ERR_DESTROYED':
      return { code: 'cancelled', sentence: 'Tokentray is closing.' }
    default:
      return { sentence: `${host} could not be reached.` }
  }
}

/** The code, or the name of an error that has none, as the parser's sometimes. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/**
 * Security: the parser's errors carry the bytes they choked on, which may be a token or what a
 * hostile server wants in our log.
 */
function withoutPayload(error: unknown, code: string): Error {
  const cause = new Error(code)
  cause.name = error instanceof Error ? error.name : 'Error'
  return cause
}
