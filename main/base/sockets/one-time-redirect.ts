import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import { TokentrayError } from '../errors.ts'
import { randomText } from '../ids.ts'
import { Secret } from '../secret.ts'
import { parseUrl } from '../text/parse-url.ts'
import { findSocketOwner } from './socket-table.ts'

interface OneTimeRedirectOptions {
  readonly clock: Clock
  /** How long to wait for the browser; 60 s by default. */
  readonly timeoutMs?: number
}

/** The one request that the server answers. */
interface Expected {
  readonly host: string
  readonly path: Secret
  /** Our own user id; `null` on systems that do not tell a peer's. */
  readonly uid: number | null
}

const TIMEOUT_MS = 60_000
const PATH_BITS = 256

/**
 * Opens a secret address in a browser: `open` is given a local address that redirects there once.
 * Resolves when the redirect was served. Rejects as `open` does, or with `temporarily_unavailable` if no
 * browser comes in time; after either, the local address is dead.
 *
 * Security: programs that open a browser, and the browser itself, take the address as an argument, which
 * every user of the machine can read in the process list. The local address is worthless after one request
 * and, on Linux, worthless to other users; on other systems another user who is faster than the browser gets
 * the redirect, and the user sees their own request fail.
 */
export async function openOnce(
  url: Secret,
  open: (localUrl: string) => Promise<void>,
  { clock, timeoutMs = TIMEOUT_MS }: OneTimeRedirectOptions,
): Promise<void> {
  requireWebAddress(url)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const path = new Secret(`/${randomText(PATH_BITS)}`)
  const uid = process.platform === 'linux' ? (process.getuid?.() ?? null) : null
  let cancelTimeout = () => {}
  try {
    await new Promise<void>((resolve, reject) => {
      let isSpent = false
      server.on('request', (request, response) => {
        if (isSpent || !isExpected(request, { host, path, uid })) return refuse(response)
        isSpent = true
        // Also if the browser disconnects early: a second one could not be told from the first.
        response.on('close', resolve)
        return lead(response, url)
      })
      cancelTimeout = clock.after(timeoutMs, () => reject(noBrowserCame(timeoutMs)))
      open(`http://${host}${path.reveal()}`).catch(reject)
    })
  } finally {
    cancelTimeout()
    server.close()
    server.closeAllConnections()
  }
}

function isExpected(
  { method, url = '', rawHeaders, socket }: IncomingMessage,
  { host, path, uid }: Expected,
): boolean {
  const hosts = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host',
  )
  return (
    method === 'GET' &&
    hosts.length === 1 &&
    hosts[0] === host &&
    path.equals(new Secret(url)) &&
    (uid === null || findPeerUid(socket) === uid)
  )
}

function findPeerUid({ remoteAddress, remotePort, localAddress, localPort }: Socket) {
  if (!remoteAddress || !remotePort || !localAddress || !localPort) return null
  const theirs = { address: remoteAddress, port: remotePort }
  return findSocketOwner(theirs, { address: localAddress, port: localPort })
}

function lead(response: ServerResponse, url: Secret): void {
  response
    .writeHead(303, {
      location: url.reveal(),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      connection: 'close',
    })
    .end()
}

function refuse(response: ServerResponse): void {
  response.writeHead(404, { 'cache-control': 'no-store', connection: 'close' }).end()
}

/** A browser would not follow other addresses, and a line break would inject a header. */
function requireWebAddress(url: Secret): void {
  const text = url.reveal()
  const parsed = /^[!-~]+$/.test(text) ? parseUrl(text) : null
  if (parsed && /^https?:$/.test(parsed.protocol)) return
  throw new TokentrayError('unexpected_answer', 'The service returned an invalid link.')
}

function noBrowserCame(timeoutMs: number): TokentrayError {
  return new TokentrayError(
    'temporarily_unavailable',
    `No browser opened the page within ${timeoutMs / 1000} seconds.`,
    { hint: 'Check that a browser can be opened, and try again.' },
  )
}
