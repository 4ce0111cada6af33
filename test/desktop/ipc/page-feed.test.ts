import { beforeEach, expect, it } from 'vitest'
import type { Handlers } from '../../../main/desktop/ipc/ipc.ts'
import { PageFeed } from '../../../main/desktop/ipc/page-feed.ts'
import type { Snapshot } from '../../../preload/snapshot.ts'
import { makeSnapshot } from '../samples.ts'

const at = (revision: number, pending = revision): Snapshot =>
  makeSnapshot({ revision, status: { pending } })

let feed: PageFeed
let answer: Snapshot
const ask = () => feed.watch({ snapshot: async () => answer } as unknown as Handlers).snapshot()

beforeEach(() => {
  feed = new PageFeed()
})

it('pushes a complete snapshot to a page that has none', () => {
  expect(feed.next(at(1))).toEqual(at(1))
})

it('pushes what has changed since the last push', () => {
  feed.next(at(1))
  expect(feed.next(at(2))).toMatchObject({ since: 1, revision: 2 })
  expect(feed.next(at(3))).toMatchObject({ since: 2, revision: 3 })
})

it('pushes what has changed since the page requested one', async () => {
  feed.next(at(1))
  answer = at(2)
  expect(await ask()).toBe(answer)
  expect(feed.next(at(3))).toMatchObject({ since: 2, revision: 3 })
})

it('continues from a push that was newer than the requested snapshot', async () => {
  feed.next(at(1))
  feed.next(at(3))
  answer = at(2)
  await ask()
  expect(feed.next(at(4))).toMatchObject({ since: 3, revision: 4 })
})

it('pushes nothing if nothing has changed, and continues from the previous one', () => {
  feed.next(at(1, 7))
  expect(feed.next(at(2, 7))).toBeNull()
  expect(feed.next(at(3, 8))).toMatchObject({ since: 1, revision: 3 })
})
