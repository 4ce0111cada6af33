import { describe, expect, it } from 'vitest'
import type { AccountOrder, AccountView } from '../../preload/snapshot.ts'
import { inOrder, matching } from '../../renderer/text/account-order.ts'
import { account } from './fixture-bridge/snapshots.ts'

const accounts: readonly AccountView[] = [
  account('koyeb/work-10', { lastUsedAt: 100 }),
  account('sftpgo/home', { label: 'alice at files.example.com' }),
  account('koyeb/work-9', { label: 'Acme (organization)' }),
  account('svix/prod', { displayName: 'Продакшн', lastUsedAt: 300 }),
  account('sftpgo/tokyo', { displayName: '本番', pinned: true }),
  account('glowmarkt/customer', { displayName: 'Größe Kunde', lastUsedAt: 200, pinned: true }),
]
const idsOf = (these: readonly AccountView[]) => these.map(({ id }) => id)

describe('the order of accounts', () => {
  it.each<[AccountOrder, readonly string[]]>([
    [
      'recent',
      [
        ...['glowmarkt/customer', 'sftpgo/tokyo'],
        ...['svix/prod', 'koyeb/work-10', 'sftpgo/home', 'koyeb/work-9'],
      ],
    ],
    [
      'name',
      [
        ...['glowmarkt/customer', 'sftpgo/tokyo'],
        ...['sftpgo/home', 'koyeb/work-9', 'koyeb/work-10', 'svix/prod'],
      ],
    ],
    [
      'service',
      [
        ...['glowmarkt/customer', 'sftpgo/tokyo'],
        ...['koyeb/work-9', 'koyeb/work-10', 'sftpgo/home', 'svix/prod'],
      ],
    ],
  ])('has pinned accounts first, then by %s', (order, ids) => {
    expect(idsOf(inOrder(accounts, order))).toEqual(ids)
    // However they come.
    expect(idsOf(inOrder([...accounts].reverse(), order))).toEqual(ids)
  })

  it('leaves the given list as it is', () => {
    const before = idsOf(accounts)
    inOrder(accounts, 'name')
    expect(idsOf(accounts)).toEqual(before)
  })
})

describe('a search for accounts', () => {
  it.each<[string, readonly string[]]>([
    ['', idsOf(accounts)],
    ['   ', idsOf(accounts)],
    ['work', ['koyeb/work-10', 'koyeb/work-9']],
    ['WORK koy', ['koyeb/work-10', 'koyeb/work-9']],
    ['koy work acme', ['koyeb/work-9']],
    ['acme work', ['koyeb/work-9']],
    ['alice home', ['sftpgo/home']],
    ['grosse', ['glowmarkt/customer']],
    ['große', ['glowmarkt/customer']],
    ['GRÖ kun', ['glowmarkt/customer']],
    ['продакшн', ['svix/prod']],
    ['ПРОД', ['svix/prod']],
    ['本番', ['sftpgo/tokyo']],
    ['SFTPGo', ['sftpgo/home', 'sftpgo/tokyo']],
    ['home alice nobody', []],
  ])('for "%s"', (search, ids) => {
    expect(idsOf(matching(accounts, search))).toEqual(ids)
  })

  it('finds no word across the end of one text and the start of the next', () => {
    const one = account('sftpgo/ab', { label: 'cd' })
    expect(matching([one], 'abcd')).toEqual([])
  })
})
