import type { AuditEvent } from '../../audit/audit.ts'
import { toPrintable } from '../../audit/printable.ts'
import type { Clock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import { randomText } from '../../base/ids.ts'
import type { OutboxLine, Settings } from '../../settings/schema.ts'
import type { SettingsStore } from '../../settings/settings.ts'
import type { Recorder } from './recorder.ts'

/** What a line of the record about a change of the settings may say. */
export type SettingsEvent = Omit<OutboxLine, 'id' | 'at'>

/** While so many wait for the record nothing more is changed: they are stored with each change. */
export const MAX_OUTBOX_LINES = 1_000

const ID_BITS = 96

interface AuditOutboxPorts {
  readonly settings: SettingsStore
  readonly recorder: Pick<Recorder, 'noteOutbox'>
  readonly clock: Clock
}

/**
 * The lines that changes of the settings owe to the record. They are stored in one write with what they
 * tell of, and taken out once they are on record: so neither a record that cannot be written nor a kill
 * leaves a change without its line.
 */
export class AuditOutbox {
  readonly #ports: AuditOutboxPorts
  /** On record, and still in the settings. */
  readonly #paid = new Set<string>()

  /** Records what an earlier run has left first, so that no token leaves before it. */
  constructor(ports: AuditOutboxPorts) {
    this.#ports = ports
    this.#pay(ports.settings.read().unrecorded ?? [])
  }

  /**
   * Stores what `change` makes of the settings together with the lines that `tell` wants for that, and
   * records them now or as soon as it can be. Throws what the settings throw, and `record_unavailable`
   * where too many lines wait already; then nothing has changed.
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
      // With the next change; a start finds that they are on record.
    }
  }
}

/** As it will stand in the record, where texts from outside are cut: so its size is bounded. */
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
