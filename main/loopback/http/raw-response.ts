import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Failure } from './answers.ts'

/** An answer as bytes, for connections that have no response object. */
export function toHttpText({ status, headers, body }: Failure): string {
  const text = JSON.stringify(body)
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ]
  return `${lines.join('\r\n')}\r\n\r\n${text}`
}

/**
 * Writes the last bytes of a connection. What still comes in is thrown away, because a connection
 * closed over unread bytes is reset and takes the answer with it; after `lingerMs` it is cut off.
 */
export function endWith(socket: Duplex, text: string, lingerMs: number): void {
  // Node has taken its own listener off an upgraded connection: without one a reset ends the process.
  socket.on('error', () => socket.destroy())
  socket.end(text)
  socket.resume()
  const cut = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(cut))
}
