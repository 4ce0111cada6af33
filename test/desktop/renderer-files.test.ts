import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { isOurPage, PAGE_URL, serveRenderer } from '../../main/desktop/renderer-files.ts'
import { makeTestFolder } from '../helpers/marks.ts'

let folder: string
let serve: (request: Request) => Promise<Response>

const get = (url: string, method = 'GET') => serve(new Request(url, { method }))

beforeEach(() => {
  const home = makeTestFolder('renderer')
  folder = path.join(home, 'renderer')
  mkdirSync(path.join(folder, 'assets'), { recursive: true })
  writeFileSync(path.join(home, 'secret.html'), 'outside')
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html>')
  writeFileSync(path.join(folder, 'assets', 'index-1.js'), 'code')
  writeFileSync(path.join(folder, 'assets', 'index-1.css'), 'style')
  writeFileSync(path.join(folder, 'notes.txt'), 'no kind that a page needs')
  symlinkSync(path.join(home, 'secret.html'), path.join(folder, 'link.html'))
  serve = serveRenderer(folder)
})

it.each([
  [PAGE_URL, 'text/html; charset=utf-8', '<!doctype html>'],
  ['tokentray://ui/assets/index-1.js', 'text/javascript; charset=utf-8', 'code'],
  ['tokentray://ui/assets/index-1.css', 'text/css; charset=utf-8', 'style'],
  [`${PAGE_URL}#1/settings`, 'text/html; charset=utf-8', '<!doctype html>'],
])('serves %s', async (url, type, text) => {
  const response = await get(url)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe(type)
  expect(await response.text()).toBe(text)
})

it.each([
  'tokentray://ui/../secret.html',
  'tokentray://ui/%2e%2e/secret.html',
  'tokentray://ui/..%2fsecret.html',
  'tokentray://ui/assets/..%5c..%5csecret.html',
  'tokentray://ui/%2fetc%2fpasswd',
  'tokentray://ui//etc/passwd',
  'tokentray://ui/assets',
  'tokentray://ui/assets/',
  'tokentray://ui/',
  'tokentray://ui/index.html%00.js',
  'tokentray://ui/link.html',
  'tokentray://ui/notes.txt',
  'tokentray://ui:1/index.html',
  'tokentray://other/index.html',
])('has nothing at %s', async (url) => {
  expect((await get(url)).status).toBe(404)
})

it('does not serve files that were added after the start', async () => {
  writeFileSync(path.join(folder, 'late.js'), 'code')
  expect((await get('tokentray://ui/late.js')).status).toBe(404)
})

it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('does not accept %s', async (method) => {
  expect((await get(PAGE_URL, method)).status).toBe(405)
})

describe('the headers', () => {
  it.each([PAGE_URL, 'tokentray://ui/none.html'])('restrict the page, at %s', async (url) => {
    const { headers } = await get(url)
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })
})

it.each([
  ['tokentray://ui/index.html', true],
  ['tokentray://ui/index.html#1/settings', true],
  ['tokentray://ui', true],
  ['tokentray://ui.example/index.html', false],
  ['tokentray://ui:80/index.html', false],
  ['tokentray://ui@evil.example/', false],
  ['tokentray://a@ui/index.html', false],
  ['tokentray://a:b@ui/index.html', false],
  ['https://ui/index.html', false],
  ['file:///tokentray://ui/', false],
  ['about:blank', false],
  ['about:srcdoc', false],
  ['data:text/html,tokentray://ui/', false],
  ['blob:tokentray://ui/x', false],
  ['', false],
])('recognises %s as our page: %s', (url, expected) => {
  expect(isOurPage(url)).toBe(expected)
})
