import type { Accounts } from '../account/accounts.ts'
import type { Step } from '../concurrency/bulk.ts'
import type { Leases } from '../lease/leases.ts'
import { type HeldToken, isToken, type Ledger } from '../ledger/ledger.ts'
import type { RevocationOutcome, RevocationStatus } from '../revocation/revocation-status.ts'
import type { Revoker } from '../revocation/revoker.ts'

/** A session's own token that lives at its service, though no lease is open on it. */
export interface SessionToken {
  readonly held: HeldToken
  /** A tool may have it: it was handed out, or an earlier run left it. */
  readonly mayBeIssued: boolean
  /** False where only time ends it. */
  readonly isRevocable: boolean
}

/** What ending a session's token came to on which no lease was open. */
export interface RevokedSession {
  readonly held: HeldToken
  /** The account's id at that time. */
  readonly accountId: string
  readonly atService: RevocationOutcome
  /** What else is known of a token that has not ended. */
  readonly status?: RevocationStatus
  /** From now on the account gives no token before a person has logged in again. */
  readonly needsLogin?: true
}

interface SessionTokensPorts {
  readonly accounts: () => Accounts
  readonly leases: Leases
  readonly ledger: Ledger
  readonly revoker: Revoker
}

/** The tokens of the accounts' own sessions, as far as no lease stands for them. */
export class SessionTokens {
  readonly #ports: SessionTokensPorts

  constructor(ports: SessionTokensPorts) {
    this.#ports = ports
  }

  /** Those that live and that nobody wants to end, of one account if it is named. */
  list(accountUid?: string): readonly SessionToken[] {
    const { ledger, leases, revoker } = this.#ports
    const items = accountUid === undefined ? ledger.all() : ledger.ofAccount(accountUid)
    return items
      .filter(isToken)
      .filter(({ kind, validity }) => kind === 'session' && validity.remainingMs > 0)
      .filter((held) => !leases.isHeld(held) && revoker.tracker.statusOf(held) === null)
      .map((held) => ({
        ...{ held, mayBeIssued: leases.mayBeIssued(held), isRevocable: revoker.isRevocable(held) },
      }))
  }

  /** Those of `list` that may be out. One that has never left is in nobody's hands. */
  issued(accountUid?: string): readonly HeldToken[] {
    return this.list(accountUid).flatMap(({ held, mayBeIssued }) => (mayBeIssued ? [held] : []))
  }

  /** Ends these because somebody asked; one on which a lease was opened meanwhile stays. */
  revoke(tokens: readonly HeldToken[], step: Step): Promise<RevokedSession[]> {
    const free = tokens.filter((held) => !this.#ports.leases.isHeld(held))
    return Promise.all(free.map((held) => this.#revoke(held).finally(step)))
  }

  async #revoke(held: HeldToken): Promise<RevokedSession> {
    const { accounts, revoker } = this.#ports
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
