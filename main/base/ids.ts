import { randomBytes } from 'node:crypto'
import { TokentrayError } from './errors.ts'

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** `provider/name`, as users and tools write it. */
export type AccountId = Branded<'AccountId'>
export type ClientId = Branded<'ClientId'>
export type LeaseId = Branded<'LeaseId'>

/** Neither `.` nor `..`, because names are used in paths. */
const NAME = /^(?!\.{1,2}$)[a-z0-9._-]{1,64}$/
/** The rule of `isName`, for error messages. */
export const NAME_RULE = 'Names have 1 to 64 characters: a-z, 0-9, dot, underscore and hyphen.'
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** True for a valid account name (the part after the slash) or client name. */
export function isName(text: string): boolean {
  return NAME.test(text)
}

/** The id of an account; throws `invalid_request` for an invalid name. */
export function toAccountId(provider: string, name: string): AccountId {
  return parseAccountId(`${provider}/${name}`)
}

export function parseAccountId(text: string): AccountId {
  const [provider, name, ...rest] = text.split('/')
  if (!provider || !name || rest.length > 0 || !isName(provider) || !isName(name)) {
    throw new TokentrayError('invalid_request', 'Write an account as provider/name.', {
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
 * A random string of A-Z a-z 0-9 with at least `bits` of entropy. Form encoding leaves these characters
 * unchanged, so that encoded and raw Basic credentials are the same (RFC 6749 2.3.1).
 */
export function randomText(bits: number): string {
  const length = Math.ceil(bits / Math.log2(ALPHABET.length))
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 is the largest multiple of 62 in a byte: higher values would favour some characters.
      if (byte < 248 && text.length < length) text += ALPHABET[byte % ALPHABET.length]
    }
  }
  return text
}

const LEASE_BITS = 120
const LEASE_ID = /^l[A-Za-z0-9]{21}$/

/** True for an id made by `newLeaseId`. */
export function isLeaseId(text: string): boolean {
  return LEASE_ID.test(text)
}

export const newLeaseId = (): LeaseId => toLeaseId(`l${randomText(LEASE_BITS)}`)
