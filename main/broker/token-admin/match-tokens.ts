import type { ListedToken } from '../../providers/provider.ts'
import type { HeldToken } from '../ledger/ledger.ts'

/** A token that the service lists, and whether Tokentray made it. */
export interface AccountToken extends ListedToken {
  /** `maybe`: another listed token has the same expiry as one of ours, so they cannot be told apart. */
  readonly ours: 'yes' | 'maybe' | 'no'
  /** The ledger's entry of it. */
  readonly held?: HeldToken
}

/** Lists contain no tokens, and tokens no ids: only the expiry, within this margin, identifies them. */
const SAME_MS = 2_000

/** Finds out which of the listed tokens are ours; newest first. */
export function toAccountTokens(
  listed: readonly ListedToken[],
  held: readonly HeldToken[],
): readonly AccountToken[] {
  const possible = listed.filter(({ foreign }) => !foreign)
  // Counted once for each expiry: a service may list thousands with the same one.
  const counts = new Map<number | null, number>()
  const countAlike = ({ expiresAt }: ListedToken): number => {
    const count =
      counts.get(expiresAt) ?? possible.filter((each) => isSame(each.expiresAt, expiresAt)).length
    counts.set(expiresAt, count)
    return count
  }
  return listed
    .map((token) => toAccountToken(token, held, countAlike))
    .sort((one, other) => other.createdAt - one.createdAt)
}

function toAccountToken(
  token: ListedToken,
  held: readonly HeldToken[],
  countAlike: (token: ListedToken) => number,
): AccountToken {
  const ours = token.foreign
    ? []
    : held.filter((each) => isSame(each.token.expiresAt, token.expiresAt))
  if (ours.length === 0) return { ...token, ours: 'no' }
  if (countAlike(token) > ours.length) return { ...token, ours: 'maybe' }
  const [only] = ours
  return { ...token, ours: 'yes', ...(only && ours.length === 1 && { held: only }) }
}

function isSame(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return one === other
  return Math.abs(one - other) <= SAME_MS
}
