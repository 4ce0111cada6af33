import type { ActivityPage, ActivityView } from '../../preload/contract.ts'
import type { ActivityLine, ActivityPage as Page } from '../audit/activity.ts'
import type { Clock } from '../base/clock.ts'

/** Built member by member: what is not named here does not reach the page. */
export function toActivityPage({ lines, next }: Page): ActivityPage {
  return { lines: lines.map(toView), ...(next !== undefined && { next }) }
}

function toView({ seq = 0, at, what, who, detail, isRefusal }: ActivityLine): ActivityView {
  return {
    ...{ id: seq, at, what, who },
    ...(detail !== undefined && { detail }),
    ...(isRefusal && { isRefusal }),
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
