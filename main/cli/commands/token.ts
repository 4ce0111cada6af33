import { type Command, InvalidArgumentError, Option } from 'commander'
import { TokentrayError } from '../../base/errors.ts'
import { parseAccountId } from '../../base/ids.ts'
import { LONGEST_LEASE_SECONDS } from '../../base/lease-limits.ts'
import { parseUrl } from '../../base/text/parse-url.ts'
import { hasUnsafeCharacters } from '../../base/text/unsafe-characters.ts'
import type { TokenAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { findAccount, findProvider, nameNotFound } from '../find.ts'
import {
  isVariable,
  type TokenFormat,
  toHeaderLines,
  toJsonText,
  tokenFormats,
  toNetrcLine,
  toShellLine,
  variableOf,
} from './support/token-formats.ts'
import { ACCOUNT, TRY_NOW, wholeNumber } from './support/usage.ts'

const LONGEST_VALIDITY_SECONDS = 31_536_000

interface IssueOptions {
  readonly minValidity?: number
  readonly refusedLease?: string
  readonly reason?: string
  readonly tryNow?: boolean
}

interface TokenOptions extends IssueOptions {
  readonly format?: TokenFormat
  readonly json?: boolean
  readonly variable?: string
}

const FORMATS = `
Formats:
  plain    the token alone
  json     the token and its details, with "expires_at"
  header   the headers that carry it, as "tokentray header" prints them
  env      a line for a shell: eval "$(tokentray token ACCOUNT --format env)"
  netrc    an entry for the host of the account, for services that take the
           token as "Authorization: Bearer" or "Basic"; programs send it as
           HTTP Basic, with the token as the password
`

/** The commands `token` and `header`. */
export function addTokenCommands(program: Command, context: Context): void {
  const { screen } = context

  withIssueOptions(program.command('token'))
    .description('Print an access token and nothing else')
    .addOption(
      new Option('--format <format>', 'How to print it, see below; otherwise plain').choices(
        tokenFormats,
      ),
    )
    .addOption(new Option('--json', 'The same as --format json').conflicts('format'))
    .option(
      '--variable <name>',
      'With --format env: another variable than PROVIDER_NAME_TOKEN',
      toVariable,
    )
    .addHelpText('after', FORMATS)
    .action(async (account: string, options: TokenOptions) => {
      const format = options.json ? 'json' : (options.format ?? 'plain')
      if (options.variable !== undefined && format !== 'env') {
        throw new TokentrayError('invalid_request', '--variable requires --format env.', {
          hint: 'Add --format env, or leave --variable out.',
        })
      }
      // Before a token is issued in vain.
      const host = format === 'netrc' ? await hostOf(account, context) : ''
      const answer = await issue(account, options, context)
      screen.raw(toText(answer, { ...options, format, host, now: context.now() }))
    })

  withIssueOptions(program.command('header'))
    .description('Print the headers that carry an access token, for "curl -H @-"')
    .action(async (account: string, options: IssueOptions) => {
      screen.raw(toHeaderLines(await issue(account, options, context)))
    })
}

interface Wanted {
  readonly format: TokenFormat
  readonly variable?: string
  readonly host: string
  readonly now: number
}

function toText(answer: TokenAnswer, { format, variable, host, now }: Wanted): string {
  switch (format) {
    case 'plain':
      return `${answer.access_token}\n`
    case 'json':
      return toJsonText(answer, now)
    case 'header':
      return toHeaderLines(answer)
    case 'env':
      return toShellLine(answer, variable ?? variableOf(answer.account), now)
    case 'netrc':
      return toNetrcLine(answer, host)
    default:
      return format satisfies never
  }
}

/** The host of the account's address; throws `not_supported` if its form has none. */
async function hostOf(account: string, { connect }: Context): Promise<string> {
  const api = connect()
  const { provider, values } = await findAccount(account, api)
  const { fields } = await findProvider(provider, api)
  const field = fields.find(({ kind }) => kind === 'url')
  const address = field && (values[field.name] ?? field.default)
  const host = address === undefined ? '' : (parseUrl(address)?.hostname ?? '')
  if (host !== '') return host
  throw new TokentrayError('not_supported', `The host of ${account} is not known.`, {
    hint: 'Its address is not one of its values. Use another --format.',
  })
}

function toVariable(text: string): string {
  if (isVariable(text)) return text
  throw new InvalidArgumentError('It must be letters, digits and underscores, no digit first.')
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
