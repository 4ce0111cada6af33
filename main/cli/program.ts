import { Command } from 'commander'
import { addAccountCommands } from './commands/account.ts'
import { addActiveCommands } from './commands/active.ts'
import { addActivityCommand } from './commands/activity.ts'
import { addControlCommands } from './commands/control.ts'
import { addLoginCommands } from './commands/login.ts'
import { addPortalCommand } from './commands/portal.ts'
import { addRotateCommand } from './commands/rotate.ts'
import { addServeCommand } from './commands/serve.ts'
import { splitArguments } from './commands/support/split-arguments.ts'
import { isHelp, toUsageError } from './commands/support/usage.ts'
import { addTokenCommands } from './commands/token.ts'
import { addTokensCommands } from './commands/tokens.ts'
import { addToolCommands } from './commands/tools.ts'
import type { Context } from './context.ts'

const EXAMPLES = `
Examples:
  $ tokentray login sftpgo --name work
  $ tokentray token sftpgo/work --min-validity 300
  $ tokentray clients add backup --accounts sftpgo/work --curl-config backup.curl
`

const EXIT_CODES = `
Exit codes:
  0    done
  1    a mistake of Tokentray
  2    a mistake in the command, or nothing of that name
  3    Tokentray does not run, or runs already
  4    a wrong client secret or owner key
  5    refused
  6    wrong credentials, or a person must log in
  7    the keychain or Tokentray is locked, or records cannot be written
  8    the service, or too many tries: try again later
  9    done, but some tokens are still valid, or whether they are is not known
  130  stopped by the person
`

/** Runs the command that the arguments name; its exit code. Rejects with what went wrong. */
export async function runProgram(
  args: readonly string[],
  version: string,
  context: Context,
): Promise<number> {
  let exit = 0
  const program = createProgram(version, context, (code) => {
    exit = code
  })
  const words = splitArguments(program, args)
  try {
    await program.parseAsync(words.args, { from: 'user' })
  } catch (error) {
    if (!isHelp(error)) throw toUsageError(error, words)
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
    .description('Hands out short-lived tokens of your accounts to local tools.')
    .version(version, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: context.screen.raw,
      // Usage errors are said in one place, with the others.
      writeErr: () => {},
      getOutHelpWidth: () => context.screen.width,
    })
    .addHelpText('after', EXAMPLES + EXIT_CODES)
  addServeCommand(program, context, setExit)
  addLoginCommands(program, context)
  addAccountCommands(program, context)
  addTokenCommands(program, context)
  addTokensCommands(program, context)
  addRotateCommand(program, context)
  addPortalCommand(program, context)
  addToolCommands(program, context)
  addActiveCommands(program, context)
  addActivityCommand(program, context)
  addControlCommands(program, context)
  return program
}
