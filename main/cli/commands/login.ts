import { type Command, InvalidArgumentError, Option } from 'commander'
import { errorTable, isTokentrayError, reworded, TokentrayError } from '../../base/errors.ts'
import { isSecret } from '../../base/forms/form-fields.ts'
import { parseAccountId } from '../../base/ids.ts'
import { toTypedName } from '../../base/text/typed-name.ts'
import type { FieldAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { findProvider, nameNotFound } from '../find.ts'
import { logInAgain, logInNew } from '../login/login.ts'
import { noteTaken } from '../terminal/print.ts'
import { printEnded, requireRevoked } from './active.ts'
import { withProgress } from './support/progress.ts'
import { ACCOUNT, TRY_NOW } from './support/usage.ts'

interface LoginOptions {
  readonly name?: string
  readonly set?: Readonly<Record<string, string>>
  readonly copyFrom?: string
  /** The former name of `copyFrom`. */
  readonly like?: string
  readonly fields?: boolean
  readonly json?: boolean
  readonly askAll?: boolean
  readonly tryNow?: boolean
}

const HELP = `
Required fields are asked for. Set optional fields, or change a default, with
--set, or use --ask-all to be asked for them. "tokentray login PROVIDER
--fields" lists the fields and their names. When you log in to an account again,
it keeps its values except those you change with --set.

With --copy-from, the new account uses the key and the values of an existing
account of the same service, and no secret is asked for. Only services where one
key has several accounts, such as Svix, support this.

Without a terminal, secrets are read from standard input, one per line, in the
order of the form. Add a line with the one-time code, empty if there is none. To
send a code only if the password alone is refused, send three lines: password,
password, code. For an account that only needs a new code, one line with the
code is enough.
`

/** The commands `login` and `logout`. */
export function addLoginCommands(program: Command, context: Context): void {
  const { screen } = context
  program
    .command('login')
    .summary('Log in to a service, or again to an account')
    .description(
      'Log in to a service (PROVIDER), or again to an account (ACCOUNT, as provider/name). ' +
        'Secrets are asked for or read from standard input, never passed as arguments.',
    )
    .argument('<provider|account>', 'Service such as sftpgo, or account such as sftpgo/work')
    .option('--name <name>', 'Name of the new account, in any script')
    .option('--set <name=value>', 'Set a field that is not secret; can be repeated', toSetting)
    .option('--copy-from <account>', 'Use the key and values of this account for a new one')
    .addOption(new Option('--like <account>').conflicts('copyFrom').hideHelp())
    .option('--ask-all', 'Also ask for optional fields and those with a default')
    .option('--try-now', TRY_NOW)
    .option('--fields', 'List the fields of the form, without logging in')
    .option('--json', 'With --fields: print them as JSON')
    .addHelpText('after', HELP)
    .action(async (target: string, options: LoginOptions) => {
      const { name, set = {}, fields, askAll, tryNow } = options
      const copyFrom = options.copyFrom ?? options.like
      const [provider = '', ...rest] = target.split('/')
      if (fields) return printFields(provider, options.json === true, context)
      if (options.json) {
        throw new TokentrayError('invalid_request', '--json requires --fields.', {
          hint: 'Add --fields, or leave --json out.',
        })
      }
      // Before the form is requested: a password may be typed ahead, or pasted.
      context.prompt.hush()
      const isAccount = rest.length > 0
      if (isAccount && name !== undefined) {
        throw new TokentrayError('invalid_request', '--name is only for new accounts.', {
          hint: 'To rename an account, use "tokentray accounts rename".',
        })
      }
      if (isAccount && copyFrom !== undefined) {
        throw new TokentrayError('invalid_request', '--copy-from is only for new accounts.', {
          hint: 'To add one, give the provider instead of the account.',
        })
      }
      if (isAccount && askAll) {
        throw new TokentrayError('invalid_request', '--ask-all is only for new accounts.', {
          hint: 'To change a field, use --set NAME=VALUE.',
        })
      }
      const typed = name === undefined ? {} : toTypedName(name)
      if (copyFrom !== undefined) parseAccountId(copyFrom)
      const api = tryNow ? tryingNow(context.connect()) : context.connect()
      const loggingIn = isAccount
        ? logInAgain(target, set, api, context).then((again) => ({ account: again, leftOut: [] }))
        : logInNew(
            {
              ...{ provider, settings: set, asksAll: askAll === true },
              ...typed,
              ...(copyFrom !== undefined && { copyFrom }),
            },
            api,
            context,
          )
      const { account, leftOut } = await offeringLogin(target, name, loggingIn)
      screen.result(`Logged in: ${account.id} (${account.label})`)
      noteTaken(account, context)
      if (account.needs_code) {
        screen.note(
          'This account uses a one-time code. You will need to log in again when the session ends.',
        )
      }
      if (account.caution !== undefined) screen.note(account.caution)
      if (leftOut.length > 0) {
        const names = leftOut.map((field) => field.name).join(', ')
        screen.note(`Using the defaults for: ${names}.`)
        screen.note(`To change one: tokentray login ${account.id} --set NAME=VALUE`)
        screen.note(`To see what they are: tokentray login ${account.provider} --fields`)
      }
    })

  program
    .command('logout')
    .description(
      'Revoke the tokens of an account where the service allows it, and delete its saved password',
    )
    .argument('<account>', ACCOUNT)
    .action(async (account: string) => {
      const api = context.connect()
      const logout = withProgress(api, context, { action: 'logout', account }, api.logout(account))
      const ended = await nameNotFound({ account }, logout)
      screen.result(`Logged out: ${account}`)
      printEnded(ended, context)
      requireRevoked(ended)
    })
}

/** The same calls, which reach the service even while requests to it are paused. */
function tryingNow(api: Api): Api {
  return {
    ...api,
    check: (form) => api.check({ ...form, tryNow: true }),
    addAccount: (account) => api.addAccount({ ...account, tryNow: true }),
    login: (account, login) => api.login(account, { ...login, tryNow: true }),
  }
}

/** Rewords hints about `--try-now` or a name that is taken, so that they name the login to run. */
async function offeringLogin<Result>(
  target: string,
  name: string | undefined,
  work: Promise<Result>,
): Promise<Result> {
  try {
    return await work
  } catch (error) {
    if (!isTokentrayError(error)) throw error
    const isTaken = name !== undefined && error.hint === errorTable.already_exists.hint
    const hint = isTaken
      ? `Choose another name, or log in to that account again: tokentray login ${target}/${name}`
      : error.hint.replace(/\btoken \S+ --try-now/, () => `login ${target} --try-now`)
    throw hint === error.hint ? error : reworded(error, { hint })
  }
}

async function printFields(
  provider: string,
  json: boolean,
  { connect, screen }: Context,
): Promise<void> {
  const { fields } = await findProvider(provider, connect())
  if (json) return screen.json({ fields })
  screen.table(
    ['NAME', 'LABEL', 'KIND', 'REQUIRED', 'DEFAULT', 'ONLY WITH'],
    fields.map((field) => [
      field.name,
      field.label,
      kindOf(field),
      field.required ? 'yes' : 'no',
      field.default ?? '-',
      field.when ? `${field.when.field}=${field.when.is}` : '-',
    ]),
  )
}

function kindOf(field: FieldAnswer): string {
  const { kind, choices } = field
  if (isSecret(field)) return `${kind}: prompt or standard input`
  return choices ? `${kind}: ${choices.map(({ value }) => value).join(', ')}` : kind
}

function toSetting(text: string, earlier: Readonly<Record<string, string>> = {}) {
  const sign = text.indexOf('=')
  if (sign < 1) throw new InvalidArgumentError('Write it as name=value.')
  return { ...earlier, [text.slice(0, sign)]: text.slice(sign + 1) }
}
