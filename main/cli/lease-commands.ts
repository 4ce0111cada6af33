import type { Command } from 'commander'
import { TokentrayError } from '../base/errors.ts'
import { parseAccountId } from '../base/ids.ts'
import type { EndedLease, EndRequest } from '../loopback/wire.ts'
import type { Context } from './context.ts'
import { naming } from './naming.ts'
import { duration, ending } from './print.ts'
import { checkClientName } from './usage.ts'

interface RevokeOptions {
  readonly client?: string
  readonly account?: string
}

/** `leases`, `revoke` and `end-all`. */
export function addLeaseCommands(program: Command, context: Context): void {
  const { screen } = context

  program
    .command('leases')
    .description('list who holds which token, and until when')
    .option('--json', 'print the answer as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const answer = await context.connect().leases()
      if (json) return screen.json(answer)
      if (answer.leases.length === 0) screen.note('No lease is open.')
      return screen.table(
        ['LEASE', 'CLIENT', 'ACCOUNT', 'KIND', 'ENDS', 'REASON'],
        answer.leases.map(({ id, client, account, kind, expires_in, reason = '' }) => [
          id,
          client,
          account,
          kind,
          `in ${duration(expires_in * 1000)}`,
          reason,
        ]),
      )
    })

  program
    .command('revoke')
    .description('end a lease, or all of a client or an account')
    .argument('[lease]', 'a lease, as "tokentray leases" lists it')
    .option('--client <name>', 'all leases of this client')
    .option('--account <id>', 'all leases of this account')
    .action(async (lease: string | undefined, { client, account }: RevokeOptions) => {
      if (client !== undefined) checkClientName(client)
      if (account !== undefined) parseAccountId(account)
      const request: EndRequest = {
        ...(lease !== undefined && { lease }),
        ...(client !== undefined && { client }),
        ...(account !== undefined && { account }),
      }
      if (Object.keys(request).length !== 1) {
        throw new TokentrayError('invalid_request', 'Name one thing to end.', {
          hint: 'Give a lease, or --client, or --account; "tokentray end-all" ends everything.',
        })
      }
      await naming({ lease, client, account }, end(request, context))
    })

  program
    .command('end-all')
    .description('end all leases; credentials are kept')
    .action(() => end({ all: true }, context))
}

/** Says of each lease what became of it. */
export function printEnded(leases: readonly EndedLease[], { screen, now }: Context): void {
  for (const lease of leases) screen.result(ending(lease, now()))
}

async function end(request: EndRequest, context: Context): Promise<void> {
  const { leases } = await context.connect().end(request)
  if (leases.length === 0) context.screen.note('No lease was open.')
  printEnded(leases, context)
}
