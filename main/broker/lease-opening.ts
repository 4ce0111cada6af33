import { isDeepStrictEqual } from 'node:util'
import { isTokentrayError, TokentrayError } from '../base/errors.ts'
import { newLeaseId } from '../base/ids.ts'
import type { Provider } from '../providers/provider.ts'
import type { AccountRecord } from '../settings/schema.ts'
import type { Account, Accounts } from './accounts.ts'
import type { Calls } from './calls.ts'
import type { Client, Clients } from './clients.ts'
import type { Endings } from './endings.ts'
import { mayRenew } from './freshness.ts'
import type { Lease, Leases } from './leases.ts'
import type { HeldToken, Ledger } from './ledger.ts'
import type { Lock } from './lock.ts'
import type { Opening } from './opening.ts'
import { recordOrEnd } from './recording.ts'
import { SingleFlight } from './single-flight.ts'

interface LeaseOpeningPorts {
  readonly accounts: Accounts
  readonly clients: Clients
  readonly leases: Leases
  readonly ledger: Ledger
  readonly endings: Endings
  readonly calls: Calls
  readonly lock: Lock
  readonly opening: Opening
  /** Aborted when the broker stops. */
  readonly stopped: AbortSignal
  readonly endRefused: (lease: Lease) => void
  readonly arm: (deadline: number) => void
}

/** A lease that somebody wants to have. */
export interface WantedLease {
  readonly client: Client
  readonly account: Account
  /** How long the token must live at least. */
  readonly wantMs: number
  readonly reason: string | undefined
}

/** Finds the lease that a client has, or opens one, on the session's token or on one of its own. */
export class LeaseOpening {
  readonly #ports: LeaseOpeningPorts
  readonly #flights = new SingleFlight<string, Lease | null>()

  constructor(ports: LeaseOpeningPorts) {
    this.#ports = ports
  }

  /** The client's own lease, while it lives long enough and its token is not in doubt. */
  fresh({ client, account, wantMs }: WantedLease): Lease | null {
    const { session, record, uid } = account
    const lease = this.#ports.leases.currentOf(client.id, uid)
    if (!lease || lease.kind !== record.leaseKind) return null
    if (lease.lifetime.remainingMs < Math.max(wantMs, 1)) return null
    if (!session.proofs.has(lease.held)) return null
    return lease
  }

  /**
   * A lease as good as the account can give; concurrent requests of one client share it. `null` when
   * the account was changed meanwhile, so that the request has to be looked at anew.
   */
  obtain(wanted: WantedLease): Promise<Lease | null> {
    const { client, account, wantMs } = wanted
    return this.#flights.run(`${client.id} ${account.uid} ${wantMs}`, () =>
      account.record.leaseKind === 'shared'
        ? this.#share(wanted)
        : account.mints.run(() => this.#dedicate(wanted)),
    )
  }

  async #share(wanted: WantedLease): Promise<Lease | null> {
    const { leases } = this.#ports
    const { client, account, wantMs } = wanted
    const lengthMs = account.record.leaseSeconds * 1_000
    const held = await account.session.token(Math.min(wantMs, lengthMs))
    // Given up between the answer and our turn: it ends, or has ended.
    if (!held || !account.session.owns(held) || this.#mayNot(wanted)) return null
    const current = leases.currentOf(client.id, account.uid)
    if (current?.held !== held) return this.#open(newLeaseId(), wanted, held, lengthMs)
    if (current.lifetime.remainingMs < wantMs) leases.extend(current, lengthMs)
    return current
  }

  async #dedicate(wanted: WantedLease): Promise<Lease | null> {
    const { accounts, leases, endRefused } = this.#ports
    const { client, wantMs } = wanted
    // It may have waited behind many others.
    const account = accounts.getByUid(wanted.account.uid)
    if (account.record.leaseKind !== 'dedicated' || this.#mayNot(wanted)) return null
    const { session, provider, record, uid } = account
    const current = leases.currentOf(client.id, uid)
    if (current && isOf(current, record) && isGoodEnough(current, wantMs)) {
      if (await session.proofs.accepts(current.held, provider)) return current
      session.refuse(current.held)
      endRefused(current)
    }
    const leaseId = newLeaseId()
    const held = await this.#mint(leaseId, account)
    if (!held) return null
    if (!this.#mayNot(wanted)) return this.#open(leaseId, wanted, held, record.leaseSeconds * 1_000)
    await this.#ports.endings.end(held)
    return null
  }

  /** A token for this lease alone, recorded; `null` if the account was changed meanwhile. */
  async #mint(leaseId: Lease['id'], account: Account): Promise<HeldToken | null> {
    const { ledger, endings, calls, stopped } = this.#ports
    const { session, provider, uid, record } = account
    const mint = provider.mint?.bind(provider)
    if (!mint) throw new TokentrayError('not_supported', `${provider.title} cannot mint tokens.`)
    const { generation } = session
    try {
      const request = { leaseId, lifetimeSeconds: record.leaseSeconds }
      let source = await session.forMint()
      const ask = (proves: Provider['mintsFrom']) =>
        session.guarded(() => mint(source, request, calls.context('lease', stopped)), proves)
      const parent = session.current
      const minted = await ask(provider.mintsFrom).catch(async (error: unknown) => {
        if (!parent || !isRefusal(error) || provider.mintsFrom !== 'session') throw error
        // Somebody has ended the session's token: one new login, and the same again.
        session.drop(parent)
        source = await session.forMint()
        return await ask('credential')
      })
      const { values } = source
      const owner = { accountUid: uid, provider: provider.id, values, kind: 'lease' } as const
      const held = await recordOrEnd(ledger, endings, owner, minted)
      session.proofs.vouch(held)
      if (session.generation === generation) return held
      await endings.end(held)
      return null
    } catch (error) {
      // What failed was asked for under a credential, or for leases, that are no more.
      if (session.generation !== generation) return null
      throw error
    }
  }

  /** Asked again after every wait: what was allowed before it need not be any more. */
  #mayNot({ client, account }: WantedLease): boolean {
    const { lock, clients } = this.#ports
    return lock.locked || !clients.isGranted(client, account.uid)
  }

  #open(
    id: Lease['id'],
    { client, account, reason }: WantedLease,
    held: HeldToken,
    lengthMs: number,
  ): Lease {
    const { leases, opening, arm } = this.#ports
    const lease = leases.open(
      {
        id,
        client: client.id,
        accountUid: account.uid,
        kind: held.kind === 'session' ? 'shared' : 'dedicated',
        held,
        fingerprint: opening.fingerprint(held.token.value),
        ...(reason !== undefined && { reason }),
      },
      lengthMs,
    )
    if (lease.lifetime.endsAt !== null) arm(lease.lifetime.endsAt)
    return lease
  }
}

/** False for a lease from before the account changed its kind or its address. */
function isOf({ kind, held }: Lease, { leaseKind, values }: AccountRecord): boolean {
  return kind === leaseKind && isDeepStrictEqual(held.values, values)
}

const isRefusal = (error: unknown) => isTokentrayError(error) && error.code === 'wrong_credentials'

/** Long enough for who asks, or else too young to be replaced. */
function isGoodEnough({ lifetime }: Lease, wantMs: number): boolean {
  const { lengthMs, remainingMs } = lifetime
  return remainingMs >= Math.max(wantMs, 1) || (remainingMs > 0 && !mayRenew(lengthMs, remainingMs))
}
