import type { Snapshot } from '../../preload/snapshot.ts'
import { plural } from './times.ts'

type Tokens = Pick<Snapshot, 'leases' | 'sessions' | 'lingering' | 'status'>

/** How many tokens tools may have: those of leases, and session tokens that are out without one. */
export function countActive({ leases, sessions }: Pick<Tokens, 'leases' | 'sessions'>): number {
  return leases.length + sessions.filter(({ mayBeOut }) => mayBeOut).length
}

/** How many tokens these leases are on: several may be on the same one. */
export const countTokens = (leases: readonly { readonly token: string }[]): number =>
  new Set(leases.map(({ token }) => token)).size

/** What is out, and what lives on though nobody holds it; without a full stop. */
export function describeActive(tokens: Tokens): string {
  const active = countActive(tokens)
  const left = tokens.lingering.length
  if (active + left === 0 && tokens.status.tokensUnknown) return 'Active tokens not known yet'
  const said = active === 0 ? 'No active tokens' : plural(active, 'active token')
  return left === 0 ? said : `${said}, ${left} not revoked`
}

/** How many live on that are of no account in the list: of removed ones, and of logins that came to none. */
export function countOfOthers({ lingering, accounts }: Snapshot): number {
  const known = new Set(accounts.map(({ uid }) => uid))
  return lingering.filter(({ uid }) => !known.has(uid)).length
}
