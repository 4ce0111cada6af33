import type { Command } from 'commander'
import { TokentrayError } from '../../base/errors.ts'
import { parseAccountId } from '../../base/ids.ts'
import type { AccountAnswer, Operation } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { findAccount, nameNotFound } from '../find.ts'
import { printEnded, requireRevoked } from './active.ts'
import { confirm, confirmByTyping, requirePerson } from './support/confirm.ts'
import { describeToken, TOKEN_HEAD, toTokenRow, warningOf, whose } from './support/listed-tokens.ts'
import { withProgress } from './support/progress.ts'
import { ACCOUNT } from './support/usage.ts'

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
Whom it hits depends on the service, and is said beforehand, here and by
"tokentray accounts show ACCOUNT". What belongs to anything else, such as a
portal visit of another application under the same key, lives on.

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
      const answer = await nameNotFound({ account }, context.connect().tokens(account))
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
    .option('--json', 'print the answer as JSON')
    .action(async (account: string, id: string, { yes, json }: RevokeOptions) => {
      const api = context.connect()
      const known = await findAccount(account, api)
      requireOperation(known, 'revoke_token')
      if (!yes) await confirmToken(known, id, api, context)
      const awaited = { deed: 'revocation', account } as const
      const revocation = withProgress(api, context, awaited, api.revokeToken(known, id))
      const ended = await nameNotFound({ account }, revocation)
      if (json) return screen.json(ended)
      screen.result(`${ended.at_service === 'ended' ? 'Ended' : 'Had ended already'}: ${ended.id}`)
      return printEnded(ended, context)
    })

  tokens
    .command('revoke-all')
    .description('end all tokens that a service ends at once for an account, whoever uses them')
    .argument('<account>', ACCOUNT)
    .option('--yes', 'do not ask whether to go on')
    .option('--confirm <account>', 'the account once more, instead of typing it')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', REVOKE_ALL_HELP)
    .action(async (account: string, options: RevokeAllOptions) => {
      parseAccountId(account)
      requireSame(account, options.confirm)
      const api = context.connect()
      const known = await findAccount(account, api)
      requireOperation(known, 'revoke_all')
      const hits = known.revoke_all_hits ?? `all tokens of ${account}`
      await confirmAll(account, hits, options, context)
      const awaited = { deed: 'revocation', account } as const
      const revocation = withProgress(api, context, awaited, api.revokeAll(known, account))
      const ended = await nameNotFound({ account }, revocation)
      if (options.json) screen.json(ended)
      else {
        screen.result(`Ended: ${hits}`)
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
  requirePerson(context, 'end this token', '--yes')
  const { tokens } = await nameNotFound({ account }, api.tokens(account))
  const token = tokens.find((candidate) => candidate.id === id)
  if (!token) {
    // The id is not repeated: it could be a token that was taken for one.
    throw new TokentrayError('not_found', `${account} has no token of that id.`, {
      hint: `"tokentray tokens ${account}" lists those it has.`,
    })
  }
  context.screen.note(describeToken(token, context.now()))
  const warning = warningOf(token, known)
  if (warning) context.screen.note(warning)
  await confirm(`End this token (${whose(token)})?`, context)
}

function requireSame(account: string, confirmed: string | undefined): void {
  if (confirmed === undefined || confirmed === account) return
  throw new TokentrayError(
    'invalid_request',
    `--confirm is not ${account}, so nothing was ended.`,
    { hint: 'Name the same account twice.' },
  )
}

async function confirmAll(
  account: string,
  hits: string,
  { yes = false, confirm: confirmed }: RevokeAllOptions,
  context: Context,
): Promise<void> {
  if (yes && confirmed !== undefined) return
  requirePerson(context, `end ${hits}`, `both --yes and --confirm ${account}`)
  context.screen.note(`This ends ${hits}.`)
  if (!yes) await confirm('Go on?', context)
  if (confirmed === undefined) await confirmByTyping(account, context)
}

const INABILITY = {
  revoke_token: 'cannot end a token that is named by its id',
  revoke_all: 'cannot end all tokens of an account at once',
} as const satisfies Partial<Record<Operation, string>>

/** Throws `not_supported` if the account's service cannot do what a person would be asked about. */
function requireOperation(
  { id, operations }: AccountAnswer,
  operation: keyof typeof INABILITY,
): void {
  if (operations.includes(operation)) return
  throw new TokentrayError('not_supported', `The service of ${id} ${INABILITY[operation]}.`, {
    hint: `"tokentray accounts show ${id}" says what can be done.`,
  })
}
