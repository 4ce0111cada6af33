import type { AuditEvent } from '../audit/audit.ts'
import type { Settings } from '../settings/schema.ts'
import type { SettingsStore } from '../settings/settings.ts'
import { type Actor, program } from './actor.ts'
import type { Recorder } from './recorder.ts'
import { settingsEvents } from './settings-events.ts'

/** The one way by which the broker changes its settings: what it changes is recorded. */
export interface RecordedSettings extends SettingsStore {
  /** As that of the store; says who does it. */
  update(change: (settings: Settings) => Settings, by?: Actor): void
  /** Records what a change would have, because it holds for this run though it could not be stored. */
  holds(change: (settings: Settings) => Settings, by?: Actor): void
  /** Records what is kept elsewhere, for example by the system. */
  note(event: AuditEvent, by: Actor): void
}

interface RecordedSettingsPorts {
  readonly recorder: Pick<Recorder, 'note'>
  readonly changed: () => void
}

/** These settings, with a line for every change, and a word whenever they have changed. */
export function recordSettings(
  settings: SettingsStore,
  { recorder, changed }: RecordedSettingsPorts,
): RecordedSettings {
  const note = (before: Settings, after: Settings, { route }: Actor) =>
    recorder.note(...settingsEvents(before, after).map((event) => ({ ...event, route })))
  return {
    notices: settings.notices,
    read: () => settings.read(),
    update(change, by = program) {
      const before = settings.read()
      let after = before
      settings.update((current) => {
        after = change(current)
        return after
      })
      note(before, after, by)
      changed()
    },
    onDisk: () => settings.onDisk(),
    close: (of) => settings.close(of),
    holds: (change, by = program) => note(settings.read(), change(settings.read()), by),
    note: (event, { route }) => recorder.note({ ...event, route }),
  }
}
