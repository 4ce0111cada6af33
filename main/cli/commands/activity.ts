import { setTimeout as pause } from 'node:timers/promises'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { exportActivity } from '../../base/activity-export/export.ts'
import { type ActivityKind, activityKinds } from '../../base/activity-kinds.ts'
import { TokentrayError } from '../../base/errors.ts'
import { parseAccountId } from '../../base/ids.ts'
import { formatDateTime } from '../../base/text/time-of-day.ts'
import type {
  ActivityAnswer,
  ActivityLineAnswer,
  ActivityRequest,
} from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { toAbsolutePath } from '../login/form.ts'
import { count } from '../terminal/print.ts'
import { toSpan } from './support/time-spans.ts'
import { checkToolName, wholeNumber } from './support/usage.ts'

interface ActivityOptions {
  readonly since?: (now: number) => number
  readonly account?: string
  readonly tool?: string
  readonly kind?: ActivityKind
  readonly search?: string
  readonly limit?: number
  readonly follow?: boolean
  readonly json?: boolean
  readonly export?: string
  readonly force?: boolean
}

/** Lines shown without `--since` and `--limit`. */
const USUAL_LINES = 50
/** Lines in one response. */
const PAGE_LINES = 1_000
const MOST_LINES = 1_000_000
/** How long one request waits for the next line. */
const WAIT_SECONDS = 25
/** Pause between two requests, so that a fast growing record is read in batches. */
const PAUSE_MS = 200

const HELP = `
Kinds:
  tokens      tokens handed out, revoked or expired
  logins      logins, logouts, and services that paused requests
  changes     accounts, tools, access, settings, lock and reset
  refusals    everything that was refused

Times:
  30m, 12h, 7d    that long ago
  2026-11-28      since that day, or since a time on it: 2026-11-28T14:05

For a removed account, --account shows the lines written under that name. Lines
of earlier versions are matched by name alone, even if another account had that
name then.

Lines show the local time at which they were written.

Lines are numbered. Missing or reordered numbers are reported in between,
whatever the filter; with --json as an object that has "numbers" instead of
"seq".

Export:
  FILE.csv        a spreadsheet; a text that it would take for a formula begins
                  with an apostrophe
  FILE.jsonl      the lines of --json
`

/** The command `activity`: the audit record, worded as in the window. */
export function addActivityCommand(program: Command, context: Context): void {
  program
    .command('activity')
    .description('Show who got which token and what changed, newest last')
    .option('--since <time>', 'Only lines since then, see below', toSince)
    .option(
      '--account <id>',
      'Only lines about this account (provider/name); includes its earlier names',
      parseAccountId,
    )
    .option('--tool <name>', 'Only lines about this tool; "you" for yourself')
    .addOption(
      new Option('--kind <kind>', 'Only lines of one kind, see below').choices(activityKinds),
    )
    .option('--search <words>', 'Only lines with all these words')
    .option(
      '--limit <n>',
      `Show at most this many lines; ${USUAL_LINES} unless --since is given`,
      wholeNumber(1, MOST_LINES),
    )
    .option('--follow', 'Keep printing new lines until Ctrl-C')
    .option('--json', 'Print one JSON object per line')
    .addOption(
      new Option(
        '--export <file>',
        'Save all these lines to a new file, see below, instead of printing them',
      ).conflicts(['limit', 'follow', 'json']),
    )
    .option('--force', 'Let --export replace an existing file')
    .addHelpText('after', HELP)
    .action(async (options: ActivityOptions) => {
      const { since, account, tool, kind, search, follow } = options
      if (tool !== undefined) checkToolName(tool)
      const filter = {
        ...(since && { since: since(context.now()) }),
        ...(account !== undefined && { account }),
        ...(tool !== undefined && { tool }),
        ...(kind !== undefined && { kind }),
        ...(search !== undefined && { search }),
      }
      const api = context.connect()
      if (options.export !== undefined) {
        return await exportTo(toAbsolutePath(options.export), api, filter, options, context)
      }
      const limit = options.limit ?? (since ? MOST_LINES : USUAL_LINES)
      const found = await collect(api, filter, limit)
      if (!found.lines.some(({ numbers }) => numbers === undefined) && !follow) {
        const isAll = Object.keys(filter).length === 0
        context.screen.note(isAll ? 'No activity recorded.' : 'No matching activity.')
      }
      print(follow ? upTo(found.last, found.lines) : found.lines, options, context)
      if (follow) return await followOn(api, filter, found.last, options, context)
      if (found.hasMore) {
        const how = since ? 'a higher --limit' : '--since 30d or a higher --limit'
        context.screen.note(`There are older lines. To see them, use ${how}.`)
      }
    })
}

/** Exports all lines of the filter; an interrupt leaves no file, or the old one. */
async function exportTo(
  file: string,
  api: Api,
  filter: ActivityRequest,
  { force }: ActivityOptions,
  { onInterrupt, screen }: Context,
): Promise<void> {
  let release = () => {}
  const interrupted = new Promise<never>((_, reject) => {
    release = onInterrupt(() => reject(new TokentrayError('cancelled')))
  })
  const read = (before?: string) => {
    const page = { ...filter, limit: PAGE_LINES, ...(before !== undefined && { before }) }
    return Promise.race([api.activity(page), interrupted])
  }
  try {
    const { lines, gaps } = await exportActivity(file, { read, replace: force === true })
    screen.result(`Exported: ${count(lines, 'line')} to ${file}`)
    if (gaps > 0) {
      screen.note(
        `Lines are missing or out of order in ${count(gaps, 'place')}. The file says where.`,
      )
    }
  } finally {
    release()
  }
}

interface Collected {
  /** Newest first. */
  readonly lines: readonly ActivityLineAnswer[]
  readonly last: number
  readonly hasMore: boolean
}

/** Reads page by page, from the newest line back. */
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
    // The first page's: lines written after it come with --follow.
    if (lines.length === 0) last = page.last
    lines.push(...page.lines)
  } while (page.next !== undefined && lines.length < limit)
  return { lines, last, hasMore: page.next !== undefined }
}

/** Prints new lines as they come; resolves once standard output is closed. */
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
    // Collects lines into one response. A closed standard output is noticed only after a write.
    await pause(PAUSE_MS)
  }
}

/** The lines up to this number; later ones, and gaps before those, come with the next response. */
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

/** Reads `--since` as a function of now (epoch milliseconds) that gives epoch seconds. */
function toSince(text: string): (now: number) => number {
  const span = toSpan(text)
  if (span !== undefined) return (now) => Math.max(0, Math.floor(now / 1000) - span)
  // Local time: Date.parse reads a date without a time as UTC.
  const moment = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text)
  if (isDay(text.slice(0, 10)) && moment >= 0) return () => Math.floor(moment / 1000)
  throw new InvalidArgumentError('It must be a time such as 30m, 12h, 7d or 2026-11-28.')
}

/** False for a date that does not exist: Date.parse reads February 31 as March 3. */
function isDay(text: string): boolean {
  const moment = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00Z`) : Number.NaN
  return !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(text)
}
