import type { TokentrayError } from '../../base/errors.ts'
import type { Backoff } from '../concurrency/backoff.ts'
import type { Ledger, LedgerItem } from '../ledger/ledger.ts'
import type { RemainingTokens } from './remaining-tokens.ts'
import { obstacleOf, type RevocationStatus } from './revocation-status.ts'

/** A token that is being revoked, for as long as that takes. */
export interface PendingRevocation {
  item: LedgerItem
  /** Without a pause while a try is under way. */
  readonly backoff: Backoff
  /** What the last try met. */
  obstacle: TokentrayError | null
  /** It is kept for revoking others with it. */
  isNeeded: boolean
  /** It was ended by its name, and is looked for once more. */
  isRecheck: boolean
  /** That it waits stands in the record. */
  isRecorded: boolean
}

/** How many tokens of each kind there are that nobody holds any more. */
export interface RevocationCounts {
  /** Waiting to be revoked. */
  readonly pending: number
  /** Valid until they expire, because nothing revokes them. */
  readonly untilExpiry: number
  /** Expired, and still to be taken off the list of their service. */
  readonly expired: number
}

/** A token that may live on at its service without a lease, and what becomes of it. */
export interface OutstandingToken {
  readonly item: LedgerItem
  readonly status: Exclude<RevocationStatus, { readonly outcome: 'ended' }>
}

/**
 * The one place that knows what becomes of the tokens that somebody wants to end, and so of all that
 * is said of them.
 */
export class RevocationTracker {
  readonly #ledger: Ledger
  readonly #makeBackoff: () => Backoff
  readonly #staysListed: (item: LedgerItem) => boolean
  readonly #pending = new Map<string, PendingRevocation>()
  /** Why nothing is done about them any more. */
  readonly #givenUp = new Map<string, string>()

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
  statusOf(item: LedgerItem): RevocationStatus | null {
    const known = this.#ledger.get(item.id)
    if (!known) return { outcome: 'ended' }
    const pending = this.#pending.get(item.id)
    if (pending) return pending.isRecheck ? { outcome: 'ended' } : this.#toStatus(pending)
    const why = this.#givenUp.get(item.id)
    return why === undefined
      ? null
      : { outcome: 'until_expiry', why, endsAt: known.validity.endsAt }
  }

  /** All that nobody holds and that may live on, of one account if it is named. */
  outstanding(accountUid?: string): readonly OutstandingToken[] {
    const ledger = this.#ledger
    const items = accountUid === undefined ? ledger.all() : ledger.ofAccount(accountUid)
    return items.flatMap((item) => {
      const status = this.statusOf(item)
      return status && status.outcome !== 'ended' ? [{ item, status }] : []
    })
  }

  counts(accountUid?: string): RevocationCounts {
    const counts = { pending: 0, untilExpiry: 0, expired: 0 }
    for (const { status } of this.outstanding(accountUid)) {
      if (status.outcome === 'until_expiry') counts.untilExpiry += 1
      else if (status.isExpired) counts.expired += 1
      else counts.pending += 1
    }
    return counts
  }

  /** What a run leaves behind; `survivesRestart`: the next one will have what it takes. */
  remaining(survivesRestart: (item: LedgerItem) => boolean): RemainingTokens {
    const pending: LedgerItem[] = []
    const untilExpiry: LedgerItem[] = []
    for (const item of this.#ledger.all()) {
      const status = this.statusOf(item)
      if (status?.outcome === 'ended' || (status?.outcome === 'pending' && status.isExpired))
        continue
      if (status?.outcome !== 'until_expiry' && survivesRestart(item)) pending.push(item)
      else untilExpiry.push(item)
    }
    return {
      ...{ pending: pending.length, untilExpiry: untilExpiry.length },
      ...(pending.length > 0 && { pendingEndsAt: lastEnd(pending) }),
      ...(untilExpiry.length > 0 && { untilExpiryEndsAt: lastEnd(untilExpiry) }),
    }
  }

  waiting(): readonly PendingRevocation[] {
    return [...this.#pending.values()]
  }

  find(id: string): PendingRevocation | undefined {
    return this.#pending.get(id)
  }

  /** From now on it is being revoked. */
  add(item: LedgerItem): PendingRevocation {
    const isRecheck = item.kind === 'plan' && item.isEnded === true
    const fresh = {
      ...{ item, backoff: this.#makeBackoff(), obstacle: null },
      ...{ isNeeded: false, isRecheck, isRecorded: isRecheck },
    }
    const waiting = this.#pending.get(item.id) ?? fresh
    this.#pending.set(item.id, waiting)
    return waiting
  }

  /** From now on only time ends it. Returns false if that was known. */
  giveUp({ id }: LedgerItem, why: string): boolean {
    const isNews = this.#givenUp.get(id) !== why
    this.#pending.delete(id)
    this.#givenUp.set(id, why)
    return isNews
  }

  isGivenUp({ id }: LedgerItem): boolean {
    return this.#givenUp.has(id) && !this.#pending.has(id)
  }

  /** Somebody holds it again, or it is gone. */
  forget({ id }: LedgerItem): void {
    this.#pending.delete(id)
    this.#givenUp.delete(id)
  }

  /** Only others that are waiting themselves keep it. */
  #waitingForOthers({ accountUid }: LedgerItem) {
    const others = this.waiting().filter(
      ({ item, isNeeded, isRecheck }) => item.accountUid === accountUid && !isNeeded && !isRecheck,
    )
    const tokens = others.length === 1 ? '1 other token' : `${others.length} other tokens`
    return { waitsFor: 'others', why: `It is used to revoke ${tokens} first.` } as const
  }

  #toStatus({ item, backoff, obstacle, isNeeded }: PendingRevocation): RevocationStatus {
    const { validity } = item
    const { retryAt } = backoff
    const { waitsFor, why } = isNeeded
      ? this.#waitingForOthers(item)
      : obstacle
        ? obstacleOf(obstacle)
        : ASKED
    return {
      ...{ outcome: 'pending', waitsFor, why, endsAt: validity.endsAt },
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
