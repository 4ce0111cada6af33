import type { Clock } from '../../base/clock.ts'
import { Lifetime } from '../../base/clock.ts'
import { randomText } from '../../base/ids.ts'
import type { AccessToken, FormValues } from '../../providers/provider.ts'
import type { LedgerLine, LedgerStore } from '../../vault/ledger/ledger-store.ts'
import {
  type LedgerEntry,
  parseEntry,
  type ReservationEntry,
  type TokenEntry,
  toStored,
} from './ledger-entry.ts'

/** A token that a service honours because of us, and how long it has left. */
export interface HeldToken extends TokenEntry {
  /** Until its own end: for so long it may be used. */
  readonly lifetime: Lifetime
  /** Until its service stops taking it: before that nobody says that it has expired. */
  readonly validity: Lifetime
  /** From the service's answer to its end, milliseconds, over restarts; `Infinity` if it does not end. */
  readonly lifeMs: number
}

/** A token that may have been made for a lease, or be in the making. */
export interface Reservation extends ReservationEntry {
  /** Until it would have ended, whatever became of it. */
  readonly validity: Lifetime
}

/** What stands in the ledger and has to end. */
export type LedgerItem = HeldToken | Reservation

/** What the ledger needs to know of a token, besides the token. */
export interface TokenOwner {
  readonly accountUid: string
  readonly provider: string
  readonly values: FormValues
  readonly kind: 'session' | 'lease'
  /** What the account is called, for when it is gone. */
  readonly account?: string | undefined
  /** For which client it is made, where it is made for one. */
  readonly client?: string | undefined
  /** A login makes it on its way, to try something out, or came to nothing. */
  readonly isTrial?: boolean | undefined
}

/** Longer than any token lives that a service makes under the id of a lease. */
const RESERVATION_MS = 8 * 86_400_000

/** The file is written anew when it is this long, and most of it is of entries that have ended. */
const COMPACT_AT_LINES = 2_000
const COMPACT_AT_RATIO = 4

/**
 * The durable list of the tokens that services still honour because of us. A token is here before it
 * is used or leaves, and stays until it has ended.
 */
export class Ledger {
  readonly #store: LedgerStore
  readonly #clock: Clock
  readonly #onAdded: () => void
  readonly #live = new Map<string, LedgerItem>()
  /** The same by account: with many accounts each is asked about in turn. */
  readonly #byAccount = new Map<string, Map<string, LedgerItem>>()
  readonly #unwritten = new Set<string>()
  readonly #released = new Set<string>()
  /** By the token that has taken its place: the plan whose line is still on disk. */
  readonly #replaced = new Map<string, string>()
  #unreadable = 0

  /** `grown` is told of each token that is listed. */
  constructor(store: LedgerStore, clock: Clock, grown: () => void = () => undefined) {
    this.#store = store
    this.#clock = clock
    this.#onAdded = grown
  }

  /** False: the next run knows nothing of it. */
  get isPersistent(): boolean {
    return this.#store.isPersistent
  }

  /**
   * Reads what earlier runs left, and returns what the person must be told; rejects, having changed
   * nothing, while the vault cannot be read.
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
      this.#index(this.#toItem(entry))
      if (entry.kind !== 'plan' && entry.isLetGo) this.#released.add(entry.id)
    }
    return this.#unreadable === 0 ? notices : [...notices, ofAnotherVersion(this.#unreadable)]
  }

  /** How many tokens a newer version has listed in a way that this one cannot read; they stay listed. */
  get unreadable(): number {
    return this.#unreadable
  }

  /**
   * Lists a new token in memory, so that it is not lost if `write`, which must follow, fails. What a
   * service gives twice is one token: it has one entry, which ends once for all who hold it.
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

  /** Lists a token that is about to be asked for; as with `hold`, `write` must follow. */
  reserve(owner: Omit<TokenOwner, 'kind'>, leaseId: string): Reservation {
    const expiresAt = this.#clock.now() + RESERVATION_MS
    const plan = { ...owner, ...this.#newEntry(), kind: 'plan', leaseId, expiresAt } as const
    return this.#insert({ ...plan, validity: new Lifetime(this.#clock, expiresAt) })
  }

  /**
   * Lists the token that was made by a plan in the place of that; as with `hold`, `write` must follow. On
   * disk the plan stands for it until the token does, or has ended.
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

  /** Notes of a plan that it was ended by its name once; rejects with `record_unavailable`. */
  async noteRevoked(plan: Reservation): Promise<void> {
    if (!this.#live.has(plan.id) || plan.isEnded) return
    await this.write(this.#insert({ ...plan, isEnded: true }))
  }

  /**
   * Notes of a session's token that no later run is to take it up again, though it may not be possible
   * to end it yet. Other tokens are not taken up anyhow. What cannot be written now, `write` tries again.
   */
  markReleased(item: LedgerItem): void {
    const { id, kind } = item
    if (kind !== 'session' || !this.#live.has(id) || this.#released.has(id)) return
    this.#released.add(id)
    this.write(this.#insert(item)).catch(() => undefined)
  }

  /** Notes of a token that the login that made it was not kept; written when somebody ends it. */
  markTrial<Item extends LedgerItem>(item: Item): Item {
    if (item.isTrial || !this.#live.has(item.id)) return item
    return this.#insert({ ...item, isTrial: true })
  }

  /** True where `letGo` was said of it, in this run or an earlier one. */
  isReleased({ id }: LedgerItem): boolean {
    return this.#released.has(id)
  }

  /**
   * Notes with each token of an account what that is called, for when it is gone. What cannot be written
   * now, `write` tries again.
   */
  setAccountName(accountUid: string, account: string): void {
    for (const item of this.ofAccount(accountUid)) {
      if (item.account === account) continue
      this.write(this.#insert({ ...item, account })).catch(() => undefined)
    }
  }

  /** Resolves when the token is on disk, at once if it was; rejects with `record_unavailable`. */
  async write(item: LedgerItem): Promise<void> {
    if (!this.#unwritten.has(item.id)) return
    const entry = isToken(item) ? { ...item, isLetGo: this.#released.has(item.id) } : item
    await this.#store.append([
      { op: 'add', entry: toStored(entry) },
      ...this.#reservationLines(item),
    ])
    this.#unwritten.delete(item.id)
    this.#replaced.delete(item.id)
  }

  /**
   * Strikes out a token that has ended. If that cannot be written the token is found again at the
   * next start and ended once more, which services answer with "already gone".
   */
  async remove(id: string): Promise<void> {
    const item = this.#live.get(id)
    if (!item) return
    const plan = this.#reservationLines(item)
    this.#unindex(item)
    this.#replaced.delete(id)
    // Written even for an entry that is not: its line may be on its way.
    await this.#store.append([{ op: 'end', id }, ...plan])
    const { lines } = this.#store
    if (lines >= COMPACT_AT_LINES && lines >= COMPACT_AT_RATIO * this.#live.size) {
      await this.#store.compact()
    }
  }

  get(id: string): LedgerItem | undefined {
    return this.#live.get(id)
  }

  all(): readonly LedgerItem[] {
    return [...this.#live.values()]
  }

  /** What there is of an account, the oldest first. */
  ofAccount(accountUid: string): readonly LedgerItem[] {
    return [...(this.#byAccount.get(accountUid)?.values() ?? [])]
  }

  /** The tokens of an account, the oldest first. */
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

  /** What ends the plan whose place it has taken. */
  #reservationLines({ id }: LedgerItem): readonly LedgerLine[] {
    const plan = this.#replaced.get(id)
    return plan === undefined ? [] : [{ op: 'end', id: plan }]
  }

  #newEntry() {
    return { id: randomText(96), addedAt: this.#clock.now() }
  }

  #insert<Item extends LedgerItem>(item: Item): Item {
    this.#index(item)
    this.#unwritten.add(item.id)
    this.#onAdded()
    return item
  }

  #index(item: LedgerItem): void {
    this.#live.set(item.id, item)
    const others = this.#byAccount.get(item.accountUid) ?? new Map()
    this.#byAccount.set(item.accountUid, others.set(item.id, item))
  }

  #toItem(entry: LedgerEntry): LedgerItem {
    if (entry.kind !== 'plan') return this.#toHeld(entry)
    return { ...entry, validity: new Lifetime(this.#clock, entry.expiresAt) }
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

/** False for one that was only planned. */
export function isToken(item: LedgerItem): item is HeldToken {
  return item.kind !== 'plan'
}

function ofAnotherVersion(count: number): string {
  const [tokens, they] = count === 1 ? ['1 token', 'It is'] : [`${count} tokens`, 'They are']
  return `${tokens} in the ledger can only be read by a newer version of Tokentray. ${they} not revoked by this one.`
}
