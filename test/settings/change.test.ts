import { describe, expect, it } from 'vitest'
import {
  applyChange,
  applyChanges,
  changeBetween,
  parseChange,
  type SettingsChange,
} from '../../main/settings/change.ts'
import {
  type AccountRecord,
  type ClientRecord,
  defaultSettings,
  type GrantRecord,
  type Settings,
} from '../../main/settings/schema.ts'

const account = (index: number, name = `user${index}`): AccountRecord => ({
  uid: `account${String(index).padStart(12, '0')}`,
  ...{ provider: 'sftpgo', name, label: '', values: {}, leaseKind: 'shared', leaseSeconds: 900 },
  ...{ state: 'signed_in', needsCode: false, createdAt: 1 },
})

const client = (index: number): ClientRecord => ({
  ...{ id: `c${index}`, name: `tool${index}`, secretHash: 'a'.repeat(64), createdAt: 1 },
})

const grant = (index: number): GrantRecord => ({
  ...{ client: `c${index % 7}`, account: account(index).uid, until: null },
})

/** Pseudo-random numbers, the same in each run. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

/** Adds, replaces or removes one item somewhere in a list. */
function changed<Item>(list: readonly Item[], make: (index: number) => Item, pick: Pick): Item[] {
  const at = pick(list.length + 1)
  const kind = pick(3)
  if (kind === 0) return [...list, make(pick(1_000))]
  if (kind === 1) return list.filter((_, index) => index !== at)
  return list.map((item, index) => (index === at ? structuredClone(item) : item))
}
type Pick = (below: number) => number

function step(before: Settings, pick: Pick): Settings {
  const once = <Item>(list: readonly Item[], keyOf: (item: Item) => string) => [
    ...new Map(list.map((item) => [keyOf(item), item])).values(),
  ]
  return {
    ...before,
    ...(pick(3) === 0 && { port: 1 + pick(60_000), locked: pick(2) === 0 }),
    accounts: once(changed(before.accounts, account, pick), ({ uid }) => uid),
    clients: once(changed(before.clients, client, pick), ({ id }) => id),
    grants: once(changed(before.grants, grant, pick), (each) => JSON.stringify(each)),
    ...(pick(2) === 0 && {
      keychain: once(changed(before.keychain ?? [], String, pick), (key) => key),
    }),
  }
}

const sorted = (settings: Settings) => ({
  ...settings,
  accounts: settings.accounts.map((each) => JSON.stringify(each)).sort(),
  clients: settings.clients.map((each) => JSON.stringify(each)).sort(),
  grants: settings.grants.map((each) => JSON.stringify(each)).sort(),
  ...(settings.keychain && { keychain: [...settings.keychain].sort() }),
})

describe('a change of the settings', () => {
  it('turns the earlier settings into the later ones, and leaves the later ones unchanged, for any change', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const pick = chance(seed)
      let settings: Settings = defaultSettings
      const lines: string[] = []
      for (let count = 0; count < 60; count += 1) {
        const wanted = step(settings, pick)
        const change = changeBetween(settings, wanted)
        if (!change) continue
        lines.push(JSON.stringify(change))
        settings = applyChange(settings, parseChange(JSON.stringify(change)))
        expect(sorted(settings)).toEqual(sorted(wanted))
      }
      const again = lines.map(parseChange).reduce(applyChange, settings)
      expect(sorted(again)).toEqual(sorted(settings))
    }
  })

  it('has the same result for all changes at once as one by one, including order', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const pick = chance(seed)
      const states: Settings[] = [defaultSettings]
      const changes: SettingsChange[] = []
      for (let count = 0; count < 60; count += 1) {
        const before = states.at(-1) ?? defaultSettings
        const change = changeBetween(before, step(before, pick))
        if (!change) continue
        changes.push(change)
        states.push(applyChange(before, change))
      }
      for (const from of [0, 20, 40]) {
        const before = states[from] ?? defaultSettings
        expect(applyChanges(before, changes.slice(from))).toEqual(states.at(-1))
      }
    }
  })

  it('visits no record more often among a thousand changes than alone', () => {
    let looks = 0
    const watched = Object.defineProperty({ ...account(1) }, 'uid', {
      enumerable: true,
      get: () => {
        looks += 1
        return account(1).uid
      },
    })
    const before = { ...defaultSettings, accounts: [watched] }
    const changes = Array.from({ length: 1_000 }, (_, index) => ({
      // Not the watched one, which stays until the end.
      accounts: { drop: [account(index + 2).uid], put: [account(index + 3)] },
    }))
    applyChanges(before, changes.slice(0, 1))
    const alone = looks
    looks = 0
    applyChanges(before, changes)
    expect(alone).toBeGreaterThan(0)
    expect(looks).toBeLessThanOrEqual(alone)
  })

  it('keeps the position of a replaced record, and puts a new one last', () => {
    const before = { ...defaultSettings, accounts: [account(1), account(2), account(3)] }
    const after = { ...before, accounts: [account(9), account(1), account(2, 'other'), account(3)] }
    const change = changeBetween(before, after)
    const names = change && applyChange(before, change).accounts.map(({ name }) => name)
    expect(names).toEqual(['user1', 'other', 'user3', 'user9'])
  })

  it('is null if the records are the same', () => {
    const before = { ...defaultSettings, accounts: [account(1), account(2)], keychain: ['a'] }
    expect(changeBetween(before, { ...before, accounts: [...before.accounts] })).toBeNull()
    expect(changeBetween(before, { ...before, accounts: before.accounts.toReversed() })).toBeNull()
  })

  it('is null if no lines wait for the record, before or after', () => {
    expect(changeBetween(defaultSettings, { ...defaultSettings, unrecorded: [] })).toBeNull()
  })

  it('creates a list of keychain items if there was none, even an empty one', () => {
    const change = changeBetween(defaultSettings, { ...defaultSettings, keychain: [] })
    expect(change && applyChange(defaultSettings, change).keychain).toEqual([])
  })
})
