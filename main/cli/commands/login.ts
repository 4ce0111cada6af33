import { type Command, InvalidArgumentError } from 'commander'
import { errorTable, isTokentrayError, reworded, TokentrayError } from '../../base/errors.ts'
import { isSecret } from '../../base/forms/form-fields.ts'
import { isName, parseAccountId } from '../../base/ids.ts'
import type { FieldAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { findProvider, nameNotFound } from '../find.ts'
import { logInAgain, logInNew } from '../login/login.ts'
import { noteTaken } from '../terminal/print.ts'
import { printEnded, requireRevoked } from './active.ts'
import { withProgress } from './support/progress.ts'
import { ACCOUNT, notAName, TRY_NOW } from './support/usage.ts'

interface LoginOptions {
  readonly name?: string
  readonly set?: Readonly<Record<string, string>>
  readonly like?: string
  readonly fields?: boolean
  readonly askAll?: boolean
  readonly tryNow?: boolean
}

const HELP = `
What must be filled in is asked for; what is optional or has a default is set
with --set, or asked for with --ask-all.
"tokentray login PROVIDER --fields" prints the fields of a form and their names
for --set. A known account keeps its values, but for those that --set changes.
With --like another account of the same service lends its key and its values, and
no secret is asked for; only services such as Svix have one key for several accounts.

Without a terminal, standard input holds one line per secret, in the order of
the form. One line more is the one-time code, empty for none. To have a code
sent only if the password alone is refused, send three lines: password,
password, code. For an account that needs only a code again, one line with it
will do.
`

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
    .option('--like <account>', 'take key and values that are not given from this account')
    .option('--ask-all', 'also ask for what is optional or has a default')
    .option('--try-now', TRY_NOW)
    .option('--fields', 'print the fields of the form, and log in nowhere')
    .addHelpText('after', HELP)
    .action(async (target: string, options: LoginOptions) => {
      const { name, set = {}, like, fields, askAll, tryNow } = options
      const [provider = '', ...rest] = target.split('/')
      if (fields) return printFields(provider, context)
      // Before Tokentray is asked for the form: a password may be typed ahead, or pasted.
      context.prompt.hush()
      const isAccount = rest.length > 0
      if (isAccount && name !== undefined) {
        throw new TokentrayError(
          'invalid_request',
          'An account keeps its name when it is logged in again.',
          { hint: 'Rename it with "tokentray accounts rename", or log in with the provider.' },
        )
      }
      if (isAccount && like !== undefined) {
        throw new TokentrayError('invalid_request', '--like is for a new account.', {
          hint: 'Log in with the provider to make one, or leave --like out.',
        })
      }
      if (isAccount && askAll) {
        throw new TokentrayError('invalid_request', '--ask-all is for a new account.', {
          hint: 'Change a field with --set NAME=VALUE.',
        })
      }
      if (name !== undefined && !isName(name)) throw notAName('account')
      if (like !== undefined) parseAccountId(like)
      const api = tryNow ? tryingNow(context.connect()) : context.connect()
      const loggingIn = isAccount
        ? logInAgain(target, set, api, context).then((again) => ({ account: again, leftOut: [] }))
        : logInNew(
            {
              ...{ provider, settings: set, asksAll: askAll === true },
              ...(name !== undefined && { name }),
              ...(like !== undefined && { like }),
            },
            api,
            context,
          )
      const { account, leftOut } = await offeringLogin(target, name, loggingIn)
      screen.result(`Logged in: ${account.id} (${account.label})`)
      noteTaken(account, context)
      if (account.needs_code) {
        screen.note('It needed a one-time code, so when its token ends you must log in again.')
      }
      if (account.caution !== undefined) screen.note(account.caution)
      if (leftOut.length > 0) {
        const names = leftOut.map((field) => field.name).join(', ')
        screen.note(`Left at their defaults: ${names}.`)
        screen.note(`To change one: tokentray login ${account.id} --set NAME=VALUE`)
      }
    })

  program
    .command('logout')
    .description(
      'revoke the tokens of an account where the service allows it, and forget its credential',
    )
    .argument('<account>', ACCOUNT)
    .action(async (account: string) => {
      const api = context.connect()
      const logout = withProgress(api, context, { deed: 'logout', account }, api.logout(account))
      const ended = await nameNotFound({ account }, logout)
      screen.result(`Logged out: ${account}`)
      printEnded(ended, context)
      requireRevoked(ended)
    })
}

/** The same calls, which go to the service even though it wants to be left alone. */
function tryingNow(api: Api): Api {
  return {
    ...api,
    check: (form) => api.check({ ...form, tryNow: true }),
    addAccount: (account) => api.addAccount({ ...account, tryNow: true }),
    login: (account, login) => api.login(account, { ...login, tryNow: true }),
  }
}

/** What hints at trying once, or at another name, names the login that helps instead. */
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
      ? `Choose another name, or log in to that one again: tokentray login ${target}/${name}`
      : error.hint.replace(/\btoken \S+ --try-now/, () => `login ${target} --try-now`)
    throw hint === error.hint ? error : reworded(error, { hint })
  }
}

async function printFields(provider: string, { connect, screen }: Context): Promise<void> {
  const { fields } = await findProvider(provider, connect())
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
  if (isSecret(field)) return `${kind}: asked for, or standard input`
  return choices ? `${kind}: ${choices.map(({ value }) => value).join(', ')}` : kind
}

function toSetting(text: string, earlier: Readonly<Record<string, string>> = {}) {
  const sign = text.indexOf('=')
  if (sign < 1) throw new InvalidArgumentError('Write it as name=value.')
  return { ...earlier, [text.slice(0, sign)]: text.slice(sign + 1) }
}
