import type { Clock } from '../../base/clock.ts'
import type { Settings } from '../../settings/schema.ts'
import type { SettingsStore } from '../../settings/settings.ts'
import { type Actor, program } from './actor.ts'
import { AuditOutbox, type SettingsEvent } from './audit-outbox.ts'
import type { Recorder } from './recorder.ts'
import { settingsEvents } from './settings-events.ts'

/** The one way by which the broker changes its settings: what it changes is recorded. */
export interface RecordedSettings extends SettingsStore {
  /**
   * As that of the store; says who does it. The lines for it are stored with it, and so are `more`: those
   * that the settings before and after do not tell.
   */
  update(
    change: (settings: Settings) => Settings,
    by?: Actor,
    ...more: readonly SettingsEvent[]
  ): void
  /** As `update`, for what is to last: throws `temporarily_unavailable` while everything is being forgotten. */
  updateUnlessReset: RecordedSettings['update']
  /** Records what a change would have, because it holds for this run though it could not be stored. */
  recordUnstored(
    change: (settings: Settings) => Settings,
    by?: Actor,
    ...more: readonly SettingsEvent[]
  ): void
  /** Records what is kept elsewhere, for example by the system. Never throws. */
  note(event: SettingsEvent, by: Actor): void
}

interface RecordedSettingsPorts {
  readonly recorder: Pick<Recorder, 'note' | 'noteOutbox'>
  readonly clock: Clock
  readonly changed: () => void
  readonly removals: { requireNoReset(): void }
}

/** These settings, with a line for every change, and a word whenever they have changed. */
export function recordSettings(
  settings: SettingsStore,
  { recorder, clock, changed, removals }: RecordedSettingsPorts,
): RecordedSettings {
  const lines = new AuditOutbox({ settings, recorder, clock })
  const tell =
    ({ route }: Actor, more: readonly SettingsEvent[] = []) =>
    (before: Settings, after: Settings) =>
      [...settingsEvents(before, after), ...more].map((event) => ({ ...event, route }))
  const recordUnstored: RecordedSettings['recordUnstored'] = (change, by = program, ...more) =>
    recorder.note(...tell(by, more)(settings.read(), change(settings.read())))
  const update: RecordedSettings['update'] = (change, by = program, ...more) => {
    lines.change(change, tell(by, more))
    changed()
  }
  return {
    notices: settings.notices,
    read: () => settings.read(),
    update,
    updateUnlessReset(change, by, ...more) {
      removals.requireNoReset()
      update(change, by, ...more)
    },
    onDisk: () => settings.onDisk(),
    close: (of) => settings.close(of),
    recordUnstored,
    note(event, by) {
      try {
        lines.change(asItIs, tell(by, [event]))
      } catch {
        recordUnstored(asItIs, by, event)
      }
    },
  }
}

const asItIs = (settings: Settings): Settings => settings
