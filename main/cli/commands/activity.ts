import { setTimeout as pause } from 'node:timers/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { parseAccountId } from '../../base/ids.ts'
import { formatDateTime } from '../../base/text/time-of-day.ts'
import type {
  ActivityAnswer,
  ActivityLineAnswer,
  ActivityRequest,
} from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { ACCOUNT, checkClientName, wholeNumber } from './support/usage.ts'

interface ActivityOptions {
  readonly since?: (now: number) => number
  readonly account?: string
  readonly tool?: string
  readonly search?: string
  readonly limit?: number
  readonly follow?: boolean
  readonly json?: boolean
}

/** How many lines are shown where nobody says from when, and how many come in one answer. */
const USUAL_LINES = 50
const PAGE_LINES = 1_000
const MOST_LINES = 1_000_000
/** How long one answer waits for the next line. */
const WAIT_SECONDS = 25
/** Between two answers, so that a record that grows fast is read in pieces. */
const PAUSE_MS = 200

const HELP = `
Times:
  30m, 12h, 7d    so long ago
  2026-11-28      since that day, or since a moment of it: 2026-11-28T14:05

Of an account that was removed, --account shows what was written under that name. Lines of earlier versions
are found by name alone, also where another account had it then.

A line has the time that the clock of this computer showed when it was written.

Lines are numbered. Where numbers are missing or out of order, that is said in between, whatever you look
for; with --json as an object without a "seq", but with "numbers".
`

/** `activity`: the record, in the words of the window. */
export function addActivityCommand(program: Command, context: Context): void {
  program
    .command('activity')
    .description('show who took what and who changed what, the newest last')
    .option('--since <time>', 'all lines since then', toSince)
    .option(
      '--account <id>',
      `lines about ${ACCOUNT}, also under its earlier names`,
      parseAccountId,
    )
    .option('--tool <name>', 'lines about a tool; "you" for what you did')
    .option('--search <words>', 'lines that show all these words')
    .option(
      '--limit <n>',
      `at most so many lines; ${USUAL_LINES} unless --since is given`,
      wholeNumber(1, MOST_LINES),
    )
    .option('--follow', 'go on with each line as it is written, until Ctrl-C')
    .option('--json', 'print one JSON object to a line')
    .addHelpText('after', HELP)
    .action(async (options: ActivityOptions) => {
      const { since, account, tool, search, follow } = options
      if (tool !== undefined) checkClientName(tool)
      const filter = {
        ...(since && { since: since(context.now()) }),
        ...(account !== undefined && { account }),
        ...(tool !== undefined && { tool }),
        ...(search !== undefined && { search }),
      }
      const api = context.connect()
      const limit = options.limit ?? (since ? MOST_LINES : USUAL_LINES)
      const found = await collect(api, filter, limit)
      if (!found.lines.some(({ numbers }) => numbers === undefined) && !follow) {
        const isAll = Object.keys(filter).length === 0
        context.screen.note(isAll ? 'Nothing is on record.' : 'Nothing in the record matches.')
      }
      print(follow ? upTo(found.last, found.lines) : found.lines, options, context)
      if (follow) return await followOn(api, filter, found.last, options, context)
      if (found.hasMore) {
        const how = since ? 'a higher --limit' : '--since 30d, or a higher --limit,'
        context.screen.note(`There are older lines: ${how} shows them.`)
      }
    })
}

interface Collected {
  /** The newest first. */
  readonly lines: readonly ActivityLineAnswer[]
  readonly last: number
  readonly hasMore: boolean
}

/** Page by page, from the newest line back. */
async function collect(api: Api, filter: ActivityRequest, limit: number): Promise<Collected> {
  const lines: ActivityLineAnswer[] = []
  let page: ActivityAnswer | null = null
  let last = 0
  do {
    page = await api.activity({
      ...filter,
      limit: Math.min(PAGE_LINES, limit - lines.length),
      ...(page?.next !== undefined && { before: page.next }),
    })
    // That of the first page: what was written since then has still to come.
    if (lines.length === 0) last = page.last
    lines.push(...page.lines)
  } while (page.next !== undefined && lines.length < limit)
  return { lines, last, hasMore: page.next !== undefined }
}

/** Each answer waits for the next line; ends when nobody reads what is printed. */
async function followOn(
  api: Api,
  filter: ActivityRequest,
  from: number,
  options: ActivityOptions,
  context: Context,
): Promise<void> {
  const { outputEnded } = context
  const ended = new Promise<null>((resolve) => {
    outputEnded.addEventListener('abort', () => resolve(null))
  })
  for (let after = from; !outputEnded.aborted; ) {
    const waiting = api.activity({ ...filter, after, wait: WAIT_SECONDS, limit: 1 })
    const news = await Promise.race([waiting, ended])
    if (news === null) return
    if (news.lines.length > 0) {
      const { lines } = await collect(api, { ...filter, after }, MOST_LINES)
      print(upTo(news.last, lines), options, context)
    }
    after = news.last
    // Many lines come with one answer. And a reader that has gone is known only once it was written to.
    await pause(PAUSE_MS)
  }
}

/** What is behind this number comes with the next answer, and what is missing before that as well. */
function upTo(last: number, lines: readonly ActivityLineAnswer[]): readonly ActivityLineAnswer[] {
  return lines.filter(({ event, seq = 0, numbers }) => {
    const behind = event === 'lines_missing' ? 1 : 0
    return (numbers ? numbers.to + behind : seq) <= last
  })
}

function print(
  newestFirst: readonly ActivityLineAnswer[],
  { json }: ActivityOptions,
  { screen }: Context,
): void {
  for (const line of newestFirst.toReversed()) {
    if (json) screen.jsonLine(line)
    else screen.result(toText(line))
  }
}

function toText({ at, what, who, detail, numbers }: ActivityLineAnswer): string {
  if (numbers) return what
  return [formatDateTime(at * 1000), what, who, ...(detail === undefined ? [] : [detail])]
    .filter(Boolean)
    .join('  ')
}

const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 }

/** As a function of now, epoch milliseconds; gives epoch seconds. */
function toSince(text: string): (now: number) => number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  if (count !== undefined && unit !== undefined) {
    const seconds = Number(count) * (UNITS[unit] ?? 0)
    return (now) => Math.max(0, Math.floor(now / 1000) - seconds)
  }
  // A day alone is meant as it is here; the language would take it for UTC.
  const moment = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text)
  if (isDay(text.slice(0, 10)) && moment >= 0) return () => Math.floor(moment / 1000)
  throw new InvalidArgumentError('It must be like 30m, 12h, 7d or 2026-11-28.')
}

/** The language would take the 31st of February for the 3rd of March. */
function isDay(text: string): boolean {
  const moment = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00Z`) : Number.NaN
  return !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(text)
}
