import { TokentrayError } from '../../base/errors.ts'
import type { HttpResponse } from '../http/http.ts'
import { parseRetryAfter } from '../http/time-headers.ts'
import type { FormValues, ProviderContext, Silence } from '../provider.ts'
import { findObject } from '../wire/json-object.ts'
import { hostOf } from '../wire/service-address.ts'

/** Each request from a banned address extends the ban by half its length, by default. */
const EACH_ADDS_MS = 15 * 60_000
/** A ban lasts 30 minutes by default, and the request that detects it extends it too. */
const BAN_MS = 31 * 60_000 + EACH_ADDS_MS
const RATE_LIMITED_MS = 60_000
/** A login that is refused although the password was right still counts towards a ban. */
const REFUSED_MS = 60 * 60_000
const TOO_MANY_MS = 15 * 60_000
/** A server that restarts is back soon. */
const CLOSING_MS = 10_000

const BANNED = "The server has blocked this computer's address and does not say for how long"
const ASK_ADMIN = 'Ask the administrator of the server.'
const BANNED_HINT = `This happens after too many failed logins from this network. ${ASK_ADMIN}`
const NOT_ACCEPTED = 'The server does not accept connections from this computer'
const NOT_ACCEPTED_HINT = `Too many connections from this network may be open, or this address may not be on its list of allowed addresses. ${ASK_ADMIN}`
const UNKNOWN = 'The server refused the request (403) without saying why'
const UNKNOWN_HINT = `It may have blocked this computer's address, or something in between answered, such as the login page of a network. ${ASK_ADMIN}`

/**
 * Reasons are sentences. Longer ones are cut: matching the patterns below against a crafted megabyte would
 * take minutes and block everything else.
 */
const LONGEST_REASON = 1_000

/** Why SFTPGo says 403. */
export type Forbidden =
  | 'banned'
  /** The address is not on the allow list, or too many connections are open. */
  | 'connection'
  /** The server is shutting down. */
  | 'closing'
  /** The server does not accept this host name. */
  | 'host'
  /** None of the known texts. */
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
 * The reason for a 403, from its text, which differs between versions. A plain `Forbidden` is about
 * permissions; an unknown text may mean a ban, which further requests would extend.
 */
export function whyForbidden(response: HttpResponse): Forbidden {
  const body = findObject(response) ?? {}
  const { error, message } = body
  const said = [error, message].filter((each) => typeof each === 'string').join(' ')
  const text = said.slice(0, LONGEST_REASON)
  // Quoted parts are names, which may contain anything.
  const own = text.replace(/"(?:[^"\\]|\\.)*"/g, '')
  const known = WORDS.find(([words]) => words.test(own))
  if (known) return known[1]
  if (text.trim() !== 'Forbidden') return 'unknown'
  return error === undefined ? 'rights' : 'host'
}

/** Whether a response means that no account may call this server for a while. */
export function silence(response: HttpResponse, now: number): Silence | null {
  if (response.status === 429) {
    const until = parseRetryAfter(response.header('retry-after'), now, response.skewMs)
    return { until: until ?? now + RATE_LIMITED_MS, sentence: 'The server is limiting requests' }
  }
  if (response.status !== 403) return null
  const ban = { until: now + BAN_MS, eachAddsMs: EACH_ADDS_MS }
  switch (whyForbidden(response)) {
    case 'banned':
      return { ...ban, sentence: BANNED, hint: BANNED_HINT }
    case 'unknown':
      return { ...ban, sentence: UNKNOWN, hint: UNKNOWN_HINT }
    case 'connection':
      return { until: now + TOO_MANY_MS, sentence: NOT_ACCEPTED, hint: NOT_ACCEPTED_HINT }
    default:
      return null
  }
}

/** The error for a 403 to a login, and to a call that has no more specific one. */
export function forbidden(
  response: HttpResponse,
  values: FormValues,
  { clock }: ProviderContext,
): TokentrayError {
  const host = hostOf(values)
  const name = values['username'] ?? ''
  const now = clock.now()
  const reason = whyForbidden(response)
  switch (reason) {
    case 'banned':
      return new TokentrayError('rate_limited', `${host} has blocked this computer's address.`, {
        hint: `Each further attempt may extend the block. ${ASK_ADMIN}`,
        retryAt: now + BAN_MS,
      })
    case 'unknown':
      return new TokentrayError(
        'rate_limited',
        `${host} refused the request (403) without saying why.`,
        {
          hint: UNKNOWN_HINT,
          retryAt: now + BAN_MS,
        },
      )
    case 'connection':
      return new TokentrayError(
        'rate_limited',
        `${host} does not accept connections from this computer.`,
        {
          hint: NOT_ACCEPTED_HINT,
          retryAt: now + TOO_MANY_MS,
        },
      )
    case 'closing':
      return loginRefused(`${host} is shutting down.`, now + CLOSING_MS)
    case 'host':
      return new TokentrayError('not_supported', `${host} does not respond under that name.`, {
        hint: 'Enter the address that the server is set up for.',
      })
    case 'password_change':
    case 'second_factor':
      return actionRequired(reason, values)
    case 'protocol':
      return new TokentrayError('not_supported', `${host} does not let ${name} log in over HTTP.`, {
        hint: `The account must be allowed to use the HTTP protocol. ${ASK_ADMIN}`,
      })
    case 'method':
      return new TokentrayError(
        'not_supported',
        `${host} does not let ${name} log in with a password.`,
        { hint: `The account must be allowed the login method "password". ${ASK_ADMIN}` },
      )
    case 'address':
      return loginRefused(
        `${host} does not let ${name} log in from this address.`,
        now + REFUSED_MS,
        {
          hint: `Use another network or a VPN. ${ASK_ADMIN}`,
        },
      )
    case 'sessions':
      return loginRefused(`${name} has too many sessions at ${host}.`, now + TOO_MANY_MS, {
        hint: 'Close other programs that use this account, and try again.',
      })
    default:
      return loginRefused(`${host} does not let ${name} log in.`, now + REFUSED_MS, {
        hint: ASK_ADMIN,
      })
  }
}

/** The error for an account that must change its password or set up two-factor authentication first. */
export function actionRequired(
  action: 'password_change' | 'second_factor',
  values: FormValues,
  protocols: readonly string[] = [],
): TokentrayError {
  const host = hostOf(values)
  const name = values['username'] ?? ''
  if (action === 'password_change') {
    return new TokentrayError(
      'not_supported',
      `${name} must change the password at ${host} first.`,
      {
        hint: `Change it in the web interface of ${host}, then log in with the new one.`,
      },
    )
  }
  const which = protocols.length > 0 ? ` (for ${protocols.join(', ')})` : ''
  return new TokentrayError(
    'not_supported',
    `${name} must set up two-factor authentication at ${host} first${which}.`,
    { hint: `Set it up in the web interface of ${host}, then log in again.` },
  )
}

function loginRefused(
  sentence: string,
  retryAt: number,
  more: { readonly hint?: string } = {},
): TokentrayError {
  return new TokentrayError('temporarily_unavailable', sentence, { ...more, retryAt })
}
