import { z } from 'zod'

export {
  exportDocument,
  exportedAccount,
  exportedColor,
  exportedOrder,
  exportedPreferences,
  exportedSharing,
  exportedTheme,
  exportedTool,
  exportedValues,
  preferredSharing,
} from '../../broker/transfer/document.ts'

/** An entry that was not imported: its id, name or place in the file, and why, in a sentence. */
export const refusedEntry = z.strictObject({ entry: z.string(), why: z.string() })

/** What became of the accounts or the tools of a file. */
export const importedEntries = z.strictObject({
  added: z.array(z.string()),
  /** They existed and were not changed. */
  existing: z.array(z.string()),
  refused: z.array(refusedEntry),
})

export const importedPreferences = z.strictObject({
  changed: z.array(z.string()),
  /** Not changed, because the file would have switched a protection off. */
  kept: z.array(z.string()),
})

export const importAnswer = z.strictObject({
  accounts: importedEntries,
  tools: importedEntries,
  preferences: importedPreferences,
})
