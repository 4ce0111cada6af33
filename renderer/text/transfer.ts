import type { Calls, ImportedView } from '../../preload/contract.ts'
import { plural } from './times.ts'

/** What was exported, in lines; none if the user cancelled. */
export function toExported(exported: ReturnType<Calls['exportSettings']>): readonly string[] {
  if (exported === null) return []
  const { accounts, tools } = exported
  return [`Exported ${plural(accounts, 'account')}, ${plural(tools, 'tool')} and your settings.`]
}

/** How much of the activity was exported, in lines; none if the user cancelled. */
export function toExportedActivity(
  exported: ReturnType<Calls['exportActivity']>,
): readonly string[] {
  if (exported === null) return []
  const { lines, gaps } = exported
  return [
    `Exported ${plural(lines, 'line')}.`,
    ...(gaps > 0
      ? [`Lines are missing or out of order in ${plural(gaps, 'place')}. The file says where.`]
      : []),
  ]
}

/** What was imported and what was not, in lines; none if the user cancelled. */
export function toImported(imported: ReturnType<Calls['importSettings']>): readonly string[] {
  if (imported === null) return []
  const { accounts, tools, preferences } = imported
  const { changed, kept } = preferences
  const lines = [
    ...toAdded(accounts, 'account', 'Log in to use'),
    ...toAdded(tools, 'tool', 'Create a new secret for'),
    ...(changed > 0 ? [`${plural(changed, 'setting')} changed.`] : []),
    ...(kept > 0
      ? [`${plural(kept, 'setting')} not changed: the file would switch a protection off.`]
      : []),
    ...toExisting([...accounts.existing, ...tools.existing]),
    ...[...accounts.refused, ...tools.refused].map(({ entry, why }) => `Refused: ${entry}. ${why}`),
  ]
  return lines.length > 0 ? lines : ['There was nothing new in the file.']
}

function toAdded({ added }: ImportedView, thing: string, next: string): string[] {
  if (added.length === 0) return []
  const which = added.length === 1 ? 'it' : 'each'
  return [`Added ${plural(added.length, thing)}: ${added.join(', ')}. ${next} ${which}.`]
}

const toExisting = (names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`Already there, not changed: ${names.join(', ')}.`]
