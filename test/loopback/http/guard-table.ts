import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorAnswer } from '../../../main/loopback/schemas/schemas.ts'
import { openRaw, parseResponses } from '../../helpers/raw-http.ts'
import { refusedRequests } from './refused-requests.ts'

/** An endpoint on a real socket, however it is built. */
export interface GuardedEndpoint {
  readonly port: number
  /** The Unix socket to send the requests to instead. */
  readonly socket?: string
  close(): Promise<unknown>
}

const HOST = 'Host: 127.0.0.1:PORT'
const served: readonly (readonly [string, string])[] = [
  ['a plain request', `GET /v1/health HTTP/1.1\r\n${HOST}\r\n\r\n`],
  ['localhost', 'GET /v1/health HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n'],
  ['localhost in capitals', 'GET /v1/health HTTP/1.1\r\nHost: LOCALHOST:PORT\r\n\r\n'],
  ['the header name in capitals', 'GET /v1/health HTTP/1.1\r\nHOST: 127.0.0.1:PORT\r\n\r\n'],
  ['blanks around the Host', 'GET /v1/health HTTP/1.1\r\nHost:  127.0.0.1:PORT \t\r\n\r\n'],
  ['HTTP/1.0 with a Host', `GET /v1/health HTTP/1.0\r\n${HOST}\r\n\r\n`],
  ['Sec-Fetch-Mode alone', `GET /v1/health HTTP/1.1\r\n${HOST}\r\nSec-Fetch-Mode: cors\r\n\r\n`],
  ['an escape in the path', `GET /v1/%68ealth HTTP/1.1\r\n${HOST}\r\n\r\n`],
  [
    'an offer of HTTP/2',
    `GET /v1/health HTTP/1.1\r\n${HOST}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAAA\r\n\r\n`,
  ],
  [
    'an offer of TLS',
    `GET /v1/health HTTP/1.1\r\n${HOST}\r\nConnection: Upgrade\r\nUpgrade: TLS/1.2\r\n\r\n`,
  ],
  ['an offer of nothing', `GET /v1/health HTTP/1.1\r\n${HOST}\r\nUpgrade: websocket\r\n\r\n`],
  [
    'an expectation of HTTP/1.0, which has none',
    `GET /v1/health HTTP/1.0\r\n${HOST}\r\nExpect: 100-continue\r\n\r\n`,
  ],
  [
    'an expectation without a body',
    `GET /v1/health HTTP/1.1\r\n${HOST}\r\nExpect: 100-Continue\r\n\r\n`,
  ],
  ['a hundred headers', `GET /v1/health HTTP/1.1\r\n${HOST}\r\n${'a: b\r\n'.repeat(99)}\r\n`],
]

/**
 * Checks the guard of an endpoint with raw requests. Each refusal must be the guard's own: it closes the
 * connection, which no router does, so that another refusal is not mistaken for it.
 */
export function describeGuard(
  name: string,
  start: () => Promise<GuardedEndpoint>,
  /** What this endpoint serves all the same. */
  allowed: readonly string[] = [],
): void {
  const refused = refusedRequests.filter(({ attack }) => !allowed.includes(attack))
  describe(name, () => {
    let endpoint: GuardedEndpoint
    beforeAll(async () => {
      endpoint = await start()
    })
    afterAll(() => endpoint.close())

    const inPlace = (bytes: string) => bytes.replaceAll('PORT', String(endpoint.port))

    it.each(refused.map((row) => [row.attack, row] as const))(
      'refuses %s',
      async (_attack, { bytes, status, code, bodiless }) => {
        const connection = await openRaw(endpoint.socket ?? endpoint.port)
        connection.send(inPlace(bytes))
        if (!bodiless) {
          const [first] = await connection.answers(1)
          expect(first?.headers['connection'], first?.body).toBe('close')
        }
        const { text } = await connection.closed()

        const answers = parseResponses(text, bodiless)
        expect(answers).toHaveLength(1)
        const [answer] = answers
        expect(answer?.status).toBe(status)
        if (bodiless) expect(text).toMatch(/\r\n\r\n$/)
        else expect(errorAnswer.parse(JSON.parse(answer?.body ?? '')).error).toBe(code)
        expect(answer?.headers).toMatchObject({
          'cache-control': 'no-store',
          'content-type': 'application/json; charset=utf-8',
          'x-content-type-options': 'nosniff',
        })
        expect(text.toLowerCase()).not.toContain('access-control')
      },
    )

    it.each(served)('serves %s', async (_what, bytes) => {
      const connection = await openRaw(endpoint.socket ?? endpoint.port)

      connection.send(inPlace(bytes))
      const [answer] = await connection.answers(1)
      connection.socket.destroy()

      expect(answer).toMatchObject({ status: 200, body: '{"status":"ok"}' })
    })
  })
}
