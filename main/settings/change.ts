import { z } from 'zod'
import { deepFreeze } from './freeze.ts'
import {
  type AccountRecord,
  accountRecord,
  type ClientRecord,
  clientRecord,
  type GrantRecord,
  grantRecord,
  type OutboxLine,
  owedLine,
  type Settings,
  settingsSchema,
} from './schema.ts'

/** The difference of a list: the keys of deleted records, and the records that are new or changed. */
interface ListChange<Item> {
  readonly drop: readonly string[]
  readonly put: readonly Item[]
}

/**
 * What turns earlier settings into later ones. It names records by their keys, not by their positions:
 * applying it to settings that already have it changes nothing.
 */
export interface SettingsChange {
  readonly port?: Settings['port'] | undefined
  readonly locked?: boolean | undefined
  readonly preferences?: Settings['preferences'] | undefined
  readonly accounts?: ListChange<AccountRecord> | undefined
  readonly clients?: ListChange<ClientRecord> | undefined
  readonly grants?: ListChange<GrantRecord> | undefined
  readonly keychain?: ListChange<string> | undefined
  readonly unrecorded?: ListChange<OutboxLine> | undefined
}

const listChange = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ drop: z.array(z.string()), put: z.array(item) }).optional()

const { port, locked, preferences } = settingsSchema.shape

const changeSchema = z.strictObject({
  port: port.optional(),
  locked: locked.optional(),
  preferences: preferences.optional(),
  accounts: listChange(accountRecord),
  clients: listChange(clientRecord),
  grants: listChange(grantRecord),
  keychain: listChange(z.string()),
  unrecorded: listChange(owedLine),
})

const keys = {
  accounts: ({ uid }: AccountRecord) => uid,
  clients: ({ id }: ClientRecord) => id,
  grants: ({ client, account, until }: GrantRecord) => `${client} ${account} ${until}`,
  keychain: (key: string) => key,
  unrecorded: ({ id }: OutboxLine) => id,
}

/**
 * The difference, found by identity; `null` if there is none. Order does not count. Leaving out the list of
 * keychain items, or of lines that are not on record, does not change it. For those lines a missing list
 * equals an empty one.
 */
export function changeBetween(before: Settings, after: Settings): SettingsChange | null {
  const change: SettingsChange = {
    port: after.port === before.port ? undefined : after.port,
    locked: after.locked === before.locked ? undefined : after.locked,
    preferences: after.preferences === before.preferences ? undefined : after.preferences,
    accounts: between(before.accounts, after.accounts, keys.accounts),
    clients: between(before.clients, after.clients, keys.clients),
    grants: between(before.grants, after.grants, keys.grants),
    keychain: between(before.keychain, after.keychain, keys.keychain),
    // A missing list equals an empty one.
    unrecorded: between(before.unrecorded ?? [], after.unrecorded, keys.unrecorded),
  }
  return Object.values(change).every((part) => part === undefined) ? null : change
}

/** Parses a change that was written as JSON; throws for anything else. */
export const parseChange = (text: string): SettingsChange => changeSchema.parse(JSON.parse(text))

/** The settings with that change, immutable; members it does not name stay the same objects. */
export function applyChange(settings: Settings, change: SettingsChange): Settings {
  const { port = settings.port, locked = settings.locked, preferences, ...lists } = change
  const keychain = lists.keychain
    ? applied(settings.keychain, lists.keychain, keys.keychain)
    : settings.keychain
  const { unrecorded: owed, ...others } = settings
  const unrecorded = applied(owed, lists.unrecorded, keys.unrecorded)
  return deepFreeze({
    ...others,
    ...{ port, locked, preferences: preferences ?? settings.preferences },
    accounts: applied(settings.accounts, lists.accounts, keys.accounts),
    clients: applied(settings.clients, lists.clients, keys.clients),
    grants: applied(settings.grants, lists.grants, keys.grants),
    ...(keychain && { keychain }),
    ...(unrecorded.length > 0 && { unrecorded }),
  })
}

/** The same as `applyChange` one after the other, without going over all settings for each change. */
export const applyChanges = (settings: Settings, changes: readonly SettingsChange[]): Settings =>
  applyChange(settings, merged(changes))

/** One change with the effect of these, in this order. */
function merged(changes: readonly SettingsChange[]): SettingsChange {
  const last = <Name extends 'port' | 'locked' | 'preferences'>(name: Name) =>
    changes.findLast((change) => change[name] !== undefined)?.[name]
  return {
    ...{ port: last('port'), locked: last('locked'), preferences: last('preferences') },
    accounts: mergedLists(changes, ({ accounts }) => accounts, keys.accounts),
    clients: mergedLists(changes, ({ clients }) => clients, keys.clients),
    grants: mergedLists(changes, ({ grants }) => grants, keys.grants),
    keychain: mergedLists(changes, ({ keychain }) => keychain, keys.keychain),
    unrecorded: mergedLists(changes, ({ unrecorded }) => unrecorded, keys.unrecorded),
  }
}

function mergedLists<Item>(
  changes: readonly SettingsChange[],
  partOf: (change: SettingsChange) => ListChange<Item> | undefined,
  keyOf: (item: Item) => string,
): ListChange<Item> | undefined {
  const lists = changes.flatMap((change) => partOf(change) ?? [])
  if (lists.length === 0) return undefined
  const dropped = new Set<string>()
  const fresh = new Map<string, Item>()
  for (const { drop, put } of lists) {
    for (const key of drop) {
      dropped.add(key)
      fresh.delete(key)
    }
    for (const item of put) fresh.set(keyOf(item), item)
  }
  return { drop: [...dropped], put: [...fresh.values()] }
}

function between<Item>(
  before: readonly Item[] | undefined,
  after: readonly Item[] | undefined,
  keyOf: (item: Item) => string,
): ListChange<Item> | undefined {
  if (before === after || after === undefined) return undefined
  const { gone, come } = unshared(before ?? [], after)
  if (before && gone.length + come.length === 0) return undefined
  const kept = new Set(come.map(keyOf))
  return { drop: gone.map(keyOf).filter((key) => !kept.has(key)), put: come }
}

/**
 * The items of each list that are not in the other, compared by identity. The common start and end of long
 * lists are only skipped over.
 */
export function unshared<Item>(
  before: readonly Item[],
  after: readonly Item[],
): { readonly gone: Item[]; readonly come: Item[] } {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start += 1
  let end = 0
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1
  const [old, fresh] = [before, after].map((list) => list.slice(start, list.length - end))
  const [had, has] = [new Set(old), new Set(fresh)]
  return {
    gone: (old ?? []).filter((item) => !has.has(item)),
    come: (fresh ?? []).filter((item) => !had.has(item)),
  }
}

/** A replaced record keeps its position; one that is new, or was deleted before, goes to the end. */
function applied<Item>(
  items: readonly Item[] = [],
  change: ListChange<Item> | undefined,
  keyOf: (item: Item) => string,
): Item[] {
  // Frozen like all settings, so this type allows no changes in practice.
  if (!change) return items as Item[]
  const dropped = new Set(change.drop)
  const fresh = new Map(change.put.map((item) => [keyOf(item), item]))
  const next: Item[] = []
  for (const item of items) {
    const key = keyOf(item)
    if (dropped.has(key)) continue
    next.push(fresh.get(key) ?? item)
    fresh.delete(key)
  }
  next.push(...fresh.values())
  return next
}
