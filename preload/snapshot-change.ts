import type { Snapshot } from './snapshot.ts'

/** The lists of a snapshot, each of which may have a thousand items. */
const lists = ['providers', 'accounts', 'leases', 'sessions', 'lingering', 'clients'] as const
type ListName = (typeof lists)[number]
type Item = Snapshot[ListName][number]
type Rest = Omit<Snapshot, 'revision' | ListName>

/** How a list differs from the previous one. */
interface ListChange {
  /** Items that are new or changed. */
  readonly items: readonly Item[]
  /** The keys of all items, if items were added, removed or reordered. */
  readonly keys?: readonly string[]
}

/** The change from the snapshot with revision `since` to the one with `revision`. */
export interface SnapshotChange {
  readonly since: number
  readonly revision: number
  /** Everything but the lists; absent if unchanged. */
  readonly rest?: Rest
  readonly lists: { readonly [Name in ListName]?: ListChange }
}

/** What main pushes: a whole snapshot to a page that has none, else a change. */
export type Push = Snapshot | SnapshotChange

export const isChange = (push: Push): push is SnapshotChange => 'since' in push

/** The key of an item, unique in its list and the same in all snapshots. */
const keyOf = (item: Item): string => item.id

/** The change between two snapshots; `null` if only the revision differs. */
export function changeBetween(before: Snapshot, after: Snapshot): SnapshotChange | null {
  const rest = restOf(after)
  const sameRest = isSame(restOf(before), rest)
  const changes = lists.flatMap((name) => {
    const change = listChange(before[name], after[name])
    return change ? [[name, change] as const] : []
  })
  if (sameRest && changes.length === 0) return null
  return {
    ...{ since: before.revision, revision: after.revision },
    ...(!sameRest && { rest }),
    lists: Object.fromEntries(changes),
  }
}

/** Applies a change to the snapshot whose revision is its `since`. */
export function applyChange(before: Snapshot, change: SnapshotChange): Snapshot {
  const changed = lists.map((name) => [name, changeList(before[name], change.lists[name])])
  const kept = Object.fromEntries(changed) as Pick<Snapshot, ListName>
  return { ...(change.rest ?? restOf(before)), ...kept, revision: change.revision }
}

function restOf(snapshot: Snapshot): Rest {
  const { revision, providers, accounts, leases, sessions, lingering, clients, ...rest } = snapshot
  return rest
}

function listChange(before: readonly Item[], after: readonly Item[]): ListChange | null {
  const known = new Map(before.map((item) => [keyOf(item), item]))
  const items = after.filter((item) => !isSame(known.get(keyOf(item)), item))
  const isInPlace =
    before.length === after.length &&
    after.every((item, index) => keyOf(item) === keyOf(before[index] as Item))
  if (isInPlace && items.length === 0) return null
  return { items, ...(!isInPlace && { keys: after.map(keyOf) }) }
}

function changeList(before: readonly Item[], change: ListChange | undefined): readonly Item[] {
  if (!change) return before
  const held = new Map([...before, ...change.items].map((item) => [keyOf(item), item]))
  const keys = change.keys ?? before.map(keyOf)
  return keys.flatMap((key) => held.get(key) ?? [])
}

/** Whether two values of plain data are deeply equal. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other))
    return false
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => name in other && isSame(one[name], other[name]))
  )
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
