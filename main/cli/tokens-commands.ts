import type { Command } from 'commander'
import { TokentrayError } from '../base/errors.ts'
import { parseAccountId } from '../base/ids.ts'
import type { Api } from './api.ts'
import { confirm, confirmByTyping, requirePerson } from './confirm.ts'
import type { Context } from './context.ts'
import { findAccount } from './known.ts'
import { printEnded } from './lease-commands.ts'
import { describeToken, TOKEN_HEAD, toTokenRow, warningOf } from './listed-tokens.ts'
import { naming } from './naming.ts'
import { ACCOUNT } from './usage.ts'

interface RevokeAllOptions {
  readonly yes?: boolean
  readonly confirm?: string
}

const HELP = `
"tokentray tokens ACCOUNT" lists them.
`

const REVOKE_ALL_HELP = `
It asks twice: whether to go on, and for the name of the account.
Scripts answer with both --yes and --confirm ACCOUNT.
`

/** `tokens` and what is under it: the tokens that a service has, whoever uses them. */
export function addTokensCommands(program: Command, context: Context): void {
  const { screen } = context
  const tokens = program
    .command('tokens')
    .description('list or end the tokens that a service has for an account')
    .addHelpText('after', HELP)

  tokens
    .command('list')
    .description('list the tokens of an account, those of other programs included')
    .argument('<account>', ACCOUNT)
    .option('--json', 'print the answer as JSON')
    .action(async (account: string, { json }: { readonly json?: boolean }) => {
      const answer = await naming({ account }, context.connect().tokens(account))
      if (json) return screen.json(answer)
      if (answer.tokens.length === 0) screen.note('The service lists no token of this account.')
      return screen.table(
        TOKEN_HEAD,
        answer.tokens.map((token) => toTokenRow(token, context.now())),
      )
    })

  tokens
    .command('revoke')
    .description('end one token, whoever uses it')
    .argument('<account>', ACCOUNT)
    .argument('<id>', 'a token, as "tokentray tokens ACCOUNT" lists it')
    .option('--yes', 'do not ask')
    .action(async (account: string, id: string, { yes }: { readonly yes?: boolean }) => {
      parseAccountId(account)
      const api = context.connect()
      if (!yes) await confirmToken(account, id, api, context)
      const ended = await naming({ account }, api.revokeToken(account, id))
      screen.result(`${ended.at_service === 'ended' ? 'Ended' : 'Had ended already'}: ${ended.id}`)
      printEnded(ended.leases, context)
    })

  tokens
    .command('revoke-all')
    .description('end all tokens of an account, those of other programs included')
    .argument('<account>', ACCOUNT)
    .option('--yes', 'do not ask whether to go on')
    .option('--confirm <account>', 'the account once more, instead of typing it')
    .addHelpText('after', REVOKE_ALL_HELP)
    .action(async (account: string, options: RevokeAllOptions) => {
      parseAccountId(account)
      const api = context.connect()
      const { leases } = await revokeAll(account, options, api, context)
      screen.result(`Ended: all tokens of ${account}`)
      printEnded(leases, context)
    })
}

async function confirmToken(
  account: string,
  id: string,
  api: Api,
  context: Context,
): Promise<void> {
  requirePerson(context, 'end this token', '--yes')
  const { tokens } = await naming({ account }, api.tokens(account))
  const token = tokens.find((candidate) => candidate.id === id)
  if (!token) {
    // The id is not repeated: it could be a token that was taken for one.
    throw new TokentrayError('not_found', `${account} has no token of that id.`, {
      hint: `"tokentray tokens ${account}" lists those it has.`,
    })
  }
  context.screen.note(describeToken(token, context.now()))
  const warning = warningOf(token)
  if (warning) context.screen.note(warning)
  await confirm('End this token?', context)
}

async function revokeAll(
  account: string,
  { yes = false, confirm: confirmed }: RevokeAllOptions,
  api: Api,
  context: Context,
) {
  if (confirmed !== undefined && confirmed !== account) {
    throw new TokentrayError(
      'invalid_request',
      `--confirm is not ${account}, so nothing was ended.`,
      {
        hint: 'Name the same account twice.',
      },
    )
  }
  const isAnswered = yes && confirmed !== undefined
  if (!isAnswered) {
    requirePerson(context, 'end all tokens', `both --yes and --confirm ${account}`)
    const { revoke_all_hits: hits } = await findAccount(account, api)
    // Without a word that confirms it nothing ends, and the endpoint says why it could not.
    if (hits === undefined) return api.revokeAll(account, '')
    context.screen.note(`This ends ${hits}.`)
    if (!yes) await confirm('Go on?', context)
    if (confirmed === undefined) await confirmByTyping(account, context)
  }
  return naming({ account }, api.revokeAll(account, account))
}
