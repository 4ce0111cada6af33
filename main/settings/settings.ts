import type { Settings } from './schema.ts'

/** Everything that is not secret. */
export interface SettingsStore {
  /** What is stored; immutable. */
  read(): Settings
  /**
   * Stores what `change` makes of the present settings. Once it returns the end of this process cannot
   * lose it; if it cannot be written it throws `record_unavailable` and nothing has changed. Takes as
   * long as what has changed is, not as long as all of it.
   */
  update(change: (settings: Settings) => Settings): void
  /**
   * Resolves when what was stored so far is on disk, so that the end of the machine cannot lose it;
   * rejects with `record_unavailable` where the disk does not take it within 5 s.
   */
  onDisk(): Promise<void>
  /**
   * Nothing is stored after it. Puts everything into one file, unless that is another process's by now
   * (`isOurs`); what fails is done at the next start.
   */
  close(of?: { readonly isOurs: boolean }): void
  /** What the person must be told about how the file was found, for example that it was set aside. */
  readonly notices: readonly string[]
}
