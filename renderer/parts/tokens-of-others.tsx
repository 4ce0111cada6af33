import { useSnapshot } from '../state/page.tsx'
import { countOfOthers } from '../text/active.ts'
import { plural } from '../text/times.ts'

/** Tokens that live on and belong to no account that has a row; nothing if there is none. */
export function TokensOfOthers() {
  const count = countOfOthers(useSnapshot())
  if (count === 0) return null
  const [are, belong] = count === 1 ? ['is', 'belongs'] : ['are', 'belong']
  return (
    <p className="help">
      {plural(count, 'token')} {are} not revoked and {belong} to no account here; the list of leases
      says why.
    </p>
  )
}
