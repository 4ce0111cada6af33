import { TokentrayError } from '../../base/errors.ts'

/** As much of a readable stream as is read from; `process.stdin` is one. */
export interface InputStream extends NodeJS.ReadableStream {
  readonly isTTY?: boolean
  readonly readableEnded?: boolean
  readonly destroyed?: boolean
  setRawMode?(on: boolean): unknown
}

const LONGEST_LINE = 65_536

/**
 * Standard input as text, a piece or a line at a time. What was read beyond a line is kept for the
 * next question, so that several pasted lines answer several of them.
 */
export class Input {
  readonly #stream: InputStream
  // Fatal, because a password with a character replaced would be refused for no visible reason.
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #kept = ''
  #ended = false
  /** What came while nothing was asked; older than what the stream still holds. */
  readonly #early: Buffer[] = []
  #stopCollecting = () => {}

  constructor(stream: InputStream) {
    this.#stream = stream
  }

  /** True if text beyond the last line has been read already. */
  get hasMore(): boolean {
    return this.#kept !== ''
  }

  /**
   * Takes in what comes until the next read and keeps it for that; `watch` sees each piece. Without
   * this the terminal keeps it, or shows it if it is not in raw mode.
   */
  collect(watch: (piece: Buffer) => void): void {
    this.#stopCollecting()
    const stream = this.#stream
    const onData = (chunk: string | Buffer) => {
      const piece = Buffer.from(chunk)
      this.#early.push(piece)
      watch(piece)
    }
    // Nobody waits for it: the next read finds the stream ended.
    const onError = () => {}
    stream.on('data', onData).on('error', onError)
    stream.resume()
    this.#stopCollecting = () => {
      stream.pause()
      stream.off('data', onData).off('error', onError)
      this.#stopCollecting = () => {}
    }
  }

  /** Leaves what comes from now on to whoever reads the stream next. */
  release(): void {
    this.#stopCollecting()
  }

  /** The next piece, never empty; `null` at the end. Throws `invalid_request` if it is not UTF-8. */
  async read(): Promise<string | null> {
    for (;;) {
      const kept = this.#kept
      this.#kept = ''
      if (kept === '' && this.#ended) return null
      const text = kept || (await this.#next())
      if (text !== '') return text
    }
  }

  /** Keeps what follows the end of a line for the next read; `end` is the character that ended it. */
  keep(rest: string, end: string): void {
    // Only what came together is one CR LF: a line feed on its own is the next answer, an empty one.
    this.#kept = end === '\r' && rest.startsWith('\n') ? rest.slice(1) : rest
  }

  /**
   * One line of what is no terminal, without its end; `null` if there is none left. The last one
   * needs no line break.
   */
  async readLine(): Promise<string | null> {
    let line = ''
    for (;;) {
      const text = await this.read()
      if (text === null) return line === '' ? null : line
      const end = text.indexOf('\n')
      if (end >= 0) {
        this.#kept = text.slice(end + 1)
        return (line + text.slice(0, end)).replace(/\r$/, '')
      }
      line += text
      if (line.length > LONGEST_LINE) {
        throw new TokentrayError('invalid_request', 'A line of standard input is too long.')
      }
    }
  }

  async #next(): Promise<string> {
    this.#stopCollecting()
    const chunk = this.#early.shift() ?? (await nextChunk(this.#stream))
    if (chunk === null) this.#ended = true
    try {
      return chunk === null ? this.#decoder.decode() : this.#decoder.decode(chunk, { stream: true })
    } catch (error) {
      throw new TokentrayError('invalid_request', 'Standard input is not UTF-8 text.', {
        cause: error,
        hint: 'Convert it, for example with "iconv -t UTF-8".',
      })
    }
  }
}

/** Reads only while somebody waits: between questions the stream is paused and holds nothing up. */
function nextChunk(stream: InputStream): Promise<Buffer | null> {
  if (stream.readableEnded || stream.destroyed) return Promise.resolve(null)
  return new Promise((resolve, reject) => {
    const settle = (action: () => void) => {
      stream.pause()
      stream.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onError)
      action()
    }
    const onData = (chunk: string | Buffer) => settle(() => resolve(Buffer.from(chunk)))
    const onEnd = () => settle(() => resolve(null))
    const unreadable = (cause: Error) =>
      new TokentrayError('invalid_request', 'Standard input cannot be read.', { cause })
    // A terminal that hangs up ends like this or like that.
    const onError = (error: Error) =>
      settle(() => (stream.isTTY ? resolve(null) : reject(unreadable(error))))
    stream.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError)
    stream.resume()
  })
}
