import { toAccountId } from '../../base/ids.ts'
import { unshared } from '../../settings/change.ts'
import type {
  AccountRecord,
  ClientRecord,
  GrantRecord,
  PreferencesRecord,
  Settings,
} from '../../settings/schema.ts'
import type { SettingsEvent } from './audit-outbox.ts'

/** The audit lines for a change of one member; `null` if another line has it. */
type Rules<Owner> = {
  readonly [Name in keyof Required<Owner>]:
    | ((before: Owner, after: Owner) => SettingsEvent[])
    | null
}

/**
 * The audit lines for a change of the settings. Every change goes through this, so that no permission changes
 * without a line; every member has a rule.
 */
export function settingsEvents(before: Settings, after: Settings): readonly SettingsEvent[] {
  return eventsOf(settingsRules, before, after)
}

const settingsRules: Rules<Settings> = {
  version: null,
  // It is where tools find us, and grants nothing.
  port: null,
  // The lock records it, even if it could not be stored.
  locked: null,
  accounts: (before, after) => accountsEvents(before.accounts, after.accounts),
  clients: (before, after) => clientsEvents(before.clients, after.clients),
  grants: (before, after) => grantsEvents(before, after),
  preferences: (before, after) => eventsOf(preferenceRules, before.preferences, after.preferences),
  // The keychain items of the accounts.
  keychain: null,
  unrecorded: null,
}

const preference =
  (setting: keyof PreferencesRecord) => (before: PreferencesRecord, after: PreferencesRecord) => [
    changed({ event: 'settings_changed' }, setting, before[setting], after[setting]),
  ]

const preferenceRules: Rules<PreferencesRecord> = {
  leaseSeconds: preference('leaseSeconds'),
  clipboardSeconds: preference('clipboardSeconds'),
  lockOnSleep: preference('lockOnSleep'),
  leaseKind: preference('leaseKind'),
  accountOrder: preference('accountOrder'),
  globalShortcut: preference('globalShortcut'),
  lockAfterIdleMinutes: preference('lockAfterIdleMinutes'),
  // How the window looks.
  theme: null,
  zoom: null,
  notifyCopied: preference('notifyCopied'),
  notifyLoginRequired: preference('notifyLoginRequired'),
  notifyServiceLimits: preference('notifyServiceLimits'),
}

const accountSetting =
  (setting: keyof AccountRecord) => (before: AccountRecord, after: AccountRecord) => [
    changed(
      { event: 'account_changed', ...about(after) },
      ...([setting, before[setting], after[setting]] as const),
    ),
  ]

/** A switch that is left out while it is off. */
const accountSwitch = (setting: 'pinned') => (before: AccountRecord, after: AccountRecord) => [
  changed(
    { event: 'account_changed', ...about(after) },
    ...([setting, before[setting] ?? false, after[setting] ?? false] as const),
  ),
]

const accountRules: Rules<AccountRecord> = {
  uid: null,
  provider: null,
  createdAt: null,
  name: (before, after) => [
    { event: 'account_renamed', ...about(after), from: idOf(before), to: idOf(after) },
  ],
  values: (before, after) => valueEvents(before, after),
  leaseKind: accountSetting('leaseKind'),
  leaseSeconds: accountSetting('leaseSeconds'),
  displayName: accountSetting('displayName'),
  color: accountSetting('color'),
  pinned: accountSwitch('pinned'),
  addresses: (before, after) => addressEvents(before, after),
  state: (before, after) => stateEvents(before, after),
  // The reason of the state, and what a login or a call has found out.
  loginRequiredBecause: null,
  needsCode: null,
  label: null,
  learned: null,
  // A login is recorded before it is kept.
  credential: null,
}

/** Of a login the line is written first: where that fails, nothing is kept. */
function stateEvents(before: AccountRecord, after: AccountRecord): SettingsEvent[] {
  const { state, loginRequiredBecause: because } = after
  if (state === before.state || state === 'signed_in') return []
  if (state === 'signed_out') return [{ event: 'logout', ...about(after) }]
  return [
    { event: 'login_required', ...about(after), ...(because && { reason: because.sentence }) },
  ]
}

/** The form's values, none of which is secret: they say where an account is, and as whom. */
function valueEvents(before: AccountRecord, after: AccountRecord): SettingsEvent[] {
  const names = new Set([...Object.keys(before.values), ...Object.keys(after.values)])
  return [...names]
    .filter((name) => before.values[name] !== after.values[name])
    .map((name) =>
      changed(
        { event: 'account_changed', ...about(after) },
        ...([name, before.values[name], after.values[name]] as const),
      ),
    )
}

/** One line for each address, so that a search for one finds when it was set and removed. */
function addressEvents(before: AccountRecord, after: AccountRecord): SettingsEvent[] {
  const { gone, come } = compare(
    before.addresses ?? [],
    after.addresses ?? [],
    (address) => address,
  )
  const event = { event: 'account_changed', ...about(after) }
  return [
    ...gone.map((address) => changed(event, 'address', address, undefined)),
    ...come.map((address) => changed(event, 'address', undefined, address)),
  ]
}

/** What a change of one account puts on record. */
function accountEvents(before: AccountRecord, after: AccountRecord): readonly SettingsEvent[] {
  return eventsOf(accountRules, before, after)
}

function accountsEvents(
  before: readonly AccountRecord[],
  after: readonly AccountRecord[],
): SettingsEvent[] {
  const { gone, come, both } = compare(before, after, ({ uid }) => uid)
  return [
    ...gone.map((record) => ({ event: 'account_removed', ...about(record) })),
    ...come.map((record) => ({ event: 'account_added', ...about(record) })),
    ...both.flatMap(([old, record]) => accountEvents(old, record)),
  ]
}

const lifetimeOf = ({ leaseSeconds }: ClientRecord) => leaseSeconds ?? 'account'

const clientRules: Rules<ClientRecord> = {
  id: null,
  createdAt: null,
  name: (before, after) => [
    { event: 'client_renamed', client: after.name, from: before.name, to: after.name },
  ],
  leaseSeconds: (before, after) => [
    changed(
      { event: 'client_changed', client: after.name },
      ...(['leaseSeconds', lifetimeOf(before), lifetimeOf(after)] as const),
    ),
  ],
  secretHash: (_, after) => [{ event: 'client_secret_changed', client: after.name }],
}

function clientsEvents(
  before: readonly ClientRecord[],
  after: readonly ClientRecord[],
): SettingsEvent[] {
  const { gone, come, both } = compare(before, after, ({ id }) => id)
  return [
    ...gone.map(({ name }) => ({ event: 'client_removed', client: name })),
    ...come.map(({ name }) => ({ event: 'client_added', client: name })),
    ...both.flatMap(([old, record]) => eventsOf(clientRules, old, record)),
  ]
}

/** One event for each, so that a search for an account or a tool finds all its grants. */
function grantsEvents(before: Settings, after: Settings): SettingsEvent[] {
  const keyOf = ({ client, account, until }: GrantRecord) => `${client} ${account} ${until}`
  const { gone, come } = compare(before.grants, after.grants, keyOf)
  if (gone.length + come.length === 0) return []
  const ofUse = new Set([...gone, ...come].flatMap(({ client, account }) => [client, account]))
  const clients = new Map<string, string>()
  const accounts = new Map<string, string>()
  for (const settings of [before, after]) {
    for (const { id, name } of settings.clients) if (ofUse.has(id)) clients.set(id, name)
    for (const record of settings.accounts) {
      if (ofUse.has(record.uid)) accounts.set(record.uid, idOf(record))
    }
  }
  const line = (event: string) => (grant: GrantRecord) => ({
    ...{ event, client: clients.get(grant.client) ?? grant.client },
    account: accounts.get(grant.account) ?? grant.account,
    accountUid: grant.account,
    ...(event === 'grant_added' && grant.until !== null && { endsAt: grant.until }),
  })
  return [...gone.map(line('grant_removed')), ...come.map(line('grant_added'))]
}

function eventsOf<Owner extends object>(
  rules: Rules<Owner>,
  before: Owner,
  after: Owner,
): SettingsEvent[] {
  return Object.keys(rules).flatMap((key) => {
    const name = key as keyof Owner
    // What was not changed is the same object.
    return before[name] === after[name] ? [] : (rules[name]?.(before, after) ?? [])
  })
}

interface Compared<Item> {
  readonly gone: readonly Item[]
  readonly come: readonly Item[]
  readonly both: readonly (readonly [before: Item, after: Item])[]
}

function compare<Item>(
  before: readonly Item[],
  after: readonly Item[],
  keyOf: (item: Item) => string,
): Compared<Item> {
  const { gone, come } = unshared(before, after)
  const old = new Map(gone.map((item) => [keyOf(item), item]))
  const fresh: Item[] = []
  const both: [Item, Item][] = []
  for (const item of come) {
    const key = keyOf(item)
    const known = old.get(key)
    if (known === undefined) fresh.push(item)
    else both.push([known, item])
    old.delete(key)
  }
  return { gone: [...old.values()], come: fresh, both }
}

/** Of which account a line is. */
const about = (record: AccountRecord) => ({ account: idOf(record), accountUid: record.uid })

const idOf = ({ provider, name }: AccountRecord): string => toAccountId(provider, name)

type Value = string | number | boolean | object | undefined

/** As texts: every member of a line of the record is flat. */
function changed(about: SettingsEvent, setting: string, from: Value, to: Value): SettingsEvent {
  const text = (value: Value) => (value === undefined ? '' : String(value))
  return { ...about, setting, from: text(from), to: text(to) }
}
