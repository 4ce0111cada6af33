import type { TokentrayError } from '../../base/errors.ts'
import type { Backoff } from '../concurrency/backoff.ts'
import type { Ledger, LedgerItem } from '../ledger/ledger.ts'
import { type Fate, obstacleOf } from './fate.ts'
import type { Left } from './left.ts'

/** A token that is being revoked, for as long as that takes. */
export interface Waiting {
  item: LedgerItem
  /** Without a pause while a try is under way. */
  readonly backoff: Backoff
  /** What the last try met. */
  obstacle: TokentrayError | null
  /** It is kept for revoking others with it. */
  isNeeded: boolean
  /** It was ended by its name, and is looked for once more. */
  isLook: boolean
  /** That it waits stands in the record. */
  isTold: boolean
}

/** How many tokens of each kind there are that nobody holds any more. */
export interface FateCounts {
  /** Waiting to be revoked. */
  readonly pending: number
  /** Valid until they expire, because nothing revokes them. */
  readonly untilExpiry: number
  /** Expired, and still to be taken off the list of their service. */
  readonly expired: number
}

/** A token that may live on at its service without a lease, and what becomes of it. */
export interface Lingering {
  readonly item: LedgerItem
  readonly fate: Exclude<Fate, { readonly at: 'ended' }>
}

/**
 * The one place that knows what becomes of the tokens that somebody wants to end, and so of all that
 * is said of them.
 */
export class Fates {
  readonly #ledger: Ledger
  readonly #makeBackoff: () => Backoff
  readonly #staysListed: (item: LedgerItem) => boolean
  readonly #waiting = new Map<string, Waiting>()
  /** Why nothing is done about them any more. */
  readonly #left = new Map<string, string>()

  /** `staysListed`: its service keeps it on a list after it has expired. */
  constructor(
    ledger: Ledger,
    makeBackoff: () => Backoff,
    staysListed: (item: LedgerItem) => boolean,
  ) {
    this.#ledger = ledger
    this.#makeBackoff = makeBackoff
    this.#staysListed = staysListed
  }

  /** What becomes of it; `null` while nobody wants it to end. */
  of(item: LedgerItem): Fate | null {
    const known = this.#ledger.get(item.id)
    if (!known) return { at: 'ended' }
    const waiting = this.#waiting.get(item.id)
    if (waiting) return waiting.isLook ? { at: 'ended' } : this.#pendingOf(waiting)
    const why = this.#left.get(item.id)
    return why === undefined ? null : { at: 'until_expiry', why, endsAt: known.validity.endsAt }
  }

  /** All that nobody holds and that may live on, of one account if it is named. */
  lingering(accountUid?: string): readonly Lingering[] {
    const ledger = this.#ledger
    const items = accountUid === undefined ? ledger.all() : ledger.of(accountUid)
    return items.flatMap((item) => {
      const fate = this.of(item)
      return fate && fate.at !== 'ended' ? [{ item, fate }] : []
    })
  }

  counts(accountUid?: string): FateCounts {
    const counts = { pending: 0, untilExpiry: 0, expired: 0 }
    for (const { fate } of this.lingering(accountUid)) {
      if (fate.at === 'until_expiry') counts.untilExpiry += 1
      else if (fate.isExpired) counts.expired += 1
      else counts.pending += 1
    }
    return counts
  }

  /** What a run leaves behind; `outlasts`: the next one will have what it takes. */
  left(outlasts: (item: LedgerItem) => boolean): Left {
    const pending: LedgerItem[] = []
    const untilExpiry: LedgerItem[] = []
    for (const item of this.#ledger.all()) {
      const fate = this.of(item)
      if (fate?.at === 'ended' || (fate?.at === 'pending' && fate.isExpired)) continue
      if (fate?.at !== 'until_expiry' && outlasts(item)) pending.push(item)
      else untilExpiry.push(item)
    }
    return {
      ...{ pending: pending.length, untilExpiry: untilExpiry.length },
      ...(pending.length > 0 && { pendingEndsAt: lastEnd(pending) }),
      ...(untilExpiry.length > 0 && { untilExpiryEndsAt: lastEnd(untilExpiry) }),
    }
  }

  waiting(): readonly Waiting[] {
    return [...this.#waiting.values()]
  }

  waitingFor(id: string): Waiting | undefined {
    return this.#waiting.get(id)
  }

  /** From now on it is being revoked. */
  wait(item: LedgerItem): Waiting {
    const isLook = item.kind === 'plan' && item.isEnded === true
    const fresh = {
      ...{ item, backoff: this.#makeBackoff(), obstacle: null },
      ...{ isNeeded: false, isLook, isTold: isLook },
    }
    const waiting = this.#waiting.get(item.id) ?? fresh
    this.#waiting.set(item.id, waiting)
    return waiting
  }

  /** From now on only time ends it. Returns false if that was known. */
  leave({ id }: LedgerItem, why: string): boolean {
    const isNews = this.#left.get(id) !== why
    this.#waiting.delete(id)
    this.#left.set(id, why)
    return isNews
  }

  isLeft({ id }: LedgerItem): boolean {
    return this.#left.has(id) && !this.#waiting.has(id)
  }

  /** Somebody holds it again, or it is gone. */
  forget({ id }: LedgerItem): void {
    this.#waiting.delete(id)
    this.#left.delete(id)
  }

  /** Only others that are waiting themselves keep it. */
  #neededBy({ accountUid }: LedgerItem) {
    const others = this.waiting().filter(
      ({ item, isNeeded, isLook }) => item.accountUid === accountUid && !isNeeded && !isLook,
    )
    const tokens = others.length === 1 ? '1 other token' : `${others.length} other tokens`
    return { waitsFor: 'others', why: `It is used to revoke ${tokens} first.` } as const
  }

  #pendingOf({ item, backoff, obstacle, isNeeded }: Waiting): Fate {
    const { validity } = item
    const { retryAt } = backoff
    const { waitsFor, why } = isNeeded
      ? this.#neededBy(item)
      : obstacle
        ? obstacleOf(obstacle)
        : ASKED
    return {
      ...{ at: 'pending', waitsFor, why, endsAt: validity.endsAt },
      ...(retryAt !== null && waitsFor === 'service' && { retryAt: Math.floor(retryAt) }),
      ...(validity.remainingMs <= 0 && this.#staysListed(item) && { isExpired: true as const }),
    }
  }
}

/** When the last of them expires, epoch milliseconds; `null` if one never does. */
function lastEnd(items: readonly LedgerItem[]): number | null {
  const last = Math.max(...items.map(({ validity }) => validity.endsAt ?? Number.POSITIVE_INFINITY))
  return Number.isFinite(last) ? last : null
}

const ASKED = { waitsFor: 'service', why: 'The service has not answered yet.' } as const
