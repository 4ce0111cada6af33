import { LONGEST_ADDRESS } from '../../base/address-limits.ts'
import { TokentrayError } from '../../base/errors.ts'
import { faultOfAddress, toAddress } from '../../base/forms/form-fields.ts'
import { parseUrl } from '../../base/text/parse-url.ts'
import { isLoopbackHost, requireEncryption } from '../../providers/http/base-url.ts'
import type { FormValues } from '../../providers/provider.ts'
import { toTransport } from '../../providers/wire/transport-fields.ts'
import type { Account } from './accounts.ts'

/*
 * Which account answers for which web address: the whole rule, for every surface. Programs such as git name an
 * address and get a token for it, so a mistake here hands a token to the wrong host.
 */

/** What the rule needs to know of an account. */
type Answering = Pick<Account, 'id' | 'record' | 'provider' | 'values'>

type Fields = Pick<Account['provider'], 'fields'>

/** The address that a program wants a token for. */
export interface Wanted {
  readonly url: string
  /** Decides between accounts with the same address: the name of one, or its ID. */
  readonly username?: string | undefined
}

/**
 * Security: parsers of URLs skip, decode and convert what others take literally, so that two programs see different
 * hosts in one text. Only what all read alike is looked up.
 */
const PLAIN = /^https?:\/\/([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?(?:[/?#]|$)/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const MISREAD = /[\u0000-\u0020\u007f\\]/

/**
 * The addresses to store, each once and in its usual form. Throws `invalid_request` for one that is no http or https
 * address, that contains a user name, a query or a fragment, or that is not encrypted although it must be.
 */
export function toAddresses(texts: readonly string[], values: FormValues): readonly string[] {
  const { allowPlainHttp } = toTransport(values)
  return [...new Set(texts.map((text) => toChecked(text, allowPlainHttp)))]
}

/** Those of the addresses that can be stored and are at the account's own service. */
export function addressesAtService(
  texts: readonly string[],
  provider: Fields,
  values: FormValues,
): readonly string[] {
  const own = defaultAddresses(provider, values)
  const kept = texts.filter((text) => {
    try {
      return own.includes(new URL(toChecked(text, toTransport(values).allowPlainHttp)).origin)
    } catch {
      return false
    }
  })
  return toAddresses(kept, values)
}

function toChecked(text: string, allowPlainHttp: boolean | undefined): string {
  const trimmed = text.trim()
  const fault =
    faultOfAddress(trimmed) ??
    (isRead(trimmed) && toAddress(trimmed).length <= LONGEST_ADDRESS
      ? null
      : { message: 'Enter a web address, such as https://files.example.com.' })
  if (fault) {
    const hint = fault.hint ?? 'Give the scheme, the host and at most a path.'
    throw new TokentrayError('invalid_request', fault.message, { field: 'addresses', hint })
  }
  const address = toAddress(trimmed)
  requireEncryption(new URL(address), allowPlainHttp)
  return address
}

/** A user may paste a host name in any script; what is stored is its form in ASCII. */
const isRead = (text: string) => !MISREAD.test(text) && /^https?:\/\/[^/?#@]/i.test(text)

/** The addresses that an account answers for: those that the user has set, or else the origin of its service. */
export const addressesOf = ({ record, provider, values }: Answering): readonly string[] =>
  record.addresses ?? defaultAddresses(provider, values)

/** The origin of the service, if it has an address. */
function defaultAddresses({ fields }: Fields, values: FormValues): readonly string[] {
  const field = fields.find(({ name }) => name === 'url')
  const base = values['url'] || values['base'] || field?.default
  const origin = base === undefined ? undefined : parseUrl(base.trim())?.origin
  return origin === undefined || origin === 'null' ? [] : [origin]
}

/**
 * The account that answers for this address: the one with the longest path above it, by whole segments. Throws
 * `not_found` if there is none, `invalid_target` if several remain and the user name names none of them, and
 * `invalid_request` for a text that is no address.
 */
export function findByAddress<Known extends Answering>(
  { url, username }: Wanted,
  accounts: readonly Known[],
): Known {
  const wanted = parseWanted(url)
  let depth = -1
  let candidates: Known[] = []
  for (const account of accounts) {
    const own = depthOf(account, wanted)
    if (own > depth) candidates = []
    if (own >= depth && own >= 0) candidates.push(account)
    depth = Math.max(depth, own)
  }
  const [only, ...others] = candidates
  if (!only) {
    throw new TokentrayError('not_found', `No account answers for ${wanted.origin}.`, {
      hint: `To let one answer for it, run "tokentray accounts set ACCOUNT --for ${wanted.origin}".`,
    })
  }
  if (others.length === 0) return only
  const named = candidates.filter(({ id, record }) => username === id || username === record.name)
  const [meant, ...rest] = named
  if (meant && rest.length === 0) return meant
  throw several(meant ? named : candidates, wanted)
}

/** The address, if every program reads the same host in it; throws `invalid_request` otherwise. */
function parseWanted(text: string): URL {
  const [, host = ''] = PLAIN.exec(text) ?? []
  const url = MISREAD.test(text) ? null : parseUrl(text)
  if (host !== '' && url?.hostname === host.toLowerCase()) return url
  throw new TokentrayError('invalid_request', 'That is not a plain http or https address.')
}

/** How many segments of the path the account's longest address above this one has; -1 if there is none. */
function depthOf(account: Answering, wanted: URL): number {
  const isEncrypted = wanted.protocol === 'https:' || isLoopbackHost(wanted.hostname)
  if (!isEncrypted && toTransport(account.values).allowPlainHttp !== true) return -1
  return Math.max(-1, ...addressesOf(account).map((address) => depthUnder(address, wanted)))
}

function depthUnder(address: string, wanted: URL): number {
  const own = parseUrl(address)
  // The origin of a URL includes the scheme and the port.
  if (!own || own.origin !== wanted.origin) return -1
  const prefix = segmentsOf(own)
  const path = segmentsOf(wanted)
  return prefix.every((segment, at) => segment === path[at]) ? prefix.length : -1
}

const segmentsOf = ({ pathname }: URL) => pathname.split('/').filter((segment) => segment !== '')

function several(candidates: readonly Answering[], { origin, host }: URL): TokentrayError {
  const ids = candidates.map(({ id }) => id)
  const [first = ''] = candidates.map(({ record }) => record.name)
  return new TokentrayError(
    'invalid_target',
    `Several accounts answer for ${origin}: ${ids.slice(0, MOST_NAMED).join(', ')}.`,
    {
      hint: `Give the name of one as the user name, as in https://${first}@${host}, or give one of them another address with "tokentray accounts set ACCOUNT --for URL".`,
    },
  )
}

const MOST_NAMED = 5
