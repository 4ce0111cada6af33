import type { AccountView, Snapshot } from '../../../preload/snapshot.ts'
import { full, lease, NOW, tool } from './snapshots.ts'

const MINUTE = 60_000

/** Two seconds more than full minutes, so that a picture shows the round number. */
const minutesFromNow = (count: number) => NOW + count * MINUTE + 2_000

/** An account as one of `full`, with another id and other looks. */
function like(model: string, id: string, change: Partial<AccountView>): AccountView {
  const found = full.accounts.find((each) => each.id === model)
  if (!found) throw new Error(`There is no ${model}.`)
  return { ...found, uid: id, id, name: id.split('/')[1] ?? '', leases: 0, ...change }
}

const accounts: readonly AccountView[] = [
  like('sftpgo/home', 'sftpgo/production', {
    ...{ displayName: 'Production files', color: 'red', pinned: true, leases: 2 },
    ...{ label: 'deploy at files.example.com', sessionEndsAt: minutesFromNow(18) },
  }),
  like('koyeb/work', 'koyeb/acme', { displayName: 'Acme apps', leases: 1 }),
  like('svix/first', 'svix/orders', { displayName: 'Orders webhooks', leases: 1 }),
  like('sftpgo/home', 'sftpgo/staging', {
    ...{ displayName: 'Staging files', color: 'blue', label: 'deploy at staging.example.com' },
  }),
  like('glowmarkt/flat', 'glowmarkt/office', {
    ...{ displayName: 'Office energy', label: 'ops@example.com' },
  }),
  like('giantswarm/old', 'giantswarm/cluster', {
    ...{ displayName: 'Old cluster', label: 'ops@example.com', state: 'login_required' },
    loginRequiredReason: { description: 'The saved password no longer works.' },
  }),
]

/** A usual day: several services, the important account marked and on top, and tools at work. */
export const everyday: Snapshot = {
  ...full,
  accounts: accounts.map((each, index) => ({ ...each, lastUsedAt: NOW - index * MINUTE })),
  leases: [
    lease('E1', { account: 'sftpgo/production', endsAt: minutesFromNow(18) }),
    lease('E2', { account: 'sftpgo/production', client: 'deploy', endsAt: minutesFromNow(12) }),
    lease('E3', { account: 'koyeb/acme', client: 'deploy', endsAt: minutesFromNow(14) }),
    lease('E4', { account: 'svix/orders', client: 'tray', endsAt: minutesFromNow(56) }),
  ],
  clients: [
    tool('backup', { accounts: ['sftpgo/production'], lastUsedAt: NOW - 3 * MINUTE }),
    tool('deploy', { accounts: ['sftpgo/production', 'koyeb/acme'], lastUsedAt: NOW - MINUTE }),
  ],
}
