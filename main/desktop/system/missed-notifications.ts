import type { Clock } from '../../base/clock.ts'
import { timeOfDay } from '../../base/text/time-of-day.ts'

/** The most texts that are kept. */
const MOST = 5

interface MissedNotificationsPorts {
  readonly clock: Pick<Clock, 'now'>
  readonly changed: () => void
}

/** Notifications that the system did not show, for the window to show instead. */
export class MissedNotifications {
  readonly #ports: MissedNotificationsPorts
  #texts: readonly string[] = []

  constructor(ports: MissedNotificationsPorts) {
    this.#ports = ports
  }

  /** The newest first. */
  get texts(): readonly string[] {
    return this.#texts
  }

  add({ title, body }: { readonly title: string; readonly body: string }): void {
    const now = this.#ports.clock.now()
    // The time makes each text unique, so that dismissing one does not dismiss later ones.
    const text = `Notification not shown at ${timeOfDay(now, now)}: ${title}. ${body}`
    this.#texts = [text.trim(), ...this.#texts].slice(0, MOST)
    this.#ports.changed()
  }
}
