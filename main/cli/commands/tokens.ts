import type { Command } from 'commander'
import { TokentrayError } from '../../base/errors.ts'
import { parseAccountId } from '../../base/ids.ts'
import type { AccountAnswer, Operation } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { findAccount, nameNotFound } from '../find.ts'
import { printEnded, requireRevoked } from './active.ts'
import { confirm, confirmByTyping, requireTerminal } from './support/confirm.ts'
import { describeToken, TOKEN_HEAD, toTokenRow, warningOf, whose } from './support/listed-tokens.ts'
import { withProgress } from './support/progress.ts'
import { ACCOUNT, JSON_OPTION } from './support/usage.ts'

interface RevokeOptions {
  readonly yes?: boolean
  readonly json?: boolean
}

interface RevokeAllOptions extends RevokeOptions {
  readonly confirm?: string
}

const HELP = `
"tokentray tokens ACCOUNT" lists them.
`

const REVOKE_ALL_HELP = `
What is revoked depends on the service. This command says so before it asks, and
so does "tokentray accounts show ACCOUNT". Anything else, such as a portal of
another application of the same key, stays valid.

You are asked twice: to confirm, and to type the name of the account. In scripts,
give both --yes and --confirm ACCOUNT.
`

/** The command `tokens` and its subcommands: the tokens known to a service, used by Tokentray or not. */
export function addTokensCommands(program: Command, context: Context): void {
  const { screen } = context
  const tokens = program
    .command('tokens')
    .description('List or revoke the tokens that a service has issued for an account')
    .addHelpText('after', HELP)

  tokens
    .command('list')
    .description('List the tokens of an account, including those of other programs')
    .argument('<account>', ACCOUNT)
    .option('--json', JSON_OPTION)
    .action(async (account: string, { json }: { readonly json?: boolean }) => {
      const answer = await nameNotFound({ account }, context.connect().tokens(account))
      if (json) return screen.json(answer)
      if (answer.tokens.length === 0) screen.note('The service lists no tokens for this account.')
      return screen.table(
        TOKEN_HEAD,
        answer.tokens.map((token) => toTokenRow(token, context.now())),
      )
    })

  tokens
    .command('revoke')
    .description('Revoke one token, even if another program uses it')
    .argument('<account>', ACCOUNT)
    .argument('<id>', 'ID of the token, as "tokentray tokens ACCOUNT" lists it')
    .option('--yes', 'Do not ask for confirmation')
    .option('--json', JSON_OPTION)
    .action(async (account: string, id: string, { yes, json }: RevokeOptions) => {
      const api = context.connect()
      const known = await findAccount(account, api)
      requireOperation(known, 'revoke_token')
      if (!yes) await confirmToken(known, id, api, context)
      const awaited = { action: 'revocation', account } as const
      const revocation = withProgress(api, context, awaited, api.revokeToken(known, id))
      const ended = await nameNotFound({ account }, revocation)
      if (json) return screen.json(ended)
      screen.result(`${ended.at_service === 'ended' ? 'Revoked' : 'Already invalid'}: ${ended.id}`)
      return printEnded(ended, context)
    })

  tokens
    .command('revoke-all')
    .description('Revoke all tokens of an account at once, even if other programs use them')
    .argument('<account>', ACCOUNT)
    .option('--yes', 'Do not ask the first question')
    .option('--confirm <account>', 'The account again, instead of typing it')
    .option('--json', JSON_OPTION)
    .addHelpText('after', REVOKE_ALL_HELP)
    .action(async (account: string, options: RevokeAllOptions) => {
      parseAccountId(account)
      requireSame(account, options.confirm)
      const api = context.connect()
      const known = await findAccount(account, api)
      requireOperation(known, 'revoke_all')
      const hits = known.revoke_all_hits ?? `all tokens of ${account}`
      await confirmAll(account, hits, options, context)
      const awaited = { action: 'revocation', account } as const
      const revocation = withProgress(api, context, awaited, api.revokeAll(known, account))
      const ended = await nameNotFound({ account }, revocation)
      if (options.json) screen.json(ended)
      else {
        screen.result(`Revoked: ${hits}`)
        printEnded(ended, context)
      }
      requireRevoked(ended)
    })
}

async function confirmToken(
  known: AccountAnswer,
  id: string,
  api: Api,
  context: Context,
): Promise<void> {
  const { id: account } = known
  requireTerminal(context, 'revoke this token', '--yes')
  const { tokens } = await nameNotFound({ account }, api.tokens(account))
  const token = tokens.find((candidate) => candidate.id === id)
  if (!token) {
    // Security: the id is not repeated, because it could be a token given by mistake.
    throw new TokentrayError('not_found', `${account} has no token with that ID.`, {
      hint: `To list its tokens, run "tokentray tokens ${account}".`,
    })
  }
  context.screen.note(describeToken(token, context.now()))
  const warning = warningOf(token, known)
  if (warning) context.screen.note(warning)
  await confirm(`Revoke this token (${whose(token)})?`, context)
}

function requireSame(account: string, confirmed: string | undefined): void {
  if (confirmed === undefined || confirmed === account) return
  throw new TokentrayError('invalid_request', `--confirm is not ${account}. Nothing was revoked.`, {
    hint: 'Give the same account twice.',
  })
}

async function confirmAll(
  account: string,
  hits: string,
  { yes = false, confirm: confirmed }: RevokeAllOptions,
  context: Context,
): Promise<void> {
  if (yes && confirmed !== undefined) return
  requireTerminal(context, `revoke ${hits}`, `both --yes and --confirm ${account}`)
  context.screen.note(`This revokes ${hits}.`)
  if (!yes) await confirm('Continue?', context)
  if (confirmed === undefined) await confirmByTyping(account, context)
}

const INABILITY = {
  revoke_token: 'cannot revoke a single token by its ID',
  revoke_all: 'cannot revoke all tokens of an account at once',
} as const satisfies Partial<Record<Operation, string>>

/** Throws `not_supported` if the service lacks the operation, before the user is asked to confirm it. */
function requireOperation(
  { id, operations }: AccountAnswer,
  operation: keyof typeof INABILITY,
): void {
  if (operations.includes(operation)) return
  throw new TokentrayError('not_supported', `The service of ${id} ${INABILITY[operation]}.`, {
    hint: `To see what it can do, run "tokentray accounts show ${id}".`,
  })
}
