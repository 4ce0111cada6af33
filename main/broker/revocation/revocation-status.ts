import type { TokentrayError } from '../../base/errors.ts'

/**
 * What a revocation waits for: the service, a login by the user, the keychain or the lock, or other tokens
 * that are revoked with this one.
 */
export type WaitsFor = 'service' | 'login' | 'keychain' | 'others'

/**
 * The state of a token that is to be revoked; every surface reports one of these three. `ended`: the
 * service has confirmed the revocation, or the token has certainly expired. `pending`: it is retried, or
 * waits for something. `until_expiry`: no further attempt is made.
 */
export type RevocationStatus =
  | { readonly outcome: 'ended' }
  | {
      readonly outcome: 'pending'
      readonly waitsFor: WaitsFor
      /** The obstacle, as a sentence. */
      readonly why: string
      /** When it is retried, epoch milliseconds. */
      readonly retryAt?: number
      /** The latest time at which it expires, epoch milliseconds; `null` for never. */
      readonly endsAt: number | null
      /** It has expired, and only has to be removed from a list of its service. */
      readonly isExpired?: true
    }
  | {
      readonly outcome: 'until_expiry'
      /** Why it is not revoked, as a sentence. */
      readonly why: string
      /** Epoch milliseconds; `null` for never. */
      readonly endsAt: number | null
    }

export type RevocationOutcome = RevocationStatus['outcome']

/** A change in the state of a token, for the audit record; `why` and `code` name the obstacle. */
export interface RevocationEvent {
  readonly kind: 'revoked' | 'expired' | 'waiting' | 'left' | 'given_up'
  readonly why?: string
  readonly code?: string
  /** Tokentray stopped before it could be revoked. */
  readonly isShutdown?: true
  /** Nothing was sent, because this host has blocked requests for a time. */
  readonly host?: string
}

/** The obstacle that an error stands for. */
export function obstacleOf(error: TokentrayError): {
  readonly waitsFor: WaitsFor
  readonly why: string
} {
  return { waitsFor: waitsFor(error.code), why: error.message }
}

/** Why a revocation is pending, for the audit record; `null` stands for an unknown error. */
export function reasonOf(error: TokentrayError | null): Omit<RevocationEvent, 'kind'> {
  if (!error) return { code: 'server_error' }
  // Only a shutdown cancels a revocation.
  if (error.code === 'cancelled') return { isShutdown: true, why: STOPPED }
  const { code, silentHost: host } = error
  return { code, why: obstacleOf(error).why, ...(host !== undefined && { host }) }
}

const STOPPED = 'Tokentray stopped before the service confirmed it.'

function waitsFor(code: TokentrayError['code']): WaitsFor {
  if (code === 'login_required') return 'login'
  return code === 'vault_locked' || code === 'vault_unavailable' ? 'keychain' : 'service'
}
