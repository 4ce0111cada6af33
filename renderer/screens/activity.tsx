import { Search } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import type { ActivityView } from '../../preload/contract.ts'
import { Button } from '../parts/button.tsx'
import { FailureBox } from '../parts/failure-box.tsx'
import { Nothing } from '../parts/nothing.tsx'
import { Screen } from '../parts/screen.tsx'
import { useLoaded } from '../state/loaded.ts'
import { useBridge, useSnapshot } from '../state/page.tsx'
import { useThrottled } from '../state/throttled.ts'
import { eventName, isRefusal } from '../text/activity.ts'
import { clockTime, dayName, fullTime, plural } from '../text/times.ts'

const PAUSE_MS = 200
/** The record is read again no more often than that, however often something changes. */
const READ_EVERY_MS = 500

/** What was done with the accounts, the newest first, and a search in it. */
export function Activity() {
  const { revision } = useSnapshot()
  const [typed, setTyped] = useState('')
  const search = usePaused(typed.trim())
  const { value, failure, reload } = useActivity(search, useThrottled(revision, READ_EVERY_MS))
  const lines = value?.lines ?? []
  return (
    <Screen title="Activity">
      <div className="search">
        <Search aria-hidden="true" />
        <input
          id="search"
          type="search"
          aria-label="Search the activity"
          placeholder="Account, tool, event"
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
        {value && search && `${plural(lines.length, 'line')} found`}
      </p>
      {value && lines.length === 0 && (
        <Nothing title={search ? 'Nothing found' : 'Nothing yet'}>
          {search
            ? `Nothing in the record matches "${search}".`
            : 'Every token that is handed out is recorded here.'}
        </Nothing>
      )}
      <Days lines={lines} />
    </Screen>
  )
}

/** Read again whenever `turn` changes. */
function useActivity(search: string, turn: number) {
  const bridge = useBridge()
  // biome-ignore lint/correctness/useExhaustiveDependencies: what has changed may be on record.
  const call = useCallback(() => bridge.activity(search), [bridge, search, turn])
  return useLoaded(call)
}

function Days({ lines }: { lines: readonly ActivityView[] }) {
  const now = Date.now()
  const days = new Map<string, ActivityView[]>()
  for (const line of lines) {
    const day = dayName(line.at, now)
    days.set(day, [...(days.get(day) ?? []), line])
  }
  return [...days].map(([day, ofDay]) => (
    <section key={day} aria-label={day}>
      <h2 className="day">{day}</h2>
      <ul className="list record">
        {ofDay.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two lines of the record may be alike.
          <Line key={`${line.at} ${index}`} line={line} />
        ))}
      </ul>
    </section>
  ))
}

function Line({ line }: { line: ActivityView }) {
  const { at, client, account, reason } = line
  const who = [client, account].filter(Boolean).join(' · ')
  return (
    <li className={isRefusal(line) ? 'record-line refused' : 'record-line'}>
      <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>
        {clockTime(at)}
      </time>
      <div className="row-text">
        <span className="record-event">{eventName(line)}</span>
        {who && (
          <span className="row-line" title={who}>
            {who}
          </span>
        )}
        {reason && <span className="quote">{reason}</span>}
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
