import { timeOfDay } from '../../base/text/time-of-day.ts'
import { UNSAFE_CHARACTERS } from '../../base/text/unsafe-characters.ts'
import type { AccountAnswer, EndedLease, SessionTokenAnswer } from '../../loopback/schemas/wire.ts'

/**
 * The text on one line, with characters that could control a terminal replaced by `?`. Labels and messages come
 * from services, and a terminal obeys the sequences it is sent (as in CVE-2024-50349).
 */
export function printable(text: string): string {
  return text.replace(UNSAFE_CHARACTERS, '?')
}

/** A UTF-16 code unit as a JSON escape. */
const toEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** The value as JSON, with characters that could control a terminal written as escapes. */
export function printableJson(value: object, indent = 2): string {
  // JSON.stringify escapes only characters below U+0020, and adds the line breaks.
  return JSON.stringify(value, null, indent).replace(UNSAFE_CHARACTERS, (character) =>
    character === '\n' ? character : character.split('').map(toEscape).join(''),
  )
}

/** The text with double instead of single quotation marks; apostrophes are kept. */
export function quoted(text: string): string {
  return text.replace(/(?<![\p{L}\p{N}])'([^']*)'(?![\p{L}\p{N}])/gu, '"$1"')
}

/** A number of things: `1 token`, `2 tokens`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`
}

/** A label and its value, aligned with others: `accounts:       3`. */
export function fact(label: string, value: string): string {
  return `${`${label}:`.padEnd(16)}${value}`
}

/**
 * A duration in its largest fitting unit: `45 s`, `12 min`, `3 h`, `5 days`. Rounded down by default, as for the
 * time left.
 */
export function duration(ms: number, round: (value: number) => number = Math.floor): string {
  const seconds = Math.max(0, round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${round(seconds / 60)} min`
  if (seconds < 2 * 86_400) return `${round(seconds / 3600)} h`
  return `${round(seconds / 86_400)} days`
}

/** A time of the API (epoch seconds) relative to `now` (epoch milliseconds): `in 12 min`, `3 h ago`. */
export function when(epochSeconds: number, now: number): string {
  const ahead = epochSeconds * 1000 - now
  return ahead >= 0 ? `in ${duration(ahead)}` : `${duration(-ahead)} ago`
}

const STATES = {
  signed_in: 'logged in',
  signed_out: 'logged out',
  login_required: 'login required',
} as const

const IN_PROGRESS = {
  logout: 'being logged out',
  removal: 'being removed',
  rotation: 'tokens being replaced',
} as const

/** The state of an account, and whether the next login needs a one-time code. */
export function stateOf({
  state,
  needs_code: needsCode,
  under_way: action,
}: Pick<AccountAnswer, 'state' | 'needs_code' | 'under_way'>): string {
  if (action && action !== 'rotation') return IN_PROGRESS[action]
  if (action) return `${STATES[state]}, ${IN_PROGRESS[action]}`
  if (!needsCode) return STATES[state]
  const next = state === 'signed_in' ? 'needs a code next time' : 'needs a code'
  return `${STATES[state]}, ${next}`
}

/** The token sharing of an account, as `--sharing` takes it. */
export function sharingOf(kind: AccountAnswer['lease_kind']): 'shared' | 'separate' {
  return kind === 'shared' ? 'shared' : 'separate'
}

/** The tokens that are no longer needed but not revoked, one phrase for each state. */
export function unrevoked(counts: {
  readonly pending?: number | undefined
  readonly until_expiry?: number | undefined
  readonly expired?: number | undefined
}): string[] {
  const { pending = 0, until_expiry = 0, expired = 0 } = counts
  return [
    ...(pending > 0 ? [`${count(pending, 'token')} waiting to be revoked`] : []),
    ...(until_expiry > 0 ? [`${count(until_expiry, 'token')} valid until expiry`] : []),
    ...(expired > 0 ? [`${count(expired, 'expired token')} waiting to be deleted`] : []),
  ]
}

/** Notes which tools used the name of this account for another one so far. */
export function noteTaken(
  { id, taken_from: taken = [] }: AccountAnswer,
  { screen }: { readonly screen: { note(line: string): void } },
): void {
  for (const { client, account } of taken) {
    screen.note(`${client} used the name ${id} for ${account}. It must use ${account} from now on.`)
  }
}

/** When a token expires, by the clock of this computer. */
const expiry = (endsAt: number, now: number): string =>
  `${endsAt * 1000 > now ? 'expires' : 'expired'} ${when(endsAt, now)}`

/** The outcome of revoking a lease, which claims no more than the service has done. */
export function ending(ended: EndedLease, now: number): string {
  const { lease_id, account, at_service, ...known } = ended
  const { ends_at } = known
  const end = ends_at === undefined ? '' : `, which ${expiry(ends_at, now)}`
  const outcome =
    at_service === 'shared'
      ? `released; others still use the same token${end}.`
      : fateOf({ at_service, ...known }, now)
  return `${lease_id} for ${account}: ${outcome}`
}

/** When the next attempt is; none is promised for after the token has expired. */
function nextTry(retryAt: number, endsAt: number | undefined, now: number): string {
  if (endsAt !== undefined && endsAt * 1000 > now && retryAt >= endsAt) {
    return `It expires ${when(endsAt, now)}, before the next attempt.`
  }
  return retryAt * 1000 < now + 1000 ? 'Retrying now.' : `Retrying ${when(retryAt, now)}.`
}

/** Said when tokens are listed or revoked while the tokens of earlier runs cannot be read. */
export const NOT_KNOWN =
  'Which other tokens are still valid is unknown until the keychain can be read.'

/** Until when a session token is valid, whether a tool may have it, and what revokes it. */
export function sessionFate(token: SessionTokenAnswer, now: number): string {
  const { ends_at, may_be_out, revocable } = token
  const end =
    ends_at === undefined ? 'never expires' : `valid until ${timeOfDay(ends_at * 1000, now)}`
  const who = may_be_out ? 'a tool may have it' : 'no tool has it'
  if (!revocable) return `${end}; ${who}; cannot be revoked.`
  return `${end}; ${who}; revoked ${may_be_out ? 'by "tokentray revoke --all", ' : ''}on logout or when Tokentray stops.`
}

type Outcome = Pick<EndedLease, 'ends_at' | 'waits_for' | 'retry_at' | 'why'> & {
  readonly at_service: 'ended' | 'pending' | 'until_expiry'
  readonly expired?: true | undefined
}

/** The outcome of revoking a token: revoked, waiting to be revoked, or valid until it expires. */
export function fateOf(outcome: Outcome, now: number): string {
  const { at_service, ends_at, retry_at, why, expired } = outcome
  const reason = why === undefined ? '.' : `: ${why}`
  switch (at_service) {
    case 'ended':
      return 'revoked.'
    case 'pending': {
      const next = retry_at === undefined ? '' : ` ${nextTry(retry_at, ends_at, now)}`
      const what = expired
        ? 'expired, waiting to be deleted at the service'
        : 'waiting to be revoked'
      return `${what}${reason}${next}`
    }
    case 'until_expiry':
      if (ends_at === undefined) return `valid, never expires${reason}`
      return ends_at * 1000 > now
        ? `valid until it ${expiry(ends_at, now)}${reason}`
        : `${expiry(ends_at, now)}; the service may accept it for a moment longer.`
    default:
      return at_service satisfies never
  }
}
