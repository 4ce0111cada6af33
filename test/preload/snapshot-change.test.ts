import { expect, it } from 'vitest'
import type { Snapshot } from '../../preload/snapshot.ts'
import { applyChange, changeBetween } from '../../preload/snapshot-change.ts'
import { makeAccount, makeLease, makeSnapshot } from '../desktop/samples.ts'

const names = Array.from('abcdefgh')

/** The same numbers in each run, from 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

function anySnapshot(revision: number, next: () => number): Snapshot {
  const some = names.filter(() => next() < 0.6).sort(() => next() - 0.5)
  return makeSnapshot({
    revision,
    ...(next() < 0.3 && { otherBroker: { kind: 'agent', pid: 7 } }),
    status: { pending: Math.floor(next() * 3) },
    accounts: some.map((name) =>
      makeAccount(`svix/${name}`, {
        leases: Math.floor(next() * 2),
        ...(next() < 0.5 && { sessionEndsAt: 5 }),
      }),
    ),
    leases: some.map((name) => makeLease(name)),
    clients: some.map((name) => ({
      ...{ id: name, name, createdAt: 1 },
      accounts: names.filter(() => next() < 0.8),
    })),
    copied: next() < 0.5 ? null : { account: 'svix/a', form: 'token', clearsAt: 9 },
  })
}

it('builds each of a thousand snapshots from the previous one', () => {
  const next = numbers(1)
  let before = anySnapshot(1, next)
  for (let revision = 2; revision < 1_000; revision += 1) {
    const after = anySnapshot(revision, next)
    const change = changeBetween(before, after)
    if (change === null) {
      expect({ ...before, revision }).toEqual(after)
    } else {
      expect(change.since).toBe(before.revision)
      // As when sent from one process to another.
      expect(applyChange(before, structuredClone(change))).toEqual(after)
    }
    before = after
  }
})

it('is null between two snapshots with the same content', () => {
  const before = anySnapshot(1, numbers(3))
  expect(changeBetween(before, { ...structuredClone(before), revision: 2 })).toBeNull()
})

it('contains only the one of a thousand accounts that has changed', () => {
  const accounts = Array.from({ length: 1_000 }, (_, index) => makeAccount(`svix/${index}`))
  const before = makeSnapshot({ accounts })
  const busy = makeAccount('svix/500', { leases: 1 })
  const after = makeSnapshot({ revision: 2, accounts: accounts.toSpliced(500, 1, busy) })
  expect(changeBetween(before, after)).toEqual({
    ...{ since: 1, revision: 2 },
    lists: { accounts: { items: [busy] } },
  })
})
