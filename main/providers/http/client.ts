import type { LookupFunction } from 'node:net'
import { type Dispatcher, request as undiciRequest } from 'undici'
import { version } from '../../../package.json' with { type: 'json' }
import type { Clock } from '../../base/clock.ts'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { parseUrl } from '../../base/text/parse-url.ts'
import { addressField, parseServiceUrl, requireEncryption } from './base-url.ts'
import { DefaultAuthorities, type NodesAuthorities } from './default-authorities.ts'
import { Dispatchers, type ServiceConnection } from './dispatchers.ts'
import { toHttpError } from './failure.ts'
import { type ClosableHttpClient, type HttpRequest, type HttpResponse, unsent } from './http.ts'
import { createHttpResponse } from './response.ts'
import { toSkewMs } from './time-headers.ts'

export interface HttpClientOptions {
  readonly clock: Clock
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly userAgent?: string
  /** Limit for the whole call, from the first byte sent to the last byte received. */
  readonly deadlineMs?: number
  readonly connectMs?: number
  /** The system's resolver by default. */
  readonly lookup?: LookupFunction
  readonly bodyLimitBytes?: number
  /** Warned about unusable settings in the environment. */
  readonly log?: Pick<Log, 'warn'>
  /** The authorities that Node trusts, by default. */
  readonly nodesAuthorities?: NodesAuthorities
}

/**
 * The only HTTP client for services: no cookies, cache, redirects or retries. Requires https, except for
 * loopback hosts and accounts that allow plain http; always verifies certificates.
 */
export function createHttpClient({
  clock,
  env = process.env,
  userAgent = `tokentray/${version}`,
  deadlineMs = 15_000,
  connectMs = 5_000,
  lookup,
  bodyLimitBytes = 1024 * 1024,
  log,
  nodesAuthorities,
}: HttpClientOptions): ClosableHttpClient {
  const usual = new DefaultAuthorities({ env, clock, log, node: nodesAuthorities })
  const dispatchers = new Dispatchers({ env, clock, connectMs, usual, ...(lookup && { lookup }) })
  const inProgress = new Set<() => void>()
  let closed = false

  async function exchange(request: HttpRequest, url: URL, call: Call): Promise<HttpResponse> {
    const { signal } = call
    const connection = await dispatchers.open(url, request.transport?.caFile, signal)
    call.connection = connection
    const sentAt = clock.now()
    let responseStarted = false
    try {
      const response = await undiciRequest(url, {
        dispatcher: connection.dispatcher,
        signal,
        method: request.method,
        headers: {
          accept: 'application/json',
          'cache-control': 'no-store',
          'user-agent': userAgent,
          ...request.headers,
        },
        body: request.body ?? null,
        // A kept connection may have died while the laptop slept, and a login must not be repeated.
        reset: true,
      })
      responseStarted = true
      const { statusCode, headers } = response
      const skewMs = toSkewMs(first(headers['date']), sentAt, clock.now())
      const body = await readBody(response.body, bodyLimitBytes, url.host)
      if (statusCode >= 300 && statusCode < 400) throw redirected(url, first(headers['location']))
      if (statusCode === 400 && requiresTls(url, body)) throw httpsRequired(url)
      return createHttpResponse({ status: statusCode, headers, body, skewMs, host: url.host })
    } catch (error) {
      throw isTokentrayError(error) ? error : toHttpError(error, url.host, responseStarted)
    } finally {
      connection.destroy()
    }
  }

  return {
    async send(request) {
      const url = checkUrl(request)
      if (closed) throw new TokentrayError('cancelled', 'Tokentray is stopping.')
      if (request.signal.aborted) throw new TokentrayError('cancelled')
      if (request.unlessSent?.aborted) throw unsent()
      const over = new AbortController()
      const call: Call = { signal: over.signal, connection: undefined }
      return await new Promise<HttpResponse>((resolve, reject) => {
        // Settles at once: the exchange may take a while to notice that it is cancelled.
        const fail = (error: TokentrayError) => {
          forget()
          reject(error)
          over.abort()
        }
        const gone = () => fail(new TokentrayError('cancelled'))
        const stop = () => {
          if (!call.connection?.isConnected) fail(unsent())
        }
        const close = () => fail(new TokentrayError('cancelled', 'Tokentray is stopping.'))
        const forgetDeadline = clock.after(deadlineMs, () => fail(tooSlow(url, deadlineMs, call)))
        const forget = () => {
          forgetDeadline()
          request.signal.removeEventListener('abort', gone)
          request.unlessSent?.removeEventListener('abort', stop)
          inProgress.delete(close)
        }
        request.signal.addEventListener('abort', gone, { once: true })
        request.unlessSent?.addEventListener('abort', stop, { once: true })
        inProgress.add(close)
        exchange(request, url, call).then(resolve, reject).finally(forget)
      })
    },
    async close() {
      closed = true
      for (const close of [...inProgress]) close()
    },
  }
}

/** A call in progress. */
interface Call {
  readonly signal: AbortSignal
  /** Set once it is open. */
  connection: ServiceConnection | undefined
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
    // Leaving the loop closes the connection, so that the rest is not sent for nothing.
    if (length > limitBytes) {
      throw new TokentrayError(
        'unexpected_answer',
        `${host} returned a response that is too large.`,
        {
          field: addressField,
        },
      )
    }
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

/** How Go's servers and nginx respond in plain http to a client that does not start with TLS. */
const REQUIRES_TLS = /HTTP request (was sent )?to (an )?HTTPS (server|port)/i

function requiresTls({ protocol }: URL, body: Buffer): boolean {
  return protocol === 'http:' && REQUIRES_TLS.test(body.toString('latin1'))
}

function httpsRequired({ host }: URL): TokentrayError {
  return new TokentrayError('unexpected_answer', `${host} uses https on this port.`, {
    field: addressField,
    hint: `Enter the address as https://${host}.`,
  })
}

function redirected(url: URL, location: string | undefined): TokentrayError {
  const target = location === undefined ? null : parseUrl(location, url)
  return new TokentrayError(
    'unexpected_answer',
    `${url.host} redirects to ${target?.origin ?? 'an invalid address'}. Redirects are not followed.`,
    { field: addressField, hint: 'If that is the service, enter its address instead.' },
  )
}

function tooSlow({ host }: URL, deadlineMs: number, call: Call): TokentrayError {
  const proxy = call.connection?.proxy
  const through = proxy === undefined ? '' : ` through the proxy ${proxy}`
  return new TokentrayError(
    'temporarily_unavailable',
    `${host} did not respond within ${deadlineMs / 1000} seconds${through}.`,
    { field: addressField },
  )
}

function first(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
