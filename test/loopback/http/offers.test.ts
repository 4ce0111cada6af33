import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  basic,
  makeLoopback,
  type TestClient,
  type TestLoopback,
} from '../../helpers/make-loopback.ts'
import { openRaw, type RawConnection, type RawResponse } from '../../helpers/raw-http.ts'

let endpoint: TestLoopback
let client: TestClient
beforeAll(async () => {
  endpoint = await makeLoopback()
  await endpoint.newAccount()
  client = endpoint.addClient('tool', 'sftpgo/alice')
})
afterAll(() => endpoint.close())

const FORM = 'grant_type=client_credentials'
const H2C = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAEAAEAAAA']

interface Asked {
  readonly path?: string
  readonly length?: number
  readonly authorization?: string | null
  readonly version?: string
}

/** The head of a request for a token. */
function head(lines: readonly string[], asked: Asked = {}): string {
  const { path = '/oauth/token', length = FORM.length, version = 'HTTP/1.1' } = asked
  const { authorization = basic(client).authorization } = asked
  return [
    `POST ${path} ${version}`,
    `Host: 127.0.0.1:${endpoint.port}`,
    ...(authorization === null ? [] : [`Authorization: ${authorization}`]),
    `Content-Type: application/${path.startsWith('/oauth/') ? 'x-www-form-urlencoded' : 'json'}`,
    `Content-Length: ${length}`,
    ...lines,
    '',
    '',
  ].join('\r\n')
}

const statuses = (answers: readonly RawResponse[]) => answers.map(({ status }) => status)

async function within<Value>(use: (connection: RawConnection) => Promise<Value>): Promise<Value> {
  const connection = await openRaw(endpoint.port)
  try {
    return await use(connection)
  } finally {
    connection.socket.destroy()
  }
}

describe('a client that offers HTTP/2', () => {
  it('gets its token by HTTP/1.1, with its body read, and the connection stays open', async () => {
    await within(async (connection) => {
      connection.send(head(H2C) + FORM)
      await connection.answers(1)
      connection.send(head([]) + FORM)
      const answers = await connection.answers(2)

      expect(statuses(answers)).toEqual([200, 200])
      for (const { headers, body } of answers) {
        expect(JSON.parse(body)).toMatchObject({ account: 'sftpgo/alice' })
        expect(headers['upgrade']).toBeUndefined()
      }
    })
  })

  it('also gets it if the body follows later', async () => {
    await within(async (connection) => {
      connection.send(head([...H2C, 'Expect: 100-continue']))
      await connection.answers(1)
      connection.send(FORM)

      expect(statuses(await connection.answers(2))).toEqual([100, 200])
    })
  })
})

describe('a client that expects 100 Continue', () => {
  const EXPECT = ['Expect: 100-continue']

  it('gets it, then its token, and asks again on the same connection', async () => {
    await within(async (connection) => {
      connection.send(head(EXPECT))
      expect(statuses(await connection.answers(1))).toEqual([100])
      connection.send(FORM)
      expect(statuses(await connection.answers(2))).toEqual([100, 200])
      connection.send(head(EXPECT) + FORM)
      const answers = await connection.answers(4)

      expect(statuses(answers)).toEqual([100, 200, 100, 200])
      expect(answers[3]?.headers['connection']).toBe('keep-alive')
    })
  })

  it.each<readonly [string, Asked, number]>([
    ['the owner key is wrong', { path: '/v1/tokens', authorization: 'Bearer x' }, 401],
    ['the owner key is missing', { path: '/v1/tokens', authorization: null }, 401],
    ['the route is none', { path: '/oauth/nothing' }, 404],
    ['the method is wrong', { path: '/v1/health' }, 405],
    ['the body would be too large', { length: 100_000 }, 400],
  ])(
    'is refused before the body where %s, and the connection ends',
    async (_what, asked, status) => {
      await within(async (connection) => {
        connection.send(head(EXPECT, asked))
        const { responses } = await connection.closed()

        expect(statuses(responses)).toEqual([status])
        expect(responses[0]?.headers['connection']).toBe('close')
      })
    },
  )

  it('is refused by the guard like any other, before the body', async () => {
    await within(async (connection) => {
      connection.send(head([...EXPECT, 'Origin: null']))

      expect(statuses((await connection.closed()).responses)).toEqual([403])
    })
  })

  it('does not get it in HTTP/1.0, which has no interim responses', async () => {
    await within(async (connection) => {
      connection.send(head(EXPECT, { version: 'HTTP/1.0' }) + FORM)

      expect(statuses((await connection.closed()).responses)).toEqual([200])
    })
  })
})
