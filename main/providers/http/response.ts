import { TokentrayError } from '../../base/errors.ts'
import { addressField } from './base-url.ts'
import type { HttpResponse } from './http.ts'

interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array
  readonly skewMs: number
  readonly host: string
}

const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i

/** A response whose body is parsed only on demand, and only as its content type. */
export function createHttpResponse({
  status,
  headers,
  body,
  skewMs,
  host,
}: Received): HttpResponse {
  const header = (name: string) => {
    const value = headers[name]
    return typeof value === 'string' ? value : value?.[0]
  }
  return {
    status,
    header,
    skewMs,
    json() {
      const type = header('content-type') ?? ''
      if (!JSON_TYPE.test(type)) {
        throw unexpected(`${host} returned ${describe(type, body.length)} instead of JSON.`)
      }
      if (body.length === 0) throw unexpected(`${host} returned an empty response.`)
      try {
        return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
      } catch {
        // Security: the parser's own error quotes the body.
        throw unexpected(`${host} returned invalid JSON.`)
      }
    },
  }
}

function describe(type: string, length: number): string {
  if (/^text\/html\b/i.test(type)) return 'a web page'
  if (length === 0) return 'an empty response'
  return 'something else'
}

function unexpected(message: string): TokentrayError {
  return new TokentrayError('unexpected_answer', message, { field: addressField })
}
