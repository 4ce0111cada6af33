import type { EndCause } from '../../audit/audit.ts'
import type { Clock } from '../../base/clock.ts'
import { Lifetime } from '../../base/clock.ts'
import type { ClientId, LeaseId } from '../../base/ids.ts'
import type { LeaseKind } from '../../providers/provider.ts'
import type { HeldToken } from '../ledger/ledger.ts'
import type { Actor } from '../record/actor.ts'

/** A client holds a token until a time. */
export interface Lease {
  readonly id: LeaseId
  readonly client: ClientId
  readonly accountUid: string
  readonly kind: LeaseKind
  readonly held: HeldToken
  readonly fingerprint: string
  readonly openedAt: number
  /** A portal session of the user: it is not issued to the client. */
  readonly isPortal?: true
  /** What the client last gave as the reason. */
  reason?: string
  /** Until when it is open; a shared lease may be extended. */
  lifetime: Lifetime
}

export type NewLease = Omit<Lease, 'lifetime' | 'openedAt'>

export interface LeaseFilter {
  readonly id?: string
  readonly client?: ClientId
  readonly accountUid?: string
}

/** Who closed a lease, and why. */
export interface Closing {
  readonly by: Actor
  readonly cause: EndCause
}

interface LeasesPorts {
  readonly changed?: () => void
  /** Called for every lease that is closed; `shared`: other leases have the same token. */
  readonly closed?: (lease: Lease, closing: Closing & { readonly shared: boolean }) => void
}

/** All open leases: one current lease for each client and account, and those that it replaced. */
export class Leases {
  readonly #clock: Clock
  readonly #ports: LeasesPorts
  readonly #byId = new Map<string, Lease>()
  /** The same by account, so that a walk over many accounts is fast. */
  readonly #byAccount = new Map<string, Set<Lease>>()
  readonly #current = new Map<string, Lease>()
  readonly #holders = new Map<string, Set<Lease>>()
  /** The tokens that a tool may have, with or without an open lease, and which; `null` if that is not known. */
  readonly #issued = new WeakMap<HeldToken, Set<ClientId> | null>()

  constructor(clock: Clock, ports: LeasesPorts = {}) {
    this.#clock = clock
    this.#ports = ports
  }

  /** A tool may have this token from an earlier run, though no lease is open. */
  markIssued(held: HeldToken): void {
    this.#issued.set(held, null)
  }

  /** True for a token that a lease was opened on, and for one with `markIssued`. */
  mayBeIssued(held: HeldToken): boolean {
    return this.#issued.has(held)
  }

  /** Whether this client may have the token; true for one that an earlier run may have issued to any client. */
  mayBeIssuedTo(held: HeldToken, client: ClientId): boolean {
    const to = this.#issued.get(held)
    return to === null || to?.has(client) === true
  }

  get count(): number {
    return this.#byId.size
  }

  /** Opens a lease, which becomes the current one of its client and account unless it is for a portal. */
  open(fresh: NewLease, lengthMs: number): Lease {
    const openedAt = this.#clock.now()
    const lifetime = new Lifetime(this.#clock, this.#endsAt(fresh.held, lengthMs))
    const lease: Lease = { ...fresh, openedAt, lifetime }
    this.#byId.set(lease.id, lease)
    const others = this.#byAccount.get(lease.accountUid) ?? new Set()
    this.#byAccount.set(lease.accountUid, others.add(lease))
    this.#noteIssued(lease)
    if (!lease.isPortal) this.#current.set(slot(lease.client, lease.accountUid), lease)
    const holders = this.#holders.get(lease.held.id) ?? new Set()
    this.#holders.set(lease.held.id, holders.add(lease))
    this.#ports.changed?.()
    return lease
  }

  #noteIssued({ held, client }: Lease): void {
    const to = this.#issued.get(held)
    if (to === undefined) this.#issued.set(held, new Set([client]))
    else to?.add(client)
  }

  /** Extends a lease to its full length, but not beyond its token. */
  extend(lease: Lease, lengthMs: number): void {
    lease.lifetime = new Lifetime(this.#clock, this.#endsAt(lease.held, lengthMs))
    this.#ports.changed?.()
  }

  /** Closes those that are open, all before the first is reported. */
  close(leases: readonly Lease[], closing: Closing): void {
    const open = leases.filter((lease) => this.isOpen(lease))
    for (const lease of open) this.#remove(lease)
    for (const lease of open) {
      this.#ports.closed?.(lease, { ...closing, shared: this.isHeld(lease.held) })
    }
    if (open.length > 0) this.#ports.changed?.()
  }

  get(id: string): Lease | undefined {
    return this.#byId.get(id)
  }

  /** False once it is closed. */
  isOpen(lease: Lease): boolean {
    return this.#byId.get(lease.id) === lease
  }

  currentOf(client: ClientId, accountUid: string): Lease | undefined {
    return this.#current.get(slot(client, accountUid))
  }

  isHeld(held: HeldToken): boolean {
    return this.#holders.has(held.id)
  }

  list(filter: LeaseFilter = {}): Lease[] {
    const { id, client, accountUid } = filter
    const all = accountUid === undefined ? this.#byId.values() : this.#byAccount.get(accountUid)
    return [...(all ?? [])].filter(
      (lease) =>
        (id === undefined || lease.id === id) && (client === undefined || lease.client === client),
    )
  }

  /** The leases that have expired but are not closed. */
  expired(): Lease[] {
    return this.list().filter((lease) => lease.lifetime.remainingMs <= 0)
  }

  /** The earliest expiry, epoch milliseconds. */
  nextExpiry(): number {
    const now = this.#clock.now()
    let next = Number.POSITIVE_INFINITY
    for (const lease of this.#byId.values()) next = Math.min(next, now + lease.lifetime.remainingMs)
    return next
  }

  #remove(lease: Lease): void {
    this.#byId.delete(lease.id)
    const others = this.#byAccount.get(lease.accountUid)
    others?.delete(lease)
    if (others?.size === 0) this.#byAccount.delete(lease.accountUid)
    const key = slot(lease.client, lease.accountUid)
    if (this.#current.get(key) === lease) this.#current.delete(key)
    const holders = this.#holders.get(lease.held.id)
    holders?.delete(lease)
    if (holders?.size === 0) this.#holders.delete(lease.held.id)
  }

  #endsAt(held: HeldToken, lengthMs: number): number {
    // Whole milliseconds: the monotonic clock has fractions.
    return this.#clock.now() + Math.floor(Math.min(lengthMs, held.lifetime.remainingMs))
  }
}

const slot = (client: ClientId, accountUid: string) => `${client} ${accountUid}`
