import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { ActivityView } from '../../preload/contract.ts'
import { Button } from '../parts/button.tsx'
import { FailureBox } from '../parts/failure-box.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { Screen } from '../parts/screen.tsx'
import { useActivity } from '../state/activity.ts'
import { longest } from '../text/limits.ts'
import { clockTime, dayName, fullTime, plural } from '../text/times.ts'

const PAUSE_MS = 200

/** Who took what and who changed what, the newest first, back to the first line, and a search in it. */
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
          aria-label="Search the activity"
          placeholder="Account, tool, what happened"
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
        <Nothing title={search ? 'Nothing found' : 'Nothing yet'}>
          {search
            ? `Nothing in the record matches "${search}".`
            : 'Every token that is handed out, and every change, is recorded here.'}
        </Nothing>
      )}
      <Days lines={lines} />
      {isRead && lines.length > 0 && <End earlier={earlier} search={search} />}
    </Screen>
  )
}

/** Where the lines that were read end: more of them, or the first line of the record. */
function End({ earlier, search }: { earlier: (() => Promise<void>) | null; search: string }) {
  if (earlier === null) {
    return (
      <p className="help inset">{search ? 'Nothing earlier was found.' : 'Nothing is earlier.'}</p>
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

/** The numbers of a record that somebody has changed may be there twice. */
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

/** The value once it has not changed for a moment. */
function usePaused<Value>(value: Value): Value {
  const [paused, setPaused] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return paused
}
