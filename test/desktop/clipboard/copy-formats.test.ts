import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { addressOf, toClipText } from '../../../main/desktop/clipboard/copy-formats.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { curl, describeWith } from '../../helpers/needs.ts'

const run = promisify(execFile)
const address = 'https://files.example.com'

function tokenWith(headers: Readonly<Record<string, string>>, value = markedSecret('token')) {
  const wrapped = Object.entries(headers).map(([name, text]) => [name, new Secret(text)] as const)
  return { value: new Secret(value), headers: Object.fromEntries(wrapped) }
}

function bearer(value = markedSecret('token')) {
  return tokenWith({ Authorization: `Bearer ${value}` }, value)
}

/** The words into which a POSIX shell splits a line. */
async function wordsOf(line: string): Promise<string[]> {
  const { stdout } = await run('sh', ['-c', `for word in ${line}; do printf '%s\\0' "$word"; done`])
  return stdout.split('\0').slice(0, -1)
}

const words = (text: Secret) => wordsOf(text.reveal())

describe('the copied text', () => {
  it('is just the token', () => {
    const token = bearer()
    expect(toClipText(token, 'token', address)).toBe(token.value)
  })

  it('is the header by name', () => {
    const token = bearer()
    expect(toClipText(token, 'header', address).reveal()).toBe(
      `Authorization: Bearer ${token.value.reveal()}`,
    )
  })

  it('is one header per line if a service needs two', () => {
    const value = markedSecret('token')
    const token = tokenWith({ token: value, applicationId: 'b0f1' }, value)
    expect(toClipText(token, 'header', address).reveal()).toBe(
      `token: ${value}\napplicationId: b0f1`,
    )
  })

  it('is a curl command with every header and the URL', async () => {
    const value = markedSecret('token')
    const token = tokenWith({ token: value, applicationId: 'b0f1' }, value)
    const text = toClipText(token, 'curl', `${address}/api/v2`)
    expect(await words(text)).toEqual([
      ...['curl', '-H', `token: ${value}`, '-H', 'applicationId: b0f1'],
      `${address}/api/v2`,
    ])
    expect(text.reveal()).not.toContain('\n')
  })

  it.each([
    "it's",
    '$(touch ran) `touch ran` $HOME',
    'a"b\\c',
    '* ? [a-z] ~',
    '; rm -r . #',
    "'; touch ran; '",
  ])('stays one word in a shell with %s in the header', async (value) => {
    const token = tokenWith({ Authorization: value })
    expect(await words(toClipText(token, 'curl', address))).toContain(`Authorization: ${value}`)
  })

  it("stays one word in a shell with a quote in the address's path", async () => {
    const text = toClipText(bearer(), 'curl', "https://files.example.com/it's;id")
    expect((await words(text)).at(-1)).toBe("https://files.example.com/it's;id")
  })

  it.each(['a\nb', 'a\rb', 'a\u0085b', 'a\u2028b', 'a\u001b[2J'])(
    'refuses a header that would break its line: %j',
    (value) => {
      const token = tokenWith({ Authorization: value })
      for (const form of ['header', 'curl'] as const) {
        expect(() => toClipText(token, form, address)).toThrow(
          expect.objectContaining({ code: 'unexpected_answer' }),
        )
      }
    },
  )

  it.each([
    ['http://127.0.0.1:8080', true],
    ['http://127.1.2.3/', true],
    ['http://localhost:8080/api', true],
    ['http://[::1]:8080', true],
    ['https://files.example.com', false],
    ['http://127.0.0.1.example.com', false],
    ['http://localhost.example.com', false],
    ['http://10.0.0.1', false],
  ])('bypasses proxies only for loopback: %s', async (url, kept) => {
    const line = await words(toClipText(bearer(), 'curl', url))
    expect(line.join(' ').includes('--noproxy *')).toBe(kept)
  })

  it.each([undefined, '', 'files.example.com', 'ftp://files.example.com', 'javascript:alert(1)'])(
    'is no curl command for the address %s',
    (url) => {
      expect(() => toClipText(bearer(), 'curl', url)).toThrow(
        expect.objectContaining({ code: 'not_supported' }),
      )
    },
  )

  it('has the URL that was entered, or else the one that the login found', () => {
    const [url, base] = ['https://typed.example.com', 'https://found.example.com']
    expect(addressOf({ url, base })).toBe(url)
    expect(addressOf({ url: '', base })).toBe(base)
    expect(addressOf({ username: 'alice' })).toBeUndefined()
  })

  describeWith([curl], 'pasted into a shell', () => {
    it('sends the headers directly to the service, whatever http_proxy says', async () => {
      const seen: unknown[] = []
      const service = createServer(({ headers, url }, answer) => {
        seen.push({ url, token: headers['token'], applicationId: headers['applicationid'] })
        answer.end('welcome')
      })
      await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
      try {
        const { port } = service.address() as AddressInfo
        const value = `${markedSecret('token')}'$(id)`
        const token = tokenWith({ token: value, applicationId: 'b0f1' }, value)
        const line = toClipText(token, 'curl', `http://127.0.0.1:${port}/api/[v2]`).reveal()
        const env = { PATH: process.env['PATH'], http_proxy: 'http://127.0.0.1:1' }
        const { stdout } = await run('sh', ['-c', line], { env, timeout: 10_000 })
        expect(stdout).toBe('welcome')
        expect(seen).toEqual([{ url: '/api/[v2]', token: value, applicationId: 'b0f1' }])
      } finally {
        service.close()
      }
    })
  })
})
