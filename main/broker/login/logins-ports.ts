import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { PreferencesRecord } from '../../settings/schema.ts'
import type { Vault } from '../../vault/vault.ts'
import type { Accounts } from '../account/accounts.ts'
import type { Removals } from '../account/removals.ts'
import type { Bulk } from '../concurrency/bulk.ts'
import type { LeaseCloser } from '../lease/lease-closer.ts'
import type { Leases } from '../lease/leases.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Lock } from '../lock.ts'
import type { Recorder } from '../record/recorder.ts'
import type { RevocationCredentials } from '../revocation/revocation-credentials.ts'
import type { Revoker } from '../revocation/revoker.ts'
import type { Calls } from '../service/driver-calls.ts'
import type { Hosts } from '../service/hosts.ts'
import type { OngoingWork } from '../service/ongoing-work.ts'
import type { StartupRecovery } from '../startup-recovery.ts'

/** What `Logins` and `LoginCommit` need. */
export interface LoginsPorts {
  readonly accounts: Accounts
  readonly vault: Vault
  readonly ledger: Ledger
  readonly revoker: Revoker
  readonly bulk: Bulk
  readonly ongoingWork: OngoingWork
  readonly leaseCloser: LeaseCloser
  readonly leases: Leases
  readonly removals: Removals
  readonly revocationCredentials: RevocationCredentials
  readonly calls: Calls
  readonly hosts: Pick<Hosts, 'tryOnce' | 'refusal'>
  readonly audit: Pick<Recorder, 'record' | 'settled'>
  readonly lock: Lock
  readonly startupRecovery: StartupRecovery
  readonly clock: Clock
  readonly log: Log
  /** The user's preferences for new accounts. */
  readonly preferences: () => Pick<PreferencesRecord, 'leaseSeconds' | 'leaseKind'>
  /** Aborted when a stop begins. */
  readonly stopping: AbortSignal
  /** Aborted when the broker stops. */
  readonly stopped: AbortSignal
}
