import { TokentrayError } from '../../base/errors.ts'
import type { HttpResponse } from '../http/http.ts'
import { parseRetryAfter } from '../http/time-headers.ts'
import type { FormValues, ProviderContext, Silence } from '../provider.ts'
import { findObject } from '../wire/json-object.ts'
import { hostOf } from '../wire/service-address.ts'

/** Half of the time of a ban, unless set otherwise, is added by each request from a banned address. */
const EACH_ADDS_MS = 15 * 60_000
/** A ban lasts half an hour unless set otherwise, and the request that finds out adds to it as well. */
const BAN_MS = 31 * 60_000 + EACH_ADDS_MS
const RATE_LIMITED_MS = 60_000
/** A login that is refused although the password was right costs points towards a ban. */
const UNWELCOME_MS = 60 * 60_000
const CROWDED_MS = 15 * 60_000
/** A server that restarts is back soon. */
const CLOSING_MS = 10_000

const BANNED = "The server has blocked this computer's address and does not say for how long"
const ASK_ADMIN = 'Ask whoever runs the server.'
const FOR_FAILURES = `It does that after too many failed logins, from any program on this network. ${ASK_ADMIN}`
const UNCONNECTED = 'The server takes no connection from this computer'
const OR_UNLISTED = `It does that where too many connections are open, from any program on this network, or if its list of addresses lacks this one. ${ASK_ADMIN}`
const UNKNOWN = 'The server answered 403 and did not say why'
const OR_BETWEEN = `It may have blocked this computer's address; or the answer is of what stands between, such as the login page of a network. ${ASK_ADMIN}`

/**
 * Its reasons are sentences. What is longer is not read to its end: the words below would take minutes
 * over a megabyte that is made for it, and everything else would wait.
 */
const LONGEST_REASON = 1_000

/** Why SFTPGo says 403. */
export type Forbidden =
  | 'banned'
  /** The address is not on the list of those that may come, or too many connections are open. */
  | 'connection'
  /** The server is about to end, which it says to everybody. */
  | 'closing'
  /** The server is not meant to be called by that name. */
  | 'host'
  /** Not in words that are known. */
  | 'unknown'
  | 'rights'
  | 'keys'
  | 'password_change'
  | 'second_factor'
  | 'protocol'
  | 'method'
  | 'address'
  | 'sessions'

const WORDS: readonly (readonly [RegExp, Forbidden])[] = [
  [/\b(blocked|banned)\b/i, 'banned'],
  [/\bnot allowed to connect\b/i, 'connection'],
  [/\bshutting down\b/i, 'closing'],
  [/password change/i, 'password_change'],
  [/two-factor|second factor/i, 'second_factor'],
  [/\bAPI key\b.*\b(not allowed|invalid for)\b/i, 'keys'],
  [/\bprotocol\b.*\bnot allowed\b/i, 'protocol'],
  [/\blogin method\b.*\bnot allowed\b/i, 'method'],
  [/\bnot allowed from\b/i, 'address'],
  [/\bsessions\b/i, 'sessions'],
  [/\bpermission/i, 'rights'],
]

/**
 * The reason, by its words, which differ from version to version. What has none but the status's own
 * is about rights; what is not known may be a ban, which going on asking would make longer.
 */
export function whyForbidden(answer: HttpResponse): Forbidden {
  const members = findObject(answer) ?? {}
  const { error, message } = members
  const said = [error, message].filter((each) => typeof each === 'string').join(' ')
  const text = said.slice(0, LONGEST_REASON)
  // Names stand in quotes, and anything may be a name.
  const own = text.replace(/"(?:[^"\\]|\\.)*"/g, '')
  const known = WORDS.find(([words]) => words.test(own))
  if (known) return known[1]
  if (text.trim() !== 'Forbidden') return 'unknown'
  return error === undefined ? 'rights' : 'host'
}

/** What of an answer says that the whole server must be left alone. */
export function silence(answer: HttpResponse, now: number): Silence | null {
  if (answer.status === 429) {
    const until = parseRetryAfter(answer.header('retry-after'), now, answer.skewMs)
    return { until: until ?? now + RATE_LIMITED_MS, sentence: 'The server is limiting requests' }
  }
  if (answer.status !== 403) return null
  const ban = { until: now + BAN_MS, eachAddsMs: EACH_ADDS_MS }
  switch (whyForbidden(answer)) {
    case 'banned':
      return { ...ban, sentence: BANNED, hint: FOR_FAILURES }
    case 'unknown':
      return { ...ban, sentence: UNKNOWN, hint: OR_BETWEEN }
    case 'connection':
      return { until: now + CROWDED_MS, sentence: UNCONNECTED, hint: OR_UNLISTED }
    default:
      return null
  }
}

/** What a 403 means for a login, and for a call with a token where that has no better word. */
export function forbidden(
  answer: HttpResponse,
  values: FormValues,
  { clock }: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  const name = values['username'] ?? ''
  const now = clock.now()
  const reason = whyForbidden(answer)
  switch (reason) {
    case 'banned':
      return new TokentrayError('rate_limited', `${host} has blocked this computer's address.`, {
        hint: `Each further try may make it longer. ${ASK_ADMIN}`,
        retryAt: now + BAN_MS,
      })
    case 'unknown':
      return new TokentrayError('rate_limited', `${host} answered 403 and did not say why.`, {
        hint: OR_BETWEEN,
        retryAt: now + BAN_MS,
      })
    case 'connection':
      return new TokentrayError('rate_limited', `${host} takes no connection from this computer.`, {
        hint: OR_UNLISTED,
        retryAt: now + CROWDED_MS,
      })
    case 'closing':
      return unwelcome(`${host} is shutting down.`, now + CLOSING_MS)
    case 'host':
      return new TokentrayError('not_supported', `${host} does not answer to that name.`, {
        hint: 'Enter the address by which the server is meant to be reached.',
      })
    case 'password_change':
    case 'second_factor':
      return actionRequired(reason, values)
    case 'protocol':
      return new TokentrayError('not_supported', `${host} does not let ${name} log in over HTTP.`, {
        hint: `The account needs the protocol HTTP. ${ASK_ADMIN}`,
      })
    case 'method':
      return new TokentrayError(
        'not_supported',
        `${host} does not let ${name} log in with a password.`,
        { hint: `The account needs the login method "password". ${ASK_ADMIN}` },
      )
    case 'address':
      return unwelcome(
        `${host} does not let ${name} log in from this address.`,
        now + UNWELCOME_MS,
        {
          hint: `Use another network, or a VPN. ${ASK_ADMIN}`,
        },
      )
    case 'sessions':
      return unwelcome(`${name} has too many sessions at ${host}.`, now + CROWDED_MS, {
        hint: 'Close other programs that use this account, and try again.',
      })
    default:
      return unwelcome(`${host} does not let ${name} in.`, now + UNWELCOME_MS, { hint: ASK_ADMIN })
  }
}

/** What an account has to do at its service before it is of use. */
export function actionRequired(
  duty: 'password_change' | 'second_factor',
  values: FormValues,
  protocols: readonly string[] = [],
): TokentrayError {
  const host = hostOf(values)
  const name = values['username'] ?? ''
  if (duty === 'password_change') {
    return new TokentrayError(
      'not_supported',
      `${name} must change its password at ${host} first.`,
      {
        hint: `Change it in the web pages of ${host}, then log in again with the new one.`,
      },
    )
  }
  const which = protocols.length > 0 ? ` (for ${protocols.join(', ')})` : ''
  return new TokentrayError(
    'not_supported',
    `${name} must set up two-factor authentication at ${host} first${which}.`,
    { hint: `Set it up in the web pages of ${host}, then log in again.` },
  )
}

function unwelcome(
  sentence: string,
  retryAt: number,
  more: { readonly hint?: string } = {},
): TokentrayError {
  return new TokentrayError('temporarily_unavailable', sentence, { ...more, retryAt })
}
