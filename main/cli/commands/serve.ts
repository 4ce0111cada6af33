import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { wholeNumber } from './support/usage.ts'

interface Options {
  readonly memory?: boolean
  readonly port?: number
}

/** The command `serve`; `setExit` receives the agent's exit code. */
export function addServeCommand(
  program: Command,
  context: Context,
  setExit: (code: number) => void,
): void {
  program
    .command('serve')
    .description('Run Tokentray without the desktop app')
    .option('--memory', 'Keep passwords in memory instead of the keychain, until Tokentray stops')
    .option(
      '--port <n>',
      'Loopback port (default: the one chosen at the first start)',
      wholeNumber(1, 65_535),
    )
    .action(async ({ memory = false, port }: Options) => {
      setExit(await context.serve({ memory, ...(port !== undefined && { port }) }))
    })
}
