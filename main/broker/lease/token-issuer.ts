import type { Audit } from '../../audit/audit.ts'
import { retryWhileStale } from '../../base/async/epoch.ts'
import type { Clock } from '../../base/clock.ts'
import { TokentrayError, toTokentrayError } from '../../base/errors.ts'
import type { Account, Accounts } from '../account/accounts.ts'
import type { Removals } from '../account/removals.ts'
import { type Client, type Clients, trayClient } from '../clients.ts'
import { RefusalLimiter } from '../concurrency/refusal-limiter.ts'
import { SingleFlight, unlessGone } from '../concurrency/single-flight.ts'
import type { Lock } from '../lock.ts'
import type { Consent } from '../ports.ts'
import type { LastUses } from '../record/last-uses.ts'
import { lacksCredential } from '../session/login-reason.ts'
import { DEFAULT_MIN_VALIDITY_SECONDS, mayRenew } from '../session/renewal-times.ts'
import type { StartupRecovery } from '../startup-recovery.ts'
import type { LeaseOpener } from './lease-opener.ts'
import type { Lease, Leases } from './leases.ts'

export interface IssueRequest {
  readonly client: Client
  readonly account: Account
  readonly minValiditySeconds?: number | undefined
  readonly reason?: string | undefined
  /** A lease whose token the service refused. */
  readonly refusedLease?: string | undefined
  /** How the request came in, for the audit record. */
  readonly route: string
  /** Aborted when the caller goes away; only relevant while waiting. */
  readonly signal?: AbortSignal
}

export interface Issued {
  readonly lease: Lease
  readonly accountId: string
  readonly minValidityMet: boolean
}

export interface TokenIssuerPorts {
  readonly accounts: Accounts
  readonly clients: Clients
  readonly leases: Leases
  readonly lastUses: LastUses
  readonly removals: Removals
  readonly leaseOpener: LeaseOpener
  readonly audit: Audit
  readonly lock: Lock
  readonly startupRecovery: StartupRecovery
  readonly consent: Consent
  readonly clock: Clock
  /** Aborted when a stop begins. */
  readonly stopping: AbortSignal
  /** Closes a lease whose token was refused. */
  readonly closeRefused: (lease: Lease) => void
}

/** How often a request starts over after its lease was closed or its account changed during it. */
const ROUNDS = 3

/** Issues tokens. Every token is recorded before it leaves. */
export class TokenIssuer {
  readonly #ports: TokenIssuerPorts
  readonly #consents = new SingleFlight<string, 'allow' | 'deny'>()
  readonly #refusals: RefusalLimiter

  constructor(ports: TokenIssuerPorts) {
    this.#ports = ports
    this.#refusals = new RefusalLimiter(ports.clock)
  }

  /**
   * A lease whose token is valid for at least as long as requested, or the best available with
   * `minValidityMet: false`. Rejects with `vault_locked`, `vault_unavailable`, `record_unavailable`, `access_denied`,
   * `invalid_client`, `not_found`, `login_required`, `cancelled`, or what the service said.
   */
  async issue(request: IssueRequest): Promise<Issued> {
    try {
      return await this.#issue(request)
    } catch (error) {
      await this.#recordRefusal(request, error)
      throw error
    }
  }

  async #issue(request: IssueRequest): Promise<Issued> {
    const issued = await retryWhileStale(ROUNDS, () => this.#tryToIssue(request))
    if (issued) return issued
    throw new TokentrayError('temporarily_unavailable', 'The account is being changed.', {
      account: request.account.id,
      hint: 'Ask again.',
      recordedCause: 'account_changing',
    })
  }

  /** `null` if the lease was closed or the account changed meanwhile. */
  async #tryToIssue(request: IssueRequest): Promise<Issued | null> {
    const { lock, leases, lastUses, leaseOpener, removals, audit, clock } = this.#ports
    const { client, minValiditySeconds, reason } = request
    const admitted = this.#admitAtOnce(request) ?? (await this.#admit(request))
    const account = lacksCredential(admitted.record)
      ? await this.#recoverCredential(admitted)
      : admitted
    this.#handleRefusedLease(request, account)
    const wantMs = 1_000 * (minValiditySeconds ?? DEFAULT_MIN_VALIDITY_SECONDS)
    const wanted = { client, account, wantMs, reason }
    const lease =
      leaseOpener.findCurrent(wanted) ??
      (await unlessGone(leaseOpener.obtain(wanted), request.signal))
    if (!lease) return null
    if (reason !== undefined) lease.reason = reason
    await audit.record({
      event: 'issue',
      client: client.name,
      account: account.id,
      accountUid: account.uid,
      lease: lease.id,
      fingerprint: lease.fingerprint,
      endsAt: lease.lifetime.endsAt,
      route: request.route,
      ...(reason !== undefined && { reason }),
    })
    // Locked, logged out, removed or closed while it was recorded: then it must not leave.
    if (lock.locked || removals.has(account.uid) || !leases.isOpen(lease)) return null
    lastUses.note(account.uid, client.name, clock.now())
    const minValidityMet =
      lease.lifetime.remainingMs >= wantMs || (minValiditySeconds === undefined && isYoung(lease))
    return { lease, accountId: account.id, minValidityMet }
  }

  /** The account if the request can be admitted at once; else `null`. */
  #admitAtOnce({ client, account: { uid } }: IssueRequest): Account | null {
    const { lock, startupRecovery, accounts, clients, removals, stopping } = this.#ports
    if (stopping.aborted || lock.locked || !startupRecovery.isOpen || removals.has(uid)) return null
    return clients.isGranted(client, uid) ? (accounts.byUid(uid) ?? null) : null
  }

  /**
   * Rejects for everything but the account's own ability to give a token. Resolves to the account as it is
   * after the wait.
   */
  async #admit(request: IssueRequest): Promise<Account> {
    const { lock, startupRecovery, accounts, clients, removals, stopping } = this.#ports
    const { client, account } = request
    if (stopping.aborted) {
      throw new TokentrayError('temporarily_unavailable', 'Tokentray is stopping.', {
        recordedCause: 'stopping',
      })
    }
    if (lock.locked) await unlessGone(lock.unlocked(), request.signal)
    accounts.getByUid(account.uid)
    if (!clients.isGranted(client, account.uid)) await this.#askConsent(request)
    if (!startupRecovery.isOpen) await unlessGone(startupRecovery.opened(), request.signal)
    removals.requireNotRemoving(account)
    return accounts.getByUid(account.uid)
  }

  /** The account as it is after a look in the keychain for its missing credential. */
  async #recoverCredential(account: Account): Promise<Account> {
    const { accounts } = this.#ports
    await accounts.recoverCredentials([account])
    return accounts.getByUid(account.uid)
  }

  /**
   * Closes the refused lease at once. Each token causes at most one login: a second report about the same
   * one changes nothing.
   */
  #handleRefusedLease({ client, refusedLease }: IssueRequest, account: Account): void {
    const { leases, closeRefused } = this.#ports
    const lease = refusedLease === undefined ? undefined : leases.get(refusedLease)
    if (!lease || lease.client !== client.id || lease.accountUid !== account.uid) return
    const { session, uid } = account
    const costsLogin =
      lease.kind === 'shared'
        ? session.current === lease.held
        : leases.currentOf(client.id, uid) === lease
    if (costsLogin) this.#refusals.count(uid)
    session.markRefused(lease.held)
    closeRefused(lease)
  }

  /** Asks once for concurrent requests; the question stays open when a caller goes away. */
  async #askConsent({ client, account, reason, signal }: IssueRequest): Promise<void> {
    const { consent, clients, accounts, stopping } = this.#ports
    if (!clients.isKnown(client)) {
      throw new TokentrayError('invalid_client', undefined, { recordedCause: 'tool_removed' })
    }
    const question = {
      client: client.name,
      account: account.id,
      ...(reason !== undefined && { reason }),
    }
    const asked = this.#consents.run(`${client.id} ${account.uid}`, async () => {
      const answer = await consent.ask(question, stopping)
      if (answer === 'allow' && accounts.byUid(account.uid)) {
        clients.grant(client, account.uid, trayClient)
      }
      return answer
    })
    if ((await unlessGone(asked, signal)) === 'deny') throw new TokentrayError('access_denied')
  }

  async #recordRefusal({ client, account, route }: IssueRequest, error: unknown): Promise<void> {
    const { code, silentHost: host, recordedCause: cause } = toTokentrayError(error)
    // A caller that has gone was not refused; and a failed write would only fail again.
    if (code === 'cancelled' || code === 'record_unavailable') return
    await this.#ports.audit.record({
      event: 'refuse',
      client: client.name,
      account: account.id,
      accountUid: account.uid,
      code,
      ...(cause !== undefined && { cause }),
      ...(host !== undefined && { host }),
      route,
    })
  }
}

/** As good as the account gives: who has asked for nothing has nothing to be warned of. */
function isYoung({ lifetime: { lengthMs, remainingMs } }: Lease): boolean {
  return !mayRenew(lengthMs, remainingMs)
}
