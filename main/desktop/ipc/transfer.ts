import type { ActivityFilter, Calls, ImportedView, ImportView } from '../../../preload/contract.ts'
import { exportActivity } from '../../base/activity-export/export.ts'
import { toOutwardLine } from '../../base/activity-export/outward-line.ts'
import { readChosenFile, writeChosenFile } from '../../base/files/chosen-file.ts'
import type { Client } from '../../broker/clients.ts'
import { parseDocument } from '../../broker/transfer/document.ts'
import { exportAll } from '../../broker/transfer/export.ts'
import { type Imported, type ImportedEntries, importAll } from '../../broker/transfer/import.ts'
import type { Host } from '../host.ts'
import { toQuery } from './activity-view.ts'

/** What the user saves to a file that they choose. */
export type NewFile = 'activity' | 'secret' | 'settings'

/** Lets the user choose where to save it, perhaps with a name that is offered; `null` if they cancel. */
export type ChooseNewFile = (what: NewFile, name?: string) => Promise<string | null>

interface TransferPorts {
  readonly host: Pick<Host, 'broker' | 'activity'>
  readonly user: Client
  /** The uid of the account that has this id now. */
  readonly uidOf: (id: string) => string | undefined
  readonly chooseNewFile: ChooseNewFile
  /** Lets the user choose the file to read; `null` if they cancel. */
  readonly chooseImport: () => Promise<string | null>
}

/** The page's calls for export and import. Security: it learns names and counts, never a path or the content. */
export function createTransfer(ports: TransferPorts) {
  const { host, user, uidOf, chooseNewFile, chooseImport } = ports
  return {
    exportActivity: async (
      filter: ActivityFilter,
    ): Promise<ReturnType<Calls['exportActivity']>> => {
      const file = await chooseNewFile('activity')
      if (file === null) return null
      return await exportActivity(file, {
        // Asked for each page: it fails once Tokentray is stopping, and then no part of the file is left.
        read: async (before) => {
          const { lines, next } = await host.activity.read(toQuery(filter, uidOf, before))
          return { lines: lines.map(toOutwardLine), next }
        },
        pieces: host.activity.precedence.pieces(),
        replace: true,
      })
    },
    exportSettings: async (): Promise<ReturnType<Calls['exportSettings']>> => {
      const file = await chooseNewFile('settings')
      if (file === null) return null
      const document = exportAll(host.broker)
      // The dialog has asked before replacing a file.
      await writeChosenFile(file, `${JSON.stringify(document, null, 2)}\n`, { replace: true })
      const { accounts = [], tools = [] } = document
      return { accounts: accounts.length, tools: tools.length }
    },
    importSettings: async (): Promise<ImportView | null> => {
      const file = await chooseImport()
      if (file === null) return null
      return toView(importAll(parseDocument(readChosenFile(file)), host.broker, user))
    },
  }
}

const toView = ({ accounts, tools, preferences }: Imported): ImportView => ({
  accounts: toEntries(accounts),
  tools: toEntries(tools),
  preferences: { changed: preferences.changed.length, kept: preferences.kept.length },
})

const toEntries = ({ added, existing, refused }: ImportedEntries): ImportedView => ({
  added,
  existing,
  refused: refused.map(({ entry, why }) => ({ entry, why })),
})
