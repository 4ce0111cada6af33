import { expect, it } from 'vitest'
import { parseUrl } from '../../../main/base/text/parse-url.ts'

/** Enough calls for V8 to compile the function and what it calls. */
const MANY = 100_000

it('answers the same after thousands of calls, which is not so of `URL.canParse` of Node 20', () => {
  const hosts = () => [
    parseUrl('https://files.example.com/a')?.host,
    parseUrl('https://bücher.example')?.host,
    parseUrl('https://例え.jp')?.host,
    parseUrl('/b', 'https://bücher.example')?.href,
    parseUrl('no address'),
    parseUrl('http://'),
  ]
  const first = hosts()
  expect(first).toEqual([
    ...['files.example.com', 'xn--bcher-kva.example', 'xn--r8jz45g.jp'],
    ...['https://xn--bcher-kva.example/b', null, null],
  ])
  for (let call = 0; call < MANY; call += 1) parseUrl('https://files.example.com/a')
  expect(hosts()).toEqual(first)
})
