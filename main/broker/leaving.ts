import { TokentrayError } from '../base/errors.ts'
import type { Account } from './accounts.ts'

/**
 * The accounts that are being removed, also those that wait for their turn in a reset: from the moment
 * that somebody has asked for that, nobody logs in to one of these and no token of it leaves.
 */
export class Leaving {
  readonly #uids = new Set<string>()

  add(uid: string): void {
    this.#uids.add(uid)
  }

  /** It is gone, or stays after all. */
  delete(uid: string): void {
    this.#uids.delete(uid)
  }

  has(uid: string): boolean {
    return this.#uids.has(uid)
  }

  /** Throws `not_found` for one of these. */
  requireStaying({ uid, id }: Pick<Account, 'uid' | 'id'>): void {
    if (!this.has(uid)) return
    throw new TokentrayError('not_found', `${id} is being removed.`, { account: id })
  }
}
