import type { Command } from 'commander'
import { TokentrayError } from '../base/errors.ts'
import { parseAccountId } from '../base/ids.ts'
import type { EndAnswer, EndRequest, LeasesAnswer } from '../loopback/wire.ts'
import type { Context } from './context.ts'
import { naming } from './naming.ts'
import { count, duration, ending, when } from './print.ts'
import { checkClientName } from './usage.ts'

interface RevokeOptions {
  readonly client?: string
  readonly account?: string
  readonly json?: boolean
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
      return printLeases(answer, context)
    })

  program
    .command('revoke')
    .description('end a lease, or all of a client or an account')
    .argument('[lease]', 'a lease, as "tokentray leases" lists it')
    .option('--client <name>', 'all leases of this client')
    .option('--account <id>', 'all leases of this account')
    .option('--json', 'print the answer as JSON')
    .action(async (lease: string | undefined, { client, account, json }: RevokeOptions) => {
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
      await naming({ lease, client, account }, end(request, context, json))
    })

  program
    .command('end-all')
    .description('end all leases; credentials are kept')
    .option('--json', 'print the answer as JSON')
    .action(({ json }: { readonly json?: boolean }) => end({ all: true }, context, json))
}

/** Says of each lease what became of it, and how many tokens of the account could not be ended yet. */
export function printEnded({ leases, pending = 0 }: EndAnswer, { screen, now }: Context): void {
  for (const lease of leases) screen.result(ending(lease, now()))
  if (pending === 0) return
  const have = pending === 1 ? 'has' : 'have'
  screen.result(
    `${count(pending, 'token')} of the account still ${have} to be ended at the service; Tokentray goes on trying.`,
  )
}

async function end(request: EndRequest, context: Context, json = false): Promise<void> {
  const answer = await context.connect().end(request)
  if (json) return context.screen.json(answer)
  if (answer.leases.length === 0) context.screen.note('No lease was open.')
  printEnded(answer, context)
}

function printLeases({ leases }: LeasesAnswer, { screen, now }: Context): void {
  // Most services end a token with its lease, and then there is no more to say.
  const areOutlived = leases.some((lease) => lease.token_ends_at !== undefined)
  screen.table(
    ['LEASE', 'CLIENT', 'ACCOUNT', 'KIND', 'ENDS', ...(areOutlived ? ['TOKEN'] : []), 'REASON'],
    leases.map(({ id, client, account, kind, expires_in, token_ends_at: endsAt, reason = '' }) => {
      const token = endsAt === undefined ? 'ends with it' : `lives on, ends ${when(endsAt, now())}`
      const ends = `in ${duration(expires_in * 1000)}`
      return [id, client, account, kind, ends, ...(areOutlived ? [token] : []), reason]
    }),
  )
  if (areOutlived) {
    screen.note(
      'Where the token lives on, its service cannot end it, and revoking does not either.',
    )
  }
}
