import type { Clock } from '../../base/clock.ts'
import { timeOfDay } from '../../base/text/time-of-day.ts'

/** More than these nobody reads at once. */
const MOST = 5

interface UnshownPorts {
  readonly clock: Pick<Clock, 'now'>
  readonly changed: () => void
}

/** What the system did not show of our notifications, for the window to say. */
export class Unshown {
  readonly #ports: UnshownPorts
  #texts: readonly string[] = []

  constructor(ports: UnshownPorts) {
    this.#ports = ports
  }

  /** The newest first. */
  get texts(): readonly string[] {
    return this.#texts
  }

  add({ title, body }: { readonly title: string; readonly body: string }): void {
    const now = this.#ports.clock.now()
    // The time makes each another one: one that is put away is not put away for good.
    const text = `Not shown as a notification at ${timeOfDay(now, now)}: ${title}. ${body}`
    this.#texts = [text.trim(), ...this.#texts].slice(0, MOST)
    this.#ports.changed()
  }
}
