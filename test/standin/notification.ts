import { EventEmitter } from 'node:events'
import { sessionBus } from './session-bus.ts'

interface Options {
  readonly title?: string
  readonly body?: string
  readonly silent?: boolean
}

let lastTag = 0

/** `Notification`, over org.freedesktop.Notifications as on Linux. */
export class Notification extends EventEmitter {
  title: string
  body: string
  readonly #tag = ++lastTag

  static isSupported(): boolean {
    return true
  }

  constructor({ title = '', body = '' }: Options = {}) {
    super()
    this.title = title
    this.body = body
    sessionBus.on((message) => {
      if (message.event === 'notification' && message.tag === this.#tag) this.emit(message.what, {})
    })
  }

  show(): void {
    sessionBus.say({ notify: { tag: this.#tag, title: this.title, body: this.body } })
    setImmediate(() => this.emit('show', {}))
  }

  close(): void {
    sessionBus.say({ close: this.#tag })
  }
}
