import type { Accounts } from '../account/accounts.ts'
import type { Bulk, Step } from '../concurrency/bulk.ts'
import type { HeldToken } from '../ledger/ledger.ts'
import { type Actor, program } from '../record/actor.ts'
import { inRevocationOrder } from '../revocation/revocation-order.ts'
import type { RevocationOutcome, RevocationStatus } from '../revocation/revocation-status.ts'
import type { Revoker } from '../revocation/revoker.ts'
import type { Deeds } from '../service/deeds.ts'
import type { Closing, Lease, LeaseFilter, Leases } from './leases.ts'

/** What ending a lease came to. */
export interface ClosedLease {
  readonly lease: Lease
  /** The account's id at that time. */
  readonly accountId: string
  /** `shared`: others hold the same token, so that it ended for this client only. */
  readonly atService: RevocationOutcome | 'shared'
  /** What else is known of a token that has not ended. */
  readonly status?: RevocationStatus
  /** From now on the account gives no token before a person has logged in again. */
  readonly needsLogin?: true
}

/** Who ends leases and why, and how it goes on. */
interface CloseOptions extends Closing {
  /** The services are asked when this has resolved. */
  readonly before?: Promise<unknown>
  readonly step?: Step
}

interface LeaseCloserPorts {
  readonly accounts: () => Accounts
  readonly leases: Leases
  readonly revoker: Revoker
  readonly bulk: Bulk
  readonly deeds: Deeds
}

/** How leases end: on time, on demand, or because the service refused the token. */
export class LeaseCloser {
  readonly #ports: LeaseCloserPorts

  constructor(ports: LeaseCloserPorts) {
    this.#ports = ports
  }

  /**
   * Ends leases because somebody asked: a dedicated token is ended at its service, a shared one when
   * its last lease goes. The leases are closed when this returns, before the services were asked.
   */
  close(filter: LeaseFilter, how: CloseOptions): Promise<ClosedLease[]> {
    const { leases, deeds } = this.#ports
    const these = leases.list(filter)
    // It is part of what else is done to the account.
    if (how.cause === 'logged_out') return this.closeAll(these, how)
    const uids = these.map(({ accountUid }) => accountUid)
    return deeds.run('revocation', uids, () => this.closeAll(these, how))
  }

  /**
   * The same for leases that were chosen before; what has ended since is left out. Accounts do not wait
   * for each other: what somebody wants to end must not live on behind a service that is slow.
   */
  closeAll(leases: readonly Lease[], how: CloseOptions): Promise<ClosedLease[]> {
    return this.#ports.bulk.sharingFailures(() => this.#closeAll(leases, how))
  }

  async #closeAll(
    leases: readonly Lease[],
    { before, step, ...closing }: CloseOptions,
  ): Promise<ClosedLease[]> {
    const chosen = leases.filter((lease) => this.#ports.leases.isOpen(lease))
    // All are closed before the first wait, so that none is handed out again meanwhile.
    this.#ports.leases.close(chosen, closing)
    await before
    const { revoker } = this.#ports
    const placeOf = ({ accountUid, held }: Lease) => ({
      ...{ accountUid, needsSession: revoker.needsSession(held) },
    })
    return await inRevocationOrder(chosen, placeOf, (lease) =>
      this.#revokeToken(lease).finally(step),
    )
  }

  /** Closes what is over; the tokens that nobody holds any more are ended. */
  closeExpired(): void {
    const { leases } = this.#ports
    const over = leases.expired()
    leases.close(over, { by: program, cause: 'expired' })
    for (const { held } of over) this.revokeUnused(held)
  }

  /** Ends the lease of somebody who cannot use its token. */
  closeRefused(lease: Lease): void {
    this.#ports.leases.close([lease], { by: program, cause: 'refused' })
    this.revokeUnused(lease.held)
  }

  /** Ends the lease of somebody whom its token did not reach. */
  closeUndelivered(lease: Lease, by: Actor): void {
    this.#ports.leases.close([lease], { by, cause: 'asked' })
    this.revokeUnused(lease.held)
  }

  /** Ends a token in the background unless a lease or a session still needs it. */
  revokeUnused(held: HeldToken): void {
    const { accounts, leases, revoker } = this.#ports
    const isSessions = accounts().byUid(held.accountUid)?.session.owns(held) ?? false
    if (!isSessions && !leases.isHeld(held)) void revoker.revoke(held, 'background')
  }

  async #revokeToken(lease: Lease): Promise<ClosedLease> {
    const { accounts, leases, revoker } = this.#ports
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
