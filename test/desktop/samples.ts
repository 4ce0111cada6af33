import type { AccountView, LeaseView, Snapshot } from '../../preload/snapshot.ts'

/** An empty snapshot in which all is normal, except for the given changes. */
export function makeSnapshot(
  change: Partial<Omit<Snapshot, 'status'>> & {
    readonly status?: Partial<Snapshot['status']>
  } = {},
): Snapshot {
  const { status, ...rest } = change
  return {
    revision: 1,
    phase: 'running',
    status: {
      ...{
        version: '1.0.0',
        locale: 'en-GB',
        issuer: 'http://127.0.0.1:1',
        locked: false,
        vault: 'ready',
      },
      ...{ memory: false, pending: 0, notices: [] },
      ...status,
    },
    ...{
      providers: [],
      accounts: [],
      leases: [],
      sessions: [],
      lingering: [],
      copied: null,
      clients: [],
    },
    preferences: {
      ...{ clipboardSeconds: 30, leaseSeconds: 900, lockOnSleep: true },
      ...{
        startAtLogin: false,
        leaseKind: 'service',
        accountOrder: 'recent',
        globalShortcut: false,
      },
      ...{ lockAfterIdleMinutes: 0, theme: 'system', zoom: 100, notifyCopied: true },
      ...{ notifyLoginRequired: true, notifyServiceLimits: true },
    },
    ...rest,
  }
}

export function makeAccount(id: string, change: Partial<AccountView> = {}): AccountView {
  const [provider = '', name = ''] = id.split('/')
  return {
    ...{
      uid: id,
      id,
      provider,
      name,
      providerTitle: 'A service',
      label: 'alice at service.example',
    },
    ...{ state: 'signed_in', needsCode: false, leaseKind: 'shared', leaseKinds: ['shared'] },
    ...{ leaseSeconds: 900, leases: 0, operations: [], values: {} },
    ...change,
  }
}

export function makeLease(id: string, change: Partial<LeaseView> = {}): LeaseView {
  return {
    ...{ id, token: `token of ${id}`, client: 'deploy', account: 'koyeb/work', kind: 'dedicated' },
    ...{ openedAt: 0, endsAt: 600_000 },
    ...change,
  }
}
