import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../main/base/clock.ts'
import { randomText } from '../../../main/base/ids.ts'
import { createHttpClient, type HttpClientOptions } from '../../../main/providers/http/client.ts'
import type { ClosableHttpClient, HttpRequest } from '../../../main/providers/http/http.ts'
import packageJson from '../../../package.json' with { type: 'json' }
import { FakeClock } from '../../helpers/fake-clock.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import type { Fault } from '../../simulators/faults.ts'
import type { SimulatedAnswer, Simulator } from '../../simulators/simulator.ts'
import { refusalOf } from '../calling.ts'
import { startEchoService } from './echo-service.ts'

describe('the HTTP client', () => {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()))
  })

  function makeClient(options: Partial<HttpClientOptions> = {}): ClosableHttpClient {
    const client = createHttpClient({ clock: systemClock, env: {}, ...options })
    opened.push(client)
    return client
  }

  async function startService(
    answer?: SimulatedAnswer,
    clock = new FakeClock(),
  ): Promise<Simulator> {
    const service = await startEchoService(answer, { now: () => clock.now() })
    opened.push(service)
    return service
  }

  const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
    method: 'GET',
    url,
    signal: new AbortController().signal,
    ...more,
  })

  async function sendWithFault(fault: Fault, options: Partial<HttpClientOptions> = {}) {
    const service = await startService()
    service.faults.next(1, fault)
    return makeClient(options).send(get(`${service.url}/x`))
  }

  it('sends method, body and headers, bypasses caches and identifies itself', async () => {
    const service = await startService()
    const response = await makeClient().send(
      get(`${service.url}/x`, { method: 'POST', headers: { 'X-Odd': 'é' }, body: '{"a":"€"}' }),
    )
    expect(response.status).toBe(200)
    expect(response.json()).toEqual({ hello: 'world' })
    const [request] = service.requests
    expect([request?.method, request?.path, request?.body]).toEqual(['POST', '/x', '{"a":"€"}'])
    expect(request?.headers['x-odd']).toBe('é')
    expect(request?.headers['cache-control']).toBe('no-store')
    expect(request?.headers['user-agent']).toBe(`tokentray/${packageJson.version}`)
  })

  it('resolves for any status from 400 on', async () => {
    const service = await startService({ status: 503, headers: { 'x-why': 'tired' } })
    const response = await makeClient().send(get(service.url))
    expect([response.status, response.header('x-why'), response.header('x-not')]).toEqual([
      503,
      'tired',
      undefined,
    ])
  })

  it('does not send back a cookie', async () => {
    const cookie = { 'set-cookie': 'jwt=abc; Path=/' }
    const service = await startService({ status: 200, headers: cookie, body: {} })
    const client = makeClient()
    await client.send(get(service.url))
    await client.send(get(service.url))
    expect(service.requests[1]?.headers).not.toHaveProperty('cookie')
  })

  it('does not cache a response, even if it may', async () => {
    const headers = { 'cache-control': 'public, max-age=3600' }
    const service = await startService({ status: 200, headers, body: {} })
    const client = makeClient()
    await client.send(get(service.url))
    await client.send(get(service.url))
    expect(service.requests).toHaveLength(2)
  })

  it('makes a new connection for each call', async () => {
    const service = await startService()
    await makeClient().send(get(service.url))
    expect(service.requests[0]?.headers['connection']).toBe('close')
  })

  it.each([301, 302, 303, 307, 308])('does not follow a redirect with %i', async (status) => {
    const target = await startService()
    const secret = markedSecret('query')
    const service = await startService({
      status,
      headers: { location: `${target.url}/path?code=${secret}` },
    })
    const error = await refusalOf(makeClient().send(get(service.url)), 'unexpected_answer', [
      secret,
      '/path',
    ])
    expect(error.message).toContain(target.url)
    expect(target.requests).toHaveLength(0)
    expect(service.requests).toHaveLength(1)
  })

  it('reads how far the clock of the service is ahead', async () => {
    const clock = new FakeClock()
    const service = await startService(undefined, clock)
    const client = makeClient({ clock })
    expect((await client.send(get(service.url))).skewMs).toBe(0)
    service.clock.advance(120_000)
    expect((await client.send(get(service.url))).skewMs).toBe(120_000)
  })

  it('times out if no response arrives', async () => {
    const clock = new FakeClock()
    const service = await startService()
    service.faults.next(1, { kind: 'hang' })
    const refusal = refusalOf(
      makeClient({ clock }).send(get(service.url)),
      'temporarily_unavailable',
    )
    await service.arrived(1)
    await clock.advance(15_000)
    expect((await refusal).message).toContain('within 15 seconds')
  })

  it('times out if the response arrives byte by byte forever', async () => {
    const dripping = sendWithFault({ kind: 'drip', everyMs: 10 }, { deadlineMs: 200 })
    const error = await refusalOf(dripping, 'temporarily_unavailable')
    expect(error.message).toContain('within 0.2 seconds')
  })

  it.each([
    ['the deadline', 'temporarily_unavailable'],
    ['the caller', 'cancelled'],
    ['a close', 'cancelled'],
  ] as const)('survives that %s aborts a response without a length', async (end, code) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const accepted = once(server, 'connection')
    const caller = new AbortController()
    const client = makeClient({ deadlineMs: end === 'the deadline' ? 500 : 3_600_000 })
    const { port } = server.address() as AddressInfo
    const refused = refusalOf(
      client.send(get(`http://127.0.0.1:${port}/`, { signal: caller.signal })),
      code,
    )
    const [socket] = (await accepted) as [Socket]
    const gone = once(socket.resume(), 'close')
    // Until the header was read: only then does the client read a body without a length.
    await new Promise((resolve) => setTimeout(resolve, 200))
    if (end === 'the caller') caller.abort()
    if (end === 'a close') await client.close()
    await refused
    await gone
    // An error that undici throws now would end the process, so it fails this run.
    await new Promise((resolve) => setImmediate(resolve))
    server.close()
  })

  it('leaves no timer behind', async () => {
    const clock = new FakeClock()
    const service = await startService()
    await makeClient({ clock }).send(get(service.url))
    expect(clock.armed).toBe(0)
  })

  it('accepts a body at the size limit and drops the connection at one byte more', async () => {
    const text = (length: number): SimulatedAnswer => ({
      status: 200,
      body: 'x'.repeat(length - 2),
    })
    const fits = await startService(text(1000))
    const client = makeClient({ bodyLimitBytes: 1000 })
    expect((await client.send(get(fits.url))).json()).toHaveLength(998)
    const over = await startService(text(1001))
    await refusalOf(client.send(get(over.url)), 'unexpected_answer')
    const endless = await startService()
    endless.faults.next(1, { kind: 'huge' })
    await refusalOf(makeClient().send(get(endless.url)), 'unexpected_answer')
    await expect.poll(() => endless.counts.inFlight).toBe(0)
  })

  it.each<[Fault, RegExp]>([
    [{ kind: 'html' }, /web page/],
    [{ kind: 'empty' }, /empty response/],
    [{ kind: 'malformed' }, /invalid JSON/],
  ])('says what the body is instead of JSON (%j)', async (fault, said) => {
    const response = await sendWithFault(fault)
    const error = await refusalOf(
      Promise.resolve().then(() => response.json()),
      'unexpected_answer',
      ['Welcome', 'half'],
    )
    expect(error.message).toMatch(said)
  })

  it('does not quote a body that is not JSON, as the parser does with a short one', async () => {
    const secret = `x${randomText(64)}`
    registerSecret(secret)
    const server = createHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(secret)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    opened.push({ close: async () => void server.close() })
    const { port } = server.address() as AddressInfo
    const response = await makeClient().send(get(`http://127.0.0.1:${port}/`))
    const reading = Promise.resolve().then(() => response.json())
    await refusalOf(reading, 'unexpected_answer', [secret])
  })

  it.each([
    ['application/json', true],
    ['application/json; charset=utf-8', true],
    ['Application/Problem+JSON', true],
    ['text/plain', false],
    ['application/jsonp', false],
    ['text/html; application/json', false],
  ])('accepts %s as JSON: %s', async (type, isJson) => {
    const headers = { 'content-type': type }
    const service = await startService({ status: 200, headers, body: { a: 1 } })
    const response = await makeClient().send(get(service.url))
    if (isJson) expect(response.json()).toEqual({ a: 1 })
    else expect(() => response.json()).toThrow('instead of JSON')
  })

  it.each<[Fault, 'unexpected_answer' | 'temporarily_unavailable', RegExp]>([
    [{ kind: 'reset' }, 'temporarily_unavailable', /closed the connection without a response/],
    [{ kind: 'truncated' }, 'unexpected_answer', /in the middle of its response/],
    [{ kind: 'not_http' }, 'unexpected_answer', /not HTTP/],
    [{ kind: 'huge' }, 'unexpected_answer', /response that is too large/],
  ])('reports what happened (%j)', async (fault, code, said) => {
    const error = await refusalOf(sendWithFault(fault), code)
    expect(error.message).toMatch(said)
    expect(error.field).toBe('url')
  })

  it('quotes nothing from a server that does not speak HTTP', async () => {
    const secret = markedSecret('raw')
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', () => socket.end(`${secret}\r\n\r\n`))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    opened.push({ close: async () => void server.close() })
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const calling = makeClient().send(get(`http://127.0.0.1:${port}/`))
    await refusalOf(calling, 'unexpected_answer', [secret])
  })

  it('times out soon if a connection is accepted and no TLS handshake follows', async () => {
    const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
    await once(server, 'listening')
    opened.push({ close: async () => void server.close() })
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const client = makeClient({ connectMs: 100 })
    const calling = client.send(get(`https://127.0.0.1:${port}/`))
    const error = await refusalOf(calling, 'temporarily_unavailable')
    expect(error.message).toMatch(/timed out/)
  })

  it('reports a refused connection', async () => {
    const service = await startService()
    await service.close()
    const error = await refusalOf(makeClient().send(get(service.url)), 'temporarily_unavailable')
    expect(error.message).toMatch(/refused the connection/)
    expect(error.field).toBe('url')
    expect(error.unsent).toBe('unreached')
  })

  it.each([
    'nonsense',
    'ftp://127.0.0.1/',
    'http://user:hunter2@127.0.0.1/',
    'http://files.example.com/',
    'http://localhost.example.com/',
    'http://10.0.0.1/',
    'http://[::2]/',
  ])('refuses to call %s', async (url) => {
    await refusalOf(makeClient().send(get(url)), 'invalid_request', ['hunter2'])
  })

  it('calls another machine over plain http if the account allows it', async () => {
    const calling = makeClient().send(
      get('http://files.example.com/', { transport: { allowPlainHttp: true } }),
    )
    // The network guard of the tests stops the call; what matters is that it was tried.
    await refusalOf(calling, 'temporarily_unavailable')
  })

  it('rejects with cancelled if the caller cancels, before or during the call', async () => {
    const service = await startService()
    const client = makeClient()
    await refusalOf(client.send(get(service.url, { signal: AbortSignal.abort() })), 'cancelled')
    expect(service.requests).toHaveLength(0)
    service.faults.next(1, { kind: 'hang' })
    const caller = new AbortController()
    const refusal = refusalOf(client.send(get(service.url, { signal: caller.signal })), 'cancelled')
    await service.arrived(1)
    caller.abort()
    await refusal
    await expect.poll(() => service.counts.inFlight).toBe(0)
  })

  it('cancels calls in progress when it is closed, and accepts no more', async () => {
    const service = await startService()
    service.faults.next(1, { kind: 'hang' })
    const client = makeClient()
    const refusal = refusalOf(client.send(get(service.url)), 'cancelled')
    await service.arrived(1)
    await client.close()
    await refusal
    await refusalOf(client.send(get(service.url)), 'cancelled')
    expect(service.requests).toHaveLength(1)
  })
})
