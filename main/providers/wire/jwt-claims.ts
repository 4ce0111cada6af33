import type { JsonObject } from './json-object.ts'

/** The claims of a JWT (RFC 7519), not verified; `null` for anything else. */
export function readClaims(token: string): JsonObject | null {
  const payload = token.split('.')[1] ?? ''
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return typeof claims === 'object' && claims !== null ? { ...claims } : null
  } catch {
    // Not a JWT: the caller reports that without quoting it.
    return null
  }
}
