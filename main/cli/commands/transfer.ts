import type { Command } from 'commander'
import { TokentrayError } from '../../base/errors.ts'
import { readChosenFile, writeChosenFile } from '../../base/files/chosen-file.ts'
import type { ExportDocument, ImportAnswer } from '../../loopback/schemas/wire.ts'
import type { Context } from '../context.ts'
import { toAbsolutePath } from '../login/form.ts'
import { count } from '../terminal/print.ts'

const EXPORTED = `
The file holds no passwords, keys, tokens or tool secrets. It names your accounts, their addresses and user names,
your tools, and your settings.
`

const IMPORTED = `
Accounts are added logged out; log in to each. Tools are added without a secret:
run "tokentray tools new-secret NAME". A tool may use only accounts of the same file.
Existing accounts and tools stay as they are.
`

/** The commands `export` and `import`. */
export function addTransferCommands(program: Command, context: Context): void {
  const { screen } = context

  program
    .command('export')
    .description('Save accounts, tools and settings, without secrets, to a file or standard output')
    .argument('[file]', 'New file; standard output if left out')
    .option('--force', 'Replace an existing file')
    .addHelpText('after', EXPORTED)
    .action(async (file: string | undefined, { force }: { readonly force?: boolean }) => {
      const document = await context.connect().exportAll()
      const text = `${JSON.stringify(document, null, 2)}\n`
      if (file === undefined) return screen.raw(text)
      const target = toAbsolutePath(file)
      await writeChosenFile(target, text, { replace: force === true })
      const { accounts = [], tools = [] } = document
      screen.result(
        `Exported: ${count(accounts.length, 'account')}, ${count(tools.length, 'tool')} and settings to ${target}`,
      )
    })

  program
    .command('import')
    .description('Add the accounts, tools and settings of an exported file')
    .argument('<file>', 'Exported file, or - for standard input')
    .addHelpText('after', IMPORTED)
    .action(async (file: string) => {
      const text = file === '-' ? await context.readInput() : readChosenFile(toAbsolutePath(file))
      const answer = await context.connect().importAll(toDocument(text))
      for (const line of toLines(answer)) screen.result(line)
      requireAll(answer)
    })
}

/** The content of a file; what it must be like is for the endpoint to judge. */
function toDocument(text: string): ExportDocument {
  try {
    const content: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    // What is nested too deeply can be read, but throws when it is sent.
    JSON.stringify(content)
    if (typeof content === 'object' && content !== null) return content as ExportDocument
  } catch {
    // Security: the error is dropped, because it quotes the text that it could not parse.
  }
  throw new TokentrayError(
    'invalid_request',
    'The file was not imported. It is not JSON, or nested too deeply.',
    {
      hint: 'Choose a file that "tokentray export" or Settings has written.',
    },
  )
}

function toLines({ accounts, tools, preferences }: ImportAnswer): string[] {
  return [
    ...accounts.added.map((id) => `Added: ${id}, logged out. Log in with: tokentray login ${id}`),
    ...tools.added.map(
      (name) =>
        `Added: ${name}, without a secret. Get one with: tokentray tools new-secret ${name}`,
    ),
    ...[...accounts.existing, ...tools.existing].map((name) => `Already there: ${name}`),
    ...preferences.changed.map((name) => `Changed: ${inWords(name)}`),
    ...preferences.kept.map(
      (name) => `Not changed: ${inWords(name)}. The file would switch a protection off.`,
    ),
    ...[...accounts.refused, ...tools.refused].map(({ entry, why }) => `Refused: ${entry}. ${why}`),
  ]
}

const inWords = (name: string) => name.replaceAll('_', ' ')

/** Throws `invalid_request` if something was refused, so that scripts notice. */
function requireAll({ accounts, tools }: ImportAnswer): void {
  const refused = accounts.refused.length + tools.refused.length
  if (refused === 0) return
  throw new TokentrayError(
    'invalid_request',
    `${refused === 1 ? '1 entry of the file was' : `${refused} entries of the file were`} refused. The rest was imported.`,
    { hint: 'Correct the file and import it again, or add them by hand.' },
  )
}
