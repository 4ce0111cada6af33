import type { ActivityFilter, ActivityPage, ActivityView } from '../../../preload/contract.ts'
import type { Activity, ActivityLine, ActivityPage as Page } from '../../audit/activity.ts'
import type { ActivityQuery } from '../../audit/reading/audit-reader.ts'
import type { Clock } from '../../base/clock.ts'

/** Built member by member: what is not listed here does not reach the page. */
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

/** The number of lines that are read at once. */
const LINES = 100

/**
 * Reads the audit log for one page, as `readActivity` says. Another filter cancels the previous one:
 * while the user types, each letter makes one, and the log may be long. `uidOf` finds the account that
 * has an id now.
 */
export function createActivityReader(
  activity: () => Pick<Activity, 'read'>,
  uidOf: (id: string) => string | undefined,
): (filter: ActivityFilter, before?: string) => Promise<ActivityPage> {
  let current = { key: '', ending: new AbortController() }
  return async (filter, before) => {
    const key = JSON.stringify(filter)
    if (key !== current.key) {
      current.ending.abort()
      current = { key, ending: new AbortController() }
    }
    const query = toQuery(filter, uidOf, before)
    return toActivityPage(await activity().read(query, current.ending.signal))
  }
}

/** The query for one page of what the filter selects, which begins at `before` or with the newest line. */
export function toQuery(
  filter: ActivityFilter,
  uidOf: (id: string) => string | undefined,
  before: string | undefined,
): ActivityQuery {
  const accountUid = filter.account === undefined ? undefined : uidOf(filter.account)
  return {
    ...filter,
    ...(accountUid !== undefined && { accountUid }),
    ...(before !== undefined && { before }),
    limit: LINES,
  }
}

/** At most one message in this time: a burst of lines is read once. */
const EVERY_MS = 250

interface ActivityNewsPorts {
  /** Tells the page, if it is visible. */
  readonly tell: () => void
  readonly clock: Clock
}

/** Combines many lines into one message; none is lost. */
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
