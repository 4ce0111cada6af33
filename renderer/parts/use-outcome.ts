import type { EndedView } from '../../preload/contract.ts'
import { useLatest } from '../state/page.tsx'
import { withNames } from '../text/accounts.ts'
import { toRevocationLines } from '../text/revocation.ts'

/** What became of revoked tokens, in sentences that name accounts as the user does. */
export function useOutcome(): (
  ended: readonly EndedView[],
  empty?: readonly string[],
) => readonly string[] {
  const latest = useLatest()
  return (ended, empty) => toRevocationLines(withNames(ended, latest().accounts), Date.now(), empty)
}
