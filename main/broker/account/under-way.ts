import type { Bulk } from '../concurrency/bulk.ts'
import type { OngoingWork } from '../service/ongoing-work.ts'
import type { Account } from './accounts.ts'

/** The operation in progress on a whole account. */
export type UnderWay = 'logout' | 'removal' | 'rotation'

interface UnderWayParts {
  readonly bulk: Bulk
  readonly ongoingWork: OngoingWork
}

/** The operation in progress on this account; `null` if there is none. A reset removes every account. */
export function underWayOf(
  { uid }: Account,
  { bulk, ongoingWork }: UnderWayParts,
): UnderWay | null {
  if (bulk.progress('reset')) return 'removal'
  const kind = ongoingWork.of(uid)
  return kind === 'revocation' ? null : kind
}
