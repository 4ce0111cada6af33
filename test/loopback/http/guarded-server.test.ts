import { createHook } from 'node:async_hooks'
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OwnerThread } from '../../../main/base/sockets/owner-finder.ts'
import { createGuardedServer, defaultLimits } from '../../../main/loopback/http/guarded-server.ts'
import { portOf } from '../../../main/loopback/http/listening.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { basic, makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import { describeWith, linuxProc } from '../../helpers/needs.ts'
import { exchange, openRaw } from '../../helpers/raw-http.ts'

let endpoint: TestLoopback
beforeAll(async () => {
  endpoint = await makeLoopback({
    limits: { headersMs: 400, requestMs: 600, idleMs: 600, lingerMs: 200 },
  })
  await endpoint.newAccount()
})
afterAll(() => endpoint.close())

const host = () => `Host: 127.0.0.1:${endpoint.port}\r\n`
const health = () => `GET /v1/health HTTP/1.1\r\n${host()}\r\n`
const upload = (length: number) =>
  `POST /oauth/token HTTP/1.1\r\n${host()}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${length}\r\n\r\n`

async function stillServes(): Promise<boolean> {
  return (await fetch(`${endpoint.issuer}/v1/health`)).ok
}

describe('a caller that is too slow', () => {
  it.each([
    ['says nothing', () => ''],
    ['sends half a request line', () => 'GET /v1/he'],
    ['sends half of the headers', () => `GET /v1/health HTTP/1.1\r\n${host()}`],
    ['sends a part of the body', () => `${upload(100)}grant_type=`],
  ])('that %s gets 400 and is disconnected', async (_what, bytes) => {
    const { responses } = await exchange(endpoint.port, bytes())

    const last = responses.at(-1)
    expect(last?.status).toBe(400)
    expect(JSON.parse(last?.body ?? '')).toMatchObject({
      error: 'invalid_request',
      error_description: 'The request came too slowly.',
    })
  })

  it('that stops in the second request gets 400 and is disconnected', async () => {
    const connection = await openRaw(endpoint.port)
    connection.send(health())
    await connection.answers(1)
    connection.send('GET /v1/he')
    const { responses } = await connection.closed()

    expect(responses.map(({ status }) => status)).toEqual([200, 400])
  })

  it('that sends part of the second request with the first is disconnected', async () => {
    const { responses } = await exchange(endpoint.port, `${health()}GET /v1/he`)

    expect(responses[0]?.status).toBe(200)
  })

  it('that keeps sending after its response gets no second one', async () => {
    const bytes = `POST /nothing HTTP/1.1\r\n${host()}Content-Length: 100\r\n\r\nhalf`

    const { responses } = await exchange(endpoint.port, bytes)

    expect(responses.map(({ status }) => status)).toEqual([404])
  })

  it('that keeps an idle connection is disconnected without a response', async () => {
    const { responses } = await exchange(endpoint.port, health())

    expect(responses.map(({ status }) => status)).toEqual([200])
  })

  it('that stops in the middle of a request gets an error', async () => {
    const connection = await openRaw(endpoint.port, { allowHalfOpen: true })

    connection.socket.end(`${upload(100)}grant_type=`)
    const { responses } = await connection.closed()
    connection.socket.destroy()

    expect(responses.map(({ status }) => status)).toEqual([400])
  })
})

describe('an endpoint without connections', () => {
  it('has no timers, and checks for slow callers only while there are connections', async () => {
    const clock = new FakeClock()
    const fired = new Set<number>()
    const timers = new Set<number>()
    const hook = createHook({
      init: (id, type) => {
        if (type === 'Timeout') timers.add(id)
      },
      before: (id) => {
        if (timers.has(id)) fired.add(id)
      },
    }).enable()
    const { server } = createGuardedServer(
      (_request, response) => response.end(),
      { ...defaultLimits, headersMs: 4, requestMs: 4 },
      { info: () => {}, warn: () => {}, error: () => {} },
      { clock },
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    // Far longer than all its timeouts.
    for (let turn = 0; turn < 20; turn += 1) await pause(5)
    hook.disable()
    expect([...fired].length).toBe(20)
    expect(clock.armed).toBe(0)

    const connection = await openRaw(portOf(server))
    await expect.poll(() => clock.armed).toBe(1)
    connection.socket.destroy()
    await expect.poll(() => clock.armed).toBe(0)
    server.close()
  })
})

describeWith([linuxProc], 'while the thread that reads the tables of sockets', () => {
  type FakeThread = OwnerThread & EventEmitter
  const ended = (thread: FakeThread) => void thread.emit('exit')
  it.each([
    ['has ended', ended, 0],
    ['hangs', () => undefined, 5_000],
  ])('%s, connections are refused, and later ones served', async (_what, breaks, ms) => {
    const clock = new FakeClock()
    const logged: string[] = []
    const threads: FakeThread[] = []
    const startThread = () => {
      const [isFirst, thread] = [threads.length === 0, new EventEmitter()]
      const postMessage = (sought: readonly unknown[]) => {
        if (isFirst) setImmediate(() => breaks(thread as FakeThread))
        else
          setImmediate(() =>
            thread.emit(
              'message',
              sought.map(() => process.getuid?.()),
            ),
          )
      }
      threads.push(Object.assign(thread, { postMessage, terminate: () => {}, unref: () => {} }))
      return threads.at(-1) ?? expect.fail()
    }
    const { server } = createGuardedServer(
      (_request, response) => response.end('served'),
      defaultLimits,
      { info: () => {}, warn: () => {}, error: (message) => void logged.push(message) },
      { clock, startThread },
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const ask = () =>
      exchange(
        portOf(server),
        `GET / HTTP/1.1\r\nHost: 127.0.0.1:${portOf(server)}\r\nConnection: close\r\n\r\n`,
      )
    const statuses = async () => (await ask()).responses.map(({ status }) => status)

    const refused = statuses()
    await expect.poll(() => threads.length).toBe(1)
    await clock.advance(ms)
    expect(await refused).toEqual([403])
    expect(logged).toEqual(['the users of connections are unknown'])
    expect(await statuses()).toEqual([403])
    await clock.advance(100)
    expect([await statuses(), threads.length]).toEqual([[200], 2])
    server.close()
  })
})

describe('the end of a connection', () => {
  it.each([
    ['CONNECT', () => `CONNECT 127.0.0.1:${endpoint.port} HTTP/1.1\r\n${host()}\r\n`],
    ['garbage', () => 'nothing of use\r\n\r\n'],
  ])('comes after the response to %s, even if the caller keeps sending', async (_what, bytes) => {
    const connection = await openRaw(endpoint.port, { allowHalfOpen: true })
    const talk = () => {
      if (connection.socket.writable) connection.socket.write('more', () => setImmediate(talk))
    }

    connection.send(bytes())
    await connection.answers(1)
    talk()
    const { responses } = await connection.closed()

    expect(responses).toHaveLength(1)
    expect(responses[0]?.headers['connection']).toBe('close')
  })

  it.each([
    ['CONNECT', () => `CONNECT 127.0.0.1:${endpoint.port} HTTP/1.1\r\n${host()}\r\n`],
    ['garbage', () => 'nothing of use\r\n\r\n'],
    ['a request', health],
    ['half a request', () => upload(100)],
  ])('by a reset right after %s is harmless', async (_what, bytes) => {
    for (let count = 0; count < 20; count += 1) {
      const connection = await openRaw(endpoint.port)
      connection.socket.write(bytes())
      connection.socket.resetAndDestroy()
    }

    expect(await stillServes()).toBe(true)
  })
})

describe('a caller that sends far too much', () => {
  it.each<readonly [where: string, (port: number) => string, status: number]>([
    ['in a header', () => `GET / HTTP/1.1\r\nX-Long: ${'a'.repeat(16_000_000)}\r\n\r\n`, 413],
    ['that is no HTTP', () => 'garbage '.repeat(2_000_000), 400],
    [
      'after CONNECT',
      (port) =>
        `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n${'words '.repeat(2_000_000)}`,
      403,
    ],
  ])('%s is read to the end, so that it can read the response', async (_where, bytes, status) => {
    const patient = await makeLoopback({ limits: { lingerMs: 20_000 } })
    const connection = await openRaw(patient.port)

    connection.socket.end(bytes(patient.port))
    const { responses } = await connection.closed()

    expect(responses.map((answer) => answer.status)).toEqual([status])
    expect(connection.wasReset).toBe(false)
    await patient.close()
  })
})

describe('garbage on a connection that is in use', () => {
  it('gets one response after the previous one', async () => {
    const connection = await openRaw(endpoint.port)

    connection.send(health())
    await connection.answers(1)
    connection.send('nothing of use\r\n\r\n')
    const { responses } = await connection.closed()

    expect(responses.map(({ status }) => status)).toEqual([200, 400])
  })

  it('does not affect a token request in progress', async () => {
    const client = endpoint.addClient('pipelined', 'giantswarm/bob')
    const release = endpoint.giantswarm.gate.hold()
    const body = 'grant_type=client_credentials'
    const { authorization } = basic(client)
    const request = upload(body.length).replace('\r\n', `\r\nAuthorization: ${authorization}\r\n`)
    const connection = await openRaw(endpoint.port)

    connection.send(request + body)
    await endpoint.giantswarm.gate.held(1)
    connection.send('nothing of use\r\n\r\n')
    const { text, responses } = await connection.closed()
    release()

    expect(responses.map(({ status }) => status)).toEqual([400])
    expect(text).not.toContain('access_token')
  })
})

describe('the port', () => {
  it('is the requested one', async () => {
    const { port } = endpoint
    await expect(fetch(`http://127.0.0.1:${port}/v1/health`)).resolves.toMatchObject({ ok: true })
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const address = free.address()
    const wanted = typeof address === 'object' && address ? address.port : 0
    free.close()
    await once(free, 'close')

    const second = await makeLoopback({ port: wanted })

    expect(second.loopback).toMatchObject({
      port: wanted,
      issuer: `http://127.0.0.1:${wanted}`,
    })
    expect(second.loopback.portTrouble()).toBeNull()
    await second.close()
  })

  it('is another one if the requested one is in use, which is reported', async () => {
    const second = await makeLoopback({ port: endpoint.port })

    expect(second.loopback.portTrouble()?.port).toBe(endpoint.port)
    expect(second.port).not.toBe(endpoint.port)
    expect((await fetch(`${second.issuer}/v1/health`)).status).toBe(200)
    await second.close()
  })

  it('is bound on 127.0.0.1 and nowhere else', async () => {
    for (const host of ['127.0.0.2', '::1']) {
      await expect(openRaw(endpoint.port, { host })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    }
  })
})

describe('closing', () => {
  it('waits for a response in progress, and accepts no new caller', async () => {
    const closing = await makeLoopback()
    await closing.newAccount()
    const client = closing.addClient('waiting', 'giantswarm/bob')
    const release = closing.giantswarm.gate.hold()
    const answer = closing.form(
      '/oauth/token',
      { grant_type: 'client_credentials' },
      { headers: basic(client) },
    )
    await closing.giantswarm.gate.held(1)

    const closed = closing.loopback.close(60_000)
    await expect(openRaw(closing.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    release()

    expect((await answer).status).toBe(200)
    await closed
    await closing.close()
  })

  it('waits for requests that have begun, not for idle connections', async () => {
    const never = 3_600_000
    const closing = await makeLoopback({
      limits: { headersMs: never, requestMs: never, idleMs: never },
    })
    const [silent, between, begun] = [
      await openRaw(closing.port),
      await openRaw(closing.port),
      await openRaw(closing.port),
    ]
    const head = `GET /v1/health HTTP/1.1\r\nHost: 127.0.0.1:${closing.port}\r\n`
    between.send(`${head}\r\n`)
    await between.answers(1)
    begun.send(head)
    await fetch(`${closing.issuer}/v1/health`)

    const closed = closing.loopback.close(60_000)
    await silent.closed()
    await between.closed()
    begun.send('\r\n')

    expect((await begun.closed()).responses[0]?.status).toBe(200)
    await closed
    await closing.close()
  })

  it('closes connections that take too long', async () => {
    const closing = await makeLoopback()
    await closing.newAccount()
    const client = closing.addClient('late', 'giantswarm/bob')
    const release = closing.giantswarm.gate.hold()
    const answer = closing.form(
      '/oauth/token',
      { grant_type: 'client_credentials' },
      { headers: basic(client) },
    )
    answer.catch(() => 'handled below')
    await closing.giantswarm.gate.held(1)

    await closing.loopback.close(10)

    await expect(answer).rejects.toThrow()
    release()
    await closing.close()
  })
})
