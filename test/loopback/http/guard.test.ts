import { execFile } from 'node:child_process'
import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import { curl, describeWith } from '../../helpers/needs.ts'
import { exchange, openRaw, parseResponses } from '../../helpers/raw-http.ts'
import { python } from './components.ts'
import { describeGuard } from './guard-table.ts'
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

describeGuard('the guard', async () => ({ port: endpoint.port, close: async () => undefined }))

describe('all that was refused', () => {
  it('are at least 60 different attacks', () => {
    expect(new Set(refusedRequests.map(({ bytes }) => bytes)).size).toBeGreaterThanOrEqual(60)
  })

  it('did not count as failed authentication or call a service, and the endpoint still serves', async () => {
    const { sftpgo, giantswarm, issuer } = endpoint

    const response = await fetch(`${issuer}/v1/health`)

    expect(await response.json()).toEqual({ status: 'ok' })
    expect([...sftpgo.requests, ...giantswarm.requests]).toEqual([])
  })
})

const HOST = 'Host: 127.0.0.1:PORT'
describe('what the guard lets through', () => {
  it('serves several requests on one connection, one after the other', async () => {
    const connection = await openRaw(endpoint.port)

    for (const count of [1, 2, 3]) {
      connection.send(inPlace(`GET /v1/health HTTP/1.1\r\n${HOST}\r\n\r\n`))
      await connection.answers(count)
    }
    connection.socket.destroy()

    expect(parseResponses(connection.text).map(({ status }) => status)).toEqual([200, 200, 200])
  })

  it('serves pipelined requests in order, until one is refused', async () => {
    const get = (path: string, extra = '') =>
      inPlace(`GET ${path} HTTP/1.1\r\n${HOST}\r\n${extra}\r\n`)

    const { responses } = await exchange(
      endpoint.port,
      get('/v1/health') +
        get('/nothing') +
        get('/v1/health', 'Origin: null\r\n') +
        get('/v1/health'),
    )

    expect(responses.map(({ status }) => status)).toEqual([200, 404, 403])
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
