/** Converts settings of the version it is listed under to the next version. */
type Migration = (settings: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>

/** One step for every released version before the current one. */
const migrations: ReadonlyMap<number, Migration> = new Map()

/**
 * Migrates settings of an earlier version to the current one. Settings without a version, or with one that
 * has no step, are returned unchanged, for the schema to reject.
 */
export function migrate(
  stored: unknown,
  steps: ReadonlyMap<number, Migration> = migrations,
): unknown {
  let settings = stored
  for (;;) {
    if (typeof settings !== 'object' || settings === null || !('version' in settings))
      return settings
    const { version } = settings
    const step = typeof version === 'number' ? steps.get(version) : undefined
    if (!step || typeof version !== 'number') return settings
    settings = { ...step({ ...settings }), version: version + 1 }
  }
}
