import type { Audit, AuditEvent } from '../../audit/audit.ts'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'

interface Noted {
  readonly event: AuditEvent
  /** Called once it is on record, with all that was noted together with it. */
  readonly written?: () => void
}

interface RecorderPorts {
  readonly audit: Audit
  readonly clock: Clock
  readonly log: Log
}

/**
 * The record, also for what has happened and cannot be taken back: `note` keeps a line that could not
 * be written, and it is written with the next one. So no token leaves before every line of what came
 * before it is written, because its own line would fail with them.
 */
export class Recorder implements Audit {
  readonly #ports: RecorderPorts
  #late: readonly Noted[] = []
  /** The latest of the lines that were noted: those before it are in its group, or written. */
  #underWay: Promise<void> = Promise.resolve()

  constructor(ports: RecorderPorts) {
    this.#ports = ports
  }

  /** Records, or rejects with `record_unavailable`: then what this line is about must not happen. */
  record(event: AuditEvent): Promise<void> {
    // The usual case, on the way of every token.
    if (this.#late.length === 0) return this.#ports.audit.record(event)
    return this.#withLate([{ event }])
  }

  /** Records what has happened, now or as soon as it can be. Never rejects. */
  note(...events: readonly AuditEvent[]): void {
    this.#note(events.map((event) => ({ event })))
  }

  /** The same for what is kept until it is on record; `written` is called once all of it is. */
  noteOutbox(events: readonly AuditEvent[], written: () => void): void {
    const last = events.length - 1
    this.#note(events.map((event, index) => ({ event, ...(index === last && { written }) })))
  }

  /** Resolves when all that was noted is written; rejects with `record_unavailable` where it cannot be. */
  async settled(): Promise<void> {
    await this.#underWay.catch(() => undefined)
    if (this.#late.length > 0) await this.#withLate([])
  }

  #note(noted: readonly Noted[]): void {
    if (noted.length === 0) return
    const { clock, log } = this.#ports
    const at = clock.now()
    this.#underWay = this.#withLate(noted)
    this.#underWay.catch((error: unknown) => {
      const late = noted.map(({ event, ...rest }) => ({ event: { at, ...event }, ...rest }))
      this.#late = [...this.#late, ...late]
      log.error('what has happened could not be recorded yet', {
        ...{ error, events: noted.length },
      })
    })
  }

  /** All in one group: they are written together, or not. */
  async #withLate(noted: readonly Noted[]): Promise<void> {
    const { audit } = this.#ports
    const late = this.#late
    this.#late = []
    try {
      await Promise.all([...late, ...noted].map(({ event }) => audit.record(event)))
    } catch (error) {
      this.#late = [...late, ...this.#late]
      throw error
    }
    for (const { written } of [...late, ...noted]) written?.()
  }
}
