import type { AuditEvent } from '../../main/audit/audit.ts'
import {
  type RecordedSettings,
  recordSettings,
} from '../../main/broker/record/recorded-settings.ts'
import type { SettingsStore } from '../../main/settings/settings.ts'
import { FakeClock } from './fake-clock.ts'

/** Settings as the broker uses them, and the audit events of their changes. */
export function recorded(
  settings: SettingsStore,
): RecordedSettings & { readonly lines: readonly AuditEvent[] } {
  const lines: AuditEvent[] = []
  const recorder = {
    note: (...events: readonly AuditEvent[]) => void lines.push(...events),
    noteOutbox: (events: readonly AuditEvent[], written: () => void) => {
      lines.push(...events.map(({ at, ...event }) => event))
      written()
    },
  }
  const clock = new FakeClock()
  const removals = { requireNoReset: () => undefined }
  const ports = { recorder, clock, changed: () => undefined, removals }
  return { ...recordSettings(settings, ports), lines }
}
