import type { Calls, ImportedView, ImportView } from '../../../preload/contract.ts'
import { readChosenFile, writeChosenFile } from '../../base/files/chosen-file.ts'
import type { Client } from '../../broker/clients.ts'
import { parseDocument } from '../../broker/transfer/document.ts'
import { exportAll } from '../../broker/transfer/export.ts'
import { type Imported, type ImportedEntries, importAll } from '../../broker/transfer/import.ts'
import type { Host } from '../host.ts'

interface TransferPorts {
  readonly host: Pick<Host, 'broker'>
  readonly user: Client
  /** Lets the user choose the file to write; `null` if they cancel. */
  readonly chooseExport: () => Promise<string | null>
  /** Lets the user choose the file to read; `null` if they cancel. */
  readonly chooseImport: () => Promise<string | null>
}

/** The page's calls for export and import. Security: it learns names and counts, never a path or the content. */
export function createTransfer({ host, user, chooseExport, chooseImport }: TransferPorts) {
  return {
    exportSettings: async (): Promise<ReturnType<Calls['exportSettings']>> => {
      const file = await chooseExport()
      if (file === null) return null
      const document = exportAll(host.broker)
      // The dialog has asked before replacing a file.
      writeChosenFile(file, `${JSON.stringify(document, null, 2)}\n`, { replace: true })
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
