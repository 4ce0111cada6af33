import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import { isSecret } from '../../base/forms/form-fields.ts'
import { type AccountId, isName, NAME_RULE, randomText, toAccountId } from '../../base/ids.ts'
import { DISPLAY_NAME_RULE, isDisplayName, tidyDisplayName } from '../../base/text/account-looks.ts'
import { hasUnsafeCharacters } from '../../base/text/unsafe-characters.ts'
import { checkValues } from '../../providers/form.ts'
import type { FormValues, Provider } from '../../providers/provider.ts'
import type { AccountRecord, ClientRecord, GrantRecord } from '../../settings/schema.ts'
import { addressesAtService } from '../account/addresses.ts'
import { leaseKindsOf } from '../account/operations.ts'
import type { Broker } from '../broker.ts'
import { isReserved, recordWithoutSecret } from '../clients.ts'
import { type Actor, program } from '../record/actor.ts'
import { hostLabel } from '../service/host-of.ts'
import type { ExportDocument, ExportedAccount, ExportedTool } from './document.ts'
import { type ImportedPreferences, importPreferences } from './import-preferences.ts'

/** An entry that was not imported. */
interface RefusedEntry {
  /** The id of the account or the name of the tool if that is valid, otherwise its place in the file. */
  readonly entry: string
  /** A sentence that never repeats a value. */
  readonly why: string
}

/** What became of the accounts or of the tools of a file, by their ids or names. */
export interface ImportedEntries {
  readonly added: readonly string[]
  /** They existed, and were not changed. */
  readonly existing: readonly string[]
  readonly refused: readonly RefusedEntry[]
}

export interface Imported {
  readonly accounts: ImportedEntries
  readonly tools: ImportedEntries
  readonly preferences: ImportedPreferences
}

/**
 * Adds what the file has and Tokentray has not, in one change; it is recorded. Accounts are added logged out, tools
 * without a usable secret. Security: the file may come from anyone. It changes no account and no tool, and sends
 * nothing; each value is checked as if it was typed. Throws `vault_locked` while Tokentray is locked,
 * `temporarily_unavailable` during a reset, and `invalid_request` for too many grants.
 */
export function importAll(document: ExportDocument, broker: Broker, by: Actor = program): Imported {
  if (broker.locked) throw new TokentrayError('vault_locked', 'Tokentray is locked.')
  const before = broker.settings.read()
  const accounts = new Entries<AccountRecord>()
  for (const [at, account] of (document.accounts ?? []).entries()) {
    accounts.add(() => toRecord(account, accounts.records, broker), `account ${at + 1}`)
  }
  const tools = new Entries<ClientRecord & { readonly uids: readonly string[] }>()
  for (const [at, tool] of (document.tools ?? []).entries()) {
    tools.add(() => toTool(tool, accounts.records, tools.records, broker), `tool ${at + 1}`)
  }
  const preferences = importPreferences(document.preferences ?? {}, before.preferences)
  const clients = [...tools.records.values()].map(({ uids, ...record }) => record)
  const grants = [...tools.records.values()].flatMap(({ id, uids }) => uids.map(toGrant(id)))
  if (grants.length > MOST_GRANTS) throw tooManyGrants()
  broker.settings.updateUnlessReset(
    (settings) => ({
      ...settings,
      accounts: [...settings.accounts, ...accounts.records.values()],
      clients: [...settings.clients, ...clients],
      grants: [...settings.grants, ...grants],
      preferences: preferences.next,
    }),
    by,
    { event: 'settings_imported' },
  )
  const { changed, kept } = preferences
  return { accounts: accounts.outcome(), tools: tools.outcome(), preferences: { changed, kept } }
}

/**
 * Each is a line of the record, and all are stored at once. Security: a small file can have so many that nothing
 * else is answered for seconds.
 */
const MOST_GRANTS = 10_000

const tooManyGrants = () =>
  new TokentrayError(
    'invalid_request',
    `The file was not imported. Its tools use more than ${MOST_GRANTS} accounts in all.`,
    { hint: 'Split it into several files, or leave out tools.' },
  )

const toGrant =
  (client: string) =>
  (account: string): GrantRecord => ({ client, account, until: null })

/** The new record of an entry, or that it exists already; throws why it is refused. */
type Judged<Item> = { readonly id: string; readonly record: Item | null }

/** The entries of one kind, judged one after the other. */
class Entries<Item> {
  /** The new records, by id or name. */
  readonly records = new Map<string, Item>()
  readonly #existing: string[] = []
  readonly #refused: RefusedEntry[] = []

  add(judge: () => Judged<Item>, place: string): void {
    try {
      const { id, record } = judge()
      if (record === null) this.#existing.push(id)
      else this.records.set(id, record)
    } catch (error) {
      if (!isTokentrayError(error)) throw error
      this.#refused.push({ entry: error.account ?? place, why: error.message })
    }
  }

  outcome(): ImportedEntries {
    return { added: [...this.records.keys()], existing: this.#existing, refused: this.#refused }
  }
}

function toRecord(
  { provider: providerId, name, ...account }: ExportedAccount,
  added: ReadonlyMap<string, AccountRecord>,
  broker: Broker,
): Judged<AccountRecord> {
  const provider = broker.providers.find(({ id }) => id === providerId)
  if (!provider) throw refused(undefined, 'This version does not have its service.')
  if (!isName(name)) throw refused(undefined, `Its name is not valid. ${NAME_RULE}`)
  const id = toAccountId(provider.id, name)
  const { accounts, settings, clock } = broker
  if (added.has(id) || accounts.find(id)) return { id, record: null }
  const { preferences, grants } = settings.read()
  if (grants.some(({ formerly }) => formerly?.includes(id))) {
    throw refused(id, 'A tool still uses this name for another account.')
  }
  const values = toValues(id, provider, account.values)
  const driver = provider.driver(values)
  const possible = leaseKindsOf({ driver, record: { needsCode: false } })
  const record: AccountRecord = {
    uid: randomText(120),
    provider: provider.id,
    name,
    label: toLabel(provider, values),
    ...toLooks(id, account),
    ...toOwnAddresses(provider, values, account.addresses),
    values,
    leaseKind: possible.find((kind) => kind === account.lease_kind) ?? driver.leaseKinds[0],
    leaseSeconds: account.lease_seconds ?? preferences.leaseSeconds,
    state: 'signed_out',
    needsCode: false,
    createdAt: clock.now(),
  }
  return { id, record }
}

/** What the user has chosen for its looks. */
function toLooks(id: AccountId, { display_name: displayName, color, pinned }: Looks) {
  if (displayName !== undefined && !isDisplayName(displayName)) {
    throw refused(id, `Its display name is not valid. ${DISPLAY_NAME_RULE}`)
  }
  return {
    ...(displayName !== undefined && { displayName: tidyDisplayName(displayName) }),
    ...(color !== undefined && { color }),
    ...(pinned !== undefined && { pinned }),
  }
}

/**
 * Security: tokens go to the addresses that an account answers for. A stranger's file must not name hosts of their own,
 * so only addresses at the account's own service are imported.
 */
function toOwnAddresses(provider: Provider, values: FormValues, given: readonly string[] = []) {
  const addresses = addressesAtService(given, provider, values)
  return addresses.length > 0 ? { addresses: [...addresses] } : {}
}

type Looks = Pick<ExportedAccount, 'display_name' | 'color' | 'pinned'>

/** The checked values; throws with the id of the account. */
function toValues(id: AccountId, provider: Provider, given: FormValues): FormValues {
  for (const field of provider.fields) {
    if (!Object.hasOwn(given, field.name)) continue
    if (isSecret(field))
      throw refused(id, `"${field.label}" is a secret, which no file may contain.`)
    if (hasUnsafeCharacters(given[field.name] ?? '')) {
      throw refused(id, `"${field.label}" contains characters that cannot be seen.`)
    }
  }
  const permissions = provider.fields.flatMap(({ name, isPermission }) =>
    isPermission ? name : [],
  )
  const values = Object.entries(given).filter(([name]) => !permissions.includes(name))
  try {
    return checkValues(provider, Object.fromEntries(values))
  } catch (error) {
    if (!isTokentrayError(error)) throw error
    throw refused(id, error.message)
  }
}

/** As whom and where, until a login finds out more. */
function toLabel(provider: Provider, values: FormValues): string {
  const who = provider.fields.find(({ kind, name }) => kind === 'text' && values[name])
  const where = hostLabel({ provider: provider.title, values })
  return who ? `${values[who.name]} at ${where}` : where
}

function toTool(
  { name, accounts, lease_seconds: leaseSeconds }: ExportedTool,
  imported: ReadonlyMap<string, AccountRecord>,
  added: ReadonlyMap<string, unknown>,
  { clients, clock }: Broker,
): Judged<ClientRecord & { readonly uids: readonly string[] }> {
  if (!isName(name)) throw refused(undefined, `Its name is not valid. ${NAME_RULE}`)
  if (isReserved(name)) throw refused(undefined, 'No tool may have its name.')
  if (added.has(name) || clients.findByName(name)) return { id: name, record: null }
  // Security: a stranger's file gives no tool access to an account that was there before.
  const uids = [...new Set(accounts)].flatMap((id) => imported.get(id)?.uid ?? [])
  const record = recordWithoutSecret({
    ...{ name, createdAt: clock.now() },
    ...(leaseSeconds !== undefined && { leaseSeconds }),
  })
  return { id: name, record: { ...record, uids } }
}

/** Why an entry is not imported; with its id if that is valid. */
function refused(account: AccountId | undefined, message: string): TokentrayError {
  return new TokentrayError('invalid_request', message, account === undefined ? {} : { account })
}
