import { TokentrayError } from '../../base/errors.ts'
import type { Account } from './accounts.ts'

/**
 * The accounts that are being removed, also those that wait for their turn in a reset: from the moment
 * that somebody has asked for that, nobody logs in to one of these and no token of it leaves.
 */
export class Removals {
  /** How many are at it: what one of them gives up, another may still be removing. */
  readonly #uids = new Map<string, number>()
  #resets = 0

  add(uid: string): void {
    this.#uids.set(uid, (this.#uids.get(uid) ?? 0) + 1)
  }

  /** Whoever has added it is done: it is gone, or stays after all. */
  delete(uid: string): void {
    const others = (this.#uids.get(uid) ?? 0) - 1
    if (others > 0) this.#uids.set(uid, others)
    else this.#uids.delete(uid)
  }

  has(uid: string): boolean {
    return this.#uids.has(uid)
  }

  /** Throws `not_found` for one of these. */
  requireNotRemoving({ uid, id }: Pick<Account, 'uid' | 'id'>): void {
    if (!this.has(uid)) return
    throw new TokentrayError('not_found', `${id} is being removed.`, { account: id })
  }

  /** Work that forgets everything: what came while it is under way would be forgotten and not ended. */
  async duringReset(work: () => Promise<void>): Promise<void> {
    this.#resets += 1
    try {
      await work()
    } finally {
      this.#resets -= 1
    }
  }

  /** Throws `temporarily_unavailable` while everything leaves. */
  requireNoReset(): void {
    if (this.#resets === 0) return
    throw new TokentrayError('temporarily_unavailable', 'Tokentray is being reset.', {
      hint: 'Try again once that is over: nothing is kept before.',
    })
  }
}
