import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import path from 'node:path'

interface Hello {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly data: unknown
}

/** A lock among processes with the same user data; the first is notified of a second start. */
export class SingleInstance {
  readonly #file: string
  readonly #socket: string
  readonly #heard: (hello: Hello) => void
  #server: Server | undefined
  #telling: Promise<void> | undefined

  constructor(folder: string, heard: (hello: Hello) => void) {
    mkdirSync(folder, { recursive: true })
    this.#file = path.join(folder, 'SingletonLock')
    this.#socket = path.join(folder, 'SingletonSocket')
    this.#heard = heard
  }

  get isOurs(): boolean {
    return this.#server !== undefined
  }

  request(hello: Hello): boolean {
    if (this.isOurs) return true
    if (!this.#take()) {
      this.#telling ??= this.#tell(hello)
      return false
    }
    rmSync(this.#socket, { force: true })
    this.#server = createServer((socket) => {
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk.toString()
      })
      socket.on('end', () => {
        socket.end()
        this.#heard(JSON.parse(text) as Hello)
      })
    })
    this.#server.listen(this.#socket)
    this.#server.unref()
    return true
  }

  release(): void {
    if (!this.#server) return
    this.#server.close()
    this.#server = undefined
    rmSync(this.#file, { force: true })
  }

  /** The first process must have been notified before we exit. */
  end(): Promise<void> | undefined {
    this.release()
    return this.#telling
  }

  #take(): boolean {
    try {
      writeFileSync(this.#file, String(process.pid), { flag: 'wx' })
      return true
    } catch {
      // Locked, unless its process has exited.
    }
    try {
      process.kill(Number(readFileSync(this.#file, 'utf8')), 0)
      return false
    } catch {
      writeFileSync(this.#file, String(process.pid))
      return true
    }
  }

  #tell(hello: Hello): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect({ path: this.#socket, allowHalfOpen: true }, () =>
        socket.end(JSON.stringify(hello)),
      )
      socket.on('data', () => undefined)
      socket.on('error', () => resolve())
      socket.on('close', () => resolve())
    })
  }
}
