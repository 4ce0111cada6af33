import { memo, useEffect, useState } from 'react'
import type { ActivityView } from '../../preload/contract.ts'
import { ActivityFilters, NO_FILTER, toFilter } from '../parts/activity-filters.tsx'
import { Button } from '../parts/button.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { FailureBox } from '../parts/failure-box.tsx'
import { Screen } from '../parts/screen.tsx'
import { useActivity } from '../state/activity.ts'
import { useDates } from '../state/dates.ts'
import { useFeedback } from '../state/feedback.tsx'
import { useBridge } from '../state/page.tsx'
import { plural } from '../text/times.ts'
import { toExportedActivity } from '../text/transfer.ts'

const PAUSE_MS = 200

/** The activity, newest first, with a search and filters. */
export function Activity() {
  const [chosen, setChosen] = useState(NO_FILTER)
  const search = usePaused(chosen.search.trim())
  const filter = toFilter({ ...chosen, search })
  const isFiltered = Object.keys(filter).length > 0
  const { lines, failure, reload, earlier, isRead } = useActivity(filter)
  const count = lines.filter(({ isGap }) => !isGap).length
  return (
    <Screen
      title="Activity"
      actions={<Export chosen={chosen} />}
      search={<ActivityFilters chosen={chosen} choose={setChosen} />}
    >
      {failure && (
        <FailureBox failure={failure}>
          <Button act={reload}>Try again</Button>
        </FailureBox>
      )}
      <p className="hidden" role="status">
        {isRead && isFiltered && `${plural(count, 'line')} found${earlier ? ' so far' : ''}`}
      </p>
      {isRead && count === 0 && (
        <Nothing search={search} isFiltered={isFiltered} clear={() => setChosen(NO_FILTER)} />
      )}
      <Days lines={lines} />
      {isRead && lines.length > 0 && <End earlier={earlier} isFiltered={isFiltered} />}
    </Screen>
  )
}

/** Exports what is typed and chosen, also what is not loaded; the main process asks for the file. */
function Export({ chosen }: { chosen: typeof NO_FILTER }) {
  const bridge = useBridge()
  const { run } = useFeedback()
  // Not the filter of the list, which waits for a pause in typing.
  const filter = toFilter({ ...chosen, search: chosen.search.trim() })
  return (
    <Button id="export" act={() => run(() => bridge.exportActivity(filter), toExportedActivity)}>
      Export…
    </Button>
  )
}

function Nothing(props: { search: string; isFiltered: boolean; clear: () => void }) {
  const { search, isFiltered, clear } = props
  if (!isFiltered) {
    return (
      <EmptyState title="No activity yet">
        Every token that a tool gets, and every change, is listed here.
      </EmptyState>
    )
  }
  return (
    <EmptyState title="No matches">
      {search ? `No activity matches "${search}".` : 'No activity matches these filters.'}
      <span className="buttons center">
        <Button id="clear-filters" act={clear}>
          Clear
        </Button>
      </span>
    </EmptyState>
  )
}

/** The end of the list: a button for earlier lines, or that there are none. */
function End(props: { earlier: (() => Promise<void>) | null; isFiltered: boolean }) {
  const { earlier, isFiltered } = props
  if (earlier === null) {
    return (
      <p className="help inset">
        {isFiltered ? 'No earlier matches.' : 'This is the first entry.'}
      </p>
    )
  }
  return (
    <div className="buttons foot">
      <Button id="earlier" act={earlier}>
        Show earlier
      </Button>
    </div>
  )
}

/** Drawn only when the lines change, not with every key that is typed in the search. */
const Days = memo(function Days({ lines }: { lines: readonly ActivityView[] }) {
  const { dayName } = useDates()
  const now = Date.now()
  const days = new Map<string, ActivityView[]>()
  for (const line of lines) {
    const day = dayName(line.at, now)
    const ofDay = days.get(day)
    if (ofDay) ofDay.push(line)
    else days.set(day, [line])
  }
  return [...days].map(([day, ofDay]) => (
    <section key={day} aria-label={day}>
      <h2 className="day">{day}</h2>
      <ul className="list record">
        {withKeys(ofDay).map(([key, line]) => (
          <Line key={key} line={line} />
        ))}
      </ul>
    </section>
  ))
})

/** Keys by line number; in a tampered record a number may occur twice. */
function withKeys(lines: readonly ActivityView[]): (readonly [string, ActivityView])[] {
  const counts = new Map<number, number>()
  return lines.map((line) => {
    const count = (counts.get(line.id) ?? 0) + 1
    counts.set(line.id, count)
    return [`${line.id} ${count}`, line]
  })
}

function Line({ line }: { line: ActivityView }) {
  const { at, what, who, detail, isRefusal, isGap } = line
  const { clockTime, fullTime } = useDates()
  if (isGap) return <li className="record-gap">{what}</li>
  return (
    <li className={isRefusal ? 'record-line refused' : 'record-line'}>
      <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>
        {clockTime(at)}
      </time>
      <div className="row-text">
        <span className="record-event">{what}</span>
        {who && (
          <span className="row-line" title={who}>
            {who}
          </span>
        )}
        {detail && <span className="quote">{detail}</span>}
      </div>
    </li>
  )
}

/** The value, once it has not changed for `PAUSE_MS`. */
function usePaused<Value>(value: Value): Value {
  const [paused, setPaused] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return paused
}
