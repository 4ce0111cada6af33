import type { PreferencesRecord } from '../../settings/schema.ts'
import { type ExportedPreferences, preferenceNames } from './document.ts'

/** The names of preferences, as in the file. */
export interface ImportedPreferences {
  readonly changed: readonly string[]
  /** They were not changed, because that would have made Tokentray less careful. */
  readonly kept: readonly string[]
}

type Name = keyof PreferencesRecord

/** Judges a switch: it may be turned on, and stay off. */
const staysOn = (now: boolean, next: boolean): boolean => next || !now

/**
 * Preferences that protect the user: true if the second value is as careful as the first. Security: a stranger's
 * file must not switch a protection off.
 */
const isAsCareful: { readonly [Each in Name]?: (now: never, next: never) => boolean } = {
  leaseSeconds: (now: number, next: number) => next <= now,
  lockOnSleep: staysOn,
  clipboardSeconds: (now: number, next: number) => next <= now,
  lockAfterIdleMinutes: (now: number, next: number) => now === 0 || (next !== 0 && next <= now),
  notifyCopied: staysOn,
  notifyLoginRequired: staysOn,
  notifyServiceLimits: staysOn,
}

/** The preferences after an import, and what became of each that the file would change. */
export function importPreferences(
  given: ExportedPreferences,
  before: PreferencesRecord,
): ImportedPreferences & { readonly next: PreferencesRecord } {
  const differing = (Object.keys(preferenceNames) as Name[]).filter((name) => {
    const value = given[preferenceNames[name]]
    return value !== undefined && value !== before[name]
  })
  const isTaken = (name: Name) => {
    const judge = isAsCareful[name] as ((now: unknown, next: unknown) => boolean) | undefined
    return judge?.(before[name], given[preferenceNames[name]]) ?? true
  }
  const changed = differing.filter(isTaken)
  const values = changed.map((name) => [name, given[preferenceNames[name]]])
  return {
    // What is unchanged stays the same object, so that nothing is recorded.
    next: changed.length === 0 ? before : { ...before, ...Object.fromEntries(values) },
    changed: changed.map((name) => preferenceNames[name]),
    kept: differing.filter((name) => !isTaken(name)).map((name) => preferenceNames[name]),
  }
}
