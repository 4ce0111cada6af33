import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { basic, makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { exchange, openRaw } from '../../helpers/raw-http.ts'
import { describeGuard } from './guard-table.ts'

async function openSocket() {
  const endpoint = await makeLoopback()
  const socket = endpoint.loopback.socket.keepIn(path.join(makeTestFolder('socket'), 'run'))
  if (socket === null) throw new Error('There is no socket.')
  return { endpoint, socket }
}

/** On the Unix socket any loopback name will do. */
const NAMES = [
  'Host without a port',
  'localhost without a port',
  'Host with another port',
  'Host of IPv6 loopback',
]

describeGuard(
  'the guard of the Unix socket',
  async () => {
    const { endpoint, socket } = await openSocket()
    return { port: endpoint.port, socket, close: () => endpoint.close() }
  },
  NAMES,
)

describe('the Unix socket', () => {
  let endpoint: TestLoopback
  let socket: string
  beforeAll(async () => {
    ;({ endpoint, socket } = await openSocket())
    await endpoint.newAccount()
  })
  afterAll(() => endpoint.close())

  const ask = async (host: string, ...headers: string[]) => {
    const lines = ['GET /v1/health HTTP/1.1', `Host: ${host}`, 'Connection: close', ...headers]
    const { responses } = await exchange(socket, [...lines, '', ''].join('\r\n'))
    return responses.map(({ status }) => status)
  }

  it.each([
    ...['tokentray', 'localhost', '127.0.0.1', '[::1]', 'TOKENTRAY', 'LocalHost'],
    ...['tokentray:80', 'localhost:1', '127.0.0.1:65535', '[::1]:18931'],
  ])('serves the Host %s', async (host) => {
    expect(await ask(host)).toEqual([200])
  })

  it.each([
    ...['evil.example', 'evil.example:80', 'tokentray.evil', 'evil-tokentray', 'tokentray.'],
    ...['tokentray:', 'tokentray:http', 'tokentray:123456', 'tokentray:-1', 'tokentray:80:80'],
    ...['::1', '[::1', '[::2]', '127.0.0.2', '127.0.0.1.nip.io', 'tokentray@evil.example'],
    ...['tokentray, evil.example', 'tokentray/evil', 'tokentray.sock', '/run/tokentray.sock'],
  ])('refuses the Host %s', async (host) => {
    expect(await ask(host)).toEqual([403])
  })

  it.each(['Origin: http://localhost', 'Sec-Fetch-Site: none', 'Forwarded: for=127.0.0.1'])(
    'refuses what a page or a proxy sends: %s',
    async (header) => {
      expect(await ask('localhost', header)).toEqual([403])
    },
  )

  it('gives a tool its token, and names the issuer with the port', async () => {
    const tool = endpoint.addClient('by-socket', 'sftpgo/alice')
    const body = 'grant_type=client_credentials'
    const { responses } = await exchange(
      socket,
      [
        ...['POST /oauth/token HTTP/1.1', 'Host: tokentray', 'Connection: close'],
        `Authorization: ${basic(tool).authorization}`,
        'Content-Type: application/x-www-form-urlencoded',
        ...[`Content-Length: ${body.length}`, '', body],
      ].join('\r\n'),
    )
    expect(responses.map(({ status }) => status)).toEqual([200])
    expect(JSON.parse(responses[0]?.body ?? '')).toMatchObject({ account: 'sftpgo/alice' })

    const metadata = await exchange(
      socket,
      'GET /.well-known/oauth-authorization-server HTTP/1.1\r\nHost: tokentray\r\nConnection: close\r\n\r\n',
    )
    const { issuer } = endpoint
    expect(JSON.parse(metadata.responses[0]?.body ?? '')).toMatchObject({ issuer })
  })

  it('has places of its own: a crowd at the port does not take them', async () => {
    const crowded = await makeLoopback({ limits: { connections: 1 } })
    const crowdedSocket =
      crowded.loopback.socket.keepIn(path.join(makeTestFolder('socket'), 'run')) ?? ''
    const first = await openRaw(crowdedSocket)
    const second = await openRaw(crowded.port)
    for (const connection of [first, second]) {
      connection.send(`GET /v1/health HTTP/1.1\r\nHost: 127.0.0.1:${crowded.port}\r\n\r\n`)
      expect((await connection.answers(1))[0]?.status).toBe(200)
    }
    for (const { socket } of [first, second]) socket.destroy()
    await crowded.close()
  })
})
