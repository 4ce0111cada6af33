import type { Clock } from '../../base/clock.ts'
import { Lifetime } from '../../base/clock.ts'
import { randomText } from '../../base/ids.ts'
import type { Secrets } from '../../base/secret.ts'
import type { AccessToken, FormValues } from '../../providers/provider.ts'
import type { LedgerLine, LedgerStore } from '../../vault/ledger/ledger-store.ts'
import {
  type CredentialEntry,
  type LedgerEntry,
  parseEntry,
  type ReservationEntry,
  type TokenEntry,
  toStored,
} from './ledger-entry.ts'
import { type CredentialOwner, SavedCredentials } from './saved-credentials.ts'

/** A token that we got from a service, and how long it is still valid. */
export interface HeldToken extends TokenEntry {
  /** Until its own expiry: for so long it may be used. */
  readonly lifetime: Lifetime
  /** Until its service stops accepting it: before that it is not reported as expired. */
  readonly validity: Lifetime
  /** From the service's response to its expiry, milliseconds, also after a restart; `Infinity` for never. */
  readonly lifeMs: number
}

/** A token that may have been made for a lease, or may still be. */
export interface Reservation extends ReservationEntry {
  /** Until it has certainly expired. */
  readonly validity: Lifetime
}

/** The credential of a logged-out account, which has to be ended at its service. */
export interface EndingCredential extends CredentialEntry {
  readonly credential: Secrets
  readonly leaseId?: undefined
  /** Until the service says that it has ended. */
  readonly validity: Lifetime
}

/** An entry of the ledger, which has to be revoked or expire. */
export type LedgerItem = HeldToken | Reservation | EndingCredential

/** What the ledger records of a token, besides the token. */
export interface TokenOwner {
  readonly accountUid: string
  readonly provider: string
  readonly values: FormValues
  readonly kind: 'session' | 'lease'
  /** The account's id, for when the account is gone. */
  readonly account?: string | undefined
  /** The client that it is made for, if any. */
  readonly client?: string | undefined
  /** A login makes it as a trial, or failed after making it. */
  readonly isTrial?: boolean | undefined
}

/** Longer than the lifetime of any token that a service makes under a lease id. */
const RESERVATION_MS = 8 * 86_400_000

/** The file is compacted when it is this long, and most of its entries have been removed. */
const COMPACT_AT_LINES = 2_000
const COMPACT_AT_RATIO = 4

/**
 * The durable list of the tokens that services still accept because of us. A token is added before it is
 * used or issued, and stays until it is revoked or has expired.
 */
export class Ledger {
  /** The credentials that renewals change. */
  readonly credentials: SavedCredentials
  readonly #store: LedgerStore
  readonly #clock: Clock
  readonly #onAdded: () => void
  readonly #live = new Map<string, LedgerItem>()
  /** The same by account, so that a walk over many accounts is fast. */
  readonly #byAccount = new Map<string, Map<string, LedgerItem>>()
  /** By id: the change that is not on disk yet. */
  readonly #unwritten = new Map<string, symbol>()
  readonly #released = new Set<string>()
  /** By token: the reservation that it replaces, whose line is still on disk. */
  readonly #replaced = new Map<string, string>()
  #unreadable = 0

  /** `onAdded` is called for each token that is added. */
  constructor(store: LedgerStore, clock: Clock, onAdded: () => void = () => undefined) {
    this.credentials = new SavedCredentials(store, clock)
    this.#store = store
    this.#clock = clock
    this.#onAdded = onAdded
  }

  /** False if it is in memory only, so that the next run does not know the tokens. */
  get isPersistent(): boolean {
    return this.#store.isPersistent
  }

  /**
   * Reads what earlier runs left, and returns the notices for the user. Rejects without a change while the
   * vault cannot be read.
   */
  async open(): Promise<readonly string[]> {
    const { entries, notices } = await this.#store.load()
    this.#unreadable = 0
    for (const stored of entries) {
      const entry = parseEntry(stored)
      if (!entry) {
        this.#unreadable += 1
        continue
      }
      const item = this.#toItem(entry)
      if (item) this.#index(item)
      else if (entry.kind === 'credential') this.credentials.load(entry)
      if (entry.kind !== 'plan' && entry.isLetGo) this.#released.add(entry.id)
    }
    return this.#unreadable === 0 ? notices : [...notices, ofAnotherVersion(this.#unreadable)]
  }

  /** How many entries of a newer version this one cannot read; they stay in the file. */
  get unreadable(): number {
    return this.#unreadable
  }

  /**
   * Adds a new token in memory, so that it is not lost if `write`, which must follow, fails. A token that a
   * service returns twice has one entry, and is revoked once for all its holders.
   */
  add(owner: TokenOwner, token: AccessToken): HeldToken {
    const { accountUid, provider, kind } = owner
    const known = this.tokensOf(accountUid).find(
      (held) =>
        held.provider === provider && held.kind === kind && held.token.value.equals(token.value),
    )
    if (known) return known
    return this.#insert(this.#toHeld({ ...owner, ...this.#newEntry(), token }))
  }

  /** Adds a token that is about to be requested; as with `add`, `write` must follow. */
  reserve(owner: Omit<TokenOwner, 'kind'>, leaseId: string): Reservation {
    const expiresAt = this.#clock.now() + RESERVATION_MS
    const plan = { ...owner, ...this.#newEntry(), kind: 'plan', leaseId, expiresAt } as const
    return this.#insert({ ...plan, validity: new Lifetime(this.#clock, expiresAt) })
  }

  /**
   * Replaces a reservation with the token that was made for it; as with `add`, `write` must follow. On disk
   * the reservation stays until the token is written or removed.
   */
  complete(plan: Reservation, values: FormValues, token: AccessToken): HeldToken {
    const { accountUid, provider, leaseId, account, client, isTrial } = plan
    this.#unindex(plan)
    const about = { accountUid, provider, values, leaseId, account, client, isTrial }
    const owner = { ...about, kind: 'lease' } as const
    const held = this.#toHeld({ ...owner, ...this.#newEntry(), token })
    this.#replaced.set(held.id, plan.id)
    return this.#insert(held)
  }

  /**
   * The service has extended a token: all its holders see the new expiry. As with `add`,
   * `write` must follow.
   */
  extend(held: HeldToken, token: AccessToken): HeldToken {
    const { lifetime: _, validity: __, lifeMs: ___, ...entry } = held
    Object.assign(held, this.#toHeld({ ...entry, token, addedAt: this.#clock.now() }))
    return this.#live.has(held.id) ? this.#insert(held) : held
  }

  /**
   * Lists the credential of an account that was logged out, so that it is ended at its service however
   * late; as with `add`, `write` must follow.
   */
  endCredential(owner: CredentialOwner, item: string, credential: Secrets): EndingCredential {
    const saved = this.credentials.find(item)
    const { id, addedAt } = saved ?? this.#newEntry()
    if (saved) this.credentials.forget(saved)
    this.#released.add(id)
    const about = { ...owner, id, addedAt, item, credential, kind: 'credential' } as const
    return this.#insert({ ...about, validity: new Lifetime(this.#clock, null) })
  }

  /** Notes that a reservation was revoked by its lease id once; rejects with `record_unavailable`. */
  async noteRevoked(plan: Reservation): Promise<void> {
    if (!this.#live.has(plan.id) || plan.isEnded) return
    await this.write(this.#insert({ ...plan, isEnded: true }))
  }

  /**
   * Marks a session token as not to be adopted by a later run, even if it cannot be revoked yet. Other
   * tokens are never adopted. If that cannot be written now, `write` retries it.
   */
  markReleased(item: LedgerItem): void {
    const { id, kind } = item
    if (kind !== 'session' || !this.#live.has(id) || this.#released.has(id)) return
    this.#released.add(id)
    this.write(this.#insert(item)).catch(() => undefined)
  }

  /** Marks a token as that of a login that was not completed; written when it is revoked. */
  markTrial<Item extends LedgerItem>(item: Item): Item {
    if (item.isTrial || !this.#live.has(item.id)) return item
    return this.#insert({ ...item, isTrial: true })
  }

  /** True if `markReleased` was called for it, in this run or an earlier one. */
  isReleased({ id }: LedgerItem): boolean {
    return this.#released.has(id)
  }

  /**
   * Stores the account's id with each of its tokens, for when the account is gone. What cannot be written
   * now, `write` retries.
   */
  setAccountName(accountUid: string, account: string): void {
    for (const item of this.ofAccount(accountUid)) {
      if (item.account === account) continue
      this.write(this.#insert({ ...item, account })).catch(() => undefined)
    }
  }

  /**
   * Resolves when the token is on disk, and with it whatever is new of its account's credential; rejects
   * with `record_unavailable`.
   */
  async write(item: LedgerItem): Promise<void> {
    const change = this.#unwritten.get(item.id)
    // A service may give a known token again, with another credential.
    if (!change) return await this.credentials.write(item)
    const credentials = this.credentials.unwrittenOf(item.accountUid)
    const isReleased = this.#released.has(item.id)
    const entry = item.kind === 'plan' ? item : { ...item, isLetGo: isReleased }
    const lines = [
      ...[{ op: 'add', entry: toStored(entry) } as const, ...this.#reservationLines(item)],
      // In one write: a token must not be on disk without the credential that came with it.
      ...credentials.lines,
    ]
    await this.#store.append(lines)
    credentials.written()
    // What has changed during the write is still to be written.
    if (this.#unwritten.get(item.id) === change) this.#unwritten.delete(item.id)
    this.#replaced.delete(item.id)
  }

  /**
   * Removes a token that was revoked or has expired. If that cannot be written, the next start finds the
   * token and revokes it once more, which services answer with "already revoked".
   */
  async remove(id: string): Promise<void> {
    const item = this.#live.get(id)
    if (!item) return
    const plan = this.#reservationLines(item)
    this.#unindex(item)
    this.#replaced.delete(id)
    // Also for an entry that is not on disk: its line may be being written.
    await this.#store.append([{ op: 'end', id }, ...plan])
    const { lines } = this.#store
    if (lines >= COMPACT_AT_LINES && lines >= COMPACT_AT_RATIO * this.#live.size) {
      await this.#store.compact()
    }
  }

  /** False while a change of it is in memory only. */
  isWritten({ id }: LedgerItem): boolean {
    return !this.#unwritten.has(id)
  }

  get(id: string): LedgerItem | undefined {
    return this.#live.get(id)
  }

  all(): readonly LedgerItem[] {
    return [...this.#live.values()]
  }

  /** The entries of an account, oldest first. */
  ofAccount(accountUid: string): readonly LedgerItem[] {
    return [...(this.#byAccount.get(accountUid)?.values() ?? [])]
  }

  /** The tokens of an account, oldest first. */
  tokensOf(accountUid: string): readonly HeldToken[] {
    return this.ofAccount(accountUid).filter(isToken)
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  #unindex({ id, accountUid }: LedgerItem): void {
    this.#live.delete(id)
    const others = this.#byAccount.get(accountUid)
    others?.delete(id)
    if (others?.size === 0) this.#byAccount.delete(accountUid)
    this.#unwritten.delete(id)
    this.#released.delete(id)
  }

  /** The line that removes the reservation that the token replaces. */
  #reservationLines({ id }: LedgerItem): readonly LedgerLine[] {
    const plan = this.#replaced.get(id)
    return plan === undefined ? [] : [{ op: 'end', id: plan }]
  }

  #newEntry() {
    return { id: randomText(96), addedAt: this.#clock.now() }
  }

  #insert<Item extends LedgerItem>(item: Item): Item {
    this.#index(item)
    this.#unwritten.set(item.id, Symbol('change'))
    this.#onAdded()
    return item
  }

  #index(item: LedgerItem): void {
    this.#live.set(item.id, item)
    const others = this.#byAccount.get(item.accountUid) ?? new Map()
    this.#byAccount.set(item.accountUid, others.set(item.id, item))
  }

  /** `null` for a credential that is in use. */
  #toItem(entry: LedgerEntry): LedgerItem | null {
    if (entry.kind === 'plan') {
      return { ...entry, validity: new Lifetime(this.#clock, entry.expiresAt) }
    }
    if (entry.kind !== 'credential') return this.#toHeld(entry)
    const { credential, isLetGo, ...rest } = entry
    if (!credential || !isLetGo) return null
    return { ...rest, credential, validity: new Lifetime(this.#clock, null) }
  }

  #toHeld(entry: TokenEntry): HeldToken {
    const { expiresAt, takenAfterEndMs = 0 } = entry.token
    const lifetime = new Lifetime(this.#clock, expiresAt)
    const lastEnd = expiresAt === null ? null : expiresAt + takenAfterEndMs
    const validity = new Lifetime(this.#clock, lastEnd)
    const known = expiresAt === null ? Number.POSITIVE_INFINITY : expiresAt - entry.addedAt
    return { ...entry, lifetime, validity, lifeMs: Math.max(known, lifetime.lengthMs) }
  }
}

/** False for a reservation or a credential. */
export function isToken(item: LedgerItem): item is HeldToken {
  return item.kind === 'session' || item.kind === 'lease'
}

function ofAnotherVersion(count: number): string {
  const [tokens, they] = count === 1 ? ['1 token', 'It is'] : [`${count} tokens`, 'They are']
  return `${tokens} in the ledger can only be read by a newer version of Tokentray. ${they} not revoked by this version.`
}
