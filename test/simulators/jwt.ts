import { createHmac, timingSafeEqual } from 'node:crypto'

export type Claims = Readonly<Record<string, unknown>>

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const mac = (text: string, key: Uint8Array) => createHmac('sha256', key).update(text).digest()

/** A JWT signed with HS256 (RFC 7515). */
export function signJwt(claims: Claims, key: Uint8Array): string {
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${text}.${mac(text, key).toString('base64url')}`
}

/** The claims of a JWT with a valid signature, without checking them; `null` for any other text. */
export function verifyJwt(token: string, key: Uint8Array): Claims | null {
  const [header, payload, signature, ...rest] = token.split('.')
  if (!header || !payload || !signature || rest.length > 0) return null
  const given = Buffer.from(signature, 'base64url')
  const wanted = mac(`${header}.${payload}`, key)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
  return typeof claims === 'object' && claims !== null ? { ...claims } : null
}
