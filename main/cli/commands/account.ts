import { type Command, Option } from 'commander'
import { TokentrayError } from '../../base/errors.ts'
import { isName, parseAccountId } from '../../base/ids.ts'
import { LONGEST_LEASE_SECONDS, SHORTEST_LEASE_SECONDS } from '../../base/lease-limits.ts'
import type { AccountAnswer, ChangeAccountRequest } from '../../loopback/schemas/wire.ts'
import type { Context } from '../context.ts'
import { findAccount, nameNotFound } from '../find.ts'
import { duration, noteTaken, stateOf, when } from '../terminal/print.ts'
import { printEnded, requireRevoked } from './active.ts'
import { withProgress } from './support/progress.ts'
import { FORM_HEAD, toCommands, toFacts, toForm, toReason } from './support/show-account.ts'
import { ACCOUNT, notAName, wholeNumber } from './support/usage.ts'

interface SetOptions {
  readonly leaseKind?: 'shared' | 'dedicated'
  readonly leaseSeconds?: number
}

const KINDS = `
Kinds of lease:
  shared     all leases are on the one token of the session: one login serves any
             number of tools, and what one gives up lives on for the others
  dedicated  each lease has a token of its own, which ends with the lease
`

/** `accounts` and what is under it. */
export function addAccountCommands(program: Command, context: Context): void {
  const { screen } = context
  const accounts = program
    .command('accounts')
    .description('list, show, rename, remove or set accounts')

  accounts
    .command('list')
    .description('list the accounts')
    .option('--json', 'print the answer as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const answer = await context.connect().accounts()
      if (json) return screen.json(answer)
      if (answer.accounts.length === 0) {
        screen.note('There is no account; log in with "tokentray login PROVIDER".')
      }
      screen.table(
        ['ACCOUNT', 'STATE', 'LEASES', 'KIND', 'LENGTH', 'SESSION ENDS', 'WHO'],
        answer.accounts.map((account) => toRow(account, context.now())),
      )
      for (const account of answer.accounts) {
        const reason = toReason(account)
        if (reason !== '') screen.note(`${account.id}: ${reason}`)
      }
    })

  accounts
    .command('show')
    .description('show all of one account, and what can be done with it')
    .argument('<account>', ACCOUNT)
    .option('--json', 'print the answer as JSON')
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
      return screen.table(['COMMAND', 'TO'], toCommands(known, provider))
    })

  accounts
    .command('rename')
    .description('give an account another name; its clients may go on using the old one')
    .argument('<account>', ACCOUNT)
    .argument('<new-name>', 'the part behind the slash, or all of it')
    .action(async (account: string, newName: string) => {
      const name = toNewName(account, newName)
      const changing = context.connect().changeAccount(account, { name })
      const changed = await nameNotFound({ account }, changing)
      const { id } = changed
      screen.result(
        id === account ? `It is called ${id} already.` : `Renamed: ${account} is now ${id}`,
      )
      noteTaken(changed, context)
    })

  accounts
    .command('remove')
    .description('revoke the tokens of an account where the service allows it, and forget it')
    .argument('<account>', ACCOUNT)
    .action(async (account: string) => {
      const api = context.connect()
      const removal = api.removeAccount(account)
      const awaited = { deed: 'removal', account } as const
      const ended = await nameNotFound({ account }, withProgress(api, context, awaited, removal))
      screen.result(`Removed: ${account}`)
      printEnded(ended, context)
      requireRevoked(ended)
    })

  accounts
    .command('set')
    .description('change what leases of an account are like')
    .argument('<account>', ACCOUNT)
    .addOption(
      new Option('--lease-kind <kind>', 'on one token for all, or one each').choices([
        'shared',
        'dedicated',
      ]),
    )
    .option(
      '--lease-seconds <n>',
      `how long a lease lives, ${SHORTEST_LEASE_SECONDS} to ${LONGEST_LEASE_SECONDS}; a service may allow less`,
      wholeNumber(SHORTEST_LEASE_SECONDS, LONGEST_LEASE_SECONDS),
    )
    .addHelpText('after', KINDS)
    .action(async (account: string, { leaseKind, leaseSeconds }: SetOptions) => {
      const change: ChangeAccountRequest = {
        ...(leaseKind && { lease_kind: leaseKind }),
        ...(leaseSeconds !== undefined && { lease_seconds: leaseSeconds }),
      }
      if (Object.keys(change).length === 0) {
        throw new TokentrayError('invalid_request', 'There is nothing to set.', {
          hint: 'Give --lease-kind or --lease-seconds.',
        })
      }
      const { id, lease_kind, lease_seconds } = await nameNotFound(
        { account },
        context.connect().changeAccount(account, change),
      )
      screen.result(
        `Set: leases of ${id} are ${lease_kind} and live ${duration(lease_seconds * 1000)}`,
      )
    })
}

/** A new name as it is entered: alone, or as the id that the account is to have. */
function toNewName(account: string, text: string): string {
  const [provider = ''] = parseAccountId(account).split('/')
  const name = text.startsWith(`${provider}/`) ? text.slice(provider.length + 1) : text
  if (!isName(name)) throw notAName('account')
  return name
}

function toRow(account: AccountAnswer, now: number): string[] {
  return [
    account.id,
    stateOf(account),
    String(account.leases),
    account.lease_kind,
    duration(account.lease_seconds * 1000),
    account.session_ends_at === undefined ? '-' : when(account.session_ends_at, now),
    account.label,
  ]
}
