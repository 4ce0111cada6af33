import { beforeEach, expect, it } from 'vitest'
import type { Bridge } from '../../preload/contract.ts'
import type { Snapshot } from '../../preload/snapshot.ts'
import { changeBetween, type Push } from '../../preload/snapshot-change.ts'
import { Snapshots } from '../../renderer/state/snapshots.ts'
import { makeSnapshot } from '../desktop/samples.ts'

const at = (revision: number): Snapshot => makeSnapshot({ revision, status: { pending: revision } })

function change(from: number, to: number): Push {
  const push = changeBetween(at(from), at(to))
  if (push === null) throw new Error('These two do not differ.')
  return push
}

/** Requests for a complete snapshot that are not answered yet. */
let asked: { readonly answer: (snapshot: Snapshot) => void; readonly fail: () => void }[]
let push: (push: Push) => void
let snapshots: Snapshots

const settle = () => new Promise((resolve) => setImmediate(resolve))
const held = () => snapshots.get().snapshot

beforeEach(() => {
  asked = []
  snapshots = new Snapshots({
    onSnapshot: (listener: typeof push) => {
      push = listener
    },
    snapshot: () =>
      new Promise<Snapshot>((resolve, reject) => {
        asked.push({ answer: resolve, fail: () => reject(new Error('no answer')) })
      }),
  } as unknown as Bridge)
})

it('applies changes to the snapshot that it holds', () => {
  push(at(1))
  push(change(1, 4))
  expect(held()).toEqual(at(4))
  expect(asked).toHaveLength(0)
})

it('ignores snapshots older than the one it holds', () => {
  push(at(5))
  push(at(4))
  push(change(2, 3))
  expect(held()).toEqual(at(5))
  expect(asked).toHaveLength(0)
})

it('requests a complete snapshot once if a change is based on another one', async () => {
  push(at(1))
  push(change(2, 3))
  push(change(3, 4))
  expect(held()).toEqual(at(1))
  expect(asked).toHaveLength(1)
  asked[0]?.answer(at(5))
  await settle()
  expect(held()).toEqual(at(5))
  expect(asked).toHaveLength(1)
})

it('requests another one if an unusable change was newer than the answer', async () => {
  void snapshots.load()
  push(change(5, 6))
  asked[0]?.answer(at(4))
  await settle()
  expect(asked).toHaveLength(2)
  asked[1]?.answer(at(7))
  await settle()
  expect(held()).toEqual(at(7))
  expect(asked).toHaveLength(2)
})

it('requests one again at the next change after a failure', async () => {
  void snapshots.load()
  asked[0]?.fail()
  await settle()
  expect(snapshots.get().failure).not.toBeNull()
  push(change(5, 6))
  asked[1]?.answer(at(6))
  await settle()
  expect(snapshots.get()).toEqual({ snapshot: at(6), failure: null })
})
