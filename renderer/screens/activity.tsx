import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { ActivityView } from '../../preload/contract.ts'
import { Button } from '../parts/button.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { FailureBox } from '../parts/failure-box.tsx'
import { Screen } from '../parts/screen.tsx'
import { useActivity } from '../state/activity.ts'
import { longest } from '../text/limits.ts'
import { clockTime, dayName, fullTime, plural } from '../text/times.ts'

const PAUSE_MS = 200

/** The activity, newest first, with a search. */
export function Activity() {
  const [typed, setTyped] = useState('')
  const search = usePaused(typed.trim())
  const { lines, failure, reload, earlier, isRead } = useActivity(search)
  const count = lines.filter(({ isGap }) => !isGap).length
  return (
    <Screen title="Activity">
      <div className="search">
        <Search aria-hidden="true" />
        <input
          id="search"
          type="search"
          maxLength={longest.search}
          aria-label="Search activity"
          placeholder="Account, tool or event"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      {failure && (
        <FailureBox failure={failure}>
          <Button act={reload}>Try again</Button>
        </FailureBox>
      )}
      <p className="hidden" role="status">
        {isRead && search && `${plural(count, 'line')} found${earlier ? ' so far' : ''}`}
      </p>
      {isRead && count === 0 && (
        <EmptyState title={search ? 'No matches' : 'No activity yet'}>
          {search
            ? `No activity matches "${search}".`
            : 'Every token that a tool gets, and every change, is listed here.'}
        </EmptyState>
      )}
      <Days lines={lines} />
      {isRead && lines.length > 0 && <End earlier={earlier} search={search} />}
    </Screen>
  )
}

/** The end of the list: a button for earlier lines, or that there are none. */
function End({ earlier, search }: { earlier: (() => Promise<void>) | null; search: string }) {
  if (earlier === null) {
    return (
      <p className="help inset">{search ? 'No earlier matches.' : 'This is the first entry.'}</p>
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

function Days({ lines }: { lines: readonly ActivityView[] }) {
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
}

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
