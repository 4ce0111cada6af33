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

/** TLS errors from a server that took our ClientHello for something else. */
const NOT_TLS = /wrong.version.number|packet.length.too.long|http.request/i

/** Errors before there was a connection to send anything on. */
const UNREACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

interface Observed {
  readonly code: string
  /** Security: for matching only, because it may contain what a server sent. */
  readonly detail: string
  readonly host: string
  readonly responseStarted: boolean
}

interface Explanation {
  readonly code?: ErrorCode
  readonly sentence: string
  readonly hint?: string
}

/**
 * A connection error in our own words. `responseStarted` is true once a status line was read: an error after that
 * means an incomplete response.
 */
export function toHttpError(
  error: unknown,
  host: string,
  responseStarted: boolean,
): TokentrayError {
  const code = codeOf(error)
  const detail = error instanceof Error ? `${code} ${error.message}` : code
  const {
    code: ours = 'temporarily_unavailable',
    sentence,
    hint,
  } = explain({ code, detail, host, responseStarted })
  return new TokentrayError(ours, sentence, {
    ...(ours !== 'cancelled' && { field: addressField }),
    cause: withoutPayload(error, code),
    ...(hint !== undefined && { hint }),
    ...(UNREACHED.has(code) && !responseStarted && { unsent: 'unreached' }),
  })
}

function explain({ code, detail, host, responseStarted }: Observed): Explanation {
  if (UNTRUSTED.has(code)) {
    return {
      sentence: `The certificate of ${host} is not signed by a trusted authority.`,
      hint: 'If the service has a private certificate authority, set "CA file" to its certificate (caFile=PATH).',
    }
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return {
      sentence: `The certificate of ${host} has expired or is not valid yet.`,
      hint: "Check this computer's clock. If it is right, the service needs a new certificate.",
    }
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') {
    return {
      sentence: `The certificate of ${host} is for a different name.`,
      hint: 'Use the name that the certificate was issued for.',
    }
  }
  if (NOT_TLS.test(detail)) {
    return {
      sentence: `${host} does not use https on this port.`,
      hint: 'Enter the address with its https port, or with http:// if it needs no encryption.',
    }
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) {
    return {
      sentence: `Could not establish a TLS connection to ${host}.`,
      hint: 'Check the port, and whether the service uses https there.',
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
      sentence: `${host} returned something that is not HTTP.`,
      hint: 'Check the address and port. If the service uses https, start the address with https://.',
    }
  }
  if (responseStarted || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    return {
      code: 'unexpected_answer',
      sentence: `${host} closed the connection in the middle of its response.`,
    }
  }
  switch (code) {
    case 'ECONNREFUSED':
      return { sentence: `${host} refused the connection.` }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { sentence: `${host} could not be found: its name does not resolve.` }
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return { sentence: `Connecting to ${host} timed out.` }
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return { sentence: `${host} closed the connection without a response.` }
    case 'UND_ERR_ABORTED':
    case 'UND_ERR_CLOSED':
    case 'UND_ERR_DESTROYED':
      return { code: 'cancelled', sentence: 'Tokentray is stopping.' }
    default:
      return { sentence: `${host} could not be reached.` }
  }
}

/** The code of an error, or its name, as some parser errors have no code. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/**
 * Security: parser errors carry the bytes that they failed on, which may contain a token, or text that a
 * hostile server wants in our log.
 */
function withoutPayload(error: unknown, code: string): Error {
  const cause = new Error(code)
  cause.name = error instanceof Error ? error.name : 'Error'
  return cause
}
