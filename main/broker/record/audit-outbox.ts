import type { AuditEvent } from '../../audit/audit.ts'
import { toPrintable } from '../../audit/printable.ts'
import type { Clock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import { randomText } from '../../base/ids.ts'
import type { OutboxLine, Settings } from '../../settings/schema.ts'
import type { SettingsStore } from '../../settings/settings.ts'
import type { Recorder } from './recorder.ts'

/** A line of the audit record about a change of the settings. */
export type SettingsEvent = Omit<OutboxLine, 'id' | 'at'>

/** With so many unwritten lines the settings cannot be changed, because each change stores them all. */
export const MAX_OUTBOX_LINES = 1_000

const ID_BITS = 96

interface AuditOutboxPorts {
  readonly settings: SettingsStore
  readonly recorder: Pick<Recorder, 'noteOutbox'>
  readonly clock: Clock
}

/**
 * The audit lines of changes of the settings: a transactional outbox. They are stored in one write with the
 * change, and removed once they are recorded, so that neither a failing record nor a crash leaves a change
 * without its line.
 */
export class AuditOutbox {
  readonly #ports: AuditOutboxPorts
  /** Recorded, and still in the settings. */
  readonly #paid = new Set<string>()

  /** Records the lines of an earlier run first, so that no token is issued before that. */
  constructor(ports: AuditOutboxPorts) {
    this.#ports = ports
    this.#pay(ports.settings.read().unrecorded ?? [])
  }

  /**
   * Stores the settings that `change` returns together with the lines that `tell` returns for it, and records
   * these now or as soon as possible. Throws what the settings throw, and `record_unavailable` if too many
   * lines are unwritten; then nothing has changed.
   */
  change(
    change: (settings: Settings) => Settings,
    tell: (before: Settings, after: Settings) => readonly SettingsEvent[],
  ): void {
    const { settings, clock } = this.#ports
    let owed: readonly OutboxLine[] = []
    settings.update((before) => {
      const after = change(before)
      const at = clock.now()
      owed = tell(before, after).map((event) => toOutboxLine(event, at))
      const unpaid = this.#unpaid(before)
      if (owed.length > 0 && unpaid.length >= MAX_OUTBOX_LINES) throw tooManyWait()
      return { ...after, unrecorded: owed.length > 0 ? [...unpaid, ...owed] : unpaid }
    })
    this.#paid.clear()
    this.#pay(owed)
  }

  #unpaid({ unrecorded = [] }: Settings): OutboxLine[] {
    return this.#paid.size > 0 ? unrecorded.filter(({ id }) => !this.#paid.has(id)) : unrecorded
  }

  #pay(lines: readonly OutboxLine[]): void {
    if (lines.length === 0) return
    const events: AuditEvent[] = lines.map(({ id, ...event }) => event)
    this.#ports.recorder.noteOutbox(events, () => {
      for (const { id } of lines) this.#paid.add(id)
      this.#takeOut()
    })
  }

  #takeOut(): void {
    try {
      this.#ports.settings.update((before) => ({ ...before, unrecorded: this.#unpaid(before) }))
      this.#paid.clear()
    } catch {
      // The next change removes them; a start finds that they are recorded.
    }
  }
}

/** As it will be recorded, with texts from outside truncated, so that its size is bounded. */
function toOutboxLine(event: SettingsEvent, at: number): OutboxLine {
  const safe = Object.entries(event).map(([name, value]) => [
    name,
    typeof value === 'string' ? toPrintable(value) : value,
  ])
  return { ...event, ...Object.fromEntries(safe), id: randomText(ID_BITS), at }
}

function tooManyWait(): TokentrayError {
  return new TokentrayError(
    'record_unavailable',
    `The record could not be written, and ${MAX_OUTBOX_LINES} changes wait for it: nothing more is changed.`,
    { hint: 'Make room for the record, or bring its folder back, and try again.' },
  )
}
