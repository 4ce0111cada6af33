import type { AuditEvent } from '../audit.ts'
import { toPrintable } from '../printable.ts'

/** The members of a line besides its number and time; every member of an event must be present. */
type Line = { readonly [Name in keyof Required<Omit<AuditEvent, 'at'>>]: AuditEvent[Name] }

/** Built member by member: the fixed order and known names keep every line fast to write and complete. */
export function toLine(event: AuditEvent, seq: number, time: string): string {
  const line: Line = {
    event: event.event,
    client: printable(event.client),
    account: printable(event.account),
    accountUid: event.accountUid,
    lease: printable(event.lease),
    fingerprint: event.fingerprint,
    endsAt: event.endsAt,
    reason: printable(event.reason),
    host: printable(event.host),
    route: event.route,
    atService: event.atService,
    code: event.code,
    cause: event.cause,
    setting: printable(event.setting),
    from: printable(event.from),
    to: printable(event.to),
  }
  return JSON.stringify({ seq, time, ...line })
}

/** The line without its leading number. */
export const withoutNumber = (line: string): string => line.slice(line.indexOf(','))

/** Formats times as ISO 8601 with milliseconds; the many lines of one millisecond share one text. */
export function createTimeText(): (at: number) => string {
  let latest = { at: Number.NaN, text: '' }
  return (at) => {
    if (at !== latest.at) latest = { at, text: new Date(at).toISOString() }
    return latest.text
  }
}

const printable = (text: string | undefined) => (text === undefined ? undefined : toPrintable(text))
