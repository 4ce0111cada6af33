import { useSnapshot } from '../state/page.tsx'
import { countOfRemoved } from '../text/active.ts'
import { plural } from '../text/times.ts'

/** Tokens that live on of accounts which have no row of their own any more; nothing if there is none. */
export function TokensOfRemoved() {
  const count = countOfRemoved(useSnapshot())
  if (count === 0) return null
  return (
    <p className="help">
      {plural(count, 'token')} of removed accounts {count === 1 ? 'is' : 'are'} not revoked; the
      list of leases says why.
    </p>
  )
}
