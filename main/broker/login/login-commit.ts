import type { Clock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import { type AccountId, randomText } from '../../base/ids.ts'
import type { Log } from '../../base/log.ts'
import type { Secrets } from '../../base/secret.ts'
import type { FormValues, Login, Provider } from '../../providers/provider.ts'
import type { PreferencesRecord } from '../../settings/schema.ts'
import type { Vault } from '../../vault/vault.ts'
import { type Account, type Accounts, storeCredential } from '../account/accounts.ts'
import { credentialKey } from '../account/keychain-items.ts'
import type { Removals } from '../account/removals.ts'
import type { Bulk } from '../concurrency/bulk.ts'
import type { LeaseCloser } from '../lease/lease-closer.ts'
import type { Leases } from '../lease/leases.ts'
import type { HeldToken, Ledger } from '../ledger/ledger.ts'
import type { Lock } from '../lock.ts'
import type { Actor } from '../record/actor.ts'
import type { Recorder } from '../record/recorder.ts'
import type { RevocationCredentials } from '../revocation/revocation-credentials.ts'
import type { Revoker } from '../revocation/revoker.ts'
import type { Calls } from '../service/driver-calls.ts'
import type { Hosts } from '../service/hosts.ts'
import { keepsSession } from '../service/keeps-session.ts'
import type { OngoingWork } from '../service/ongoing-work.ts'
import type { Session } from '../session/session.ts'
import type { StartupRecovery } from '../startup-recovery.ts'
import type { RetiredCredentials } from './retired-credentials.ts'

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
  readonly retiredCredentials: RetiredCredentials
  readonly calls: Calls
  readonly hosts: Hosts
  readonly audit: Recorder
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

/** A login that the service has accepted and that is not stored yet. */
export interface PendingLogin {
  readonly uid: string
  readonly id: AccountId
  readonly provider: Provider
  readonly values: FormValues
  readonly login: Login
  /** The login's token if it is in the ledger already. */
  readonly held: HeldToken | null
  readonly by: Actor
  /** False once a log-out, a reset or a stop has voided this login. */
  readonly isCurrent: () => boolean
}

/** Stores a login that the service has accepted, or changes nothing. */
export class LoginCommit {
  readonly #ports: LoginsPorts

  constructor(ports: LoginsPorts) {
    this.#ports = ports
  }

  /** Closes the leases whose tokens cannot be revoked once the account is at another address. */
  async revokeBeforeMove(account: Account, by: Actor): Promise<void> {
    const { revoker, leaseCloser, leases, revocationCredentials } = this.#ports
    const { uid } = account
    if (revoker.needingSession(uid).length === 0) return
    const kept = revocationCredentials.retain(account)
    const needing = leases
      .list({ accountUid: uid })
      .filter(({ held }) => revoker.needsSession(held))
    await leaseCloser.closeAll(needing, { by, cause: 'moved', before: kept })
    await revoker.revokeAll(revoker.needingSession(uid), 'user')
  }

  /**
   * Writes the ledger, vault, audit record and settings, in this order; on a failure the new token is
   * revoked. The credential gets a new keychain item, which `save` writes to the account's record: at any
   * time the record has a credential that fits its values, either the old or the new one.
   */
  async commit(
    pending: PendingLogin,
    session: Session | null,
    save: (credential: string) => Account,
  ): Promise<Account> {
    const { uid, id, provider, login, by, isCurrent } = pending
    const { accounts, ledger, vault, revoker, audit, calls } = this.#ports
    const credential = randomText(120)
    const item = credentialKey({ uid, credential })
    const values = { ...pending.values, ...login.learned }
    const place = { accountUid: uid, account: id, provider: provider.id, values }
    const owner = { ...place, kind: 'session' } as const
    const held = pending.held ?? (login.token ? await revoker.record(owner, login.token) : null)
    const store = async () => {
      requireCurrent(isCurrent, id)
      await storeCredential(vault, item, login.credential)
      requireCurrent(isCurrent, id)
      await audit.record({ event: 'login', account: id, accountUid: uid, route: by.route })
      requireCurrent(isCurrent, id)
      const before = accounts.byUid(uid)?.record
      const account = save(credential)
      this.#activate(account, held, login.credential)
      revoker.retryAccount(uid)
      return { account, replaced: before && credentialKey(before) }
    }
    try {
      const { account, replaced } = await (session ? session.withExclusive(store) : store())
      if (replaced) await this.#deleteItem(replaced)
      return account
    } catch (error) {
      const canEnd = calls.driverOf(place)?.endCredential !== undefined
      const ending = session === null && canEnd
      await Promise.all([
        held && revoker.revoke(ledger.markTrial(held)),
        // Of a new account only: another login of the account may be part of what this one was given.
        ending && revoker.revoke(ledger.endCredential(place, item, login.credential)),
        this.#deleteItem(item),
      ])
      throw error
    }
  }

  #activate(
    { session, record, driver }: Account,
    held: HeldToken | null,
    credential: Secrets,
  ): void {
    const { revoker, ledger, leaseCloser } = this.#ports
    const kept = keepsSession(record.leaseKind, driver) ? held : null
    session.signedIn(credential, kept)
    if (kept) return
    const old = session.release()
    if (old) leaseCloser.revokeUnused(old)
    if (held) void revoker.revoke(ledger.markTrial(held), 'background')
  }

  /** Deletes an unused keychain item. Never rejects. */
  async #deleteItem(item: string): Promise<void> {
    const { vault, log, ledger } = this.#ports
    await ledger.credentials.discard(item)
    await vault.delete(item).catch((error: unknown) => {
      log.warn('an unused credential could not be deleted from the keychain yet', {
        error,
      })
    })
  }
}

function requireCurrent(isCurrent: () => boolean, id: AccountId): void {
  if (isCurrent()) return
  throw new TokentrayError('cancelled', `${id} was logged out meanwhile.`, { account: id })
}
