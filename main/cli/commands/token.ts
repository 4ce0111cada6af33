import { type Command, InvalidArgumentError } from 'commander'
import { TokentrayError } from '../../base/errors.ts'
import { parseAccountId } from '../../base/ids.ts'
import { LONGEST_LEASE_SECONDS } from '../../base/lease-limits.ts'
import { hasUnsafeCharacters } from '../../base/text/unsafe-characters.ts'
import type { TokenAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { findAccount, nameNotFound } from '../find.ts'
import { ACCOUNT, TRY_NOW, wholeNumber } from './support/usage.ts'

const LONGEST_VALIDITY_SECONDS = 31_536_000

interface IssueOptions {
  readonly minValidity?: number
  readonly refusedLease?: string
  readonly reason?: string
  readonly tryNow?: boolean
}

/** The commands `token` and `header`. */
export function addTokenCommands(program: Command, context: Context): void {
  const { screen } = context

  withIssueOptions(program.command('token'))
    .description('Print an access token and nothing else')
    .option('--json', 'Print the token and its details as JSON')
    .action(async (account: string, options: IssueOptions & { readonly json?: boolean }) => {
      const answer = await issue(account, options, context)
      if (options.json) screen.json(answer)
      else screen.raw(`${answer.access_token}\n`)
    })

  withIssueOptions(program.command('header'))
    .description('Print the headers that carry an access token, for "curl -H @-"')
    .action(async (account: string, options: IssueOptions) => {
      const { headers } = await issue(account, options, context)
      screen.raw(Object.entries(headers).map(toHeaderLine).join(''))
    })
}

function withIssueOptions(command: Command): Command {
  return command
    .argument('<account>', ACCOUNT)
    .option(
      '--min-validity <seconds>',
      'How long the token must stay valid',
      wholeNumber(0, LONGEST_VALIDITY_SECONDS),
    )
    .option(
      '--refused-lease <id>',
      'ID of an active token that the service refused, to get another',
    )
    .option('--reason <text>', 'Reason for the activity record, up to 200 characters', toReason)
    .option('--try-now', TRY_NOW)
}

async function issue(
  account: string,
  { minValidity, refusedLease, reason, tryNow }: IssueOptions,
  context: Context,
): Promise<TokenAnswer> {
  const api = context.connect()
  const issuing = api.issue({
    account: parseAccountId(account),
    ...(minValidity !== undefined && { min_validity: minValidity }),
    ...(refusedLease !== undefined && { refused_lease: refusedLease }),
    ...(reason !== undefined && { reason }),
    ...(tryNow && { try_now: true }),
  })
  const answer = await nameNotFound({ account, lease: refusedLease }, issuing)
  if (!answer.min_validity_met) {
    const shortfall = minValidity === undefined ? '' : ', less than requested'
    const remedy = minValidity === undefined ? '' : await remedyOf(answer, minValidity, api)
    context.screen.note(
      `tokentray: warning: the token is valid for ${answer.expires_in} s${shortfall}${remedy}.`,
    )
  }
  return answer
}

/** How to get longer leases; empty if it is the token itself that expires sooner. */
async function remedyOf(
  { account, lease_id: id }: TokenAnswer,
  minValidity: number,
  api: Api,
): Promise<string> {
  if (minValidity > LONGEST_LEASE_SECONDS) return ''
  // The token was issued: a list that cannot be fetched must not change that.
  const [known, lease] = await Promise.all([
    findAccount(account, api),
    api.leases().then(({ leases }) => leases.find((each) => each.id === id)),
  ]).catch(() => [])
  if (!known || !lease || known.lease_seconds >= minValidity) return ''
  // Both ends are rounded to seconds.
  if (lease.ends_at - lease.opened_at < known.lease_seconds - 1) return ''
  return `; for a longer lifetime: tokentray accounts set ${account} --lifetime ${minValidity}`
}

/** Reads a reason as the record takes it: one line without invisible or bidirectional characters. */
function toReason(text: string): string {
  if (text.length <= 200 && !hasUnsafeCharacters(text)) return text
  throw new InvalidArgumentError('It must be one line of up to 200 characters.')
}

/** Refuses a line break, which would inject another header. */
function toHeaderLine([name, value]: readonly [string, string]): string {
  if (/[\r\n]/.test(name + value)) throw new TokentrayError('unexpected_answer')
  return `${name}: ${value}\n`
}
