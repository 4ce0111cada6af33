import type { Command } from 'commander'
import { TokentrayError } from '../../base/errors.ts'
import { parseAccountId } from '../../base/ids.ts'
import { holderName } from '../../base/text/token-holder.ts'
import type {
  EndAnswer,
  EndRequest,
  LeasesAnswer,
  LingeringToken,
} from '../../loopback/schemas/wire.ts'
import type { Context } from '../context.ts'
import { nameNotFound } from '../find.ts'
import { duration, ending, fateOf, NOT_KNOWN, sessionFate, when } from '../terminal/print.ts'
import { withProgress } from './support/progress.ts'
import { checkClientName } from './support/usage.ts'

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
export function addActiveCommands(program: Command, context: Context): void {
  const { screen } = context

  program
    .command('active')
    .alias('leases')
    .description('list the active tokens: who holds which, and until when')
    .option('--all', 'also tokens that live at their service without a lease')
    .option('--json', 'print the answer as JSON')
    .action(async ({ all, json }: ActiveOptions) => {
      const answer = await context.connect().leases()
      if (json) return screen.json(answer)
      if (answer.not_known) screen.note(NOT_KNOWN)
      const others = (answer.sessions?.length ?? 0) + (answer.lingering?.length ?? 0)
      const isEmpty = answer.leases.length === 0 && !answer.not_known
      if (isEmpty && others === 0) screen.note('No active tokens.')
      else if (isEmpty) screen.note('No lease is open.')
      printLeases(answer, context)
      if (others === 0) return
      if (all) {
        screen.result('')
        return printOthers(answer, context)
      }
      const live = others === 1 ? 'token lives' : 'tokens live'
      return screen.note(`${others} more ${live} at the service: tokentray active --all`)
    })

  program
    .command('revoke')
    .description('end a lease, or all of a client or an account')
    .argument('[lease]', 'a lease, as "tokentray active" lists it')
    .option('--client <name>', 'all leases of this client')
    .option('--account <id>', 'all leases of this account, and its session if a tool may have it')
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
      await nameNotFound({ lease, client, account }, end(request, context, json))
    })

  program
    .command('end-all')
    .description('end all leases, and sessions that tools may have; credentials are kept')
    .option('--json', 'print the answer as JSON')
    .action(({ json }: { readonly json?: boolean }) => end({ all: true }, context, json))
}

/** Says of each lease what became of it, and of what else of the account lives on. */
export function printEnded(answer: EndAnswer, { screen, now }: Context): void {
  const { leases, sessions = [], lingering = [] } = answer
  for (const lease of leases) screen.result(ending(lease, now()))
  for (const session of sessions) {
    screen.result(`session of ${session.account}: ${fateOf(session, now())}`)
  }
  for (const token of lingering) {
    screen.result(`${nameOfToken(token)} of ${token.account}: ${fateOf(token, now())}`)
  }
  const spent = [...leases, ...sessions]
    .filter((lease) => lease.needs_login)
    .map(({ account }) => account)
  for (const account of new Set(spent)) {
    screen.note(
      `${account} gives no new tokens before you log in again: tokentray login ${account}`,
    )
  }
}

/**
 * Throws `done_in_part` where a token that was to be revoked is still valid, or where nobody knows. A tool
 * that has let go of a token which others hold as well is done, and so is what has expired.
 */
export function requireRevoked(answer: EndAnswer): void {
  const { leases, sessions = [], lingering = [], not_known: isUnknown } = answer
  const isLeft = ({ at_service: at }: { readonly at_service: string }) =>
    at === 'pending' || at === 'until_expiry'
  const alive = lingering.filter(({ expired }) => !expired)
  if ([...leases, ...sessions, ...alive].some(isLeft)) throw new TokentrayError('done_in_part')
  if (isUnknown) {
    throw new TokentrayError('done_in_part', NOT_KNOWN, {
      hint: '"tokentray status" says why it cannot; once it can, do this again.',
    })
  }
}

async function end(request: EndRequest, context: Context, json = false): Promise<void> {
  const api = context.connect()
  const answer = await withProgress(api, context, { deed: 'revocation' }, api.end(request))
  if (json) context.screen.json(answer)
  else printAnswer(answer, context)
  requireRevoked(answer)
}

function printAnswer(answer: EndAnswer, context: Context): void {
  const isEmpty = answer.leases.length === 0 && !answer.not_known
  if (isEmpty) context.screen.note('No lease was open.')
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
      return [id, holderName(client), account, kind, ends, ...(areOutlived ? [token] : []), reason]
    }),
  )
  if (areOutlived) {
    screen.note('Where the token stays valid, nothing can revoke it before it expires.')
  }
}

/** The tokens without a lease, and what becomes of each. */
function printOthers(answer: LeasesAnswer, { screen, now }: Context): void {
  const { sessions = [], lingering = [] } = answer
  screen.table(
    ['TOKEN', 'ACCOUNT', 'MADE', 'WHAT BECOMES OF IT'],
    [
      ...sessions.map(
        (token) =>
          [
            'session',
            token.account,
            when(token.made_at, now()),
            sessionFate(token, now()),
          ] as const,
      ),
      ...lingering.map(
        (token) =>
          [
            nameOfToken(token),
            token.account,
            when(token.made_at, now()),
            fateOf(token, now()),
          ] as const,
      ),
    ],
  )
}

function nameOfToken({ use, client }: LingeringToken): string {
  if (use !== 'lease') return use === 'login' ? 'login token' : 'session'
  return client === undefined ? 'lease' : holderName(client)
}
