import { describe, expect, it } from 'vitest'
import type { Account } from '../../main/broker/account/accounts.ts'
import { leaseKindsOf, operationsOf } from '../../main/broker/account/operations.ts'
import { providers } from '../../main/providers/index.ts'
import { scenes } from './fixture-bridge/scenes.ts'

/** The scenes must show what the program would show. */
describe.each(scenes)('the scene $name', ({ snapshot, afterwards }) => {
  it.each([snapshot, ...(afterwards ? [afterwards] : [])])(
    'has as many leases as its accounts count, each of an existing account',
    ({ accounts, leases }) => {
      const counted = accounts.map(({ id, leases }) => [id, leases])
      const listed = accounts.map(({ id }) => [
        id,
        leases.filter(({ account }) => account === id).length,
      ])
      expect(counted).toEqual(listed)
      const ids = accounts.map(({ id }) => id)
      expect(leases.filter(({ account }) => !ids.includes(account))).toEqual([])
    },
  )

  it('offers for each account what its service supports', () => {
    for (const {
      id,
      provider: name,
      values,
      needsCode,
      leaseKind,
      ...shown
    } of snapshot.accounts) {
      const provider = providers.find((each) => each.id === name)
      // Accounts for testing long texts have no values.
      if (!provider || Object.keys(values).length === 0) continue
      const driver = provider.driver(values)
      const account = {
        id,
        provider,
        driver,
        record: { needsCode, leaseKind },
      } as unknown as Account
      const { operations, leaseKinds } = shown
      expect({ id, operations, leaseKinds, caution: shown.caution }).toEqual({
        ...{ id, operations: operationsOf(account), leaseKinds: [...leaseKindsOf(account)] },
        caution: driver.caution,
      })
    }
  })
})
