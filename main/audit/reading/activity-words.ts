import type { ActivityKind } from '../../base/activity-kinds.ts'
import type { RefusalCause } from '../../base/errors.ts'
import { holderName } from '../../base/text/token-holder.ts'
import { eventWords, kindOfEvent, wordsOfEvent } from './events.ts'
import type { Break } from './numbering.ts'

/** The parts of a recorded line that the user may see. */
export interface RecordedLine {
  /** Its number; absent for a line that Tokentray did not write. */
  readonly seq?: number
  /** Epoch milliseconds. */
  readonly at: number
  readonly event: string
  readonly client?: string
  readonly account?: string
  /** Absent in lines of earlier versions. */
  readonly accountUid?: string
  readonly lease?: string
  readonly reason?: string
  readonly host?: string
  readonly route?: string
  readonly atService?: string
  readonly code?: string
  readonly cause?: string
  readonly setting?: string
  readonly from?: string
  readonly to?: string
  /** Set only on entries for missing or disordered lines: their numbers. */
  readonly numbers?: Break['numbers']
}

/** A line in words: the same in the window and on the command line, and what a search matches. */
export interface Described {
  /** What happened. */
  readonly what: string
  /** Whom it concerns, and who did it. */
  readonly who: string
  /** Further detail: a reason, or what was changed. */
  readonly detail?: string
}

/** A map, because a line may contain any text, including the name of an inherited object property. */
function table(words: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(words))
}

/** Why a token is no longer active, unless it was simply asked for. */
const CAUSES = table({
  expired: 'expired',
  refused: 'refused by the service',
  logged_out: 'logged out',
  moved: 'logged in elsewhere',
  replaced: 'replaced by a new one',
  client_removed: 'tool removed',
  grant_removed: 'access removed',
  withheld: 'withheld',
  stopped: 'Tokentray stopped',
  login: 'created while logging in',
})

/** The refusal codes that users meet most. */
const CODES = table({
  access_denied: 'not allowed',
  // Of earlier versions, which recorded no cause.
  invalid_target: 'no single account matches',
  invalid_client: 'wrong secret',
  login_required: 'login required',
  vault_locked: 'locked',
  vault_unavailable: 'no keychain',
  rate_limited: 'too many requests',
  temporarily_unavailable: 'service down',
  unexpected_answer: 'unexpected answer',
})

/** Why a request was refused, where the code does not say it. */
const REFUSALS = table({
  no_such_account: 'no such account',
  no_match: 'no account matches',
  not_granted: 'account not granted',
  several_match: 'several accounts match',
  tool_removed: 'tool removed',
  account_removed: 'account removed',
  account_changing: 'the account was being changed',
  too_many_reports: 'too many tokens reported as refused',
  stopping: 'Tokentray was stopping',
} satisfies Record<RefusalCause, string>)

/** For `invalid_client` without a tool that it names. */
const UNKNOWN_TOOL = 'unknown tool'

/** For `invalid_client` where the owner key was required. */
const WRONG_KEY = 'wrong owner key'

/** For `rate_limited` about a host. */
const LEFT_ALONE = 'the service is limiting requests'

const SETTINGS = table({
  leaseSeconds: 'Token lifetime',
  leaseKind: 'Token sharing',
  clipboardSeconds: 'Clear the clipboard after',
  lockOnSleep: 'Lock on sleep',
  startAtLogin: 'Start at login',
  accountOrder: 'Order of accounts',
  displayName: 'Display name',
  color: 'Color',
  pinned: 'Pinned',
  address: 'Answers for',
  globalShortcut: 'Global shortcut',
  lockAfterIdleMinutes: 'Lock when idle (minutes)',
  notifyCopied: 'Notify about copied tokens',
  notifyLoginRequired: 'Notify about required logins',
  notifyServiceLimits: 'Notify about service limits',
})

const SWITCH = table({ true: 'on', false: 'off' })
const SHARING = table({
  shared: 'shared',
  dedicated: 'separate for each tool',
  service: 'automatic',
})
const ORDER = table({ recent: 'recently used', name: 'name', service: 'service' })
const OF_ACCOUNT = 'that of the account'
/** Settings with fixed choices; values the user types, such as a user name, are shown as they are. */
const CHOICES: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  // Of a tool that has none of its own.
  ['leaseSeconds', table({ account: OF_ACCOUNT })],
  ['leaseKind', SHARING],
  ['accountOrder', ORDER],
  ['lockOnSleep', SWITCH],
  ['startAtLogin', SWITCH],
  ['pinned', SWITCH],
  ['globalShortcut', SWITCH],
  ['lockAfterIdleMinutes', table({ 0: 'never' })],
  ['notifyCopied', SWITCH],
  ['notifyLoginRequired', SWITCH],
  ['notifyServiceLimits', SWITCH],
])
const LENGTHS: ReadonlySet<string> = new Set(['leaseSeconds', 'clipboardSeconds'])
const NOTHING = 'none'

/** Where the user did it. */
const PLACES = table({
  v1: 'you, on the command line',
  window: 'you, in the window',
  tray: 'you, in the tray menu',
})

const SHARED = 'others hold the same token'

/** Every word that a described line may contain without its raw line containing it. */
export const vocabulary: readonly string[] = [
  ...eventWords,
  ...[CAUSES, CODES, REFUSALS, SETTINGS, SWITCH, SHARING, ORDER, PLACES].flatMap((words) => [
    ...words.values(),
  ]),
  ...[SHARED, NOTHING, OF_ACCOUNT, 'never', LEFT_ALONE, UNKNOWN_TOOL, WRONG_KEY],
  ...['by Tokentray', 'before: second seconds minute minutes hour hours'],
]

/** True for events the user may want to look into. */
export const isRefusal = ({ event, code }: Pick<RecordedLine, 'event' | 'code'>): boolean =>
  event === 'refuse' || code !== undefined

/** True for a line of this kind: of its event, or a refusal of whatever kind. */
export const isOfKind = (line: Pick<RecordedLine, 'event' | 'code'>, kind: ActivityKind): boolean =>
  (isRefusal(line) ? 'refusals' : kindOfEvent(line.event)) === kind

/** Describes a line in words. */
export function describe(line: RecordedLine): Described {
  if (line.numbers) return { what: breakOf(line.event, line.numbers), who: '' }
  const detail = detailOf(line)
  return { what: whatOf(line), who: whoOf(line), ...(detail !== '' && { detail }) }
}

function breakOf(event: string, { from, to }: Break['numbers']): string {
  if (event === 'lines_disordered')
    return `Lines are out of order here (number ${to} after ${from})`
  const count = to - from + 1
  if (count === 1) return `1 line is missing here (number ${from})`
  return `${count} lines are missing here (numbers ${from} to ${to})`
}

function whatOf(line: RecordedLine): string {
  const { event, cause = '', atService } = line
  const name = wordsOfEvent(event) ?? capital(words(event))
  const why = [codeOf(line), CAUSES.get(cause)].filter((part) => part !== undefined).join(', ')
  const others = event === 'end' && atService === 'shared' ? ` (${SHARED})` : ''
  return `${name}${why === '' ? '' : `: ${why}`}${others}`
}

function codeOf(line: RecordedLine): string | undefined {
  const { code, host, route, cause = '', account } = line
  if (code === undefined) return undefined
  const refusal = REFUSALS.get(cause)
  if (refusal !== undefined) return refusal
  // Earlier versions named the account only if it was not granted.
  if (code === 'invalid_target' && account !== undefined) return REFUSALS.get('not_granted')
  if (code === 'rate_limited' && host !== undefined) return LEFT_ALONE
  if (isUnknown(line)) return route === 'v1' ? WRONG_KEY : UNKNOWN_TOOL
  return CODES.get(code) ?? words(code)
}

function whoOf(line: RecordedLine): string {
  const { client, account, host } = line
  const held = client === undefined ? undefined : holderName(client)
  const actor = actorOf(line)
  const isOne = actor !== undefined && (held === 'you' ? isYou(actor) : actor === held)
  const parts = [isOne ? actor : held, account, host]
  if (actor !== undefined && !isOne) parts.push(`by ${actor}`)
  return parts.filter((part) => part !== undefined).join(' · ')
}

/** Who did it; absent if an earlier version did not record it, or if it is unknown. */
function actorOf(line: RecordedLine): string | undefined {
  const { route = '', client } = line
  if (isUnknown(line)) return undefined
  if (route === 'oauth') return client === undefined ? undefined : holderName(client)
  return route === 'broker' ? 'Tokentray' : PLACES.get(route)
}

/** True for a line that says "you": about the user's own token, or something the user did. */
export function saysYou(line: RecordedLine): boolean {
  const { client, route = '' } = line
  if (isUnknown(line)) return false
  return (client !== undefined && holderName(client) === 'you') || PLACES.has(route)
}

/** Without a valid secret the caller may be anyone, whichever way the request came in. */
const isUnknown = ({ code, client }: RecordedLine) =>
  code === 'invalid_client' && client === undefined

const isYou = (actor: string) => [...PLACES.values()].includes(actor)

function detailOf({ setting, from, to, reason }: RecordedLine): string {
  if (setting !== undefined) {
    const value = (text = '') => valueIn(setting, text)
    return `${SETTINGS.get(setting) ?? words(setting)}: ${value(to)} (before: ${value(from)})`
  }
  if (from !== undefined) return `before: ${from}`
  return reason ?? ''
}

function valueIn(setting: string, text: string): string {
  if (text === '') return NOTHING
  return CHOICES.get(setting)?.get(text) ?? lengthOf(setting, text)
}

function lengthOf(setting: string, text: string): string {
  const seconds = Number(text)
  if (!LENGTHS.has(setting) || !Number.isSafeInteger(seconds)) return text
  const [count, unit] =
    seconds % 3600 === 0
      ? [seconds / 3600, 'hour']
      : seconds % 60 === 0
        ? [seconds / 60, 'minute']
        : [seconds, 'second']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

const words = (text: string) => text.replaceAll('_', ' ')
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
