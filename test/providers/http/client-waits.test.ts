import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../../main/base/clock.ts'
import { createHttpClient, type HttpClientOptions } from '../../../main/providers/http/client.ts'
import { createLookup } from '../../../main/providers/http/lookup.ts'
import { describeWith } from '../../helpers/needs.ts'
import { refusalOf } from '../calling.ts'
import { type BadServer, type Behaviour, startBadServer } from './bad-server.ts'
import { Authority, type Certificate, openssl } from './certificates.ts'
import { startEchoService } from './echo-service.ts'

const CONNECTED = 'HTTP/1.1 200 Connection established\r\n\r\n'

/** Everything that a proxy may do with a CONNECT request, except connecting. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  'hangs up at once': (socket) => socket.destroy(),
  'reads CONNECT and hangs up': (socket) => socket.once('data', () => socket.destroy()),
  'reads CONNECT and closes the connection properly': (socket) =>
    socket.once('data', () => socket.end()),
  'never responds to CONNECT': () => undefined,
  'sends half a response': (socket) => socket.write('HTTP/1.1 200 Conn'),
  'sends a response that never ends': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    const timer = setInterval(() => socket.write('X-More: 1\r\n'), 20)
    socket.on('close', () => clearInterval(timer))
  },
  'sends 100 Continue forever': (socket) => {
    const timer = setInterval(() => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), 20)
    socket.on('close', () => clearInterval(timer))
  },
  'sends nonsense': (socket) => socket.once('data', () => socket.write('220 mail ready\r\n')),
  'requires a password': (socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n')),
  'cannot connect': (socket) => socket.once('data', () => socket.end('HTTP/1.1 502 No\r\n\r\n')),
  'connects and hangs up': (socket) => socket.once('data', () => socket.end(CONNECTED)),
  'connects and stays silent': (socket) => socket.once('data', () => socket.write(CONNECTED)),
}

describeWith([openssl], 'the HTTP client and a proxy that misbehaves', () => {
  let authority: Authority
  let certificate: Certificate
  const opened: { close(): Promise<void> }[] = []
  beforeAll(() => {
    authority = new Authority()
    certificate = authority.issue('DNS:files.example.com')
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()))
  })

  async function setUp(behaviour: Behaviour, options: Partial<HttpClientOptions> = {}) {
    const proxy = await startBadServer(behaviour)
    const service = await startEchoService(undefined, { tls: certificate })
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }
    const client = createHttpClient({ clock: systemClock, env, deadlineMs: 500, ...options })
    opened.push(proxy, service, client)
    const send = (signal = new AbortController().signal) =>
      client.send({
        ...{ method: 'GET', url: 'https://files.example.com/', signal },
        transport: { caFile: authority.file },
      })
    /** Makes it a working proxy. */
    const repair = () =>
      proxy.behave((socket) =>
        socket.once('data', () => {
          const far = connect(Number(new URL(service.url).port), '127.0.0.1', () => {
            socket.write(CONNECTED)
            far.pipe(socket).pipe(far)
          })
          far.on('error', () => socket.destroy())
          socket.on('close', () => far.destroy())
        }),
      )
    return { proxy, client, send, repair }
  }

  const isDisconnected = (proxy: BadServer) => vi.waitFor(() => expect(proxy.open).toBe(0), 30_000)

  it('is abandoned at once if a request is withdrawn before it was sent', async () => {
    const { proxy, client } = await setUp(() => undefined, { deadlineMs: 60_000 })
    const stop = new AbortController()
    const request = {
      method: 'GET',
      url: 'https://files.example.com/',
      signal: new AbortController().signal,
      unlessSent: stop.signal,
    } as const
    const refused = refusalOf(client.send(request), 'temporarily_unavailable')
    await proxy.heard(1)
    stop.abort()
    expect(await refused).toMatchObject({ isUnsent: true })
    await isDisconnected(proxy)
    const again = await refusalOf(client.send(request), 'temporarily_unavailable')
    expect(again.isUnsent).toBe(true)
    expect(proxy.made).toBe(1)
  })

  it.each(Object.entries(behaviours))(
    'that %s: is connected to once, leaves nothing open, and works again at once',
    async (_what, behaviour) => {
      const { proxy, send, repair } = await setUp(behaviour)
      const error = await refusalOf(send(), 'temporarily_unavailable')
      expect(error.message).toMatch(/proxy|files\.example\.com/)
      await isDisconnected(proxy)
      // A client that reconnects by itself would do so within this time.
      await pause(300)
      expect(proxy.made).toBe(1)
      repair()
      expect((await send()).status).toBe(200)
    },
  )

  it('is named in the error, with what to change', async () => {
    const { proxy, send } = await setUp(behaviours['requires a password'] ?? (() => undefined))
    const refused407 = await refusalOf(send(), 'temporarily_unavailable')
    expect(refused407.message).toContain(`proxy 127.0.0.1:${proxy.port} requires a user name`)
    expect(refused407.hint).toContain('HTTPS_PROXY')
    proxy.behave(() => undefined)
    const slow = await refusalOf(send(), 'temporarily_unavailable')
    expect(slow.message).toContain(`through the proxy 127.0.0.1:${proxy.port}`)
    proxy.behave((socket) => socket.once('data', () => socket.destroy()))
    const hanging = await refusalOf(send(), 'temporarily_unavailable')
    expect(hanging.message).toContain(`proxy 127.0.0.1:${proxy.port} closed the connection`)
    await proxy.close().then(() => opened.splice(0, 1))
    const gone = await refusalOf(send(), 'temporarily_unavailable')
    expect(gone.message).toContain(`The proxy 127.0.0.1:${proxy.port} cannot be reached`)
  })

  it('does not hold a caller that cancels, and leaves nothing open', async () => {
    const { proxy, send } = await setUp(() => undefined, { deadlineMs: 60_000 })
    const gone = new AbortController()
    const refusal = refusalOf(send(gone.signal), 'cancelled')
    await proxy.heard(1)
    gone.abort()
    await refusal
    await isDisconnected(proxy)
    expect(proxy.made).toBe(1)
  })

  it('does not keep the client from being closed', async () => {
    const { proxy, client, send } = await setUp(() => undefined, { deadlineMs: 60_000 })
    const refusal = refusalOf(send(), 'cancelled')
    await proxy.heard(1)
    await client.close()
    await refusal
    await isDisconnected(proxy)
  })
})

describe('the HTTP client and a service that misbehaves', () => {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()))
  })

  it.each([
    ['closes before the request', 'http', (socket) => socket.destroy()],
    ['closes on the request', 'http', (socket) => socket.once('data', () => socket.end())],
    ['never responds', 'http', () => undefined],
    ['sends half a header', 'http', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-')],
    ['never finishes a handshake', 'https', () => undefined],
    ['hangs up on a handshake', 'https', (socket) => socket.once('data', () => socket.destroy())],
  ] as const satisfies readonly (readonly [string, string, Behaviour])[])(
    'that %s (%s): is connected to once, and disconnected',
    async (_what, scheme, behaviour) => {
      const server = await startBadServer(behaviour)
      const client = createHttpClient({ clock: systemClock, env: {}, deadlineMs: 500 })
      opened.push(server, client)
      const { signal } = new AbortController()
      const url = `${scheme}://127.0.0.1:${server.port}/`
      await refusalOf(client.send({ method: 'GET', url, signal }), 'temporarily_unavailable')
      await vi.waitFor(() => expect(server.open).toBe(0), 30_000)
      await pause(200)
      expect(server.made).toBe(1)
    },
  )

  it('times out if the name server does not respond', async () => {
    const lookup = createLookup((() => undefined) as unknown as Parameters<typeof createLookup>[0])
    const client = createHttpClient({ clock: systemClock, env: {}, connectMs: 200, lookup })
    opened.push(client)
    const { signal } = new AbortController()
    const error = await refusalOf(
      client.send({ method: 'GET', url: 'https://localhost:9/', signal }),
      'temporarily_unavailable',
    )
    expect(error.message).toContain('timed out')
  })
})

describe('looking up names', () => {
  type Resolve = NonNullable<Parameters<typeof createLookup>[0]>
  type Callback = (error: null, address: string, family: number) => void

  it('shares one lookup between callers of the same name, and runs two at a time', async () => {
    const lookups: { readonly name: string; readonly callback: Callback }[] = []
    const resolve = (name: string, _options: object, callback: Callback) =>
      lookups.push({ name, callback })
    const lookup = createLookup(resolve as unknown as Resolve)
    const resolved: string[] = []
    for (const name of ['a', 'a', 'b', 'c', 'c', 'd']) {
      lookup(name, {}, (_error, address) => resolved.push(String(address)))
    }
    const names = () => lookups.map(({ name }) => name)
    expect(names()).toEqual(['a', 'b'])
    lookups[0]?.callback(null, 'A', 4)
    expect(resolved).toEqual(['A', 'A'])
    expect(names()).toEqual(['a', 'b', 'c'])
    lookups[2]?.callback(null, 'C', 4)
    lookups[1]?.callback(null, 'B', 4)
    lookups[3]?.callback(null, 'D', 4)
    expect(resolved).toEqual(['A', 'A', 'C', 'C', 'B', 'D'])
    lookup('a', {}, () => undefined)
    expect(names()).toEqual(['a', 'b', 'c', 'd', 'a'])
  })
})

describe('an address with the wrong scheme', () => {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()))
  })
  const send = (url: string) => {
    const client = createHttpClient({ clock: systemClock, env: {} })
    opened.push(client)
    return client.send({ method: 'GET', url, signal: new AbortController().signal })
  }

  it.each([
    'Client sent an HTTP request to an HTTPS server.\n',
    '<html><body>The plain HTTP request was sent to HTTPS port</body></html>',
  ])('is reported for http to an https port, with the address to enter: %s', async (text) => {
    const server = await startBadServer((socket) =>
      socket.once('data', () => {
        const head = `HTTP/1.0 400 Bad Request\r\ncontent-length: ${text.length}`
        socket.end(`${head}\r\n\r\n${text}`)
      }),
    )
    opened.push(server)
    const url = `127.0.0.1:${server.port}`
    const error = await refusalOf(send(`http://${url}/`), 'unexpected_answer')
    expect(error.message).toBe(`${url} uses https on this port.`)
    expect(error.hint).toContain(`https://${url}`)
  })

  it('is reported for https to an http port, with what to change', async () => {
    const service = await startEchoService()
    opened.push(service)
    const url = service.url.replace('http:', 'https:')
    const error = await refusalOf(send(url), 'temporarily_unavailable')
    expect(error.message).toBe(`${new URL(url).host} does not use https on this port.`)
    expect(error.hint).toContain('http://')
  })
})
