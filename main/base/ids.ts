import { randomBytes } from 'node:crypto'
import { TokentrayError } from './errors.ts'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** `provider/name`, as people and tools write it. */
export type AccountId = Branded<'AccountId'>
export type ClientId = Branded<'ClientId'>
export type LeaseId = Branded<'LeaseId'>

/** Not a dot or two alone: names stand in paths. */
const NAME = /^(?!\.{1,2}$)[a-z0-9._-]{1,64}$/
/** What `isName` wants, for whoever gave something else. */
export const NAME_RULE = 'Names are 1 to 64 of a-z, 0-9, dot, underscore and hyphen.'
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** True for what may stand behind the slash of an account id, or name a client. */
export function isName(text: string): boolean {
  return NAME.test(text)
}

/** The id of an account; throws `invalid_request` for a name that does not match. */
export function toAccountId(provider: string, name: string): AccountId {
  return parseAccountId(`${provider}/${name}`)
}

export function parseAccountId(text: string): AccountId {
  const [provider, name, ...rest] = text.split('/')
  if (!provider || !name || rest.length > 0 || !isName(provider) || !isName(name)) {
    throw new TokentrayError('invalid_request', 'An account is written provider/name.', {
      hint: NAME_RULE,
    })
  }
  return text as AccountId
}

export function toClientId(text: string): ClientId {
  return text as ClientId
}

function toLeaseId(text: string): LeaseId {
  return text as LeaseId
}

/**
 * A random text of A-Z a-z 0-9 with at least `bits` of entropy. Only such characters, so that form
 * encoding leaves it as it is and encoded and raw Basic agree (RFC 6749 2.3.1).
 */
export function randomText(bits: number): string {
  const length = Math.ceil(bits / Math.log2(ALPHABET.length))
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 is the largest multiple of 62 in a byte: what lies above would favour some characters.
      if (byte < 248 && text.length < length) text += ALPHABET[byte % ALPHABET.length]
    }
  }
  return text
}

const LEASE_BITS = 120
const LEASE_ID = /^l[A-Za-z0-9]{21}$/

/** True for what `newLeaseId` makes. */
export function isLeaseId(text: string): boolean {
  return LEASE_ID.test(text)
}

export const newLeaseId = (): LeaseId => toLeaseId(`l${randomText(LEASE_BITS)}`)
