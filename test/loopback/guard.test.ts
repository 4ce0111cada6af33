import { execFile } from 'node:child_process'
import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorAnswer } from '../../main/loopback/schemas.ts'
import { makeLoopback, type TestLoopback } from '../helpers/make-loopback.ts'
import { curl, describeWith } from '../helpers/needs.ts'
import { exchange, openRaw, parseAnswers } from '../helpers/raw-http.ts'
import { python } from './components.ts'
import { refusedRequests } from './refused-requests.ts'

const run = promisify(execFile)

const clients: readonly (readonly [string, (url: string) => Promise<string>])[] = [
  ["Node's fetch", async (url) => (await fetch(url)).text()],
  ['undici', async (url) => (await request(url)).body.text()],
  [
    'node:http',
    (url) =>
      new Promise((resolve, reject) => {
        get(url, (response) => resolve(text(response))).on('error', reject)
      }),
  ],
]

let endpoint: TestLoopback
beforeAll(async () => {
  endpoint = await makeLoopback()
})
afterAll(() => endpoint.close())

const inPlace = (bytes: string) => bytes.replaceAll('PORT', String(endpoint.port))

describe('the guard', () => {
  it('has at least 60 different attacks to refuse', () => {
    expect(new Set(refusedRequests.map(({ bytes }) => bytes)).size).toBeGreaterThanOrEqual(60)
  })

  it.each(refusedRequests.map((row) => [row.attack, row] as const))(
    'refuses %s',
    async (_attack, { bytes, status, code, bodiless }) => {
      const { text } = await exchange(endpoint.port, inPlace(bytes))

      const answers = parseAnswers(text, bodiless)
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

  it('has counted no failed log-in and asked no service over all this, and still serves', async () => {
    const { sftpgo, giantswarm, issuer } = endpoint

    const response = await fetch(`${issuer}/v1/health`)

    expect(await response.json()).toEqual({ status: 'ok' })
    expect([...sftpgo.requests, ...giantswarm.requests]).toEqual([])
  })
})

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

describe('what the guard lets through', () => {
  it.each(served)('serves %s', async (_what, bytes) => {
    const connection = await openRaw(endpoint.port)

    connection.send(inPlace(bytes))
    const [answer] = await connection.answers(1)
    connection.socket.destroy()

    expect(answer).toMatchObject({ status: 200, body: '{"status":"ok"}' })
  })

  it('serves several requests of one connection, one after the other', async () => {
    const connection = await openRaw(endpoint.port)

    for (const count of [1, 2, 3]) {
      connection.send(inPlace(`GET /v1/health HTTP/1.1\r\n${HOST}\r\n\r\n`))
      await connection.answers(count)
    }
    connection.socket.destroy()

    expect(parseAnswers(connection.text).map(({ status }) => status)).toEqual([200, 200, 200])
  })

  it('serves pipelined requests in their order, and a refused one among them ends the row', async () => {
    const get = (path: string, extra = '') =>
      inPlace(`GET ${path} HTTP/1.1\r\n${HOST}\r\n${extra}\r\n`)

    const { answers } = await exchange(
      endpoint.port,
      get('/v1/health') +
        get('/nothing') +
        get('/v1/health', 'Origin: null\r\n') +
        get('/v1/health'),
    )

    expect(answers.map(({ status }) => status)).toEqual([200, 404, 403])
  })

  it.each(clients)('serves %s', async (_name, call) => {
    expect(JSON.parse(await call(`${endpoint.issuer}/v1/health`))).toEqual({ status: 'ok' })
  })
})

describeWith([curl], 'curl and the guard', () => {
  it('serves curl, also over localhost', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      const url = `http://${host}:${endpoint.port}/v1/health`
      const { stdout } = await run('curl', ['-sS', '-4', '--noproxy', '*', url])
      expect(JSON.parse(stdout)).toEqual({ status: 'ok' })
    }
  })
})

describeWith([python], 'Python and the guard', () => {
  it('serves the urllib of Python', async () => {
    const script = 'import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())'
    const env = { ...process.env, no_proxy: '*' }
    const url = `${endpoint.issuer}/v1/health`
    const { stdout } = await run('python3', ['-c', script, url], { env })
    expect(JSON.parse(stdout)).toEqual({ status: 'ok' })
  })
})
