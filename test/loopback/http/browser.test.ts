import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Browser, type Page, chromium as playwright } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { portOf } from '../../../main/loopback/http/listening.ts'
import { makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import { describeWith } from '../../helpers/needs.ts'
import { chromium, findProgram } from './components.ts'

/** The requests as Node received them, and the responses. */
interface Seen {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

describeWith([chromium], 'a real browser', () => {
  let endpoint: TestLoopback
  let browser: Browser
  let page: Page
  let site: Server
  let seen: Seen[] = []

  const watch = (message: unknown) => {
    const { request, response } = message as Seen
    if (request.socket.localPort === endpoint.port) seen.push({ request, response })
  }

  beforeAll(async () => {
    endpoint = await makeLoopback()
    await endpoint.newAccount()
    subscribe('http.server.request.start', watch)
    // A page of another program on loopback.
    site = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><body>')
    }).listen(0, '127.0.0.1')
    await once(site, 'listening')
    browser = await playwright.launch({
      executablePath: findProgram('chromium') ?? '',
      args: [
        ...['--no-sandbox', '--headless', '--disable-background-networking'],
        // DNS rebinding, as the browser sees it once the name resolves to us.
        '--host-resolver-rules=MAP evil.example 127.0.0.1',
      ],
    })
  })
  beforeEach(async () => {
    page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${portOf(site)}/`)
    seen = []
  })
  afterAll(async () => {
    unsubscribe('http.server.request.start', watch)
    await browser?.close()
    site.close()
    await endpoint.close()
  })

  /** Runs the script in the page, and waits until the endpoint has answered a request. */
  async function attack(script: string): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      const listen = (message: unknown) => {
        if ((message as Seen).request.socket.localPort !== endpoint.port) return
        unsubscribe('http.server.response.finish', listen)
        resolve()
      }
      subscribe('http.server.response.finish', listen)
    })
    const health = `${endpoint.issuer}/v1/health`
    const token = `${endpoint.issuer}/oauth/token`
    await page.evaluate(`{ const health = '${health}', token = '${token}'; ${script} }`)
    await answered
  }

  /** A browser also requests an icon, possibly later. */
  async function expectAllRefused(): Promise<void> {
    expect(seen.length).toBeGreaterThan(0)
    const isAnswered = () => seen.every(({ response }) => response.writableEnded)
    await expect.poll(isAnswered, { timeout: 20_000 }).toBe(true)
    for (const { request, response } of seen) {
      const { headers } = request
      expect(headers['sec-fetch-site'] ?? headers.origin).toMatch(/./)
      expect(response.statusCode).toBe(403)
      expect(response.getHeaderNames().filter((name) => name.startsWith('access-control'))).toEqual(
        [],
      )
    }
  }

  it.each([
    ['fetch with CORS', `fetch(health).catch(() => {})`],
    ['fetch without CORS', `fetch(health, { mode: 'no-cors' }).catch(() => {})`],
    [
      'fetch that posts a form',
      `fetch(token, { method: 'POST', mode: 'no-cors', body: new URLSearchParams({ grant_type: 'client_credentials' }) }).catch(() => {})`,
    ],
    [
      'fetch with a preflight',
      `fetch(token, { method: 'POST', headers: { authorization: 'Basic x' } }).catch(() => {})`,
    ],
    [
      'fetch without a referrer',
      `fetch(health, { referrerPolicy: 'no-referrer' }).catch(() => {})`,
    ],
    ['an XMLHttpRequest', `const x = new XMLHttpRequest(); x.open('GET', health); x.send()`],
    ['a beacon', `navigator.sendBeacon(token, new URLSearchParams({ a: 'b' }))`],
    ['an image', `document.body.append(Object.assign(new Image(), { src: health }))`],
    [
      'a script',
      `document.body.append(Object.assign(document.createElement('script'), { src: health }))`,
    ],
    [
      'a style sheet',
      `document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: health }))`,
    ],
    [
      'a frame',
      `document.body.append(Object.assign(document.createElement('iframe'), { src: health }))`,
    ],
    [
      'a form that posts',
      `const f = Object.assign(document.createElement('form'), { method: 'POST', action: token }); document.body.append(f); setTimeout(() => f.submit())`,
    ],
    ['a navigation', `setTimeout(() => { location.href = health })`],
    ['a new window', `window.open(health)`],
    ['an event source', `new EventSource(health)`],
    [
      'a fetch that outlives the page',
      `fetch(health, { keepalive: true, mode: 'no-cors' }).catch(() => {})`,
    ],
  ])("is refused a page's request with %s", async (_what, script) => {
    await attack(script)

    await expectAllRefused()
  })

  it('cannot read an answer from a page', async () => {
    const read = await page.evaluate(async (url) => {
      try {
        return await (await fetch(url)).text()
      } catch (error) {
        return String(error)
      }
    }, `${endpoint.issuer}/v1/health`)

    expect(read).toBe('TypeError: Failed to fetch')
  })

  it('cannot open a WebSocket', async () => {
    const outcome = await page.evaluate(
      (url) =>
        new Promise((resolve) => {
          const socket = new WebSocket(url)
          socket.onopen = () => resolve('open')
          socket.onerror = () => resolve('error')
        }),
      `ws://127.0.0.1:${endpoint.port}/v1/health`,
    )

    expect(outcome).toBe('error')
  })

  it('is refused an address that the user typed', async () => {
    const response = await page.goto(`${endpoint.issuer}/v1/health`)

    expect(response?.status()).toBe(403)
    await expectAllRefused()
  })

  it('is refused a page whose name was rebound to us, by the Host alone', async () => {
    const url = `http://evil.example:${endpoint.port}/v1/health`

    const response = await page.goto(url)
    const read = await page.evaluate(async (own) => (await fetch(own)).status, url)

    expect(response?.status()).toBe(403)
    expect(read).toBe(403)
    const last = seen.at(-1)?.request.headers
    expect(last?.host).toBe(`evil.example:${endpoint.port}`)
    expect(last?.['sec-fetch-site']).toBeUndefined()
  })

  it('sends Sec-Fetch-Site wherever it sends Sec-Fetch-Mode', async () => {
    await attack('fetch(health).catch(() => {})')

    const modes = seen.filter(({ request }) => request.headers['sec-fetch-mode'] !== undefined)
    expect(modes.length).toBeGreaterThan(0)
    for (const { request } of modes) expect(request.headers['sec-fetch-site']).toMatch(/./)
  })
})

it("Node's fetch sends Sec-Fetch-Mode alone, and is served", async () => {
  const endpoint = await makeLoopback()
  let headers: IncomingMessage['headers'] = {}
  const watch = (message: unknown) => {
    headers = (message as Seen).request.headers
  }
  subscribe('http.server.request.start', watch)

  const response = await fetch(`${endpoint.issuer}/v1/health`)

  unsubscribe('http.server.request.start', watch)
  expect(response.status).toBe(200)
  expect(Object.keys(headers).filter((name) => name.startsWith('sec-'))).toEqual(['sec-fetch-mode'])
  await endpoint.close()
})
