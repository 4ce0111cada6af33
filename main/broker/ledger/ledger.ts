import type { Clock } from '../../base/clock.ts'
import { Lifetime } from '../../base/clock.ts'
import { randomText } from '../../base/ids.ts'
import type { AccessToken, FormValues } from '../../providers/provider.ts'
import type { LedgerLine, LedgerStore } from '../../vault/ledger/ledger-store.ts'
import {
  type LedgerEntry,
  type PlanEntry,
  parseEntry,
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
export interface PlannedToken extends PlanEntry {
  /** Until it would have ended, whatever became of it. */
  readonly validity: Lifetime
}

/** What stands in the ledger and has to end. */
export type LedgerItem = HeldToken | PlannedToken

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
const PLAN_MS = 8 * 86_400_000

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
  readonly #grown: () => void
  readonly #live = new Map<string, LedgerItem>()
  /** The same by account: with many accounts each is asked about in turn. */
  readonly #byAccount = new Map<string, Map<string, LedgerItem>>()
  readonly #unwritten = new Set<string>()
  readonly #letGo = new Set<string>()
  /** By the token that has taken its place: the plan whose line is still on disk. */
  readonly #replaced = new Map<string, string>()
  #unreadable = 0

  /** `grown` is told of each token that is listed. */
  constructor(store: LedgerStore, clock: Clock, grown: () => void = () => undefined) {
    this.#store = store
    this.#clock = clock
    this.#grown = grown
  }

  /** False: the next run knows nothing of it. */
  get isKept(): boolean {
    return this.#store.isKept
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
      this.#keep(this.#toItem(entry))
      if (entry.kind !== 'plan' && entry.isLetGo) this.#letGo.add(entry.id)
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
  hold(owner: TokenOwner, token: AccessToken): HeldToken {
    const { accountUid, provider, kind } = owner
    const known = this.tokensOf(accountUid).find(
      (held) =>
        held.provider === provider && held.kind === kind && held.token.value.equals(token.value),
    )
    if (known) return known
    return this.#list(this.#hold({ ...owner, ...this.#fresh(), token }))
  }

  /** Lists a token that is about to be asked for; as with `hold`, `write` must follow. */
  plan(owner: Omit<TokenOwner, 'kind'>, leaseId: string): PlannedToken {
    const expiresAt = this.#clock.now() + PLAN_MS
    const plan = { ...owner, ...this.#fresh(), kind: 'plan', leaseId, expiresAt } as const
    return this.#list({ ...plan, validity: new Lifetime(this.#clock, expiresAt) })
  }

  /**
   * Lists the token that was made by a plan in the place of that; as with `hold`, `write` must follow. On
   * disk the plan stands for it until the token does, or has ended.
   */
  fulfil(plan: PlannedToken, values: FormValues, token: AccessToken): HeldToken {
    const { accountUid, provider, leaseId, account, client, isTrial } = plan
    this.#unlist(plan)
    const about = { accountUid, provider, values, leaseId, account, client, isTrial }
    const owner = { ...about, kind: 'lease' } as const
    const held = this.#hold({ ...owner, ...this.#fresh(), token })
    this.#replaced.set(held.id, plan.id)
    return this.#list(held)
  }

  /** Notes of a plan that it was ended by its name once; rejects with `record_unavailable`. */
  async noteEnded(plan: PlannedToken): Promise<void> {
    if (!this.#live.has(plan.id) || plan.isEnded) return
    await this.write(this.#list({ ...plan, isEnded: true }))
  }

  /**
   * Notes of a session's token that no later run is to take it up again, though it may not be possible
   * to end it yet. Other tokens are not taken up anyhow. What cannot be written now, `write` tries again.
   */
  letGo(item: LedgerItem): void {
    const { id, kind } = item
    if (kind !== 'session' || !this.#live.has(id) || this.#letGo.has(id)) return
    this.#letGo.add(id)
    this.write(this.#list(item)).catch(() => undefined)
  }

  /** Notes of a token that the login that made it was not kept; written when somebody ends it. */
  asTrial<Item extends LedgerItem>(item: Item): Item {
    if (item.isTrial || !this.#live.has(item.id)) return item
    return this.#list({ ...item, isTrial: true })
  }

  /** True where `letGo` was said of it, in this run or an earlier one. */
  isLetGo({ id }: LedgerItem): boolean {
    return this.#letGo.has(id)
  }

  /**
   * Notes with each token of an account what that is called, for when it is gone. What cannot be written
   * now, `write` tries again.
   */
  nameAccount(accountUid: string, account: string): void {
    for (const item of this.of(accountUid)) {
      if (item.account === account) continue
      this.write(this.#list({ ...item, account })).catch(() => undefined)
    }
  }

  /** Resolves when the token is on disk, at once if it was; rejects with `record_unavailable`. */
  async write(item: LedgerItem): Promise<void> {
    if (!this.#unwritten.has(item.id)) return
    const entry = isToken(item) ? { ...item, isLetGo: this.#letGo.has(item.id) } : item
    await this.#store.append([{ op: 'add', entry: toStored(entry) }, ...this.#planOf(item)])
    this.#unwritten.delete(item.id)
    this.#replaced.delete(item.id)
  }

  /**
   * Strikes out a token that has ended. If that cannot be written the token is found again at the
   * next start and ended once more, which services answer with "already gone".
   */
  async strike(id: string): Promise<void> {
    const item = this.#live.get(id)
    if (!item) return
    const plan = this.#planOf(item)
    this.#unlist(item)
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
  of(accountUid: string): readonly LedgerItem[] {
    return [...(this.#byAccount.get(accountUid)?.values() ?? [])]
  }

  /** The tokens of an account, the oldest first. */
  tokensOf(accountUid: string): readonly HeldToken[] {
    return this.of(accountUid).filter(isToken)
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  #unlist({ id, accountUid }: LedgerItem): void {
    this.#live.delete(id)
    const others = this.#byAccount.get(accountUid)
    others?.delete(id)
    if (others?.size === 0) this.#byAccount.delete(accountUid)
    this.#unwritten.delete(id)
    this.#letGo.delete(id)
  }

  /** What ends the plan whose place it has taken. */
  #planOf({ id }: LedgerItem): readonly LedgerLine[] {
    const plan = this.#replaced.get(id)
    return plan === undefined ? [] : [{ op: 'end', id: plan }]
  }

  #fresh() {
    return { id: randomText(96), addedAt: this.#clock.now() }
  }

  #list<Item extends LedgerItem>(item: Item): Item {
    this.#keep(item)
    this.#unwritten.add(item.id)
    this.#grown()
    return item
  }

  #keep(item: LedgerItem): void {
    this.#live.set(item.id, item)
    const others = this.#byAccount.get(item.accountUid) ?? new Map()
    this.#byAccount.set(item.accountUid, others.set(item.id, item))
  }

  #toItem(entry: LedgerEntry): LedgerItem {
    if (entry.kind !== 'plan') return this.#hold(entry)
    return { ...entry, validity: new Lifetime(this.#clock, entry.expiresAt) }
  }

  #hold(entry: TokenEntry): HeldToken {
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
