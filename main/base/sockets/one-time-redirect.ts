import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import { TokentrayError } from '../errors.ts'
import { randomText } from '../ids.ts'
import { Secret } from '../secret.ts'
import { findSocketOwner } from './socket-table.ts'

interface OneVisitOptions {
  readonly clock: Clock
  /** How long the visit may take to come, 60 s unless given. */
  readonly timeoutMs?: number
}

/** What the server needs to know of the one request that it is there for. */
interface Expected {
  readonly host: string
  readonly path: Secret
  /** Our own user id; `null` on systems where a peer's cannot be seen. */
  readonly uid: number | null
}

const PATIENCE_MS = 60_000
const PATH_BITS = 256

/**
 * Has `open` bring a browser to this address without telling it: `open` gets an address of ours,
 * which is good for one visit and leads there. Resolves once the visit was answered. Rejects with
 * what `open` rejects with, or with `temporarily_unavailable` if no visit comes; from then on nobody
 * gets the address any more.
 *
 * Security: what opens a browser takes an address as an argument, which every user of the machine can
 * read in the process list, and so does the browser. They see an address that is worth nothing once
 * it was visited and, on Linux, nothing to another user; on other systems another user who is faster
 * than the browser gets the visit, and the person sees that theirs fails.
 */
export async function openOnce(
  url: Secret,
  open: (localUrl: string) => Promise<void>,
  { clock, timeoutMs = PATIENCE_MS }: OneVisitOptions,
): Promise<void> {
  requireWebAddress(url)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const path = new Secret(`/${randomText(PATH_BITS)}`)
  const uid = process.platform === 'linux' ? (process.getuid?.() ?? null) : null
  let takeBack = () => {}
  try {
    await new Promise<void>((resolve, reject) => {
      let isSpent = false
      server.on('request', (request, response) => {
        if (isSpent || !isExpected(request, { host, path, uid })) return refuse(response)
        isSpent = true
        // Also when the browser goes away before it has all: another one cannot be told from it.
        response.on('close', resolve)
        return lead(response, url)
      })
      takeBack = clock.after(timeoutMs, () => reject(nobodyCame(timeoutMs)))
      open(`http://${host}${path.reveal()}`).catch(reject)
    })
  } finally {
    takeBack()
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

/** Other addresses a browser would not follow, and a line break in one would be a header of its own. */
function requireWebAddress(url: Secret): void {
  const text = url.reveal()
  const parsed = /^[!-~]+$/.test(text) && URL.canParse(text) ? new URL(text) : null
  if (parsed && /^https?:$/.test(parsed.protocol)) return
  throw new TokentrayError('unexpected_answer', 'The service gave a link that is none.')
}

function nobodyCame(timeoutMs: number): TokentrayError {
  return new TokentrayError(
    'temporarily_unavailable',
    `No browser has asked for the page within ${timeoutMs / 1000} s.`,
    { hint: 'Check that a browser can be opened here, and try again.' },
  )
}
