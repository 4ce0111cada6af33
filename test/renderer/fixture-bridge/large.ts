import { accountColors } from '../../../main/base/text/account-looks.ts'
import type { ActivityView } from '../../../preload/contract.ts'
import type { AccountView, LeaseView, Snapshot } from '../../../preload/snapshot.ts'
import { account, empty, lease, NOW } from './snapshots.ts'

const MINUTE = 60_000
const PROVIDERS = ['sftpgo', 'koyeb', 'glowmarkt', 'svix', 'giantswarm'] as const
const STAGES = ['production', 'staging', 'test'] as const

interface Counts {
  readonly accounts: number
  readonly leases?: number
  readonly clients?: number
}

/** A snapshot with so many accounts, active tokens and tools. */
export function large({ accounts: count, leases: held = 0, clients = 0 }: Counts): Snapshot {
  const plain = Array.from({ length: count }, (_, index) => accountAt(index))
  const leases = Array.from({ length: held }, (_, index) => leaseAt(index, plain, clients))
  const countOf = ({ id }: AccountView) => leases.filter((each) => each.account === id).length
  return {
    ...empty,
    accounts: plain.map((each) => ({ ...each, leases: countOf(each) })),
    leases,
    clients: Array.from({ length: clients }, (_, index) => ({
      id: `id-${index}`,
      name: toolAt(index),
      createdAt: NOW,
      accounts: plain.slice(index, index + 3).map(({ id }) => id),
    })),
  }
}

/** So many lines of activity, newest first. */
export function largeActivity(count: number): readonly ActivityView[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ id: count - index, at: NOW - index * MINUTE, what: 'Token handed out' },
    who: `${toolAt(index % 50)} · ${accountAt(index % 250).id}`,
    ...(index % 5 === 0 && { detail: 'nightly backup' }),
  }))
}

function accountAt(index: number): AccountView {
  const provider = PROVIDERS[index % PROVIDERS.length] ?? 'sftpgo'
  const stage = STAGES[index % STAGES.length] ?? 'test'
  const color = accountColors[index % accountColors.length]
  return account(`${provider}/customer-${index}-${stage}`, {
    label: `user${index} at files${index % 9}.example.com`,
    ...(index % 7 === 0 && { displayName: `Kunde ${index} Größe` }),
    ...(index % 6 === 0 && color && { color }),
    ...(index % 100 === 3 && { pinned: true as const }),
    ...(index % 25 === 9 && { state: 'signed_out' as const }),
    lastUsedAt: NOW - ((index * 7919) % 250) * MINUTE,
  })
}

function leaseAt(index: number, accounts: readonly AccountView[], clients: number): LeaseView {
  return lease(`L${index}`, {
    client: clients > 0 ? toolAt(index % clients) : 'tray',
    account: accounts[(index * 3) % accounts.length]?.id ?? '',
    endsAt: NOW + ((index % 55) + 1) * MINUTE + 1_000,
  })
}

const toolAt = (index: number) => `tool-${index}`
