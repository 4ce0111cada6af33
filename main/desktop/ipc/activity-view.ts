import type { ActivityPage, ActivityView } from '../../../preload/contract.ts'
import type { Activity, ActivityLine, ActivityPage as Page } from '../../audit/activity.ts'
import type { Clock } from '../../base/clock.ts'

/** Built member by member: what is not named here does not reach the page. */
function toActivityPage({ lines, next }: Page): ActivityPage {
  return { lines: lines.map(toView), ...(next !== undefined && { next }) }
}

function toView(line: ActivityLine): ActivityView {
  const { seq = 0, at, what, who, detail, isRefusal, numbers } = line
  return {
    ...{ id: numbers ? -numbers.to : seq, at, what, who },
    ...(detail !== undefined && { detail }),
    ...(isRefusal && { isRefusal }),
    ...(numbers && { isGap: true }),
  }
}

/** How much of the record the page gets at once. */
const LINES = 100

/**
 * Reads the record for one page, as `readActivity` says. Another search ends the one before: while a
 * person types, each letter is one, and the record may be long.
 */
export function createActivityReader(
  activity: () => Pick<Activity, 'read'>,
): (search: string, before?: string) => Promise<ActivityPage> {
  let current = { search: '', ending: new AbortController() }
  return async (search, before) => {
    if (search !== current.search) {
      current.ending.abort()
      current = { search, ending: new AbortController() }
    }
    const query = { search, limit: LINES, ...(before !== undefined && { before }) }
    return toActivityPage(await activity().read(query, current.ending.signal))
  }
}

/** At most one word in this time: a burst of lines is read once. */
const EVERY_MS = 250

interface ActivityNewsPorts {
  /** Tells the page, if it is before somebody's eyes. */
  readonly tell: () => void
  readonly clock: Clock
}

/** Makes one word of many lines, the first and the last of which are never lost. */
export function createActivityNews({ tell, clock }: ActivityNewsPorts): () => void {
  let isArmed = false
  return () => {
    if (isArmed) return
    isArmed = true
    clock.after(EVERY_MS, () => {
      isArmed = false
      tell()
    })
  }
}
