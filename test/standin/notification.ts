import { EventEmitter } from 'node:events'
import { sessionBus } from './session-bus.ts'
import { isShown } from './shown-chromium.ts'

interface Options {
  readonly title?: string
  readonly body?: string
  readonly silent?: boolean
}

let lastTag = 0
const LATE_MS = 300

/**
 * `Notification`, through org.freedesktop.Notifications: `show` once a daemon has accepted it, `failed` without
 * one (libnotify_notification.cc). With STANDIN_NOTIFICATIONS=late it is shown a moment
 * after `show`, and not at all if the process has exited by then, as on macOS and Windows; with `failed` it
 * is never shown, as on macOS for an unsigned program. A user who sees the window reads it in the terminal.
 */
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
    const how = process.env['STANDIN_NOTIFICATIONS']
    if (how === 'failed') setImmediate(() => this.emit('failed', {}, 'It is not signed.'))
    else if (how === 'late') setTimeout(() => this.#show(), LATE_MS).unref()
    else this.#show()
  }

  #show(): void {
    if (isShown) {
      process.stderr.write(`\nNotification: ${this.title}\n${this.body}\n`)
      setImmediate(() => this.emit('show', {}))
      return
    }
    const words = { tag: this.#tag, title: this.title, body: this.body }
    if (sessionBus.say({ notify: words })) return
    setImmediate(() => this.emit('failed', {}, 'There is no session bus.'))
  }

  close(): void {
    sessionBus.say({ close: this.#tag })
  }
}
