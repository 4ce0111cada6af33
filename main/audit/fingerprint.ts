import { createHmac } from 'node:crypto'
import type { Secret } from '../base/secret.ts'

/**
 * Identifies a token without revealing it: HMAC-SHA-256 under `key`, first 16 bytes as hex. The key
 * prevents guessing of short tokens.
 */
export function fingerprint(key: Secret, token: Secret): string {
  return createHmac('sha256', key.reveal()).update(token.reveal()).digest('hex').slice(0, 32)
}
