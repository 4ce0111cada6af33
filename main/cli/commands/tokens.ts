import type { Command } from 'commander'
import { TokentrayError } from '../../base/errors.ts'
import type { AccountAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { findAccount, nameNotFound, requireOperation } from '../find.ts'
import { printEnded } from './active.ts'
import { confirm, requireTerminal } from './support/confirm.ts'
import { describeToken, TOKEN_HEAD, toTokenRow, warningOf, whose } from './support/listed-tokens.ts'
import { withProgress } from './support/progress.ts'
import { ACCOUNT, JSON_OPTION } from './support/usage.ts'

interface RevokeOptions {
  readonly yes?: boolean
  readonly json?: boolean
}

const HELP = `
"tokentray tokens ACCOUNT" lists them.
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
