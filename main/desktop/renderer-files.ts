import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseUrl } from '../base/text/parse-url.ts'

/** The URL scheme that serves only the window's page. */
export const SCHEME = 'tokentray'

const HOST = 'ui'

/** The URL of the window's page. */
export const PAGE_URL = `${SCHEME}://${HOST}/index.html`

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Security: only our own files; no inline script or style, no network, no frames. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** True for a URL of our own page; compares the parsed URL. */
export function isOurPage(address: string): boolean {
  const url = parseUrl(address)
  if (url?.protocol !== `${SCHEME}:` || url.host !== HOST) return false
  return url.username === '' && url.password === ''
}

/**
 * Serves the files of the built renderer that exist at this moment, and 404 for anything else, even a
 * file that is added later.
 */
export function serveRenderer(folder: string): (request: Request) => Promise<Response> {
  const files = listFiles(folder)
  return async ({ method, url }) => {
    const file = isOurPage(url) ? files.get(new URL(url).pathname) : undefined
    if (!file) return new Response(null, { status: 404, headers: HEADERS })
    if (method !== 'GET') {
      return new Response(null, { status: 405, headers: { ...HEADERS, allow: 'GET' } })
    }
    try {
      const headers = { ...HEADERS, 'content-type': file.type }
      return new Response(new Uint8Array(await readFile(file.name)), { headers })
    } catch {
      // Removed since, for example by an update.
      return new Response(null, { status: 404, headers: HEADERS })
    }
  }
}

interface ServedFile {
  readonly name: string
  readonly type: string
}

/** Files by URL path, without links and without file types that no page needs. */
function listFiles(folder: string): ReadonlyMap<string, ServedFile> {
  const files = new Map<string, ServedFile>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const name = path.join(entry.parentPath, entry.name)
    const type = TYPES[path.extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    files.set(`/${path.relative(folder, name).split(path.sep).join('/')}`, { name, type })
  }
  return files
}
