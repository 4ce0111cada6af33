import type { Accounts } from '../account/accounts.ts'
import type { Step } from '../concurrency/bulk.ts'
import type { Leases } from '../lease/leases.ts'
import { type HeldToken, isToken, type Ledger } from '../ledger/ledger.ts'
import type { RevocationOutcome, RevocationStatus } from '../revocation/revocation-status.ts'
import type { Revoker } from '../revocation/revoker.ts'

/** A valid session token without an open lease. */
export interface SessionToken {
  readonly held: HeldToken
  /** A tool may have it: it was issued, or is from an earlier run. */
  readonly mayBeIssued: boolean
  /** False if it is valid until it expires. */
  readonly isRevocable: boolean
}

/** The result of revoking a session token without an open lease. */
export interface RevokedSession {
  readonly held: HeldToken
  /** The account's id at that time. */
  readonly accountId: string
  readonly atService: RevocationOutcome
  /** Details for a token that is not revoked yet. */
  readonly status?: RevocationStatus
  /** The account issues no more tokens until the user logs in again. */
  readonly needsLogin?: true
}

interface SessionTokensParts {
  readonly accounts: () => Accounts
  readonly leases: Leases
  readonly ledger: Ledger
  readonly revoker: Revoker
}

/** The session tokens without an open lease. */
export class SessionTokens {
  readonly #parts: SessionTokensParts

  constructor(parts: SessionTokensParts) {
    this.#parts = parts
  }

  /** Those that are valid and not to be revoked, of all accounts or one. */
  list(accountUid?: string): readonly SessionToken[] {
    const { ledger, leases, revoker } = this.#parts
    const items = accountUid === undefined ? ledger.all() : ledger.ofAccount(accountUid)
    return items
      .filter(isToken)
      .filter(({ kind, validity }) => kind === 'session' && validity.remainingMs > 0)
      .filter((held) => !leases.isHeld(held) && revoker.tracker.statusOf(held) === null)
      .map((held) => ({
        ...{ held, mayBeIssued: leases.mayBeIssued(held), isRevocable: revoker.isRevocable(held) },
      }))
  }

  /** Those of `list` that a tool may have. */
  issued(accountUid?: string): readonly HeldToken[] {
    return this.list(accountUid).flatMap(({ held, mayBeIssued }) => (mayBeIssued ? [held] : []))
  }

  /** Revokes these on demand, except those on which a lease was opened meanwhile. */
  revoke(tokens: readonly HeldToken[], step?: Step): Promise<RevokedSession[]> {
    const free = tokens.filter((held) => !this.#parts.leases.isHeld(held))
    return Promise.all(free.map((held) => this.#revoke(held).finally(step)))
  }

  async #revoke(held: HeldToken): Promise<RevokedSession> {
    const { accounts, revoker } = this.#parts
    const account = accounts().byUid(held.accountUid)
    if (account?.session.owns(held)) account.session.release()
    const atService = await revoker.revoke(held)
    const status = revoker.tracker.statusOf(held)
    const needsLogin = accounts().byUid(held.accountUid)?.session.checkLoginRequired() ?? false
    return {
      ...{ held, accountId: accounts().nameOf(held), atService },
      ...(status && status.outcome !== 'ended' && { status }),
      ...(needsLogin && { needsLogin }),
    }
  }
}
