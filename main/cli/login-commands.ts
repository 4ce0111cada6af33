import { type Command, InvalidArgumentError } from 'commander'
import { TokentrayError } from '../base/errors.ts'
import { isName } from '../base/ids.ts'
import type { Context } from './context.ts'
import { printEnded } from './lease-commands.ts'
import { logInAgain, logInNew } from './login.ts'
import { notAName } from './usage.ts'

interface LoginOptions {
  readonly name?: string
  readonly set?: Readonly<Record<string, string>>
}

/** `login` and `logout`. */
export function addLoginCommands(program: Command, context: Context): void {
  const { screen } = context
  program
    .command('login')
    .summary('log in to a service, or to an account again')
    .description(
      'Log in to a service (PROVIDER), or to a known account again (ACCOUNT, as provider/name). ' +
        'Secrets are asked for, or read from standard input, one line each; never arguments.',
    )
    .argument('<provider|account>', 'a service such as sftpgo, or an account such as sftpgo/work')
    .option('--name <name>', 'name of the new account')
    .option('--set <name=value>', 'a field of the form that is not secret; repeatable', toSetting)
    .action(async (target: string, { name, set = {} }: LoginOptions) => {
      const isAccount = target.includes('/')
      if (isAccount && (name !== undefined || Object.keys(set).length > 0)) {
        throw new TokentrayError(
          'invalid_request',
          'An account keeps its name and its values when it is logged in again.',
          { hint: 'Log in with the provider instead to make another account.' },
        )
      }
      if (name !== undefined && !isName(name)) throw notAName()
      const api = context.connect()
      const account = isAccount
        ? await logInAgain(target, api, context)
        : await logInNew(
            { provider: target, settings: set, ...(name !== undefined && { name }) },
            api,
            context,
          )
      screen.result(`Logged in: ${account.id} (${account.label})`)
      if (account.needs_code) {
        screen.note('It needed a one-time code, so when its token ends you must log in again.')
      }
    })

  program
    .command('logout')
    .description('end the tokens of an account and forget its credential')
    .argument('<account>')
    .action(async (account: string) => {
      const { leases } = await context.connect().logout(account)
      screen.result(`Logged out: ${account}`)
      printEnded(leases, context)
    })
}

function toSetting(text: string, earlier: Readonly<Record<string, string>> = {}) {
  const sign = text.indexOf('=')
  if (sign < 1) throw new InvalidArgumentError('Write it as name=value.')
  return { ...earlier, [text.slice(0, sign)]: text.slice(sign + 1) }
}
