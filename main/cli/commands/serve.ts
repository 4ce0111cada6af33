import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { wholeNumber } from './support/usage.ts'

interface Options {
  readonly memory?: boolean
  readonly port?: number
}

/** `serve`; `setExit` receives how the agent ended. */
export function addServeCommand(
  program: Command,
  context: Context,
  setExit: (code: number) => void,
): void {
  program
    .command('serve')
    .description('run Tokentray without a desktop')
    .option('--memory', 'keep credentials in memory, where there is no keychain')
    .option(
      '--port <n>',
      'the loopback port; by default the one chosen once',
      wholeNumber(1, 65_535),
    )
    .action(async ({ memory = false, port }: Options) => {
      setExit(await context.serve({ memory, ...(port !== undefined && { port }) }))
    })
}
