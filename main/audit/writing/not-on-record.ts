import type { AuditEvent } from '../audit.ts'
import { auditFiles } from '../audit-files.ts'
import { linesBackwards } from '../lines-backwards.ts'
import { createTimeText, toLine, withoutNumber } from './audit-line.ts'

/**
 * The events that have no line in the record of this folder. A line matches by its time, to the
 * millisecond, and by its whole content; each line accounts for one event. Rejects with
 * `record_unavailable` if the record cannot be read.
 */
export async function notOnRecord<Event extends AuditEvent & { readonly at: number }>(
  folder: string,
  events: readonly Event[],
): Promise<readonly Event[]> {
  const toTime = createTimeText()
  const wanted = new Map<string, Event[]>()
  for (const event of events) {
    const line = withoutNumber(toLine(event, 0, toTime(event.at)))
    wanted.set(line, [...(wanted.get(line) ?? []), event])
  }
  const found = new Set<Event>()
  for await (const { text } of linesBackwards(auditFiles(folder), null)) {
    if (found.size === events.length) break
    const event = wanted.get(withoutNumber(text))?.pop()
    if (event) found.add(event)
  }
  return events.filter((event) => !found.has(event))
}
