import { toClientId } from '../base/ids.ts'
import type { Accounts } from './account/accounts.ts'
import type { Clients } from './clients.ts'
import { isToken, type LedgerItem } from './ledger/ledger.ts'
import { tokenUse } from './ledger/token-use.ts'
import type { Recorder } from './record/recorder.ts'
import type { RevocationEvent } from './revocation/revocation-status.ts'
import { hostLabel } from './service/host-of.ts'
import type { StartupRecovery } from './startup-recovery.ts'

interface RecordingParts {
  readonly accounts: Accounts
  readonly clients: Clients
  readonly startupRecovery: StartupRecovery
  readonly recorder: Recorder
}

const EVENTS: Readonly<Record<RevocationEvent['kind'], string>> = {
  revoked: 'token_revoked',
  expired: 'token_expired',
  waiting: 'token_waiting',
  left: 'token_left',
  given_up: 'token_given_up',
}

/**
 * Records a change in the state of a token. A token without an account is from a trial or a failed login:
 * its line has the host.
 */
export function recordRevocation(
  item: LedgerItem,
  turn: RevocationEvent,
  parts: RecordingParts,
): void {
  const { kind, why, code, host, isShutdown } = turn
  const { accounts, clients, startupRecovery, recorder } = parts
  const { leaseId, client, validity } = item
  const account = accounts.findName(item)
  recorder.note({
    ...{ event: EVENTS[kind], route: 'broker' },
    ...(account === undefined
      ? { host: hostLabel(item) }
      : { account, accountUid: item.accountUid }),
    ...(tokenUse(item, account) === 'login' && { cause: 'login' as const }),
    ...(isShutdown && { cause: 'stopped' as const }),
    ...(host !== undefined && { host }),
    ...(client !== undefined && { client: clients.nameOf(toClientId(client)) }),
    ...(leaseId !== undefined && { lease: leaseId }),
    ...(isToken(item) && { fingerprint: startupRecovery.fingerprint(item.token.value) }),
    ...(kind === 'left' && { endsAt: validity.endsAt }),
    ...(why !== undefined && { reason: why }),
    ...(code !== undefined && { code }),
  })
}
