import { type Command, InvalidArgumentError, Option } from 'commander'
import { TokentrayError } from '../../base/errors.ts'
import { isName, parseAccountId } from '../../base/ids.ts'
import { accountColors, DISPLAY_NAME_RULE, isDisplayName } from '../../base/text/account-looks.ts'
import type { AccountAnswer, ChangeAccountRequest } from '../../loopback/schemas/wire.ts'
import type { Context } from '../context.ts'
import { findAccount, nameNotFound } from '../find.ts'
import { duration, noteTaken, sharingOf, stateOf, when } from '../terminal/print.ts'
import { printEnded, requireRevoked } from './active.ts'
import { withProgress } from './support/progress.ts'
import { FORM_HEAD, toCommands, toFacts, toForm, toReason } from './support/show-account.ts'
import { LIFETIMES, toLifetime } from './support/time-spans.ts'
import { ACCOUNT, JSON_OPTION, notAName } from './support/usage.ts'

interface SetOptions {
  readonly sharing?: LeaseKind
  readonly lifetime?: number
  readonly displayName?: string
  readonly color?: Color
  readonly pin?: true
  readonly unpin?: true
  readonly for?: readonly string[]
  /** The former name of `sharing`. */
  readonly leaseKind?: LeaseKind
  /** The former name of `lifetime`. */
  readonly leaseSeconds?: number
}

type LeaseKind = AccountAnswer['lease_kind']
type Color = NonNullable<ChangeAccountRequest['color']>

const COLORS = [...accountColors, 'none'] as const

const SHARING = `
Token sharing:
  shared    Tools share one token. It stays valid until the last one is done
            with it.
  separate  Each tool gets its own token, which is revoked when the tool is done
            with it.
`

const ADDRESSES = `
Addresses:
  git, docker and other programs ask for a token for a web address ("tokentray
  credential --help"). An account answers for that of its service, unless you
  give others with --for, as in https://host[:port][/path]. The longest path
  counts. --for "" sets it back.
`

/** The command `accounts` and its subcommands. */
export function addAccountCommands(program: Command, context: Context): void {
  const { screen } = context
  const accounts = program
    .command('accounts')
    .description('List, show, rename, change or remove accounts')

  accounts
    .command('list')
    .description('List accounts')
    .option('--json', JSON_OPTION)
    .action(async ({ json }: { readonly json?: boolean }) => {
      const answer = await context.connect().accounts()
      if (json) return screen.json(answer)
      if (answer.accounts.length === 0) {
        screen.note('No accounts. Add one with "tokentray login PROVIDER".')
      }
      const isNamed = answer.accounts.some(({ display_name: name }) => name !== undefined)
      const columns = isNamed ? COLUMNS : COLUMNS.filter((column) => column !== 'NAME')
      screen.table(
        columns,
        answer.accounts.map((account) => {
          const row = toRow(account, context.now())
          return columns.map((column) => row[column])
        }),
      )
      for (const account of answer.accounts) {
        const reason = toReason(account)
        if (reason !== '') screen.note(`${account.id}: ${reason}`)
      }
    })

  accounts
    .command('show')
    .description('Show an account and what you can do with it')
    .argument('<account>', ACCOUNT)
    .option('--json', JSON_OPTION)
    .action(async (account: string, { json }: { readonly json?: boolean }) => {
      const api = context.connect()
      const known = await findAccount(account, api)
      if (json) return screen.json(known)
      const { providers } = await api.providers()
      const provider = providers.find(({ id }) => id === known.provider)
      for (const line of toFacts(known, context.now())) screen.result(line)
      screen.result('')
      const form = toForm(known, provider)
      screen.table(FORM_HEAD, form)
      if (form.length > 0) screen.result('')
      return screen.table(['COMMAND', 'WHAT IT DOES'], toCommands(known, provider))
    })

  accounts
    .command('rename')
    .description('Rename an account; its tools can keep using the old name')
    .argument('<account>', ACCOUNT)
    .argument('<new-name>', 'New name, with or without the provider')
    .action(async (account: string, newName: string) => {
      const name = toNewName(account, newName)
      const changing = context.connect().changeAccount(account, { name })
      const changed = await nameNotFound({ account }, changing)
      const { id } = changed
      screen.result(id === account ? `Already named ${id}.` : `Renamed: ${account} is now ${id}`)
      noteTaken(changed, context)
    })

  accounts
    .command('remove')
    .description('Revoke the tokens of an account where the service allows it, and remove it')
    .argument('<account>', ACCOUNT)
    .action(async (account: string) => {
      const api = context.connect()
      const removal = api.removeAccount(account)
      const awaited = { action: 'removal', account } as const
      const ended = await nameNotFound({ account }, withProgress(api, context, awaited, removal))
      screen.result(`Removed: ${account}`)
      printEnded(ended, context)
      requireRevoked(ended)
    })

  accounts
    .command('set')
    .description(
      'Change how an account shares tokens, is shown, and which addresses it answers for',
    )
    .argument('<account>', ACCOUNT)
    .option('--sharing <kind>', '"shared" or "separate" tokens, see below', toLeaseKind)
    .option(
      '--lifetime <time>',
      `Token lifetime, ${LIFETIMES}; up to the limit of the service`,
      toLifetime,
    )
    .option(
      '--display-name <text>',
      'Show this instead of its name; "" for its name',
      toDisplayName,
    )
    .addOption(
      new Option('--color <color>', 'Mark it with this color, so that you see it at once').choices(
        COLORS,
      ),
    )
    .option('--pin', 'List it before the others')
    .option('--unpin', 'List it with the others')
    .option(
      '--for <url>',
      'Answer programs that ask for this address, see below; can be repeated',
      (url: string, before: readonly string[] = []) => [...before, url],
    )
    .addOption(new Option('--lease-kind <kind>').argParser(toLeaseKind).hideHelp())
    .addOption(new Option('--lease-seconds <n>').argParser(toLifetime).hideHelp())
    .addHelpText('after', SHARING + ADDRESSES)
    .action(async (account: string, options: SetOptions) => {
      const change = {
        ...{ ...toTokenChange(options), ...toLooksChange(options) },
        ...toAddressChange(options),
      }
      if (Object.keys(change).length === 0) {
        throw new TokentrayError('invalid_request', 'Nothing to change.', {
          hint: 'Give --sharing, --lifetime, --display-name, --color, --pin, --unpin or --for.',
        })
      }
      const changed = await nameNotFound(
        { account },
        context.connect().changeAccount(account, change),
      )
      for (const line of toChanged(changed, options)) screen.result(line)
    })
}

function toTokenChange(options: SetOptions): ChangeAccountRequest {
  const kind = options.sharing ?? options.leaseKind
  const seconds = options.lifetime ?? options.leaseSeconds
  return {
    ...(kind && { lease_kind: kind }),
    ...(seconds !== undefined && { lease_seconds: seconds }),
  }
}

function toLooksChange({ displayName, color, pin, unpin }: SetOptions): ChangeAccountRequest {
  if (pin && unpin) {
    throw new TokentrayError('invalid_request', 'Give --pin or --unpin, not both.')
  }
  return {
    ...(displayName !== undefined && { display_name: displayName }),
    ...(color && { color }),
    ...((pin || unpin) && { pinned: pin === true }),
  }
}

/** An empty address stands for none. */
const toAddressChange = ({ for: addresses }: SetOptions): ChangeAccountRequest =>
  addresses ? { addresses: addresses.filter((address) => address.trim() !== '') } : {}

/** What the account has now, of the kinds that were changed. */
function toChanged(account: AccountAnswer, options: SetOptions): string[] {
  const { id, lease_kind, lease_seconds, display_name, color = 'no color', pinned } = account
  const { addresses = [] } = account
  const isOf = (change: ChangeAccountRequest) => Object.keys(change).length > 0
  const tokens = `has ${sharingOf(lease_kind)} tokens, lifetime ${duration(lease_seconds * 1000)}`
  const name = display_name === undefined ? 'by its name' : `as "${display_name}"`
  const looks = `is shown ${name}, ${color}, ${pinned ? 'pinned' : 'not pinned'}`
  return [
    ...(isOf(toTokenChange(options)) ? [`Changed: ${id} ${tokens}`] : []),
    ...(isOf(toLooksChange(options)) ? [`Changed: ${id} ${looks}`] : []),
    ...(options.for ? [`Changed: ${id} answers for ${addresses.join(', ') || 'no address'}`] : []),
  ]
}

/** Reads `--sharing`; the API's name for separate tokens is accepted as well. */
function toLeaseKind(text: string): LeaseKind {
  if (text === 'shared') return 'shared'
  if (text === 'separate' || text === 'dedicated') return 'dedicated'
  throw new InvalidArgumentError('It must be "shared" or "separate".')
}

/** Reads `--display-name`; empty to remove it. */
function toDisplayName(text: string): string {
  if (text === '' || isDisplayName(text)) return text
  throw new InvalidArgumentError(DISPLAY_NAME_RULE)
}

/** The new name, given alone or as a whole account ID. */
function toNewName(account: string, text: string): string {
  const [provider = ''] = parseAccountId(account).split('/')
  const name = text.startsWith(`${provider}/`) ? text.slice(provider.length + 1) : text
  if (name.includes('/')) {
    throw new TokentrayError(
      'invalid_request',
      `The new name must be a name alone, or ${provider}/NAME.`,
      {
        hint: 'An account cannot move to another provider.',
      },
    )
  }
  if (!isName(name)) throw notAName('account')
  return name
}

const COLUMNS = [
  ...(['ACCOUNT', 'NAME', 'STATE', 'TOKENS', 'SHARING'] as const),
  ...(['LIFETIME', 'SESSION ENDS', 'LABEL'] as const),
]

function toRow(account: AccountAnswer, now: number): Record<(typeof COLUMNS)[number], string> {
  const { session_ends_at: endsAt } = account
  return {
    ACCOUNT: account.id,
    NAME: account.display_name ?? '-',
    STATE: stateOf(account),
    TOKENS: String(account.leases),
    SHARING: sharingOf(account.lease_kind),
    LIFETIME: duration(account.lease_seconds * 1000),
    'SESSION ENDS': endsAt === undefined ? '-' : when(endsAt, now),
    LABEL: account.label,
  }
}
