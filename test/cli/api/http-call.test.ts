import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server as TcpServer,
} from 'node:net'
import { afterEach, expect, test } from 'vitest'
import {
  identifyProcess,
  type ProcessIdentity,
} from '../../../main/base/process/process-identity.ts'
import { Secret } from '../../../main/base/secret.ts'
import { ownVersion } from '../../../main/base/version.ts'
import { sendCall } from '../../../main/cli/api/http-call.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { describeWith, linuxProc } from '../../helpers/needs.ts'

let server: Server | TcpServer
afterEach(() => {
  server.close()
  if ('closeAllConnections' in server) server.closeAllConnections()
})

const gone: ProcessIdentity = { pid: 4711, startedAt: null }

async function call(
  answering: Server | TcpServer,
  deadlineMs = 20_000,
  path = '/v1/lock',
  identity = gone,
) {
  server = answering.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return sendCall(
    {
      issuer: `http://127.0.0.1:${port}`,
      ownerKey: new Secret(markedSecret('owner')),
      ...{ ...identity, version: ownVersion },
    },
    { method: 'POST', path, body: { text: 'ä' }, deadlineMs },
  )
}

test('sends the body as JSON, its length in bytes, and the owner key as Bearer', async () => {
  const answering = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { host, connection, ...headers } = request.headers
    const body = Buffer.concat(chunks).toString()
    response.end(JSON.stringify({ headers, body, host, connection }))
  })
  const { body } = await call(answering)
  expect(body).toMatchObject({
    headers: {
      accept: 'application/json',
      authorization: expect.stringMatching(/^Bearer ttmark-owner-/),
      'content-length': '13',
      'content-type': 'application/json',
    },
    body: '{"text":"ä"}',
    host: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    connection: 'close',
  })
})

const hangsUp = () => createTcpServer((socket) => socket.destroy())

describeWith([linuxProc], 'a Tokentray that runs', () => {
  const self = identifyProcess(process.pid)

  const doesNotAnswer = {
    code: 'temporarily_unavailable',
    message: `Tokentray is running (process ${process.pid}) but does not respond.`,
    hint: expect.stringMatching(/busy, starting or stopping/),
  }

  test('is never called one that does not when it hangs up', async () => {
    await expect(call(hangsUp(), 20_000, '/v1/status', self)).rejects.toMatchObject(doesNotAnswer)
  })

  test('is never called one that does not when it listens no more', async () => {
    const stopping = createTcpServer().listen(0, '127.0.0.1')
    await once(stopping, 'listening')
    const { port } = stopping.address() as AddressInfo
    stopping.close()
    await once(stopping, 'close')
    const ownerKey = new Secret(markedSecret('owner'))
    const target = { issuer: `http://127.0.0.1:${port}`, ownerKey, version: ownVersion, ...self }
    const status = { method: 'GET', path: '/v1/status', deadlineMs: 20_000 } as const
    await expect(sendCall(target, status)).rejects.toMatchObject(doesNotAnswer)
  })

  test('is told from a later process of the same pid', async () => {
    const other = { ...self, startedAt: '1' }
    await expect(call(hangsUp(), 20_000, '/v1/status', other)).rejects.toMatchObject({
      code: 'not_running',
    })
  })
})

test('gives the status of a refusal with its body', async () => {
  const answering = createServer((_, response) => response.writeHead(423).end('{"error":"x"}'))
  expect(await call(answering)).toEqual({ status: 423, body: { error: 'x' } })
})

test.each([
  [
    'not_running',
    'hangs up without an answer',
    () => createTcpServer((socket) => socket.destroy()),
  ],
  [
    'not_running',
    'hangs up in the middle of an answer',
    () =>
      createServer((_, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('{"a":')
        response.socket?.destroySoon()
      }),
  ],
  [
    'unexpected_answer',
    'answers a page',
    () => createServer((_, response) => response.end('<html>')),
  ],
  ['unexpected_answer', 'answers nothing', () => createServer((_, response) => response.end())],
  [
    'unexpected_answer',
    'does not speak HTTP',
    () => createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')),
  ],
  [
    'unexpected_answer',
    'answers without end',
    () =>
      createServer((_, response) => {
        const chunk = Buffer.alloc(4 * 1024 * 1024, ' ')
        const more = () => void response.write(chunk, (error) => error || more())
        more()
      }),
  ],
])('is %s when what listens %s', async (code, _, answering) => {
  await expect(call(answering())).rejects.toMatchObject({ code })
})

test.each([
  ['before', () => createServer(() => {})],
  ['in', () => createServer((_, response) => void response.writeHead(200).write('{'))],
])('gives up at its deadline %s the answer', async (_, answering) => {
  await expect(call(answering(), 100)).rejects.toMatchObject({
    code: 'temporarily_unavailable',
    message: 'Tokentray did not respond within 0.1 s.',
    hint: 'If "tokentray status" gets no response either, end process 4711 and start Tokentray again.',
  })
})

test('says which process hangs, not to ask for the status, where the status does not come', async () => {
  await expect(
    call(
      createServer(() => {}),
      100,
      '/v1/status',
    ),
  ).rejects.toMatchObject({
    code: 'temporarily_unavailable',
    hint: 'End process 4711 and start Tokentray again.',
  })
})
