import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** The scheme that serves the popover, and nothing else. */
export const SCHEME = 'tokentray'

const HOST = 'ui'
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"

/** Answers requests for the built renderer's files; whatever else is asked for is not there. */
export function serveRenderer(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const { host, pathname } = new URL(request.url)
    const file = path.join(folder, pathname)
    const type = TYPES[path.extname(file)]
    const inside = file.startsWith(folder + path.sep)
    if (host !== HOST || !inside || type === undefined) return new Response(null, { status: 404 })
    try {
      const headers = { 'content-type': type, 'content-security-policy': POLICY }
      return new Response(new Uint8Array(await readFile(file)), { headers })
    } catch {
      // The set of files is fixed by the build: what is not there was never meant to be.
      return new Response(null, { status: 404 })
    }
  }
}
