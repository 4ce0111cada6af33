import type { CopiedView } from '../../../preload/snapshot.ts'
import type { Clock } from '../../base/clock.ts'

/** Long enough to be noticed after a glance at the clipboard's new owner, and short enough to hide nothing. */
const SHOWN_MS = 2_000

interface CopiedSignPorts {
  readonly clock: Pick<Clock, 'after'>
  /** `isShown` has changed by itself. */
  readonly changed: () => void
}

/** Whether the icon shows that something was just copied, from the menu or the window. */
export class CopiedSign {
  readonly #ports: CopiedSignPorts
  #copied: CopiedView | null = null
  #end: (() => void) | null = null

  constructor(ports: CopiedSignPorts) {
    this.#ports = ports
  }

  /** True for 2 s after each copy, unless it left the clipboard before that. */
  get isShown(): boolean {
    return this.#end !== null
  }

  /** What is in the clipboard now. */
  see(copied: CopiedView | null): void {
    const before = this.#copied
    this.#copied = copied
    if (copied && before && isSame(copied, before)) return
    this.#end?.()
    this.#end = null
    if (!copied) return
    this.#end = this.#ports.clock.after(SHOWN_MS, () => {
      this.#end = null
      this.#ports.changed()
    })
  }
}

/** Each copy has a time of its own in the clipboard. */
const isSame = (one: CopiedView, other: CopiedView): boolean =>
  one.account === other.account && one.form === other.form && one.clearsAt === other.clearsAt
