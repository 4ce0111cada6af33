import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import { openOnce } from '../../../main/base/sockets/one-time-redirect.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { anotherUser, curl, describeWith, linuxProc } from '../../helpers/needs.ts'
import { openRaw } from '../../helpers/raw-http.ts'

const run = promisify(execFile)
const NOBODY = 65_534

let link: string
let clock: FakeClock
beforeEach(() => {
  link = `https://portal.example.com/login#key=${markedSecret('portal')}`
  clock = new FakeClock()
})
afterEach(() => expect(clock.armed).toBe(0))

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

interface Ask {
  readonly method?: string
  readonly headers?: Record<string, string>
}

async function ask(address: string, { method = 'GET', headers = {} }: Ask = {}): Promise<Answer> {
  const sent = request(address, { method, headers, agent: false }).end()
  const [response] = await once(sent, 'response')
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

const visit = async (address: string) => expect((await ask(address)).status).toBe(303)

/** Opens the link for a visitor that the test provides, and returns its result. */
async function opened<Value>(visitor: (address: string) => Promise<Value>): Promise<Value> {
  let value: Promise<Value> | undefined
  await openOnce(
    new Secret(link),
    async (address) => {
      value = visitor(address)
      await value
    },
    { clock },
  )
  if (!value) throw new Error('nobody was told an address')
  return value
}

describe('the one-time redirect', () => {
  it('leads to the link, which is stored nowhere and sent to no other process', async () => {
    const { status, headers, body } = await opened((address) => ask(address))
    expect(status).toBe(303)
    expect(headers).toMatchObject({
      location: link,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    })
    expect(body).toBe('')
  })

  it('has a new address each time, which tells nothing about the link', async () => {
    const addresses = [1, 2].map(() =>
      opened(async (address) => {
        await visit(address)
        return address
      }),
    )
    const [first = '', second = ''] = await Promise.all(addresses)
    for (const address of [first, second]) {
      expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[A-Za-z0-9]{43}$/)
    }
    expect(new URL(first).pathname).not.toBe(new URL(second).pathname)
  })

  it('works once: the server is closed afterwards', async () => {
    const address = await opened(async (address) => {
      await visit(address)
      return address
    })
    await expect(ask(address)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('works once, even for a request that arrives before the first response', async () => {
    const texts = await opened(async (address) => {
      const { host, pathname, port } = new URL(address)
      const [one, two] = [await openRaw(Number(port)), await openRaw(Number(port))]
      const head = `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
      one.send(head)
      two.send(head)
      const exchanges = await Promise.all([one.closed(), two.closed()])
      return exchanges.map(({ text }) => text)
    })
    expect(texts.filter((text) => text.includes(link))).toHaveLength(1)
  })

  it('counts although the browser keeps running', async () => {
    const visited = openOnce(
      new Secret(link),
      async (address) => {
        await visit(address)
        await new Promise(() => {})
      },
      { clock },
    )
    await expect(visited).resolves.toBeUndefined()
  })
})

describe('another request gets nothing, and the browser can still come:', () => {
  const other = (pathname: string) => (address: string) => new URL(pathname, address).href
  const same = (address: string) => address

  it.each<[string, (address: string) => string, Ask]>([
    ['another path', other('/favicon.ico'), {}],
    ['no path', other('/'), {}],
    ['the path and more', (address) => `${address}/`, {}],
    ['the path with a query', (address) => `${address}?a=b`, {}],
    ['only the beginning of the path', (address) => address.slice(0, -1), {}],
    ['another method', same, { method: 'POST' }],
    ['the head alone', same, { method: 'HEAD' }],
    ['the address by a name', same, { headers: { host: 'localhost' } }],
    ['the address by the name of somebody else', same, { headers: { host: 'evil.example' } }],
  ])('%s', async (_, toAddress, asked) => {
    const { status, headers } = await opened(async (address) => {
      const answer = await ask(toAddress(address), asked)
      await visit(address)
      return answer
    })
    expect(status).toBe(404)
    expect(headers).not.toHaveProperty('location')
  })

  it.each([
    ['two hosts', 'Host: HERE\r\nHost: evil.example\r\n'],
    ['the host of another port', 'Host: 127.0.0.1:1\r\n'],
    ['no host', ''],
  ])('%s', async (_, lines) => {
    const { text } = await opened(async (address) => {
      const { host, pathname, port } = new URL(address)
      const connection = await openRaw(Number(port))
      const heads = `${lines.replace('HERE', host)}Connection: close\r\n`
      connection.send(`GET ${pathname} HTTP/1.1\r\n${heads}\r\n`)
      const refused = await connection.closed()
      await visit(address)
      return refused
    })
    expect(text).toMatch(/^HTTP\/1\.1 40[04] /)
    expect(text).not.toContain(link)
  })
})

describe('gives up', () => {
  it('if no browser comes in time, and the link is gone then', async () => {
    let address = ''
    const waiting = openOnce(
      new Secret(link),
      async (local) => {
        address = local
      },
      { clock, timeoutMs: 5_000 },
    ).catch((error: unknown) => error)
    await expect.poll(() => address).not.toBe('')
    await clock.advance(4_999)
    expect((await ask(`${address}x`)).status).toBe(404)
    await clock.advance(1)
    expect(await waiting).toMatchObject({
      code: 'temporarily_unavailable',
      message: 'No browser opened the page within 5 seconds.',
    })
    await expect(ask(address)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('after a minute by default', async () => {
    let isOver = false
    const waiting = openOnce(new Secret(link), async () => {}, { clock }).catch(() => {
      isOver = true
    })
    await expect.poll(() => clock.armed).toBe(1)
    await clock.advance(59_999)
    expect(isOver).toBe(false)
    await clock.advance(1)
    await waiting
    expect(isOver).toBe(true)
  })

  it('at once if no browser can be opened', async () => {
    let address = ''
    const failure = new TokentrayError('invalid_request', 'No browser.')
    const opening = openOnce(
      new Secret(link),
      async (local) => {
        address = local
        throw failure
      },
      { clock },
    )
    await expect(opening).rejects.toBe(failure)
    await expect(ask(address)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'portal.example.com',
    'https://a.example/\r\nSet-Cookie: a=b',
    'https://a.example/a b',
    '',
  ])('before opening anything if the link is %j', async (bad) => {
    let told = 0
    const opening = openOnce(
      new Secret(bad),
      async () => {
        told += 1
      },
      { clock },
    )
    await expect(opening).rejects.toMatchObject({ code: 'unexpected_answer' })
    expect(told).toBe(0)
  })
})

describeWith([curl], 'a real program', () => {
  it('is redirected to the link and nowhere else', async () => {
    const { stdout } = await opened((address) =>
      run('curl', ['--noproxy', '*', '-sS', '-o', '/dev/null', '-w', '%{redirect_url}', address]),
    )
    expect(stdout).toBe(link)
  })
})

describeWith([curl, linuxProc, anotherUser], 'another user of the machine', () => {
  it('another user who has read the address gets nothing, and the browser can still come', async () => {
    const said = await opened(async (address) => {
      const args = ['--noproxy', '*', '-sS', '-i', address]
      const child = spawn('curl', args, { uid: NOBODY, gid: NOBODY, cwd: '/', env: {} })
      const answer = await text(child.stdout)
      await visit(address)
      return answer
    })
    expect(said).toMatch(/^HTTP\/1\.1 404 /)
    expect(said).not.toContain('location')
  })
})
