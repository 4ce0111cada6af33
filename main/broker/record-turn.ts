import type { Audit } from '../audit/audit.ts'
import { toClientId } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import type { Accounts } from './accounts.ts'
import type { Clients } from './clients.ts'
import type { Turn } from './fate.ts'
import { isToken, type LedgerItem } from './ledger.ts'
import type { Opening } from './opening.ts'

interface TurnPorts {
  readonly accounts: Accounts
  readonly clients: Clients
  readonly opening: Opening
  readonly audit: Audit
  readonly log: Log
}

const EVENTS: Readonly<Record<Turn['became'], string>> = {
  revoked: 'token_revoked',
  expired: 'token_expired',
  waiting: 'token_waiting',
  left: 'token_left',
  given_up: 'token_given_up',
}

/**
 * Records what became of a token, whoever wanted it to end. A record that fails keeps nothing from
 * ending.
 */
export function recordTurn(item: LedgerItem, { became, why, code }: Turn, ports: TurnPorts): void {
  const { accounts, clients, opening, audit, log } = ports
  const { leaseId, client, lifetime } = item
  const account = accounts.knownAs(item)
  const record = audit.record({
    ...{ event: EVENTS[became], route: 'broker' },
    ...(account !== undefined && { account }),
    ...(client !== undefined && { client: clients.nameOf(toClientId(client)) }),
    ...(leaseId !== undefined && { lease: leaseId }),
    ...(isToken(item) && { fingerprint: opening.fingerprint(item.token.value) }),
    ...(became === 'left' && { endsAt: lifetime.endsAt }),
    ...(why !== undefined && { reason: why }),
    ...(code !== undefined && { code }),
  })
  record.catch((error: unknown) => {
    log.error('what became of a token could not be recorded', { error })
  })
}
