import { isTokentrayError, type TokentrayError } from '../../base/errors.ts'

/**
 * What the end of a token waits for: its service, a login by a person, the keychain or the lock, or
 * other tokens that are revoked with this one.
 */
export type WaitsFor = 'service' | 'login' | 'keychain' | 'others'

/**
 * What is known of a token that somebody wants to end; said in these three ways, and in no other,
 * wherever it is said. `ended`: the service has confirmed it, or it has surely expired. `pending`: we
 * go on trying, or wait for something. `until_expiry`: nothing will be done about it any more.
 */
export type RevocationStatus =
  | { readonly outcome: 'ended' }
  | {
      readonly outcome: 'pending'
      readonly waitsFor: WaitsFor
      /** What stands in the way, in a sentence. */
      readonly why: string
      /** When it is tried again by itself, epoch milliseconds. */
      readonly retryAt?: number
      /** When it expires at the latest, epoch milliseconds; `null` for never. */
      readonly endsAt: number | null
      /** It has expired, and only has to be taken off a list of its service. */
      readonly isExpired?: true
    }
  | {
      readonly outcome: 'until_expiry'
      /** Why nothing revokes it, in a sentence. */
      readonly why: string
      /** Epoch milliseconds; `null` for never. */
      readonly endsAt: number | null
    }

export type RevocationOutcome = RevocationStatus['outcome']

/** What became of a token, for the record; `why` and `code` say what stands in the way. */
export interface RevocationEvent {
  readonly kind: 'revoked' | 'expired' | 'waiting' | 'left' | 'given_up'
  readonly why?: string
  readonly code?: string
  /** Tokentray stopped before it could be ended. */
  readonly isShutdown?: true
  /** Nothing was sent, because this host wants to be left alone. */
  readonly host?: string
}

/** What stands in the way, by the error that said so. */
export function obstacleOf(error: TokentrayError): {
  readonly waitsFor: WaitsFor
  readonly why: string
} {
  const { code, cause } = error
  // What was said a moment ago is repeated as it was said.
  const original = isTokentrayError(cause) && cause.code === code ? cause : error
  return { waitsFor: waitsFor(code), why: original.message }
}

/** Why it waits, for the record; `null` where the error is none of ours. */
export function reasonOf(error: TokentrayError | null): Omit<RevocationEvent, 'kind'> {
  if (!error) return { code: 'server_error' }
  // Only a stop breaks off what ends a token.
  if (error.code === 'cancelled') return { isShutdown: true, why: STOPPED }
  const { code, silentHost: host } = error
  return { code, why: obstacleOf(error).why, ...(host !== undefined && { host }) }
}

const STOPPED = 'Tokentray stopped before the service had confirmed it.'

function waitsFor(code: TokentrayError['code']): WaitsFor {
  if (code === 'login_required') return 'login'
  return code === 'vault_locked' || code === 'vault_unavailable' ? 'keychain' : 'service'
}

/** Why a token is not revoked whose service this version does not know. */
export const BY_ANOTHER_VERSION =
  'Another version of Tokentray made it, for a service that this one does not know.'
