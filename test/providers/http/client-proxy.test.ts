import { afterEach, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../../main/base/clock.ts'
import { createHttpClient } from '../../../main/providers/http/client.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { describeWith } from '../../helpers/needs.ts'
import { refusalOf } from '../calling.ts'
import { Authority, type Certificate, openssl } from './certificates.ts'
import { startConnectProxy } from './connect-proxy.ts'
import { startEchoService } from './echo-service.ts'

describeWith([openssl], 'the HTTP client behind a proxy', () => {
  let authority: Authority
  let certificate: Certificate
  const opened: { close(): Promise<void> }[] = []
  beforeAll(() => {
    authority = new Authority()
    certificate = authority.issue('DNS:files.example.com,IP:127.0.0.1')
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()))
  })

  async function start({ refuseWith }: { readonly refuseWith?: number } = {}) {
    const service = await startEchoService(undefined, { tls: certificate })
    const proxy = await startConnectProxy(Number(new URL(service.url).port), refuseWith)
    opened.push(service, proxy)
    return { service, proxy }
  }

  function call(url: string, env: Readonly<Record<string, string>>, caFile = authority.file) {
    const client = createHttpClient({ clock: systemClock, env })
    opened.push(client)
    const signal = new AbortController().signal
    return client.send({ method: 'GET', url, signal, transport: { caFile, allowPlainHttp: true } })
  }

  it.each(['HTTPS_PROXY', 'https_proxy'])(
    'uses the proxy in %s for another machine',
    async (name) => {
      const { service, proxy } = await start()
      const response = await call('https://files.example.com/x', { [name]: proxy.url })
      expect(response.json()).toEqual({ hello: 'world' })
      expect(proxy.asked).toEqual(['CONNECT files.example.com:443'])
      expect(service.requests[0]?.headers['host']).toBe('files.example.com')
    },
  )

  it('verifies the certificate of the host behind it', async () => {
    const { service, proxy } = await start()
    const env = { HTTPS_PROXY: proxy.url }
    const other = await refusalOf(
      call('https://other.example.com/', env),
      'temporarily_unavailable',
    )
    expect(other.message).toContain('a different name')
    const untrusted = new Authority()
    await refusalOf(
      call('https://files.example.com/', env, untrusted.file),
      'temporarily_unavailable',
    )
    expect(service.requests).toHaveLength(0)
  })

  it('does not use it for a loopback host', async () => {
    const { service, proxy } = await start()
    const env = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, http_proxy: proxy.url }
    expect((await call(service.url, env)).status).toBe(200)
    const plain = await startEchoService()
    opened.push(plain)
    expect((await call(plain.url, env)).status).toBe(200)
    const byName = plain.url.replace('127.0.0.1', 'localhost')
    expect((await call(byName, env)).status).toBe(200)
    expect(proxy.asked).toEqual([])
  })

  it('bypasses it for a host in NO_PROXY, and for plain http', async () => {
    const { proxy } = await start()
    const env = {
      HTTPS_PROXY: proxy.url,
      HTTP_PROXY: proxy.url,
      NO_PROXY: 'other.test,.example.com',
    }
    // The network guard of the tests stops the direct connection, which shows that it was tried.
    await refusalOf(call('https://files.example.com/', env), 'temporarily_unavailable')
    await refusalOf(call('http://files.test/', env), 'temporarily_unavailable')
    expect(proxy.asked).toEqual([])
  })

  it('does not read the environment of the process', async () => {
    const { proxy } = await start()
    process.env['HTTPS_PROXY'] = proxy.url
    process.env['HTTP_PROXY'] = 'no proxy at all'
    try {
      await refusalOf(call('https://files.example.com/', {}), 'temporarily_unavailable')
      expect(proxy.asked).toEqual([])
      const env = { HTTPS_PROXY: proxy.url }
      expect((await call('https://files.example.com/', env)).status).toBe(200)
    } finally {
      delete process.env['HTTPS_PROXY']
      delete process.env['HTTP_PROXY']
    }
  })

  it.each([403, 407, 502])(
    'reports that the proxy refused with %i, without its password',
    async (status) => {
      const { proxy } = await start({ refuseWith: status })
      const password = markedSecret('proxy')
      const url = proxy.url.replace('//', `//user:${password}@`)
      const error = await refusalOf(
        call('https://files.example.com/', { HTTPS_PROXY: url }),
        'temporarily_unavailable',
        [password],
      )
      expect(error.message).toContain('proxy')
      expect(proxy.authorizations[0]).toMatch(/^Basic /)
    },
  )

  it('accepts a proxy address without a scheme', async () => {
    const { proxy } = await start()
    const env = { HTTPS_PROXY: proxy.url.replace('http://', '') }
    expect((await call('https://files.example.com/', env)).status).toBe(200)
    expect(proxy.asked).toHaveLength(1)
  })

  it.each([
    ['with a blank', 'user:PASSWORD@proxy :80'],
    ['of another kind', 'socks5://user:PASSWORD@127.0.0.1:1080'],
    ['with a broken escape', 'http://user:PASSWORD%@127.0.0.1:3128'],
  ])('refuses a proxy address %s, without repeating it', async (_what, address) => {
    const password = markedSecret('proxy')
    const env = { HTTPS_PROXY: address.replace('PASSWORD', password) }
    const error = await refusalOf(call('https://files.example.com/', env), 'invalid_request', [
      password,
    ])
    expect(error.message).toContain('HTTPS_PROXY')
  })
})
