import { describe, expect, it } from 'vitest'
import { isLoopbackHost, parseBaseUrl } from '../../../main/providers/http/base-url.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { refusalOf } from '../calling.ts'

const parse = async (text: string) => parseBaseUrl(text)

describe('the address of a service', () => {
  it.each([
    ['https://files.example.com', 'https://files.example.com'],
    [' https://files.example.com/ ', 'https://files.example.com'],
    ['HTTPS://Files.Example.com:443', 'https://files.example.com'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['https://example.com/files//', 'https://example.com/files'],
    ['https://[::1]:8443/', 'https://[::1]:8443'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ])('reads %s as %s', (text, href) => {
    expect(parseBaseUrl(text).href).toBe(href)
  })

  it('names host and port for messages', () => {
    expect(parseBaseUrl('https://files.example.com:8443/x').host).toBe('files.example.com:8443')
  })

  it.each([
    '',
    'files.example.com',
    'files.example.com:8080',
    '//files.example.com',
    'ftp://files.example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https://a b',
    'https://files.example.com:99999',
  ])('refuses %j, which is not an http or https URL', async (text) => {
    await refusalOf(parse(text), 'invalid_request')
  })

  it.each(['?', '?a=b', '#', '#top', '/path?'])('refuses the ending %s', async (ending) => {
    const error = await refusalOf(parse(`https://files.example.com${ending}`), 'invalid_request')
    expect(error.hint).not.toContain('their own fields')
  })

  it('refuses a host name that is too long', () => {
    const host = `${'a'.repeat(60)}.`.repeat(4)
    expect(parseBaseUrl(`https://${host}example`).host).toHaveLength(251)
    expect(() => parseBaseUrl(`https://${host}example.com`)).toThrow('at most 253 characters')
  })

  it('refuses user info and does not repeat it', async () => {
    const password = markedSecret('url')
    await refusalOf(parse(`https://alice:${password}@example.com`), 'invalid_request', [password])
    await refusalOf(parse('https://alice@example.com'), 'invalid_request', ['alice'])
  })
})

describe('a loopback host', () => {
  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.9.8.7', '[::1]'])('is %s', (host) => {
    expect(isLoopbackHost(host)).toBe(true)
  })

  it.each([
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'notlocalhost',
    '128.0.0.1',
    '0.0.0.0',
    '[::2]',
    '10.0.0.1',
    '',
  ])('is not %j', (host) => {
    expect(isLoopbackHost(host)).toBe(false)
  })
})
