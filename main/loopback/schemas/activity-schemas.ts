import { z } from 'zod'
import { accountId, epochSeconds, line } from './schema-parts.ts'

/** Which part of the record is read; all of it, in pages, where nothing is named. */
export const activityRequest = z.strictObject({
  /** Words that all stand in what is shown of a line, in any order. */
  search: line(200).optional(),
  account: accountId
    .optional()
    .describe(
      'All lines about the account of that name, also under names that it had before; if there is none now, the lines that were written under it.',
    ),
  /** A tool by its name; `you` for the person. */
  tool: z.string().max(64).optional(),
  since: epochSeconds.optional(),
  /** The `next` of an earlier answer: goes on where that ended. */
  before: z.string().max(128).optional(),
  /** Only lines of a higher number. */
  after: z.int().min(0).optional(),
  limit: z.int().min(1).max(1_000).optional(),
  wait: z
    .int()
    .min(0)
    .max(30)
    .optional()
    .describe('Waits so many seconds for a line after `after`, if there is none yet.'),
})

/** The first and the last number that is missing; or those of the lines before and behind it. */
export const lineNumbers = z.strictObject({ from: z.int(), to: z.int() })

/** ARCHITECTURE.md says what the members mean. */
export const activityLine = z.strictObject({
  seq: z.int().optional(),
  at: epochSeconds,
  event: z.string(),
  client: z.string().optional(),
  account: z.string().optional(),
  account_uid: z
    .string()
    .optional()
    .describe('Stays the same when the account is renamed; lines of earlier versions have none.'),
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
      'Of what is no line, but says where lines are missing (`lines_missing`) or stand in no order (`lines_disordered`); it is there whatever was asked for.',
    ),
  /** The line in words, as the window and the command line show it. */
  what: z.string(),
  who: z.string(),
  detail: z.string().optional(),
})

export const activityAnswer = z.strictObject({
  /** The newest first. */
  lines: z.array(activityLine),
  /** The number of the newest line of the record, shown or not. */
  last: z.int(),
  /** Where it goes on; absent once the first line, or what was asked for, is reached. */
  next: z.string().optional(),
})
