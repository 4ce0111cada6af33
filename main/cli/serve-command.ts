import { type Command, InvalidArgumentError } from 'commander'
import type { Context } from './context.ts'
import { toWholeNumber } from './usage.ts'

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
    .option('--port <n>', 'the loopback port; by default the one chosen once', toPort)
    .action(async ({ memory = false, port }: Options) => {
      setExit(await context.serve({ memory, ...(port !== undefined && { port }) }))
    })
}

function toPort(text: string): number {
  const port = toWholeNumber(text)
  if (port < 1 || port > 65_535) throw new InvalidArgumentError('A port is from 1 to 65535.')
  return port
}
