import { expect, it } from 'vitest'
import { share } from '../../renderer/state/share.ts'
import { account, full } from './fixture-bridge/snapshots.ts'

const copy = <Value>(value: Value): Value => structuredClone(value)

it('keeps every unchanged part of a snapshot the identical object', () => {
  const before = { ...full, accounts: [account('sftpgo/a'), account('sftpgo/b')] }
  const [, b] = before.accounts
  const next = copy(before)
  const changed = { ...account('sftpgo/a'), leases: 7 }
  const shared = share(before, {
    ...next,
    revision: 9,
    accounts: [copy(account('svix/new')), changed, ...next.accounts.slice(1)],
  })
  expect(shared.accounts.map(({ id, leases }) => [id, leases])).toEqual([
    ['svix/new', account('svix/new').leases],
    ['sftpgo/a', 7],
    ['sftpgo/b', b?.leases],
  ])
  expect(shared.accounts[2]).toBe(b)
  expect(shared.providers).toBe(before.providers)
  expect(shared.revision).toBe(9)
})

it('keeps nothing that was removed, and takes what is new, moved or of another type', () => {
  expect(share({ a: 1, b: 2 }, { a: 1 })).toEqual({ a: 1 })
  expect(share({ a: 1 }, { a: 1, b: undefined })).toEqual({ a: 1, b: undefined })
  expect(share([1, 2, 3], [1, 2])).toEqual([1, 2])
  expect(share([{ id: 'a' }, { id: 'b' }], [{ id: 'b' }, { id: 'a' }])).toEqual([
    { id: 'b' },
    { id: 'a' },
  ])
  expect(share({ a: [] }, { a: {} })).toEqual({ a: {} })
  expect(share(null, full)).toBe(full)
})
