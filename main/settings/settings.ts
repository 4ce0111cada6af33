import type { Settings } from './schema.ts'

/** Everything that is not secret. */
export interface SettingsStore {
  /** The stored settings; immutable. */
  read(): Settings
  /**
   * Stores the result of `change` on the current settings. Once it returns, a crash of this process cannot
   * lose the change; if it cannot be written, it throws `record_unavailable` and nothing has changed. The
   * cost depends on the size of the change, not on the size of the settings.
   */
  update(change: (settings: Settings) => Settings): void
  /**
   * Resolves when everything stored so far is on disk, so that a crash of the machine cannot lose it;
   * rejects with `record_unavailable` if the disk does not confirm it within 5 s.
   */
  onDisk(): Promise<void>
  /**
   * Must be the last call. Merges everything into one file, unless that file now belongs to another process
   * (`isOurs`); if this fails, the next start does it.
   */
  close(of?: { readonly isOurs: boolean }): void
  /**
   * What the user must be told about the state in which the file was found, for example that it was set
   * aside.
   */
  readonly notices: readonly string[]
}
