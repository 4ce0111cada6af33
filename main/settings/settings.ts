import type { Settings } from './schema.ts'

/** Everything that is not secret. */
export interface SettingsStore {
  /** What is stored; immutable. */
  read(): Settings
  /**
   * Stores what `change` makes of the present settings, on disk before it returns; if it cannot be
   * written it throws `record_unavailable` and nothing has changed.
   */
  update(change: (settings: Settings) => Settings): void
  /** What the person must be told about how the file was found, for example that it was set aside. */
  readonly notices: readonly string[]
}
