import { Command, Help } from 'commander'
import { addAccountCommands } from './commands/account.ts'
import { addActiveCommands } from './commands/active.ts'
import { addActivityCommand } from './commands/activity.ts'
import { addCompletionCommand } from './commands/completion.ts'
import { addControlCommands } from './commands/control.ts'
import { addCredentialCommands } from './commands/credential.ts'
import { addLoginCommands } from './commands/login.ts'
import { addOperationCommands } from './commands/operations.ts'
import { addPortalCommand } from './commands/portal.ts'
import { addServeCommand } from './commands/serve.ts'
import { splitArguments } from './commands/support/split-arguments.ts'
import { completeAccounts, withSuggestion } from './commands/support/typed-names.ts'
import { isHelp, toUsageError } from './commands/support/usage.ts'
import { addTokenCommands } from './commands/token.ts'
import { addTokensCommands } from './commands/tokens.ts'
import { addToolCommands } from './commands/tools.ts'
import { addTransferCommands } from './commands/transfer.ts'
import type { Context } from './context.ts'
import { wrapLines } from './terminal/columns.ts'

const EXAMPLES = `
Examples:
  $ tokentray login sftpgo --name work
  $ tokentray token sftpgo/work --min-validity 300
  $ tokentray tools add backup --accounts sftpgo/work --curl-config backup.curl
`

const EXIT_CODES = `
Exit codes:
  0    Done
  1    Internal error
  2    Invalid command, or not found
  3    Tokentray is not running, or already running
  4    Wrong tool secret or owner key
  5    Refused
  6    Wrong password or key, or login required
  7    Keychain or Tokentray locked, or records cannot be written
  8    Service unavailable, or too many requests: try again later
  9    Done, but some tokens are or may be still valid
  130  Cancelled
`

/** What only the manual page tells. */
const MANUAL = {
  EXAMPLES: EXAMPLES.replace('Examples:', ''),
  'EXIT STATUS': EXIT_CODES.replace('Exit codes:', ''),
  ENVIRONMENT: `
TOKENTRAY_HOME   a folder for all files, instead of the usual ones
TOKENTRAY_NODE   the node to run, for the command of the installed app
NO_COLOR         if set, no bold text
`,
  FILES: `
endpoint.json    the address of the running Tokentray, in its run folder
owner.key        the key to it, for this user only
audit.jsonl      the activity record, in the data folder
`,
  SECURITY: `
Secrets are never passed as arguments. Every program of the same user can use
the owner key. A token in a variable or a file is not revoked with it.
`,
}

/** In columns; Commander's own limit is more than its table of commands leaves on a usual terminal. */
const NARROWEST = 20

/** Runs the command that the arguments name; resolves with the exit code, rejects with what went wrong. */
export async function runProgram(
  args: readonly string[],
  version: string,
  context: Context,
): Promise<number> {
  let exit = 0
  const program = createProgram(version, context, (code) => {
    exit = code
  })
  const line = splitArguments(program, args)
  try {
    await program.parseAsync(line.args, { from: 'user' })
  } catch (error) {
    if (!isHelp(error)) throw await withSuggestion(toUsageError(error, line), context)
  } finally {
    context.prompt.close()
  }
  return exit
}

function createProgram(
  version: string,
  context: Context,
  setExit: (code: number) => void,
): Command {
  const program = new Command('tokentray')
    .description('Keep passwords in your keychain. Give tools short-lived tokens instead.')
    .version(version, '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Show this help')
    .helpCommand('help [command]', 'Show the help of a command')
    .exitOverride()
    .configureHelp({
      minWidthToWrap: NARROWEST,
      // The help of the command itself shows that it has options.
      subcommandTerm: (command) => new Help().subcommandTerm(command).replace(' [options]', ''),
    })
    .configureOutput({
      // Also the notes at the end, which Commander prints as they are.
      writeOut: (text) => context.screen.raw(wrapLines(text, context.screen.width)),
      // Usage errors are reported with all other errors.
      writeErr: () => {},
      getOutHelpWidth: () => context.screen.width,
    })
    .addHelpText('after', EXAMPLES + EXIT_CODES)
  program.hook('preAction', (_program, command) => completeAccounts(command, context))
  addServeCommand(program, context, setExit)
  addLoginCommands(program, context)
  addAccountCommands(program, context)
  addTokenCommands(program, context)
  addTokensCommands(program, context)
  addOperationCommands(program, context)
  addPortalCommand(program, context)
  addToolCommands(program, context)
  addCredentialCommands(program, context, setExit)
  addActiveCommands(program, context)
  addActivityCommand(program, context)
  addTransferCommands(program, context)
  addControlCommands(program, context)
  addCompletionCommand(program, context, MANUAL)
  return program
}
