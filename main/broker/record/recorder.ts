import type { Audit, AuditEvent } from '../../audit/audit.ts'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'

interface Noted {
  readonly event: AuditEvent
  /** Called once it is recorded, with all that was noted together with it. */
  readonly written?: () => void
}

interface RecorderPorts {
  readonly audit: Audit
  readonly clock: Clock
  readonly log: Log
}

/**
 * The audit record, also for what has already happened: `note` keeps a line that could not be written, and
 * it is written with the next one. So no token is issued before every earlier line is written, because its
 * own line would fail with them.
 */
export class Recorder implements Audit {
  readonly #ports: RecorderPorts
  #late: readonly Noted[] = []
  /** The last group of noted lines: earlier ones are in it, or written. */
  #underWay: Promise<void> = Promise.resolve()

  constructor(ports: RecorderPorts) {
    this.#ports = ports
  }

  /** Records, or rejects with `record_unavailable`: then the event must not happen. */
  record(event: AuditEvent): Promise<void> {
    // The usual case, for every token.
    if (this.#late.length === 0) return this.#ports.audit.record(event)
    return this.#withLate([{ event }])
  }

  /** Records what has happened, now or as soon as possible. Never rejects. */
  note(...events: readonly AuditEvent[]): void {
    this.#note(events.map((event) => ({ event })))
  }

  /** The same for lines of the outbox; `written` is called once all of them are recorded. */
  noteOutbox(events: readonly AuditEvent[], written: () => void): void {
    const last = events.length - 1
    this.#note(events.map((event, index) => ({ event, ...(index === last && { written }) })))
  }

  /** Resolves when all noted lines are written; rejects with `record_unavailable`. */
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

  /** In one group: all are written, or none. */
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
