import { createHmac } from 'node:crypto'
import type { Secret } from '../base/secret.ts'

/**
 * A text that is the same for the same token and says nothing about it without the key: HMAC-SHA-256
 * under `key`, its first 16 bytes as hex. The key keeps short tokens from being guessed.
 */
export function fingerprint(key: Secret, token: Secret): string {
  return createHmac('sha256', key.reveal()).update(token.reveal()).digest('hex').slice(0, 32)
}
