import type { Clock } from '../base/clock.ts'
import { Lifetime } from '../base/clock.ts'
import { randomText } from '../base/ids.ts'
import type { AccessToken, FormValues, ProviderId } from '../providers/provider.ts'
import type { LedgerStore } from '../vault/ledger-store.ts'
import { type LedgerEntry, parseEntry, toStored } from './ledger-entry.ts'

/** A token that a service honours because of us, and how long it has left. */
export interface HeldToken extends LedgerEntry {
  readonly lifetime: Lifetime
  /** From the service's answer to its end, milliseconds, over restarts; `Infinity` if it does not end. */
  readonly lifeMs: number
}

/** What the ledger needs to know of a token, besides the token. */
export interface TokenOwner {
  readonly accountUid: string
  readonly provider: ProviderId
  readonly values: FormValues
  readonly kind: 'session' | 'lease'
}

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
  readonly #live = new Map<string, HeldToken>()
  readonly #unwritten = new Set<string>()

  constructor(store: LedgerStore, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /**
   * Reads what earlier runs left, and returns what the person must be told; rejects, having changed
   * nothing, while the vault cannot be read.
   */
  async open(): Promise<readonly string[]> {
    const { entries, notices } = await this.#store.load()
    let unknown = 0
    for (const stored of entries) {
      const entry = parseEntry(stored)
      if (entry) this.#live.set(entry.id, this.#hold(entry))
      else unknown += 1
    }
    return unknown === 0 ? notices : [...notices, ofAnotherVersion(unknown)]
  }

  /** Lists a new token in memory, so that it is not lost if `write`, which must follow, fails. */
  hold(owner: TokenOwner, token: AccessToken): HeldToken {
    const held = this.#hold({ ...owner, id: randomText(96), addedAt: this.#clock.now(), token })
    this.#live.set(held.id, held)
    this.#unwritten.add(held.id)
    return held
  }

  /** Resolves when the token is on disk, at once if it was; rejects with `record_unavailable`. */
  async write(held: HeldToken): Promise<void> {
    if (!this.#unwritten.has(held.id)) return
    await this.#store.append([{ op: 'add', entry: toStored(held) }])
    this.#unwritten.delete(held.id)
  }

  /**
   * Strikes out a token that has ended. If that cannot be written the token is found again at the
   * next start and ended once more, which services answer with "already gone".
   */
  async strike(id: string): Promise<void> {
    if (!this.#live.delete(id)) return
    // Written even for an entry that is not: its line may be on its way.
    this.#unwritten.delete(id)
    await this.#store.append([{ op: 'end', id }])
    const { lines } = this.#store
    if (lines >= COMPACT_AT_LINES && lines >= COMPACT_AT_RATIO * this.#live.size) {
      await this.#store.compact()
    }
  }

  get(id: string): HeldToken | undefined {
    return this.#live.get(id)
  }

  all(): readonly HeldToken[] {
    return [...this.#live.values()]
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  #hold(entry: LedgerEntry): HeldToken {
    const { expiresAt } = entry.token
    const lifetime = new Lifetime(this.#clock, expiresAt)
    const known = expiresAt === null ? Number.POSITIVE_INFINITY : expiresAt - entry.addedAt
    return { ...entry, lifetime, lifeMs: Math.max(known, lifetime.lengthMs) }
  }
}

function ofAnotherVersion(count: number): string {
  const entries = count === 1 ? 'One entry' : `${count} entries`
  return `${entries} of the ledger cannot be used by this version of Tokentray, which will not end the tokens in question.`
}
