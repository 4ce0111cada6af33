import type { TokentrayError } from '../../base/errors.ts'
import type { Backoff } from '../concurrency/backoff.ts'
import type { Ledger, LedgerItem } from '../ledger/ledger.ts'
import type { RemainingTokens } from './remaining-tokens.ts'
import { obstacleOf, type RevocationStatus } from './revocation-status.ts'

/** A token whose revocation is not confirmed yet. */
export interface PendingRevocation {
  item: LedgerItem
  /** Has no pause while an attempt is under way. */
  readonly backoff: Backoff
  /** Why the last attempt failed. */
  obstacle: TokentrayError | null
  /** It is kept to revoke others with it. */
  isNeeded: boolean
  /** It was revoked by its lease id, and is revoked once more in case it was created after that. */
  isRecheck: boolean
  /** The audit record says that it is pending. */
  isRecorded: boolean
}

/** How many tokens without a lease there are, by state. */
export interface RevocationCounts {
  /** Waiting to be revoked. */
  readonly pending: number
  /** Not revoked, so that they are valid until they expire. */
  readonly untilExpiry: number
  /** Expired, and still to be removed from the list of their service. */
  readonly expired: number
}

/** A token without a lease that may still be valid. */
export interface OutstandingToken {
  readonly item: LedgerItem
  readonly status: Exclude<RevocationStatus, { readonly outcome: 'ended' }>
}

/** The state of every token that is to be revoked; whatever is reported about one comes from here. */
export class RevocationTracker {
  readonly #ledger: Ledger
  readonly #makeBackoff: () => Backoff
  readonly #staysListed: (item: LedgerItem) => boolean
  readonly #pending = new Map<string, PendingRevocation>()
  /** By token: why no further attempt is made. */
  readonly #givenUp = new Map<string, string>()

  /** `staysListed`: true for a token that its service lists even after expiry. */
  constructor(
    ledger: Ledger,
    makeBackoff: () => Backoff,
    staysListed: (item: LedgerItem) => boolean,
  ) {
    this.#ledger = ledger
    this.#makeBackoff = makeBackoff
    this.#staysListed = staysListed
  }

  /** `null` for a token that is not to be revoked. */
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

  /** The tokens without a lease that may still be valid, of all accounts or one. */
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

  /** The tokens that are still valid at the end of a run; `survivesRestart`: the next run can revoke it. */
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

  all(): readonly PendingRevocation[] {
    return [...this.#pending.values()]
  }

  find(id: string): PendingRevocation | undefined {
    return this.#pending.get(id)
  }

  /** Tracks a revocation; the known one if there is one. */
  add(item: LedgerItem): PendingRevocation {
    const isRecheck = item.kind === 'plan' && item.isEnded === true
    const added = {
      ...{ item, backoff: this.#makeBackoff(), obstacle: null },
      ...{ isNeeded: false, isRecheck, isRecorded: isRecheck },
    }
    const pending = this.#pending.get(item.id) ?? added
    this.#pending.set(item.id, pending)
    return pending
  }

  /** No further attempt is made. Returns false if that was known for the same reason. */
  giveUp({ id }: LedgerItem, why: string): boolean {
    const isNew = this.#givenUp.get(id) !== why
    this.#pending.delete(id)
    this.#givenUp.set(id, why)
    return isNew
  }

  isGivenUp({ id }: LedgerItem): boolean {
    return this.#givenUp.has(id) && !this.#pending.has(id)
  }

  /** It is in use again, or gone. */
  forget({ id }: LedgerItem): void {
    this.#pending.delete(id)
    this.#givenUp.delete(id)
  }

  /** Of the others, only those count that do not themselves wait for others. */
  #waitingForOthers({ accountUid }: LedgerItem) {
    const others = this.all().filter(
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
