import { timeOfDay } from '../../base/text/time-of-day.ts'
import { UNSAFE_CHARACTERS } from '../../base/text/unsafe-characters.ts'
import type { AccountAnswer, EndedLease, SessionTokenAnswer } from '../../loopback/schemas/wire.ts'

/**
 * The text on one line, with each character that could steer a terminal replaced by `?`. Labels and
 * messages come from services, and a terminal obeys what it is sent (CVE-2024-50349 and its kind).
 */
export function printable(text: string): string {
  return text.replace(UNSAFE_CHARACTERS, '?')
}

/** A half of a character, or a whole one, as JSON writes it. */
const toEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** The value as JSON in which nothing could steer a terminal: such characters are written as escapes. */
export function printableJson(value: object, indent = 2): string {
  // JSON itself escapes only what stands below the blank. Line breaks are its own.
  return JSON.stringify(value, null, indent).replace(UNSAFE_CHARACTERS, (character) =>
    character === '\n' ? character : character.split('').map(toEscape).join(''),
  )
}

/** The text with double quotation marks around what had single ones; apostrophes stay. */
export function quoted(text: string): string {
  return text.replace(/(?<![\p{L}\p{N}])'([^']*)'(?![\p{L}\p{N}])/gu, '"$1"')
}

/** A number of things: `1 token`, `2 tokens`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`
}

/**
 * A length of time in its largest fitting unit: `45 s`, `12 min`, `3 h`, `5 days`. Rounded down, as what is
 * left of it, unless told otherwise.
 */
export function duration(ms: number, round: (value: number) => number = Math.floor): string {
  const seconds = Math.max(0, round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${round(seconds / 60)} min`
  if (seconds < 2 * 86_400) return `${round(seconds / 3600)} h`
  return `${round(seconds / 86_400)} days`
}

/** A moment of our wire (epoch seconds) as seen from `now` (milliseconds): `in 12 min`, `3 h ago`. */
export function when(epochSeconds: number, now: number): string {
  const ahead = epochSeconds * 1000 - now
  return ahead >= 0 ? `in ${duration(ahead)}` : `${duration(-ahead)} ago`
}

const STATES = {
  signed_in: 'logged in',
  signed_out: 'logged out',
  login_required: 'login required',
} as const

const DEEDS = {
  logout: 'being logged out',
  removal: 'being removed',
  rotation: 'tokens being replaced',
} as const

/** The state of an account for people, and whether the next login takes a one-time code. */
export function stateOf({
  state,
  needs_code: needsCode,
  under_way: deed,
}: Pick<AccountAnswer, 'state' | 'needs_code' | 'under_way'>): string {
  if (deed && deed !== 'rotation') return DEEDS[deed]
  if (deed) return `${STATES[state]}, ${DEEDS[deed]}`
  if (!needsCode) return STATES[state]
  const next = state === 'signed_in' ? 'needs a code next time' : 'needs a code'
  return `${STATES[state]}, ${next}`
}

/** Says which tools used the name of this account for another one until now. */
export function noteTaken(
  { id, taken_from: taken = [] }: AccountAnswer,
  { screen }: { readonly screen: { note(line: string): void } },
): void {
  for (const { client, account } of taken) {
    screen.note(`${client} used ${id} as a name of ${account}, and must now call that ${account}.`)
  }
}

/** A word of the wire for people: `api_key` becomes `api key`. */
export function words(value: string): string {
  return value.replaceAll('_', ' ')
}

/** The end of a token by the clock of this computer. */
const expiry = (endsAt: number, now: number): string =>
  `${endsAt * 1000 > now ? 'expires' : 'expired'} ${when(endsAt, now)}`

/** What became of a lease, in a sentence or two that do not claim more than the service has done. */
export function ending(ended: EndedLease, now: number): string {
  const { lease_id, account, at_service, ...known } = ended
  const { ends_at } = known
  const end = ends_at === undefined ? '' : ` that ${expiry(ends_at, now)}`
  const outcome =
    at_service === 'shared'
      ? `ended for this tool; others hold the same token${end && `,${end}`}.`
      : fateOf({ at_service, ...known }, now)
  return `${lease_id} of ${account}: ${outcome}`
}

/** When it is tried again; no try is promised for after the end of the token. */
function nextTry(retryAt: number, endsAt: number | undefined, now: number): string {
  if (endsAt !== undefined && endsAt * 1000 > now && retryAt >= endsAt) {
    return `Valid until it expires ${when(endsAt, now)} at the latest: no try comes before that.`
  }
  return retryAt * 1000 < now + 1000 ? 'Trying now.' : `Next try ${when(retryAt, now)}.`
}

/** Said where tokens are listed or ended, while what earlier runs have left cannot be read. */
export const NOT_KNOWN = 'Which tokens live on is not known until the keychain can be read.'

/** Until when a session's own token is valid, who may have it, and how it ends. */
export function sessionFate(token: SessionTokenAnswer, now: number): string {
  const { ends_at, may_be_out, revocable } = token
  const end =
    ends_at === undefined ? 'never expires' : `valid until ${timeOfDay(ends_at * 1000, now)}`
  const who = may_be_out ? 'a tool may have it' : 'no tool has it'
  if (!revocable) return `${end}; ${who}; nothing can revoke it.`
  return `${end}; ${who}; revoked ${may_be_out ? 'by "tokentray end-all", ' : ''}at log-out or when Tokentray stops.`
}

type Told = Pick<EndedLease, 'ends_at' | 'waits_for' | 'retry_at' | 'why'> & {
  readonly at_service: 'ended' | 'pending' | 'until_expiry'
  readonly expired?: true | undefined
}

/** What is known of a token that somebody wants to end: revoked, waiting to be revoked, or valid until it expires. */
export function fateOf(told: Told, now: number): string {
  const { at_service, ends_at, retry_at, why, expired } = told
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
      if (ends_at === undefined) return `valid, and never expires${reason}`
      return ends_at * 1000 > now
        ? `valid until it ${expiry(ends_at, now)}${reason}`
        : `${expiry(ends_at, now)}; the service may accept it for a moment longer.`
    default:
      return at_service satisfies never
  }
}
