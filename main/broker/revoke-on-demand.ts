import type { Accounts } from './account/accounts.ts'
import type { Client, ClientChange, Clients } from './clients.ts'
import type { Bulk, Step } from './concurrency/bulk.ts'
import type { ClosedLease, LeaseCloser } from './lease/lease-closer.ts'
import type { Closing, Lease, LeaseFilter, Leases } from './lease/leases.ts'
import type { HeldToken } from './ledger/ledger.ts'
import type { Actor } from './record/actor.ts'
import type { Recorder } from './record/recorder.ts'
import { recordSessionRevoked } from './record-closing.ts'
import type { OngoingWork } from './service/ongoing-work.ts'
import type { StartupRecovery } from './startup-recovery.ts'
import type { RevokedSession, SessionTokens } from './token-admin/session-tokens.ts'

interface Parts {
  readonly accounts: Accounts
  readonly clients: Clients
  readonly leases: Leases
  readonly leaseCloser: LeaseCloser
  readonly sessionTokens: SessionTokens
  readonly ongoingWork: OngoingWork
  readonly bulk: Bulk
  readonly recorder: Recorder
  readonly startupRecovery: StartupRecovery
  /** Resolves when all events are in the audit log. */
  readonly recorded: () => Promise<void>
}

/** What was revoked: tokens with a lease, and session tokens that a tool may have had without one. */
export interface Revoked {
  readonly leases: readonly ClosedLease[]
  readonly sessions: readonly RevokedSession[]
}

/**
 * Revokes what tools have when the user asks for it: of one tool, of an account or all. A tool also has a session
 * token after its lease has expired, or if an earlier run that crashed gave it one: no lease tells of either.
 */
export class RevokeOnDemand {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Closes all leases, or those of an account, and revokes the session tokens that a tool may still have. */
  async all(filter: Pick<LeaseFilter, 'accountUid'>, by: Actor): Promise<Revoked> {
    const { bulk, leases, sessionTokens } = this.#parts
    // Session tokens with an open lease are revoked with it.
    const issued = sessionTokens.issued(filter.accountUid)
    const open = leases.list(filter)
    return await this.#run(open, issued, { by, cause: 'asked' }, (work) =>
      bulk.run('revoke', open.length + issued.length, work),
    )
  }

  /** Closes the leases of a client, and revokes the session tokens that it may still have. */
  async ofClient(client: Client, by: Actor): Promise<Revoked> {
    const { leases } = this.#parts
    const issued = this.#issuedTo(client, this.#accountsOf(client))
    return await this.#run(leases.list({ client: client.id }), issued, { by, cause: 'asked' })
  }

  /** Removes a client and its grants, and revokes what it has. */
  async removeClient(client: Client, by: Actor): Promise<Revoked> {
    const { clients, leases } = this.#parts
    const issued = this.#issuedTo(client, this.#accountsOf(client))
    clients.remove(client, by)
    const open = leases.list({ client: client.id })
    return await this.#run(open, issued, { by, cause: 'client_removed' })
  }

  /** Changes a client as `Clients.change` does, and revokes what it has of accounts that it may no longer use. */
  async changeClient(client: Client, change: ClientChange, by: Actor): Promise<Revoked> {
    const { clients, leases } = this.#parts
    const withdrawn = clients.change(client, change, by)
    const issued = this.#issuedTo(client, withdrawn)
    const open = withdrawn.flatMap((accountUid) => leases.list({ client: client.id, accountUid }))
    return await this.#run(open, issued, { by, cause: 'grant_removed' })
  }

  #accountsOf(client: Client): readonly string[] {
    const { accounts, clients } = this.#parts
    return client.builtIn ? accounts.all().map(({ uid }) => uid) : clients.grantedUids(client)
  }

  #issuedTo({ id }: Client, accountUids: readonly string[]): readonly HeldToken[] {
    const { leases, sessionTokens } = this.#parts
    return accountUids.flatMap((uid) =>
      sessionTokens.issued(uid).filter((held) => leases.mayBeIssuedTo(held, id)),
    )
  }

  async #run(
    open: readonly Lease[],
    issued: readonly HeldToken[],
    closing: Closing,
    run: (work: (step?: Step) => Promise<Revoked>) => Promise<Revoked> = (work) => work(),
  ): Promise<Revoked> {
    const { leaseCloser, sessionTokens, ongoingWork, recorder, startupRecovery } = this.#parts
    const uids = [...open, ...issued].map(({ accountUid }) => accountUid)
    const revoked = await ongoingWork.run('revocation', uids, () =>
      run(async (step) => ({
        leases: await leaseCloser.closeAll(open, { ...closing, ...(step && { step }) }),
        sessions: await sessionTokens.revoke(issued, step),
      })),
    )
    const { by } = closing
    recorder.note(
      ...revoked.sessions.map((each) => recordSessionRevoked(each, by, startupRecovery)),
    )
    await this.#parts.recorded()
    return revoked
  }
}
