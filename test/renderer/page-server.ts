import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'

/** Security: the headers that the app sends with each file. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}

/** Serves a built renderer on a free loopback port, with the CSP of the app. */
export async function servePage(folder: string): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const file = path.join(folder, pathname === '/' ? 'index.html' : pathname)
    const type = TYPES[path.extname(file)]
    const isInside = file.startsWith(folder + path.sep)
    if (pathname === '/favicon.ico') return void response.writeHead(204).end()
    const text = type && isInside ? await readFile(file).catch(() => null) : null
    if (text === null) return void response.writeHead(404).end()
    response
      .writeHead(200, { 'content-type': type ?? '', 'content-security-policy': POLICY })
      .end(text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() }
}
