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

/** An answer whose body is looked at only when asked for, and only as what it says it is. */
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
        throw unexpected(`${host} answered ${describe(type, body.length)} instead of JSON.`)
      }
      if (body.length === 0) throw unexpected(`${host} answered nothing.`)
      try {
        return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
      } catch {
        // Security: the parser's own error quotes the body.
        throw unexpected(`${host} answered something that says it is JSON and is not.`)
      }
    },
  }
}

function describe(type: string, length: number): string {
  if (/^text\/html\b/i.test(type)) return 'a web page'
  if (length === 0) return 'nothing'
  return 'something else'
}

function unexpected(message: string): TokentrayError {
  return new TokentrayError('unexpected_answer', message, { field: addressField })
}
