import { useCallback, useEffect, useRef, useState } from 'react'
import type { ActivityFilter, ActivityPage, ActivityView } from '../../preload/contract.ts'
import type { Failure } from '../../preload/failure.ts'
import { toFailure } from './failure.ts'
import { useBridge } from './page.tsx'

/** The lines read so far, newest first. */
interface Read extends ActivityPage {
  /** The filter as text. */
  readonly key: string
}

interface Activity {
  readonly lines: readonly ActivityView[]
  readonly failure: Failure | null
  /** False until this filter was answered; until then `lines` are those of the previous one. */
  readonly isRead: boolean
  /** Loads earlier lines; `null` once the first line is reached. */
  readonly earlier: (() => Promise<void>) | null
  readonly reload: () => Promise<void>
}

type Merge = (known: ActivityPage, page: ActivityPage) => ActivityPage

/** The activity that a filter selects, updated while the page is visible. */
export function useActivity(filter: ActivityFilter): Activity {
  const key = JSON.stringify(filter)
  const bridge = useBridge()
  const [read, setRead] = useState<Read | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const latest = useRef(key)
  latest.current = key

  const load = useCallback(
    async (before: string | undefined, merge: Merge) => {
      // The answer is discarded if the filter has changed meanwhile.
      const isLate = () => latest.current !== key
      const wanted: ActivityFilter = JSON.parse(key)
      try {
        const page = await (before === undefined
          ? bridge.activity(wanted)
          : bridge.activity(wanted, before))
        if (isLate()) return
        setFailure(null)
        setRead((known) => ({
          key,
          ...(known?.key === key ? merge(known, page) : page),
        }))
      } catch (error) {
        if (!isLate()) setFailure(toFailure(error))
      }
    },
    [bridge, key],
  )
  const reload = useCallback(() => load(undefined, withNewer), [load])
  useEffect(() => follow(reload, bridge.onActivity), [bridge, reload])

  const next = read?.key === key ? read.next : undefined
  const earlier = useCallback(async () => {
    if (next !== undefined) await load(next, withEarlier)
  }, [load, next])
  return {
    ...{ lines: read?.lines ?? [], failure, isRead: read?.key === key, reload },
    earlier: next === undefined ? null : earlier,
  }
}

/** Calls now and after each notification, one call at a time; notifications during a call lead to one more call. */
function follow(call: () => Promise<void>, on: (listener: () => void) => () => void): () => void {
  let isCalling = false
  let isWanted = false
  let isOver = false
  const run = async () => {
    isWanted = true
    if (isCalling) return
    isCalling = true
    while (isWanted && !isOver) {
      isWanted = false
      await call()
    }
    isCalling = false
  }
  void run()
  const unsubscribe = on(() => void run())
  return () => {
    isOver = true
    unsubscribe()
  }
}

/** Puts the newest page before the known lines; replaces them if lines in between are missing. */
function withNewer(known: ActivityPage, page: ActivityPage): ActivityPage {
  const newest = known.lines[0]
  const from = newest ? page.lines.findIndex(({ id }) => id === newest.id) : -1
  if (from === -1) return page
  return toPage([...page.lines.slice(0, from), ...known.lines], known.next)
}

const withEarlier: Merge = (known, { lines, next }) => toPage([...known.lines, ...lines], next)

const toPage = (lines: readonly ActivityView[], next: string | undefined): ActivityPage => ({
  lines,
  ...(next !== undefined && { next }),
})
