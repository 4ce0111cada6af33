import { type Command, Option } from 'commander'
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
import {
  count,
  duration,
  ending,
  fateOf,
  NOT_KNOWN,
  sessionFate,
  sharingOf,
  when,
} from '../terminal/print.ts'
import { withProgress } from './support/progress.ts'
import { checkToolName, JSON_OPTION } from './support/usage.ts'

interface ActiveOptions {
  readonly all?: boolean
  readonly json?: boolean
}

interface RevokeOptions {
  readonly tool?: string
  /** The former name of `tool`. */
  readonly client?: string
  readonly all?: boolean
  readonly account?: string
  readonly json?: boolean
}

/** The commands `active` and `revoke`. */
export function addActiveCommands(program: Command, context: Context): void {
  const { screen } = context

  program
    .command('active')
    .description('List active tokens: who holds them, and until when')
    .option('--all', 'Also list other tokens that are not revoked')
    .option('--json', JSON_OPTION)
    .action(async ({ all, json }: ActiveOptions) => {
      const answer = await context.connect().leases()
      if (json) return screen.json(answer)
      if (answer.not_known) screen.note(NOT_KNOWN)
      const others = (answer.sessions?.length ?? 0) + (answer.lingering?.length ?? 0)
      const isEmpty = answer.leases.length === 0 && !answer.not_known
      if (isEmpty) screen.note('No active tokens.')
      printLeases(answer, context)
      if (others === 0) return
      if (all) {
        screen.result('')
        return printOthers(answer, context)
      }
      return screen.note(describeOthers(answer, others))
    })

  program
    .command('revoke')
    .description('Revoke active tokens: one, or all of a tool or an account, or all')
    .argument('[id]', 'ID of an active token, as "tokentray active" lists it')
    .option('--tool <name>', 'All tokens of this tool')
    .option('--account <id>', 'All tokens of this account that tools may have')
    .option('--all', 'All tokens that tools may have; saved passwords are kept')
    .option('--json', JSON_OPTION)
    .addOption(new Option('--client <name>').conflicts('tool').hideHelp())
    .action(async (lease: string | undefined, options: RevokeOptions) => {
      const { account, all, json } = options
      const client = options.tool ?? options.client
      if (client !== undefined) checkToolName(client)
      if (account !== undefined) parseAccountId(account)
      const request: EndRequest = {
        ...(lease !== undefined && { lease }),
        ...(client !== undefined && { client }),
        ...(account !== undefined && { account }),
        ...(all && { all }),
      }
      const given = Object.keys(request).length
      if (given !== 1) {
        const sentence = given === 0 ? 'Say what to revoke.' : 'Say only one thing to revoke.'
        throw new TokentrayError('invalid_request', sentence, {
          hint: 'Give one of: the ID of a token, --tool, --account, --all.',
        })
      }
      await nameNotFound({ lease, client, account }, end(request, context, json))
    })
}

/** Prints what became of each token, and which other tokens of the account are still valid. */
export function printEnded(answer: EndAnswer, { screen, now }: Context): void {
  const { leases, sessions = [], lingering = [] } = answer
  for (const lease of leases) screen.result(ending(lease, now()))
  for (const session of sessions) {
    screen.result(`session token for ${session.account}: ${fateOf(session, now())}`)
  }
  for (const token of lingering) {
    screen.result(`${nameOfToken(token)} for ${token.account}: ${fateOf(token, now())}`)
  }
  const spent = [...leases, ...sessions]
    .filter((lease) => lease.needs_login)
    .map(({ account }) => account)
  for (const account of new Set(spent)) {
    screen.note(`${account} needs you to log in again: tokentray login ${account}`)
  }
}

/**
 * Throws `done_in_part` if a token that was to be revoked is still valid, or may be. A shared token that other
 * tools still use does not count, nor does an expired one.
 */
export function requireRevoked(answer: EndAnswer): void {
  const { leases, sessions = [], lingering = [], not_known: isUnknown } = answer
  const isLeft = ({ at_service: at }: { readonly at_service: string }) =>
    at === 'pending' || at === 'until_expiry'
  const alive = lingering.filter(({ expired }) => !expired)
  if ([...leases, ...sessions, ...alive].some(isLeft)) throw new TokentrayError('done_in_part')
  if (isUnknown) {
    throw new TokentrayError('done_in_part', NOT_KNOWN, {
      hint: 'Run "tokentray status" to see why, then try again.',
    })
  }
}

async function end(request: EndRequest, context: Context, json = false): Promise<void> {
  const api = context.connect()
  const answer = await withProgress(api, context, { action: 'revocation' }, api.end(request))
  if (json) context.screen.json(answer)
  else printAnswer(answer, context)
  requireRevoked(answer)
}

function printAnswer(answer: EndAnswer, context: Context): void {
  const isEmpty = answer.leases.length === 0 && !answer.not_known
  if (isEmpty) context.screen.note('No active tokens.')
  printEnded(answer, context)
}

function printLeases({ leases }: LeasesAnswer, { screen, now }: Context): void {
  // Most services revoke a token with its lease, and then the column would say the same everywhere.
  const areOutlived = leases.some((lease) => lease.token_ends_at !== undefined)
  screen.table(
    ['ID', 'HELD BY', 'ACCOUNT', 'SHARING', 'ENDS', ...(areOutlived ? ['THEN'] : []), 'REASON'],
    leases.map(({ id, client, account, kind, expires_in, token_ends_at: endsAt, reason = '' }) => {
      const token = endsAt === undefined ? 'revoked' : `valid, expires ${when(endsAt, now())}`
      const ends = `in ${duration(expires_in * 1000)}`
      const sharing = sharingOf(kind)
      return [
        id,
        holderName(client),
        account,
        sharing,
        ends,
        ...(areOutlived ? [token] : []),
        reason,
      ]
    }),
  )
  if (areOutlived) {
    screen.note('Tokens that stay valid cannot be revoked before they expire.')
  }
}

/** The tokens without a lease, and the state of each. */
function printOthers(answer: LeasesAnswer, { screen, now }: Context): void {
  const { sessions = [], lingering = [] } = answer
  screen.table(
    ['TOKEN', 'ACCOUNT', 'CREATED', 'STATE'],
    [
      ...sessions.map(
        (token) =>
          [
            'session token',
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

/** Says what the other tokens are: no failed revocation, if they are session tokens. */
function describeOthers({ sessions = [], lingering = [] }: LeasesAnswer, others: number): string {
  const stay = (number: number) => (number === 1 ? 'stays' : 'stay')
  const kept = `${count(sessions.length, 'session token')} ${stay(sessions.length)} valid until logout.`
  const waiting = `${count(lingering.length, 'closed token')} may still be valid.`
  return [
    ...(sessions.length > 0 ? [kept] : []),
    ...(lingering.length > 0 ? [waiting] : []),
    `To list ${others === 1 ? 'it' : 'them'}: tokentray active --all`,
  ].join(' ')
}

function nameOfToken({ use, client }: LingeringToken): string {
  if (use !== 'lease') return use === 'login' ? 'login token' : 'session token'
  if (client === undefined) return 'token'
  const name = holderName(client)
  return name === 'you' ? 'your token' : `token of ${name}`
}
