import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Secrets } from '../../base/secret.ts'
import type { Driver, FormValues, Provider } from '../../providers/provider.ts'
import type { HeldToken, Ledger } from '../ledger/ledger.ts'
import type { Revoker } from '../revocation/revoker.ts'
import type { Calls } from '../service/driver-calls.ts'
import type { LoginReason } from './login-reason.ts'

/** What a session needs to know of its account. */
export interface SessionAccount {
  readonly uid: string
  readonly id: string
  readonly provider: Provider
  readonly driver: Driver
  /** Includes what its login has learned. */
  readonly values: FormValues
  /** The user has logged it out, so this is no error. */
  readonly isSignedOut: boolean
  /** Only the user can log in again. */
  readonly needsUser: boolean
  /** A login needs a one-time code. */
  readonly needsCode: boolean
  /** Why the user has to log in again; `null` if they do not have to, or the reason is unknown. */
  readonly loginRequiredBecause: LoginReason | null
  /** It has a session token, besides the tokens of its leases. */
  readonly keepsSession: boolean
}

export interface SessionPorts {
  /** The account as it is now; throws `not_found` once it is removed. */
  readonly account: () => SessionAccount
  /** The keychain item with the credential of the account as it is now; `null` once it is removed. */
  readonly credentialItem: () => string | null
  /** The credential in the keychain; `null` when there is none. */
  readonly readCredential: () => Promise<Secrets | null>
  readonly storeCredential: (item: string, credential: Secrets) => Promise<void>
  /**
   * The account can no longer log in automatically, perhaps because of this refusal; called once until the
   * user logs in.
   */
  readonly onLoginRequired: (reason: LoginReason | null, cause?: unknown) => void
  /** The session has released a token; it is revoked unless a lease uses it. */
  readonly onReplaced: (held: HeldToken) => void
  /** The service has ended a token by giving another one: closes the leases on it. */
  readonly onEnded: (held: HeldToken) => void
  /** What the user sees of the session has changed. */
  readonly changed: () => void
  /** While locked, no credential is kept in memory, and no account logs in. */
  readonly isLocked: () => boolean
  /** Aborted when a stop begins: no new call is made. */
  readonly stopping: AbortSignal
  /** Aborted when the broker stops: calls are cancelled. */
  readonly stopped: AbortSignal
  readonly calls: Calls
  readonly ledger: Ledger
  readonly revoker: Revoker
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
}
