import { isDeepStrictEqual } from 'node:util'
import { newLeaseId } from '../../base/ids.ts'
import type { Account, Accounts } from '../account/accounts.ts'
import type { Client, Clients } from '../clients.ts'
import { SingleFlight } from '../concurrency/single-flight.ts'
import type { HeldToken, Ledger } from '../ledger/ledger.ts'
import type { Lock } from '../lock.ts'
import type { Revoker } from '../revocation/revoker.ts'
import { withTransportOf } from '../service/same-service.ts'
import { mayRenew } from '../session/renewal-times.ts'
import type { StartupRecovery } from '../startup-recovery.ts'
import type { Lease, Leases } from './leases.ts'
import type { TokenMinter } from './token-minter.ts'

interface LeaseOpenerParts {
  readonly accounts: Accounts
  readonly clients: Clients
  readonly leases: Leases
  readonly tokenMinter: TokenMinter
  readonly ledger: Ledger
  readonly revoker: Revoker
  readonly lock: Lock
  readonly startupRecovery: StartupRecovery
  readonly closeRefused: (lease: Lease) => void
  readonly arm: (deadline: number) => void
}

/** What a client requests. */
export interface WantedLease {
  readonly client: Client
  readonly account: Account
  /** How long the token must be valid at least. */
  readonly wantMs: number
  readonly reason: string | undefined
}

/** Finds the current lease of a client, or opens one: on the session token, or on a token of its own. */
export class LeaseOpener {
  readonly #parts: LeaseOpenerParts
  readonly #flights = new SingleFlight<string, Lease | null>()

  constructor(parts: LeaseOpenerParts) {
    this.#parts = parts
  }

  /** The client's current lease, if it is valid for long enough and its token needs no check. */
  findCurrent({ client, account, wantMs }: WantedLease): Lease | null {
    const { session, record, uid } = account
    const lease = this.#parts.leases.currentOf(client.id, uid)
    if (!lease || lease.kind !== record.leaseKind) return null
    if (lease.lifetime.remainingMs < Math.max(wantMs, 1)) return null
    if (!session.tokenChecks.isValid(lease.held)) return null
    return lease
  }

  /**
   * The longest lease that the account can give; concurrent requests of one client share it. `null` if the
   * account was changed meanwhile, so that the request has to start over.
   */
  obtain(wanted: WantedLease): Promise<Lease | null> {
    const { client, account, wantMs } = wanted
    return this.#flights.run(`${client.id} ${account.uid} ${wantMs}`, () =>
      account.record.leaseKind === 'shared'
        ? this.#share(wanted)
        : account.mintQueue.run(() => this.#dedicate(wanted)),
    )
  }

  /**
   * A new dedicated token for the client of this lease, which is not closed; `null` if the client or the
   * account was changed meanwhile.
   */
  async replace({ client: id, accountUid, reason }: Lease): Promise<Lease | null> {
    const { accounts, clients } = this.#parts
    const account = accounts.getByUid(accountUid)
    const client = clients.byId(id)
    if (!client) return null
    return await account.mintQueue.run(() =>
      this.#mint({ client, account, wantMs: 0, reason }, accounts.getByUid(accountUid)),
    )
  }

  async #share(wanted: WantedLease): Promise<Lease | null> {
    const { leases, closeRefused } = this.#parts
    const { client, account, wantMs } = wanted
    const { session, driver } = account
    const lengthMs = this.#lengthMsOf(wanted, account)
    const before = leases.currentOf(client.id, account.uid)
    if (
      before &&
      !session.owns(before.held) &&
      !(await session.tokenChecks.check(before.held, driver))
    ) {
      closeRefused(before)
    }
    const held = await session.token(Math.min(wantMs, lengthMs))
    this.#closeRejected(account)
    // The session gave it up meanwhile: it is being revoked.
    if (!held || !session.owns(held) || this.#isDenied(wanted)) return null
    const current = leases.currentOf(client.id, account.uid)
    if (current?.held !== held) return this.#open(newLeaseId(), wanted, held, lengthMs)
    if (current.lifetime.remainingMs < wantMs) leases.extend(current, lengthMs)
    return current
  }

  async #dedicate(wanted: WantedLease): Promise<Lease | null> {
    const { accounts, leases, closeRefused } = this.#parts
    const { client, wantMs } = wanted
    // The account may have changed while this was queued.
    const account = accounts.getByUid(wanted.account.uid)
    if (account.record.leaseKind !== 'dedicated' || this.#isDenied(wanted)) return null
    const { session, driver, uid } = account
    const current = leases.currentOf(client.id, uid)
    if (current && isOf(current, account) && isLongEnough(current, wantMs)) {
      if (await session.tokenChecks.check(current.held, driver)) return current
      session.markRefused(current.held)
      closeRefused(current)
    }
    const known = await this.#findIrrevocable(wanted, account)
    if (!known) return await this.#mint(wanted, account)
    return this.#isDenied(wanted) ? null : this.#reopen(known, wanted, account)
  }

  /**
   * A token that was issued to this client before and cannot be revoked: issuing it again exposes less than
   * making another one that cannot be revoked either. Not after a log-out, even if it is still valid.
   */
  async #findIrrevocable(wanted: WantedLease, account: Account): Promise<HeldToken | null> {
    const { client, wantMs } = wanted
    const { ledger, revoker } = this.#parts
    const { session, driver, uid } = account
    const { epoch, tokenChecks } = session
    const { current } = epoch
    if (session.isSignedOut) return null
    const enoughMs = Math.max(Math.min(wantMs, this.#lengthMsOf(wanted, account)), 1)
    const known = ledger
      .tokensOf(uid)
      .filter(
        (held) =>
          held.client === client.id &&
          held.lifetime.remainingMs >= enoughMs &&
          !revoker.isRevocable(held) &&
          !tokenChecks.isRefused(held) &&
          isSameAccount(held, account),
      )
    for (const held of [...known].reverse()) {
      const isGood = await tokenChecks.check(held, driver)
      if (!epoch.isCurrent(current)) return null
      if (isGood) return held
    }
    return null
  }

  #reopen(held: HeldToken, wanted: WantedLease, account: Account): Lease {
    const { leases, revoker } = this.#parts
    const lengthMs = this.#lengthMsOf(wanted, account)
    const current = leases.currentOf(wanted.client.id, account.uid)
    if (current?.held === held) {
      leases.extend(current, lengthMs)
      return current
    }
    revoker.tracker.forget(held)
    return this.#open(newLeaseId(), wanted, held, lengthMs)
  }

  /** Closes the leases whose token the service refused. */
  #closeRejected({ uid, session }: Account): void {
    const { leases, closeRefused } = this.#parts
    const dead = leases
      .list({ accountUid: uid })
      .filter(({ held }) => session.tokenChecks.isRejected(held))
    for (const lease of dead) closeRefused(lease)
  }

  async #mint(wanted: WantedLease, account: Account): Promise<Lease | null> {
    const { tokenMinter, revoker } = this.#parts
    const leaseId = newLeaseId()
    const lengthMs = this.#lengthMsOf(wanted, account)
    const held = await tokenMinter.mint(leaseId, account, {
      client: wanted.client.id,
      lifetimeSeconds: lengthMs / 1_000,
    })
    if (!held) return null
    if (!this.#isDenied(wanted)) return this.#open(leaseId, wanted, held, lengthMs)
    await revoker.revoke(held)
    return null
  }

  #lengthMsOf({ client }: WantedLease, { record }: Account): number {
    return this.#parts.clients.leaseSecondsOf(client, record) * 1_000
  }

  /** Checked after every wait, because the permission may have changed. */
  #isDenied({ client, account }: WantedLease): boolean {
    const { lock, clients } = this.#parts
    return lock.locked || !clients.isGranted(client, account.uid)
  }

  #open(
    id: Lease['id'],
    { client, account, reason }: WantedLease,
    held: HeldToken,
    lengthMs: number,
  ): Lease {
    const { leases, startupRecovery, arm } = this.#parts
    const lease = leases.open(
      {
        id,
        client: client.id,
        accountUid: account.uid,
        kind: held.kind === 'session' ? 'shared' : 'dedicated',
        held,
        fingerprint: startupRecovery.fingerprint(held.token.value),
        ...(reason !== undefined && { reason }),
      },
      lengthMs,
    )
    if (lease.lifetime.endsAt !== null) arm(lease.lifetime.endsAt)
    return lease
  }
}

/** False for a lease from before the account changed its lease kind or address. */
function isOf({ kind, held }: Lease, account: Account): boolean {
  return kind === account.record.leaseKind && isSameAccount(held, account)
}

/** True for a token of the account with its present settings, except for those of transport. */
function isSameAccount(held: HeldToken, { values }: Account): boolean {
  return isDeepStrictEqual(withTransportOf(held.values, values), values)
}

/** Valid for long enough, or in the first half of its lifetime. */
function isLongEnough({ lifetime }: Lease, wantMs: number): boolean {
  const { lengthMs, remainingMs } = lifetime
  return remainingMs >= Math.max(wantMs, 1) || (remainingMs > 0 && !mayRenew(lengthMs, remainingMs))
}
