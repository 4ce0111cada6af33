import { type Dispatcher, request as undiciRequest } from 'undici'
import { version } from '../../package.json' with { type: 'json' }
import type { Clock } from '../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../base/errors.ts'
import { parseServiceUrl, requireEncryption } from './base-url.ts'
import type { ClosableHttpClient, HttpAnswer, HttpRequest } from './http.ts'
import { createHttpAnswer } from './http-answer.ts'
import { toSkewMs } from './http-date.ts'
import { Dispatchers } from './http-dispatchers.ts'
import { toHttpFailure } from './http-failure.ts'

export interface HttpClientOptions {
  readonly clock: Clock
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly userAgent?: string
  /** For the whole call, from the first byte out to the last byte in. */
  readonly deadlineMs?: number
  readonly connectMs?: number
  readonly bodyLimitBytes?: number
}

/**
 * The one way to a service: no cookies, no cache, no redirects, no retry; https but to loopback
 * hosts and where the account allows otherwise; certificates always verified.
 */
export function createHttpClient({
  clock,
  env = process.env,
  userAgent = `tokentray/${version}`,
  deadlineMs = 15_000,
  connectMs = 5_000,
  bodyLimitBytes = 1024 * 1024,
}: HttpClientOptions): ClosableHttpClient {
  const dispatchers = new Dispatchers({ env, connectMs })
  let closed = false

  async function exchange(
    request: HttpRequest,
    url: URL,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const dispatcher = await dispatchers.find(url, request.transport?.caFile)
    if (closed) throw new TokentrayError('cancelled', 'Tokentray is closing.')
    const sentAt = clock.now()
    let answering = false
    try {
      const response = await undiciRequest(url, {
        dispatcher,
        signal,
        method: request.method,
        headers: {
          accept: 'application/json',
          'cache-control': 'no-store',
          'user-agent': userAgent,
          ...request.headers,
        },
        body: request.body ?? null,
        // A connection that slept with the laptop would fail a login that must not be repeated.
        reset: true,
      })
      answering = true
      const { statusCode, headers } = response
      const skewMs = toSkewMs(first(headers['date']), sentAt, clock.now())
      const body = await readBody(response.body, bodyLimitBytes, url.host)
      if (statusCode >= 300 && statusCode < 400) throw redirected(url, first(headers['location']))
      return createHttpAnswer({ status: statusCode, headers, body, skewMs, host: url.host })
    } catch (error) {
      throw isTokentrayError(error) ? error : toHttpFailure(error, url.host, answering)
    }
  }

  return {
    async send(request) {
      const url = checkUrl(request)
      const call = new AbortController()
      const stop = () => call.abort()
      const forgetDeadline = clock.after(deadlineMs, stop)
      if (request.signal.aborted) stop()
      request.signal.addEventListener('abort', stop, { once: true })
      try {
        if (call.signal.aborted) throw new TokentrayError('cancelled')
        return await exchange(request, url, call.signal)
      } catch (error) {
        if (request.signal.aborted) throw new TokentrayError('cancelled')
        if (call.signal.aborted) throw tooSlow(url, deadlineMs)
        throw error
      } finally {
        forgetDeadline()
        request.signal.removeEventListener('abort', stop)
      }
    },
    async close() {
      closed = true
      await dispatchers.close()
    },
  }
}

function checkUrl({ url: text, transport }: HttpRequest): URL {
  const url = parseServiceUrl(text)
  requireEncryption(url, transport?.allowPlainHttp)
  return url
}

async function readBody(
  body: Dispatcher.ResponseData['body'],
  limitBytes: number,
  host: string,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    // Leaving the loop drops the connection, so that the rest is not sent to nobody.
    if (length > limitBytes) {
      throw new TokentrayError('unexpected_answer', `${host} answered more than it should.`)
    }
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

function redirected(url: URL, location: string | undefined): TokentrayError {
  const target =
    location !== undefined && URL.canParse(location, url.href)
      ? new URL(location, url).origin
      : 'nowhere'
  return new TokentrayError(
    'unexpected_answer',
    `${url.host} redirects to ${target}, and redirects are not followed.`,
    { hint: 'If that is the service, enter its address for the account.' },
  )
}

function tooSlow(url: URL, deadlineMs: number): TokentrayError {
  return new TokentrayError(
    'temporarily_unavailable',
    `${url.host} did not finish its answer within ${deadlineMs / 1000} seconds.`,
  )
}

function first(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
