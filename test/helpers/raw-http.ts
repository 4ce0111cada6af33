import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A response as received. */
export interface RawResponse {
  readonly status: number
  /** By lower-case name; all values of a repeated header, in order. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Exchange {
  /** Everything received until the server closed the connection. */
  readonly text: string
  readonly responses: readonly RawResponse[]
}

/** A connection on which a test writes raw bytes. */
export class RawConnection {
  readonly socket: Socket
  readonly #closed: Promise<void>
  #received = Buffer.alloc(0)
  #wasReset = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (piece) => {
      this.#received = Buffer.concat([this.#received, piece])
      socket.emit('received')
    })
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()))
    // A reset closes the connection as well; what was received before still counts.
    socket.on('error', () => {
      this.#wasReset = true
    })
  }

  /** The connection was not closed cleanly, so a response may have been lost. */
  get wasReset(): boolean {
    return this.#wasReset
  }

  get text(): string {
    return this.#received.toString('latin1')
  }

  send(bytes: string | Buffer): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** Resolves once that many complete responses have arrived. */
  async answers(count: number): Promise<readonly RawResponse[]> {
    for (;;) {
      const answers = parseResponses(this.text)
      if (answers.length >= count) return answers
      if (this.socket.closed) throw new Error(`closed after ${answers.length} answers`)
      await Promise.race([this.#more(), this.#closed])
    }
  }

  /** Resolves once the server has closed the connection. */
  async closed(): Promise<Exchange> {
    await this.#closed
    return { text: this.text, responses: parseResponses(this.text) }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => this.socket.once('received', () => resolve()))
  }
}

export interface ConnectOptions {
  readonly host?: string
  /** The socket stays open for writing after the server has closed its side. */
  readonly allowHalfOpen?: boolean
}

/** Connects to a port, or to the Unix socket at a path. */
export async function openRaw(
  to: number | string,
  options: ConnectOptions = {},
): Promise<RawConnection> {
  const address = typeof to === 'string' ? { path: to } : { port: to, host: '127.0.0.1' }
  const socket = connect({ ...address, ...options })
  await once(socket, 'connect')
  return new RawConnection(socket)
}

/** Sends these bytes and waits until the server has closed the connection. */
export async function exchange(to: number | string, bytes: string | Buffer): Promise<Exchange> {
  const connection = await openRaw(to)
  connection.send(bytes)
  return await connection.closed()
}

/**
 * Splits a stream into responses by `Content-Length`; those to HEAD have no body. An incomplete one at
 * the end is left out.
 */
export function parseResponses(text: string, bodiless = false): RawResponse[] {
  const answers: RawResponse[] = []
  let rest = text
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) return answers
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n')
    const headers: Record<string, string> = {}
    for (const line of lines) {
      const colon = line.indexOf(':')
      const name = line.slice(0, colon).toLowerCase()
      const value = line.slice(colon + 1).trim()
      headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
    }
    const status = Number(/^HTTP\/1\.1 (\d{3})(?: |$)/.exec(first)?.[1])
    const length = bodiless ? 0 : Number(headers['content-length'] ?? 0)
    const body = rest.slice(end + 4, end + 4 + length)
    if (body.length < length) return answers
    answers.push({ status, headers, body })
    rest = rest.slice(end + 4 + length)
  }
}
