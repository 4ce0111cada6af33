import { TokentrayError } from '../../base/errors.ts'
import type { Account } from './accounts.ts'

/**
 * The accounts that are being removed, including those that wait for their turn in a reset. From the
 * request on, no login to them begins and none of their tokens is issued.
 */
export class Removals {
  /** How many removals of the account are under way: one may fail while another continues. */
  readonly #uids = new Map<string, number>()
  #resets = 0

  add(uid: string): void {
    this.#uids.set(uid, (this.#uids.get(uid) ?? 0) + 1)
  }

  /** A removal is over: the account is gone, or the removal failed. */
  delete(uid: string): void {
    const others = (this.#uids.get(uid) ?? 0) - 1
    if (others > 0) this.#uids.set(uid, others)
    else this.#uids.delete(uid)
  }

  has(uid: string): boolean {
    return this.#uids.has(uid)
  }

  /** Throws `not_found` for an account that is being removed. */
  requireNotRemoving({ uid, id }: Pick<Account, 'uid' | 'id'>): void {
    if (!this.has(uid)) return
    throw new TokentrayError('not_found', `${id} is being removed.`, {
      ...{ account: id, recordedCause: 'account_removed' },
    })
  }

  /** Runs a reset: an account added meanwhile would be deleted without being logged out. */
  async duringReset(work: () => Promise<void>): Promise<void> {
    this.#resets += 1
    try {
      await work()
    } finally {
      this.#resets -= 1
    }
  }

  /** Throws `temporarily_unavailable` during a reset. */
  requireNoReset(): void {
    if (this.#resets === 0) return
    throw new TokentrayError('temporarily_unavailable', 'Tokentray is being reset.', {
      hint: 'Try again when the reset has finished.',
    })
  }
}
