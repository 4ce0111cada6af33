import type { Clock } from '../../base/clock.ts'
import { defaultSettings, type Settings } from '../../settings/schema.ts'
import type { SettingsStore } from '../../settings/settings.ts'
import { type Actor, program } from './actor.ts'
import { AuditOutbox, type SettingsEvent } from './audit-outbox.ts'
import type { Recorder } from './recorder.ts'
import { settingsEvents } from './settings-events.ts'

/** The preferences of a user who has changed none. */
export const defaultPreferences = defaultSettings.preferences

/** The settings as the broker changes them: every change is recorded. */
export interface RecordedSettings extends SettingsStore {
  /**
   * As the store's, by an actor. The audit lines are stored with the change, including `more`: lines that do
   * not follow from the settings before and after.
   */
  update(
    change: (settings: Settings) => Settings,
    by?: Actor,
    ...more: readonly SettingsEvent[]
  ): void
  /** As `update`, but throws `temporarily_unavailable` during a reset, which would delete the change. */
  updateUnlessReset: RecordedSettings['update']
  /** Records a change that applies to this run though it could not be stored. */
  recordUnstored(
    change: (settings: Settings) => Settings,
    by?: Actor,
    ...more: readonly SettingsEvent[]
  ): void
  /** Records a change that is stored elsewhere, such as by the system. Never throws. */
  note(event: SettingsEvent, by: Actor): void
}

interface RecordedSettingsPorts {
  readonly recorder: Pick<Recorder, 'note' | 'noteOutbox'>
  readonly clock: Clock
  readonly changed: () => void
  readonly removals: { requireNoReset(): void }
}

/** Settings that record every change and call `changed` after it. */
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
