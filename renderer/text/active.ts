import type { Snapshot } from '../../preload/snapshot.ts'
import { plural } from './times.ts'

type Tokens = Pick<Snapshot, 'leases' | 'sessions' | 'lingering' | 'status'>

/** The number of active tokens: one for each lease, plus session tokens that a tool may have without a lease. */
export function countActive({ leases, sessions }: Pick<Tokens, 'leases' | 'sessions'>): number {
  return leases.length + sessions.filter(({ mayBeOut }) => mayBeOut).length
}

/** The number of different tokens of these leases: several leases may share one. */
export const countTokens = (leases: readonly { readonly token: string }[]): number =>
  new Set(leases.map(({ token }) => token)).size

/** The number of active tokens, and of unrevoked ones that no one holds; without a full stop. */
export function describeActive(tokens: Tokens): string {
  const active = countActive(tokens)
  const left = tokens.lingering.length
  if (active + left === 0 && tokens.status.tokensUnknown) return 'Active tokens not known yet'
  const said = active === 0 ? 'No active tokens' : plural(active, 'active token')
  return left === 0 ? said : `${said}, ${left} not revoked`
}

/** The number of unrevoked tokens without a listed account: of removed accounts and of failed logins. */
export function countOrphans({ lingering, accounts }: Snapshot): number {
  const known = new Set(accounts.map(({ uid }) => uid))
  return lingering.filter(({ uid }) => !known.has(uid)).length
}
