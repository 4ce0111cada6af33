import { z } from 'zod'
import { activityKinds } from '../../base/activity-kinds.ts'
import { accountId, epochSeconds, line } from './schema-parts.ts'

export const activityKind = z.enum(activityKinds)

/** Selects lines of the record; without a filter all of them, in pages. */
export const activityRequest = z.strictObject({
  /** Words that a displayed line must all contain, in any order. */
  search: line(200).optional(),
  account: accountId
    .optional()
    .describe(
      'All lines about the account with that name, including under its earlier names; if no account has that name now, the lines written under it.',
    ),
  /** The name of a tool; `you` for the user. */
  tool: z.string().max(64).optional(),
  /** Only events of one kind; a refusal is of the kind `refusals`, whatever was refused. */
  kind: activityKind.optional(),
  since: epochSeconds.optional(),
  /** The `next` of an earlier response: continues where that one stopped. */
  before: z.string().max(128).optional(),
  /** Only lines with a higher number. */
  after: z.int().min(0).optional(),
  limit: z.int().min(1).max(1_000).optional(),
  wait: z
    .int()
    .min(0)
    .max(30)
    .optional()
    .describe('Seconds to wait for a line after `after`, if there is none yet.'),
})

/** The first and the last missing number, or the numbers of the lines before and after. */
export const lineNumbers = z.strictObject({ from: z.int(), to: z.int() })

/** ARCHITECTURE.md explains the members. */
export const activityLine = z.strictObject({
  seq: z.int().optional(),
  at: epochSeconds,
  event: z.string(),
  client: z.string().optional(),
  account: z.string().optional(),
  account_uid: z
    .string()
    .optional()
    .describe('Stays the same when the account is renamed; absent from lines of earlier versions.'),
  lease: z.string().optional(),
  reason: z.string().optional(),
  host: z.string().optional(),
  route: z.string().optional(),
  at_service: z.string().optional(),
  code: z.string().optional(),
  cause: z.string().optional(),
  setting: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  refused: z.literal(true).optional(),
  numbers: lineNumbers
    .optional()
    .describe(
      'Marks a gap instead of a line: lines are missing (`lines_missing`) or out of order (`lines_disordered`). Included whatever the filter.',
    ),
  /** The line as text, as the window and the command line show it. */
  what: z.string(),
  who: z.string(),
  detail: z.string().optional(),
})

export const activityAnswer = z.strictObject({
  /** Newest first. */
  lines: z.array(activityLine),
  /** The number of the newest line of the record, whether or not it is included. */
  last: z.int(),
  /** Continues the list; absent if there are no more lines. */
  next: z.string().optional(),
})
