import type { JsonObject } from './json-object.ts'

/** What a JWT (RFC 7519) claims, unverified: its signature is the service's business; `null` for no JWT. */
export function readClaims(token: string): JsonObject | null {
  const payload = token.split('.')[1] ?? ''
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return typeof claims === 'object' && claims !== null ? { ...claims } : null
  } catch {
    // Not a JWT: the caller says so in words that hold nothing of it.
    return null
  }
}
