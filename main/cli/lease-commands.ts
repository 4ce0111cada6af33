import type { Command } from 'commander'
import { TokentrayError } from '../base/errors.ts'
import { parseAccountId } from '../base/ids.ts'
import type { EndAnswer, EndRequest, LeasesAnswer, LingeringToken } from '../loopback/wire.ts'
import type { Context } from './context.ts'
import { naming } from './naming.ts'
import { duration, ending, fateOf, when } from './print.ts'
import { checkClientName } from './usage.ts'

interface ActiveOptions {
  readonly all?: boolean
  readonly json?: boolean
}

interface RevokeOptions {
  readonly client?: string
  readonly account?: string
  readonly json?: boolean
}

/** `active`, `revoke` and `end-all`. */
export function addLeaseCommands(program: Command, context: Context): void {
  const { screen } = context

  program
    .command('active')
    .alias('leases')
    .description('list the active tokens: who holds which, and until when')
    .option('--all', 'also tokens that live on at their service though nobody holds them')
    .option('--json', 'print the answer as JSON')
    .action(async ({ all, json }: ActiveOptions) => {
      const answer = await context.connect().leases()
      if (json) return screen.json(answer)
      if (answer.leases.length === 0) screen.note('No active tokens.')
      printLeases(answer, context)
      const { length } = answer.lingering ?? []
      if (length === 0) return
      if (all) {
        screen.result('')
        return printLingering(answer, context)
      }
      const live = length === 1 ? 'token lives' : 'tokens live'
      return screen.note(`${length} more ${live} on at the service: tokentray active --all`)
    })

  program
    .command('revoke')
    .description('end a lease, or all of a client or an account')
    .argument('[lease]', 'a lease, as "tokentray active" lists it')
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

/** Says of each lease what became of it, and of what else of the account lives on. */
export function printEnded({ leases, lingering = [] }: EndAnswer, { screen, now }: Context): void {
  for (const lease of leases) screen.result(ending(lease, now()))
  for (const token of lingering) {
    screen.result(`${nameOfToken(token)} of ${token.account}: ${fateOf(token, now())}`)
  }
  const spent = leases.filter((lease) => lease.needs_login).map(({ account }) => account)
  for (const account of new Set(spent)) {
    screen.note(
      `${account} gives no new tokens before you log in again: tokentray login ${account}`,
    )
  }
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
      const token = endsAt === undefined ? 'ends with it' : `valid, expires ${when(endsAt, now())}`
      const ends = `in ${duration(expires_in * 1000)}`
      return [id, client, account, kind, ends, ...(areOutlived ? [token] : []), reason]
    }),
  )
  if (areOutlived) {
    screen.note('Where the token stays valid, nothing can revoke it before it expires.')
  }
}

function printLingering({ lingering = [] }: LeasesAnswer, { screen, now }: Context): void {
  screen.table(
    ['TOKEN', 'ACCOUNT', 'MADE', 'WHAT BECOMES OF IT'],
    lingering.map((token) => [
      nameOfToken(token),
      token.account,
      when(token.made_at, now()),
      fateOf(token, now()),
    ]),
  )
}

function nameOfToken({ use, client }: LingeringToken): string {
  if (use === 'session') return 'session'
  return client ?? 'lease'
}
