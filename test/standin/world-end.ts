import { makeWire, type Tagged } from './wire.ts'

/**
 * One side of the bridge between the page's world and the preload's. Window events are
 * dispatched synchronously and their text is visible in both worlds, so functions can be called
 * across and return immediately, as through Electron's context bridge.
 */
export class WorldEnd {
  readonly #token: string
  readonly #me: string
  readonly #other: string
  readonly #functions = new Map<number, (...args: unknown[]) => unknown>()
  readonly #results = new Map<number, Outcome>()
  readonly #waiting = new Map<number, Settle>()
  #last = 0

  /** `token` keeps the page's own scripts from guessing the events' names. */
  constructor(token: string, me: string, other: string) {
    this.#token = token
    this.#me = me
    this.#other = other
    this.on('call', (message) => this.#answer(message as Call))
    this.on('result', (message) => {
      const result = message as Outcome
      this.#results.set(result.id, result)
    })
    this.on('settle', (message) => {
      const { id, value, error } = message as Outcome
      const settle = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error === undefined) settle?.resolve(this.decode(value))
      else settle?.reject(this.decode(error))
    })
  }

  encode(value: unknown): unknown {
    return this.#wire.encode(value)
  }

  decode(value: unknown): unknown {
    return this.#wire.decode(value)
  }

  on(type: string, listener: (message: unknown) => void): void {
    const hear = (event: Event) => {
      event.stopImmediatePropagation()
      listener(JSON.parse((event as CustomEvent<string>).detail))
    }
    window.addEventListener(this.#token + this.#me + type, hear, true)
  }

  emit(type: string, message: unknown): void {
    const detail = JSON.stringify(message)
    window.dispatchEvent(new CustomEvent(this.#token + this.#other + type, { detail }))
  }

  readonly #wire = makeWire({
    fromFunction: (value) => {
      this.#functions.set(++this.#last, value)
      return { $: 'function', id: this.#last }
    },
    fromPromise: (promise) => {
      const id = ++this.#last
      promise.then(
        (value) => this.emit('settle', { id, value: this.encode(value) }),
        (error: unknown) => this.emit('settle', { id, error: this.encode(toPlain(error)) }),
      )
      return { $: 'promise', id }
    },
    toLocal: (value) => (value.$ === 'promise' ? this.#wait(value) : this.#toFunction(value)),
  })

  #wait({ id = 0 }: Tagged): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
  }

  #toFunction({ id: target }: Tagged): (...args: unknown[]) => unknown {
    return (...args) => {
      const id = ++this.#last
      this.emit('call', { id, target, args: this.encode(args) })
      const result = this.#results.get(id)
      this.#results.delete(id)
      if (result?.error !== undefined) throw this.decode(result.error)
      return this.decode(result?.value)
    }
  }

  #answer({ id, target, args }: Call): void {
    try {
      const value = this.#functions.get(target)?.(...(this.decode(args) as unknown[]))
      this.emit('result', { id, value: this.encode(value) })
    } catch (error) {
      this.emit('result', { id, error: this.encode(toPlain(error)) })
    }
  }
}

interface Call {
  readonly id: number
  readonly target: number
  readonly args: unknown
}

interface Outcome {
  readonly id: number
  readonly value?: unknown
  readonly error?: unknown
}

interface Settle {
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** Electron's bridge passes plain objects as rejections unchanged. */
function toPlain(error: unknown): unknown {
  return error instanceof Error || (typeof error === 'object' && error !== null)
    ? error
    : new Error(String(error))
}
