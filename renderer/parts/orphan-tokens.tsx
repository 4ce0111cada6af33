import { useSnapshot } from '../state/page.tsx'
import { countOrphans } from '../text/active.ts'
import { plural } from '../text/times.ts'

/** Unrevoked tokens that belong to no listed account; nothing if there are none. */
export function OrphanTokens() {
  const count = countOrphans(useSnapshot())
  if (count === 0) return null
  const [are, belong] = count === 1 ? ['is', 'belongs'] : ['are', 'belong']
  return (
    <p className="help">
      {plural(count, 'token')} {are} not revoked and {belong} to no account listed here. See Tokens
      for details.
    </p>
  )
}
