/** What the order of revocation depends on. */
interface Place {
  readonly accountUid: string
  /** The account's session is needed for the revocation. */
  readonly needsSession: boolean
}

/**
 * Runs `revoke` for each item: for each account first for those that need its session, then, after one
 * attempt for these, for the others, which may include the session token. Accounts do not wait for each
 * other, and every item that waits for nothing has begun when this returns. Resolves to the results in the
 * order of `items`; rejects as the first `revoke` that does.
 */
export function inRevocationOrder<Item, Result>(
  items: readonly Item[],
  placeOf: (item: Item) => Place,
  revoke: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const placed = items.map((item) => ({ item, ...placeOf(item) }))
  const begun = new Map<Item, Promise<Result>>()
  /** By account: what its other items wait for. */
  const ahead = new Map<string, Promise<unknown>>()
  for (const { item, accountUid } of placed.filter(({ needsSession }) => needsSession)) {
    const revoked = revoke(item)
    begun.set(item, revoked)
    ahead.set(accountUid, Promise.allSettled([ahead.get(accountUid), revoked]))
  }
  const results = placed.map(({ item, accountUid }) => {
    const before = ahead.get(accountUid)
    return begun.get(item) ?? (before ? before.then(() => revoke(item)) : revoke(item))
  })
  return Promise.all(results)
}
