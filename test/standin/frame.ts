import { toOrigin } from './basics.ts'

/** `WebFrameMain` of a page; only the main frame ever has a preload. */
export class Frame {
  readonly processId = 1
  readonly routingId = 1
  readonly frameTreeNodeId = 1
  readonly parent = null
  readonly name = ''
  readonly detached = false
  readonly #url: () => string

  constructor(url: () => string) {
    this.#url = url
  }

  get url(): string {
    return this.#url()
  }

  get origin(): string {
    return toOrigin(this.url)
  }

  get top(): Frame {
    return this
  }

  get frames(): readonly Frame[] {
    return []
  }

  isDestroyed(): boolean {
    return false
  }
}
