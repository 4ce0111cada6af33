import type { Bulk } from '../concurrency/bulk.ts'
import type { Deeds } from '../service/deeds.ts'
import type { Account } from './accounts.ts'

/** What is being done to a whole account. */
export type UnderWay = 'logout' | 'removal' | 'rotation'

interface UnderWayPorts {
  readonly bulk: Pick<Bulk, 'progress'>
  readonly deeds: Pick<Deeds, 'of'>
}

/** `null` if nothing is under way. A reset removes every account. */
export function underWayOf({ uid }: Account, { bulk, deeds }: UnderWayPorts): UnderWay | null {
  if (bulk.progress('reset')) return 'removal'
  const deed = deeds.of(uid)
  return deed === 'revocation' ? null : deed
}
