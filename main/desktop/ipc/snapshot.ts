import type {
  CopiedView,
  OtherBroker,
  PreferencesView,
  Snapshot,
  StatusView,
} from '../../../preload/snapshot.ts'
import { mapInBatches } from '../../base/async/batches.ts'
import type { Broker } from '../../broker/broker.ts'
import type { AutoClear } from '../clipboard/auto-clear.ts'
import type { Host } from '../host.ts'
import type { Running } from '../running.ts'
import type { MissedNotifications } from '../system/missed-notifications.ts'
import type { Preferences } from '../system/preferences.ts'
import type { FreshSecrets } from '../tools/fresh-secrets.ts'
import { toFailure } from './failure.ts'
import {
  toAccountView,
  toClientView,
  toLeaseView,
  toLingeringView,
  toProviderView,
  toSessionView,
} from './views.ts'

/** The sources of a snapshot. */
export interface SnapshotSources {
  readonly phase: Snapshot['phase']
  readonly otherBroker: OtherBroker | null
  /** `null` while nothing runs in this process. */
  readonly running: Running | null
  readonly memory: boolean
  readonly version: string
  readonly locale: string
  readonly copied: CopiedView | null
  /** Whether the secret of a tool is new, and can be copied. */
  readonly hasFreshSecret: (tool: string) => boolean
  readonly preferences: PreferencesView
  readonly dismissed: ReadonlySet<string>
  /** No panel shows the tray icon, as far as we can tell. */
  readonly isUnseen: boolean
  /** Notifications that the system did not show. */
  readonly unshown: readonly string[]
}

interface Parts {
  readonly host: Pick<Host, 'phase' | 'running' | 'memory' | 'otherBroker'>
  readonly autoClear: Pick<AutoClear, 'current'>
  readonly preferences: Pick<Preferences, 'view'>
  readonly freshSecrets: Pick<FreshSecrets, 'has'>
  readonly unshown: Pick<MissedNotifications, 'texts'>
  readonly version: string
  /** As the system reports it. */
  readonly locale: string
  readonly isUnseen: () => boolean
}

/** Returns the function that builds snapshots from these parts. */
export function createSnapshotOf(parts: Parts) {
  const { host, autoClear, preferences, freshSecrets, unshown, version, locale, isUnseen } = parts
  return (revision: number, dismissed: ReadonlySet<string>): Promise<Snapshot> => {
    const { phase, running, memory, otherBroker } = host
    const shown = { copied: autoClear.current, preferences: preferences.view(), dismissed }
    const hasFreshSecret = (tool: string) => freshSecrets.has(tool)
    const found = { phase, running, memory, otherBroker, isUnseen: isUnseen(), hasFreshSecret }
    return toSnapshot({ ...shown, ...found, version, locale, unshown: unshown.texts }, revision)
  }
}

/**
 * The snapshot that the page draws, frozen; a large one is built over many turns of the event loop.
 * Security: every member is listed here and has a plain type, so that no secret fits in.
 */
export async function toSnapshot(sources: SnapshotSources, revision: number): Promise<Snapshot> {
  const { phase, otherBroker, running, copied, preferences } = sources
  const broker = running?.broker
  return Object.freeze({
    ...{ revision, phase },
    ...(otherBroker && { otherBroker: { kind: otherBroker.kind, pid: otherBroker.pid } }),
    status: toStatus(sources),
    providers: broker ? broker.providers.map(toProviderView) : [],
    ...(await toLists(broker, sources)),
    copied: copied && {
      ...(copied.account !== undefined && { account: copied.account }),
      ...(copied.tool !== undefined && { tool: copied.tool }),
      ...(copied.lease !== undefined && { lease: copied.lease }),
      form: copied.form,
      clearsAt: copied.clearsAt,
    },
    preferences: {
      clipboardSeconds: preferences.clipboardSeconds,
      leaseSeconds: preferences.leaseSeconds,
      lockOnSleep: preferences.lockOnSleep,
      startAtLogin: preferences.startAtLogin,
      globalShortcut: preferences.globalShortcut,
      leaseKind: preferences.leaseKind,
      accountOrder: preferences.accountOrder,
      lockAfterIdleMinutes: preferences.lockAfterIdleMinutes,
      theme: preferences.theme,
      zoom: preferences.zoom,
      notifyCopied: preferences.notifyCopied,
      notifyLoginRequired: preferences.notifyLoginRequired,
      notifyServiceLimits: preferences.notifyServiceLimits,
    },
  })
}

type Lists = Pick<Snapshot, 'accounts' | 'leases' | 'sessions' | 'lingering' | 'clients'>

/** The lists, which may have a thousand members. */
async function toLists(
  broker: Broker | undefined,
  { hasFreshSecret }: SnapshotSources,
): Promise<Lists> {
  if (!broker) return { accounts: [], leases: [], sessions: [], lingering: [], clients: [] }
  const { accounts, leases, sessionTokens, revoker, clients } = broker
  return {
    accounts: await mapInBatches(accounts.all(), (each) => toAccountView(each, broker)),
    leases: await mapInBatches(leases.list(), (each) => toLeaseView(each, broker)),
    sessions: await mapInBatches(sessionTokens.list(), (each) => toSessionView(each, broker)),
    lingering: await mapInBatches(revoker.tracker.outstanding(), (each) =>
      toLingeringView(each, broker),
    ),
    clients: await mapInBatches(clients.records(), (each) =>
      toClientView(each, broker, hasFreshSecret),
    ),
  }
}

function toStatus(sources: SnapshotSources): StatusView {
  const { running, memory, version, locale, dismissed, isUnseen, unshown } = sources
  const broker = running?.broker
  const vault = vaultState(broker)
  const taken = running?.portTrouble()
  const resetting = broker?.bulk.progress('reset')
  const revoking = broker?.bulk.progress('revoke')
  const all = [...unshown, ...(running?.notices ?? []), ...(broker?.notices ?? [])]
  return {
    ...{ version, locale },
    issuer: running?.issuer ?? '',
    ...(taken && {
      portTaken: { port: taken.port, message: taken.message, hint: taken.hint },
    }),
    ...(isUnseen && { noTray: true as const }),
    locked: broker?.locked ?? false,
    ...vault,
    memory,
    ...(broker && !broker.startupRecovery.isOpen && { tokensUnknown: true as const }),
    ...(resetting && { resetting: { done: resetting.done, total: resetting.total } }),
    ...(revoking && { revoking: { done: revoking.done, total: revoking.total } }),
    pending: broker?.revoker.tracker.counts().pending ?? 0,
    notices: [...new Set(all)].filter((text) => !dismissed.has(text)),
    ...(unshown.some((text) => !dismissed.has(text)) && { unshown: true as const }),
  }
}

/** The keychain at the last check; `ready` before the first one. */
export function vaultState(broker: Broker | undefined): Pick<StatusView, 'vault' | 'vaultProblem'> {
  const failure = broker?.keychain.failure
  if (!failure) return { vault: 'ready' }
  return {
    vault: failure.code === 'vault_locked' ? 'vault_locked' : 'vault_unavailable',
    vaultProblem: toFailure(failure),
  }
}
