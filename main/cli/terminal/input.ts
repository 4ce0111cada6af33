import { TokentrayError } from '../../base/errors.ts'

/** The part of a readable stream that is used; `process.stdin` is one. */
export interface InputStream extends NodeJS.ReadableStream {
  readonly isTTY?: boolean
  readonly readableEnded?: boolean
  readonly destroyed?: boolean
  setRawMode?(on: boolean): unknown
}

const LONGEST_LINE = 65_536

/**
 * Standard input as text, read in chunks or lines. What was read beyond a line is kept for the next question, so
 * that pasted lines answer one question each.
 */
export class Input {
  readonly #stream: InputStream
  // Fatal: a password with a replaced character would be refused for no visible reason.
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #kept = ''
  #ended = false
  /** What arrived between questions; older than what the stream still holds. */
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
   * Collects what arrives before the next read; `watch` sees each chunk. Otherwise it would stay in the
   * terminal, which echoes it unless in raw mode.
   */
  collect(watch: (piece: Buffer) => void): void {
    this.#stopCollecting()
    const stream = this.#stream
    const onData = (chunk: string | Buffer) => {
      const piece = Buffer.from(chunk)
      this.#early.push(piece)
      watch(piece)
    }
    // The next read finds the stream ended.
    const onError = () => {}
    stream.on('data', onData).on('error', onError)
    stream.resume()
    this.#stopCollecting = () => {
      stream.pause()
      stream.off('data', onData).off('error', onError)
      this.#stopCollecting = () => {}
    }
  }

  /** Stops collecting; what arrives from now on is left in the stream. */
  release(): void {
    this.#stopCollecting()
  }

  /** The next chunk, never empty; `null` at the end. Throws `invalid_request` if it is not UTF-8. */
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
    // A CR and a LF in one chunk end one line; a LF that arrives later is an empty answer.
    this.#kept = end === '\r' && rest.startsWith('\n') ? rest.slice(1) : rest
  }

  /** The next line, without its end, if the input is not a terminal; `null` if there is none. */
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

  /** Each line up to the end of the input. */
  async *lines(): AsyncGenerator<string, void> {
    for (let line = await this.readLine(); line !== null; line = await this.readLine()) yield line
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

/** Reads one chunk. Between reads the stream is paused, so that it does not keep the program running. */
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
    // A terminal that hangs up may end with an error or without one.
    const onError = (error: Error) =>
      settle(() => (stream.isTTY ? resolve(null) : reject(unreadable(error))))
    stream.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError)
    stream.resume()
  })
}
