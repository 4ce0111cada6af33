import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Failure } from './answers.ts'

/** A response as bytes, for connections without a response object. */
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
 * Writes the last bytes of a connection. Further input is discarded, because closing a connection with
 * unread bytes resets it, and the response is lost; after `lingerMs` it is destroyed.
 */
export function endWith(socket: Duplex, text: string, lingerMs: number): void {
  // Node removes its own listener from an upgraded connection; without one a reset crashes the process.
  socket.on('error', () => socket.destroy())
  socket.end(text)
  socket.resume()
  const cut = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(cut))
}
