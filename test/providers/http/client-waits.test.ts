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

/** Everything that a proxy may do with a request to connect, but for connecting. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  'hangs up at once': (socket) => socket.destroy(),
  'reads CONNECT and hangs up': (socket) => socket.once('data', () => socket.destroy()),
  'reads CONNECT and ends the connection in order': (socket) =>
    socket.once('data', () => socket.end()),
  'never answers CONNECT': () => undefined,
  'answers half of it': (socket) => socket.write('HTTP/1.1 200 Conn'),
  'answers it and never ends': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    const timer = setInterval(() => socket.write('X-More: 1\r\n'), 20)
    socket.on('close', () => clearInterval(timer))
  },
  'asks for patience without end': (socket) => {
    const timer = setInterval(() => socket.write('HTTP/1.1 100 Continue\r\n\r\n'), 20)
    socket.on('close', () => clearInterval(timer))
  },
  'answers nonsense': (socket) => socket.once('data', () => socket.write('220 mail ready\r\n')),
  'wants a password': (socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n')),
  'cannot connect': (socket) => socket.once('data', () => socket.end('HTTP/1.1 502 No\r\n\r\n')),
  'connects and hangs up': (socket) => socket.once('data', () => socket.end(CONNECTED)),
  'connects and says no more': (socket) => socket.once('data', () => socket.write(CONNECTED)),
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
    /** From now on it does what a proxy does. */
    const mend = () =>
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
    return { proxy, client, send, mend }
  }

  const isLeft = (proxy: BadServer) => vi.waitFor(() => expect(proxy.open).toBe(0), 30_000)

  it('is given up at once by who wants nothing sent any more, as long as nothing was', async () => {
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
    await isLeft(proxy)
    const again = await refusalOf(client.send(request), 'temporarily_unavailable')
    expect(again.isUnsent).toBe(true)
    expect(proxy.made).toBe(1)
  })

  it.each(Object.entries(behaviours))(
    'that %s: is connected to once, leaves nothing open, and is of use again at once',
    async (_what, behaviour) => {
      const { proxy, send, mend } = await setUp(behaviour)
      const error = await refusalOf(send(), 'temporarily_unavailable')
      expect(error.message).toMatch(/proxy|files\.example\.com/)
      await isLeft(proxy)
      // A client that connects again by itself would do so within this.
      await pause(300)
      expect(proxy.made).toBe(1)
      mend()
      expect((await send()).status).toBe(200)
    },
  )

  it('is told by name, with what to change', async () => {
    const { proxy, send } = await setUp(behaviours['wants a password'] ?? (() => undefined))
    const wanting = await refusalOf(send(), 'temporarily_unavailable')
    expect(wanting.message).toContain(`proxy 127.0.0.1:${proxy.port} requires a user name`)
    expect(wanting.hint).toContain('HTTPS_PROXY')
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

  it('keeps nobody who gives up, and leaves nothing open', async () => {
    const { proxy, send } = await setUp(() => undefined, { deadlineMs: 60_000 })
    const gone = new AbortController()
    const refusal = refusalOf(send(gone.signal), 'cancelled')
    await proxy.heard(1)
    gone.abort()
    await refusal
    await isLeft(proxy)
    expect(proxy.made).toBe(1)
  })

  it('does not keep the client from being closed', async () => {
    const { proxy, client, send } = await setUp(() => undefined, { deadlineMs: 60_000 })
    const refusal = refusalOf(send(), 'cancelled')
    await proxy.heard(1)
    await client.close()
    await refusal
    await isLeft(proxy)
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
    ['never answers', 'http', () => undefined],
    ['answers half a head', 'http', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-')],
    ['never finishes a handshake', 'https', () => undefined],
    ['hangs up on a handshake', 'https', (socket) => socket.once('data', () => socket.destroy())],
  ] as const satisfies readonly (readonly [string, string, Behaviour])[])(
    'that %s (%s): is connected to once, and left',
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

  it('answers in time where the name server does not', async () => {
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
  type Tell = (error: null, address: string, family: number) => void

  it('asks once for all who want the same, and two at a time', async () => {
    const asked: { readonly name: string; readonly tell: Tell }[] = []
    const resolve = (name: string, _options: object, tell: Tell) => asked.push({ name, tell })
    const lookup = createLookup(resolve as unknown as Resolve)
    const told: string[] = []
    for (const name of ['a', 'a', 'b', 'c', 'c', 'd']) {
      lookup(name, {}, (_error, address) => told.push(String(address)))
    }
    const names = () => asked.map(({ name }) => name)
    expect(names()).toEqual(['a', 'b'])
    asked[0]?.tell(null, 'A', 4)
    expect(told).toEqual(['A', 'A'])
    expect(names()).toEqual(['a', 'b', 'c'])
    asked[2]?.tell(null, 'C', 4)
    asked[1]?.tell(null, 'B', 4)
    asked[3]?.tell(null, 'D', 4)
    expect(told).toEqual(['A', 'A', 'C', 'C', 'B', 'D'])
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
  ])('of http to a port for https is said, with the address to enter: %s', async (text) => {
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

  it('of https to a port for http is said, with what to change', async () => {
    const service = await startEchoService()
    opened.push(service)
    const url = service.url.replace('http:', 'https:')
    const error = await refusalOf(send(url), 'temporarily_unavailable')
    expect(error.message).toBe(`${new URL(url).host} does not use https on this port.`)
    expect(error.hint).toContain('http://')
  })
})
