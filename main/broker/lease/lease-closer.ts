import type { Accounts } from '../account/accounts.ts'
import type { Bulk, Step } from '../concurrency/bulk.ts'
import type { HeldToken } from '../ledger/ledger.ts'
import { type Actor, program } from '../record/actor.ts'
import { inRevocationOrder } from '../revocation/revocation-order.ts'
import type { RevocationOutcome, RevocationStatus } from '../revocation/revocation-status.ts'
import type { Revoker } from '../revocation/revoker.ts'
import type { OngoingWork } from '../service/ongoing-work.ts'
import type { Closing, Lease, LeaseFilter, Leases } from './leases.ts'

/** The result of closing a lease. */
export interface ClosedLease {
  readonly lease: Lease
  /** The account's id at that time. */
  readonly accountId: string
  /** `shared`: other clients hold the same token, so it was not revoked. */
  readonly atService: RevocationOutcome | 'shared'
  /** Details for a token that is not revoked yet. */
  readonly status?: RevocationStatus
  /** The account issues no more tokens until the user logs in again. */
  readonly needsLogin?: true
}

/** Who closes leases and why, and what is called meanwhile. */
interface CloseOptions extends Closing {
  /** The services are called after this has resolved. */
  readonly before?: Promise<unknown>
  readonly step?: Step
}

interface LeaseCloserParts {
  readonly accounts: () => Accounts
  readonly leases: Leases
  readonly revoker: Revoker
  readonly bulk: Bulk
  readonly ongoingWork: OngoingWork
}

/** Closes leases: on expiry, on demand, or because the service refused the token. */
export class LeaseCloser {
  readonly #parts: LeaseCloserParts

  constructor(parts: LeaseCloserParts) {
    this.#parts = parts
  }

  /**
   * Closes leases on demand. A dedicated token is revoked, a shared one with its last lease. The leases are
   * closed when this returns, before the services are called.
   */
  close(filter: LeaseFilter, how: CloseOptions): Promise<ClosedLease[]> {
    const { leases, ongoingWork } = this.#parts
    const these = leases.list(filter)
    // It is part of the log-out.
    if (how.cause === 'logged_out') return this.closeAll(these, how)
    const uids = these.map(({ accountUid }) => accountUid)
    return ongoingWork.run('revocation', uids, () => this.closeAll(these, how))
  }

  /**
   * The same for leases that were chosen before, except those that were closed since. Accounts do not wait
   * for each other, so that a slow service does not delay revocations at others.
   */
  closeAll(leases: readonly Lease[], how: CloseOptions): Promise<ClosedLease[]> {
    return this.#parts.bulk.sharingFailures(() => this.#closeAll(leases, how))
  }

  async #closeAll(
    leases: readonly Lease[],
    { before, step, ...closing }: CloseOptions,
  ): Promise<ClosedLease[]> {
    const chosen = leases.filter((lease) => this.#parts.leases.isOpen(lease))
    // All are closed before the first wait, so that none is issued again meanwhile.
    this.#parts.leases.close(chosen, closing)
    await before
    const { revoker } = this.#parts
    const placeOf = ({ accountUid, held }: Lease) => ({
      ...{ accountUid, needsSession: revoker.needsSession(held) },
    })
    return await inRevocationOrder(chosen, placeOf, (lease) =>
      this.#revokeToken(lease).finally(step),
    )
  }

  /** Closes expired leases, and revokes the tokens that no other lease uses. */
  closeExpired(): void {
    const { leases } = this.#parts
    const over = leases.expired()
    leases.close(over, { by: program, cause: 'expired' })
    for (const { held } of over) this.revokeUnused(held)
  }

  /** Closes a lease whose token the service refused. */
  closeRefused(lease: Lease): void {
    this.#parts.leases.close([lease], { by: program, cause: 'refused' })
    this.revokeUnused(lease.held)
  }

  /** Closes a lease whose token did not reach the client. */
  closeUndelivered(lease: Lease, by: Actor): void {
    this.#parts.leases.close([lease], { by, cause: 'asked' })
    this.revokeUnused(lease.held)
  }

  /** The service has ended this token: closes the leases on it, and asks the service nothing. */
  closeRevoked(held: HeldToken): void {
    const { leases, revoker } = this.#parts
    const these = leases
      .list({ accountUid: held.accountUid })
      .filter((lease) => lease.held === held)
    leases.close(these, { by: program, cause: 'refused' })
    revoker.markRevoked(held)
  }

  /** Revokes a token in the background unless a lease or a session still uses it. */
  revokeUnused(held: HeldToken): void {
    const { accounts, leases, revoker } = this.#parts
    const isSessions = accounts().byUid(held.accountUid)?.session.owns(held) ?? false
    if (!isSessions && !leases.isHeld(held)) void revoker.revoke(held, 'background')
  }

  async #revokeToken(lease: Lease): Promise<ClosedLease> {
    const { accounts, leases, revoker } = this.#parts
    const account = accounts().byUid(lease.accountUid)
    const ended = { lease, accountId: accounts().nameOf(lease.held) }
    if (leases.isHeld(lease.held)) return { ...ended, atService: 'shared' }
    if (account?.session.owns(lease.held)) account.session.release()
    const atService = await revoker.revoke(lease.held)
    const status = revoker.tracker.statusOf(lease.held)
    const needsLogin = accounts().byUid(lease.accountUid)?.session.checkLoginRequired() ?? false
    return {
      ...{ ...ended, atService },
      ...(status && status.outcome !== 'ended' && { status }),
      ...(needsLogin && { needsLogin }),
    }
  }
}
