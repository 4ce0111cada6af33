import { changeIn, type Mutant } from '../mutant.ts'

const TESTS = 'test/broker/transfer/transfer.test.ts'
const exporting = changeIn('main/broker/transfer/export.ts', TESTS)
const importing = changeIn('main/broker/transfer/import.ts', TESTS)
const preferences = changeIn('main/broker/transfer/import-preferences.ts', TESTS)
const ACTIVITY = 'test/base/activity-export/export.test.ts'
const formats = changeIn('main/base/activity-export/formats.ts', ACTIVITY)
const pages = changeIn('main/base/async/oldest-first.ts', ACTIVITY)
const chosenFile = changeIn('main/base/files/chosen-file.ts', ACTIVITY)
const inDesktop = changeIn(
  'main/desktop/ipc/transfer.ts',
  'test/desktop/ipc/activity-export.test.ts',
)
const file = changeIn('main/base/files/chosen-file.ts', 'test/cli/commands/transfer.test.ts')

/** What an export may not contain, and what a file from a stranger may not do. */
export const exportAndImport: readonly Mutant[] = [
  exporting(
    'an export holds no value of a secret field',
    'provider.fields.filter((field) => !isSecret(field))',
    'provider.fields.filter((field) => field.kind !== undefined || !isSecret(field))',
    'holds exactly the listed members, and no secret, id or time',
  ),
  importing(
    'an import changes no existing account',
    'if (added.has(id) || accounts.find(id)) return',
    'if (added.has(id)) return',
    'changes no existing account or tool',
  ),
  importing(
    'an imported tool gets no account that was there before',
    'flatMap((id) => imported.get(id)?.uid ?? [])',
    'flatMap((id) => imported.get(id)?.uid ?? [id])',
    'changes no existing account or tool',
  ),
  importing(
    'a value in a secret field is refused by its label',
    'if (isSecret(field))\n',
    'if (isSecret(field) && field.required === undefined)\n',
    'refuses a value in a secret field by its label',
  ),
  importing(
    'an import does not give the permissions that only the user gives',
    'filter(([name]) => !permissions.includes(name))',
    'filter(([name]) => !permissions.includes(name.toUpperCase()))',
    'does not take over the permission to send a password without encryption',
  ),
  importing(
    'an import does not keep everything waiting for minutes',
    'if (grants.length > MOST_GRANTS) throw',
    'if (grants.length < 0) throw',
    'gives tools so many accounts at most',
  ),
  importing(
    'an import takes no name from a tool that uses it for another account',
    'formerly?.includes(id))) {',
    'formerly?.includes(name))) {',
    'does not take a name from a tool that uses it for another account',
  ),
  importing(
    'nothing is imported while Tokentray is locked',
    'if (broker.locked) throw',
    'if (broker.locked && broker.providers.length === 0) throw',
    'is refused while Tokentray is locked',
  ),
  preferences(
    'an import switches no protection off',
    '?? true',
    '|| true',
    'switches no protection off, and says which',
  ),
  preferences(
    'an import turns no notification off',
    '  notifyCopied: staysOn,\n',
    '',
    'turns no notification off, and makes no token last longer',
  ),
  preferences(
    'an import makes no token last longer',
    '  leaseSeconds: (now: number, next: number) => next <= now,\n',
    '',
    'turns no notification off, and makes no token last longer',
  ),
  file(
    'an export is never written through a link',
    "open(target, 'wx', 0o600)",
    "open(target, 'w', 0o600)",
    'never writes through a link',
  ),
  file(
    'standard input is read up to a limit',
    "if (length > LONGEST_FILE) throw tooLong('standard input')",
    "if (length < 0) throw tooLong('standard input')",
    'stops reading standard input after 1 MB',
  ),
  formats(
    'a spreadsheet runs no text of an exported record',
    'escape_formulas: true',
    'escape_formulas: false',
    'does not run a text that looks like a formula',
  ),
  formats(
    'an exported spreadsheet says where lines are missing',
    "String(numbers?.from ?? '')",
    "''",
    'has every line oldest first, with its time in UTC, and says where lines are missing',
  ),
  pages(
    'an export has the lines of all pages',
    'for (const place of places.toReversed()) yield',
    'for (const place of places.slice(1).toReversed()) yield',
    'has every line oldest first, with its time in UTC, and says where lines are missing',
  ),
  chosenFile(
    'nothing half-written is left of an export that failed',
    'await Promise.allSettled(left.map((each) => rm(each, { force: true })))',
    'await Promise.allSettled([])',
    'is the old one, or none, if the record cannot be read to its end',
  ),
  inDesktop(
    'an export of the activity gives way to requests',
    'pieces: host.activity.precedence.pieces(),',
    '',
    'gives way to requests while it writes, not only while it reads',
  ),
]
