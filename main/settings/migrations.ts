/** Makes settings of the version it stands under into those of the next. */
type Migration = (settings: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>

/** One step per version that was ever released but the present one. */
const migrations: ReadonlyMap<number, Migration> = new Map()

/**
 * Settings of any earlier version, brought to the present one; what has no version, or one without a
 * step, is returned as it is, for the schema to refuse.
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
