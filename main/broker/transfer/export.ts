import { isSecret } from '../../base/forms/form-fields.ts'
import { ownVersion } from '../../base/version.ts'
import type { PreferencesRecord } from '../../settings/schema.ts'
import type { Account } from '../account/accounts.ts'
import type { Broker } from '../broker.ts'
import {
  EXPORT_FORMAT,
  EXPORT_VERSION,
  type ExportDocument,
  type ExportedAccount,
  type ExportedPreferences,
  preferenceNames,
} from './document.ts'

/**
 * Accounts, tools and preferences, without secrets. Security: every member is listed here; of an account's values
 * only those that its form asks for and that are no secrets.
 */
export function exportAll(broker: Broker): ExportDocument {
  const { accounts, clients, settings } = broker
  const idOf = (uid: string) => accounts.byUid(uid)?.id ?? []
  return {
    format: EXPORT_FORMAT,
    version: EXPORT_VERSION,
    written_by: ownVersion,
    accounts: accounts.all().map(toExported),
    tools: clients.records().map(({ name, leaseSeconds }) => {
      const client = clients.findByName(name)
      return {
        name,
        accounts: client ? clients.grantedUids(client).flatMap(idOf) : [],
        ...(leaseSeconds !== undefined && { lease_seconds: leaseSeconds }),
      }
    }),
    preferences: toPreferences(settings.read().preferences),
  }
}

function toExported({ provider, record }: Account): ExportedAccount {
  const asked = provider.fields.filter((field) => !isSecret(field))
  const values = asked.flatMap(({ name }) => {
    const value = Object.hasOwn(record.values, name) ? record.values[name] : undefined
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    provider: provider.id,
    name: record.name,
    values: Object.fromEntries(values),
    lease_kind: record.leaseKind,
    lease_seconds: record.leaseSeconds,
    ...(record.displayName !== undefined && { display_name: record.displayName }),
    ...(record.color !== undefined && { color: record.color }),
    ...(record.pinned && { pinned: record.pinned }),
    ...(record.addresses && { addresses: record.addresses }),
  }
}

function toPreferences(preferences: PreferencesRecord): ExportedPreferences {
  const named = Object.entries(preferenceNames).map(([own, name]) => [
    name,
    preferences[own as keyof PreferencesRecord],
  ])
  return Object.fromEntries(named)
}
