import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A message of the X server: an event or a reply. */
type Incoming = Buffer

const GET_INPUT_FOCUS = 43
const REPLY = 1
const ERROR = 0
const HEADER = 32

/** A connection to the X server of `DISPLAY`, with the part of the core protocol that is needed. */
export class XConnection {
  readonly #socket: Socket
  readonly #answers = new Map<number, (answer: Buffer | Error) => void>()
  readonly #listeners = new Set<(event: Incoming) => void>()
  readonly #atoms = new Map<string, Promise<number>>()
  #unread: Buffer = Buffer.alloc(0)
  #sequence = 0
  #nextId = 0
  root = 0

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  static async open(display: string): Promise<XConnection> {
    const number = /:(\d+)/.exec(display)?.[1]
    const socket = connect(`/tmp/.X11-unix/X${number}`)
    await once(socket, 'connect')
    const x = new XConnection(socket)
    // Little-endian, protocol 11.0, without authorization: the server accepts its own user.
    socket.write(Buffer.from([0x6c, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
    await x.#readSetup()
    return x
  }

  onEvent(listener: (event: Incoming) => void): void {
    this.#listeners.add(listener)
  }

  newId(): number {
    return this.#nextId++
  }

  /** Sends a request without a reply. */
  send(opcode: number, detail: number, body: Buffer): void {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)])
    const head = Buffer.alloc(4)
    head.writeUInt8(opcode, 0)
    head.writeUInt8(detail, 1)
    head.writeUInt16LE(1 + padded.length / 4, 2)
    this.#sequence = (this.#sequence + 1) & 0xffff
    this.#socket.write(Buffer.concat([head, padded]))
  }

  /** Sends a request and resolves to the complete reply. */
  ask(opcode: number, detail: number, body: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.send(opcode, detail, body)
      this.#answers.set(this.#sequence, (answer) =>
        answer instanceof Error ? reject(answer) : resolve(answer),
      )
    })
  }

  /** Sends a request without a reply; resolves to false if the server reports an error of it. */
  async isFollowed(opcode: number, detail: number, body: Buffer): Promise<boolean> {
    let isRefused = false
    this.ask(opcode, detail, body).catch(() => {
      isRefused = true
    })
    // Its reply comes after any error of what was sent before.
    await this.ask(GET_INPUT_FOCUS, 0, Buffer.alloc(0))
    return !isRefused
  }

  atom(name: string): Promise<number> {
    const known = this.#atoms.get(name)
    if (known) return known
    const head = Buffer.alloc(4)
    head.writeUInt16LE(name.length, 0)
    const answer = this.ask(16, 0, Buffer.concat([head, Buffer.from(name, 'latin1')]))
    const atom = answer.then((reply) => reply.readUInt32LE(8))
    this.#atoms.set(name, atom)
    return atom
  }

  async atomName(atom: number): Promise<string> {
    const reply = await this.ask(17, 0, uint32s(atom))
    return reply.toString('latin1', HEADER, HEADER + reply.readUInt16LE(8))
  }

  /** Flushes and closes the connection. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once('close', () => resolve())
      this.#socket.end()
      this.#socket.once('end', () => this.#socket.destroy())
      setTimeout(() => this.#socket.destroy(), 200).unref()
    })
  }

  async #readSetup(): Promise<void> {
    let data = Buffer.alloc(0)
    while (data.length < 8 || data.length < 8 + data.readUInt16LE(6) * 4) {
      const [chunk] = (await once(this.#socket, 'data')) as [Buffer]
      data = Buffer.concat([data, chunk])
    }
    if (data.readUInt8(0) !== 1) throw new Error('stand-in: the X server refuses us')
    this.#nextId = data.readUInt32LE(12)
    const vendor = data.readUInt16LE(24)
    const formats = data.readUInt8(29)
    this.root = data.readUInt32LE(40 + Math.ceil(vendor / 4) * 4 + formats * 8)
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk))
  }

  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk])
    for (;;) {
      const { length } = this.#unread
      if (length < HEADER) return
      const kind = this.#unread.readUInt8(0)
      const size = kind === REPLY ? HEADER + this.#unread.readUInt32LE(4) * 4 : HEADER
      if (length < size) return
      const message = this.#unread.subarray(0, size)
      this.#unread = this.#unread.subarray(size)
      this.#receive(kind, message)
    }
  }

  #receive(kind: number, message: Buffer): void {
    if (kind !== REPLY && kind !== ERROR) {
      for (const listener of this.#listeners) listener(message)
      return
    }
    const sequence = message.readUInt16LE(2)
    const settle = this.#answers.get(sequence)
    this.#answers.delete(sequence)
    const error = new Error(`stand-in: X error ${message.readUInt8(1)}`)
    settle?.(kind === ERROR ? error : message)
  }
}

/** Numbers as the protocol has them. */
export function uint32s(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) buffer.writeUInt32LE(value, index * 4)
  return buffer
}
