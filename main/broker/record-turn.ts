import { toClientId } from '../base/ids.ts'
import type { Accounts } from './account/accounts.ts'
import type { Clients } from './clients.ts'
import { isToken, type LedgerItem } from './ledger/ledger.ts'
import { tokenUse } from './ledger/token-use.ts'
import type { Recorder } from './record/recorder.ts'
import type { Turn } from './revocation/fate.ts'
import { placeOf } from './service/host-of.ts'
import type { StartupRecovery } from './startup-recovery.ts'

interface TurnPorts {
  readonly accounts: Accounts
  readonly clients: Clients
  readonly startupRecovery: StartupRecovery
  readonly recorder: Pick<Recorder, 'note'>
}

const EVENTS: Readonly<Record<Turn['became'], string>> = {
  revoked: 'token_revoked',
  expired: 'token_expired',
  waiting: 'token_waiting',
  left: 'token_left',
  given_up: 'token_given_up',
}

/**
 * Records what became of a token, whoever wanted it to end. What belongs to no account was made by a login
 * that tried something out, or that came to nothing: then the line says where.
 */
export function recordTurn(item: LedgerItem, turn: Turn, ports: TurnPorts): void {
  const { became, why, code, host, isStop } = turn
  const { accounts, clients, startupRecovery, recorder } = ports
  const { leaseId, client, validity } = item
  const account = accounts.knownAs(item)
  recorder.note({
    ...{ event: EVENTS[became], route: 'broker' },
    ...(account === undefined ? { host: placeOf(item) } : { account, accountUid: item.accountUid }),
    ...(tokenUse(item, account) === 'login' && { cause: 'login' as const }),
    ...(isStop && { cause: 'stopped' as const }),
    ...(host !== undefined && { host }),
    ...(client !== undefined && { client: clients.nameOf(toClientId(client)) }),
    ...(leaseId !== undefined && { lease: leaseId }),
    ...(isToken(item) && { fingerprint: startupRecovery.fingerprint(item.token.value) }),
    ...(became === 'left' && { endsAt: validity.endsAt }),
    ...(why !== undefined && { reason: why }),
    ...(code !== undefined && { code }),
  })
}
