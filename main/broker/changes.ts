import type { SettingsStore } from '../settings/settings.ts'

/** Tells whoever shows the state of the broker that it has changed; not what, and not how often. */
export class Changes {
  readonly #listeners = new Set<() => void>()

  /** Called after every change from now on; returns what ends that. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** The same settings, and a word whenever they have changed. */
export function watchSettings(settings: SettingsStore, changed: () => void): SettingsStore {
  return {
    notices: settings.notices,
    read: () => settings.read(),
    update(change) {
      settings.update(change)
      changed()
    },
  }
}
