import type { Clock } from '../../base/clock.ts'
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
  /** With what its login has learned. */
  readonly values: FormValues
  /** A person has logged it out, so that nothing is amiss. */
  readonly isSignedOut: boolean
  /** Only a person can log in again. */
  readonly needsUser: boolean
  /** A login takes a one-time code. */
  readonly needsCode: boolean
  /** Why a person has to log in again; `null` where they have not, or it is not known. */
  readonly loginRequiredBecause: LoginReason | null
  /** It has a token of its own, besides those of its leases. */
  readonly keepsSession: boolean
}

export interface SessionPorts {
  /** The account as it is now; throws `not_found` once it is removed. */
  readonly account: () => SessionAccount
  /** The stored credential; `null` when there is none. */
  readonly readCredential: () => Promise<Secrets | null>
  /**
   * The account can no longer log in by itself, perhaps because of this refusal; called once until a person
   * has logged in.
   */
  readonly onLoginRequired: (reason: LoginReason | null, cause?: unknown) => void
  /** A token is the session's no more; ends it unless a lease still holds it. */
  readonly onReplaced: (held: HeldToken) => void
  /** What the session shows to a person has changed. */
  readonly changed: () => void
  /** While locked nothing is kept that only hand-outs need, and nothing logs in. */
  readonly isLocked: () => boolean
  /** Aborted when a stop begins: from then on nothing is begun. */
  readonly stopping: AbortSignal
  /** Aborted when the broker stops: breaks off calls. */
  readonly stopped: AbortSignal
  readonly calls: Calls
  readonly ledger: Ledger
  readonly revoker: Revoker
  readonly clock: Clock
  readonly random: () => number
}
