import { type Command, InvalidArgumentError } from 'commander'
import { isTokentrayError, reworded, TokentrayError } from '../../base/errors.ts'
import {
  audienceFor,
  createCurlConfig,
  curlLineWith,
  replaceCurlConfig,
} from '../../base/files/curl-config.ts'
import { parseAccountId } from '../../base/ids.ts'
import { Secret } from '../../base/secret.ts'
import type {
  AddClientRequest,
  AddedClientAnswer,
  ClientAnswer,
} from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { nameNotFound } from '../find.ts'
import { toAbsolutePath } from '../login/form.ts'
import { duration, when } from '../terminal/print.ts'
import { printEnded, requireRevoked } from './active.ts'
import { withProgress } from './support/progress.ts'
import { LIFETIMES, toLifetime } from './support/time-spans.ts'
import { checkToolName, JSON_OPTION } from './support/usage.ts'

const MOST_ACCOUNTS = 100

const LIFETIME = `Lifetime of its tokens, ${LIFETIMES}; up to the limit of the service`

interface AddOptions {
  readonly accounts: readonly string[]
  readonly lifetime?: number
  readonly curlConfig?: string
}

interface SetOptions {
  readonly accounts?: readonly string[]
  readonly lifetime?: number
}

/** The command `tools` and its subcommands. */
export function addToolCommands(program: Command, context: Context): void {
  const { screen } = context
  const tools = program.command('tools').description('List, add, change or remove local tools')

  tools
    .command('list')
    .description('List tools and the accounts they may use')
    .option('--json', JSON_OPTION)
    .action(async ({ json }: { readonly json?: boolean }) => {
      const answer = await context.connect().clients()
      if (json) return screen.json(answer)
      if (answer.clients.length === 0) {
        screen.note('No tools. Add one with "tokentray tools add".')
      }
      return screen.table(
        ['NAME', 'ID', 'ADDED', 'LAST USED', 'LIFETIME', 'ACCOUNTS'],
        answer.clients.map((client) => toRow(client, context.now())),
      )
    })

  tools
    .command('add')
    .description('Add a tool; its secret is shown only once')
    .argument('<name>', 'Name of the tool')
    .requiredOption('--accounts <list>', 'Accounts it may use, separated by commas', toAccounts)
    .option('--lifetime <time>', `${LIFETIME}; otherwise that of the account`, toOwnLifetime)
    .option(
      '--curl-config <file>',
      'Save ID and secret in a new file for "curl -K" instead of printing them',
      toAbsolutePath,
    )
    .action(async (name: string, { accounts, lifetime, curlConfig }: AddOptions) => {
      checkToolName(name)
      const api = context.connect()
      const wanted = { name, accounts: [...accounts], ...lifetimeIn({ lifetime }) }
      if (curlConfig === undefined) {
        printSecret(await add(wanted, api), context)
        const form = `grant_type=client_credentials${accounts.length > 1 ? `&audience=${accounts[0]}` : ''}`
        screen.note(`To get a token, send ${form} to ${api.issuer}/oauth/token`)
        screen.note('with the ID and the secret as HTTP Basic credentials.')
        return await warnOfPort(api, context)
      }
      await addForCurl(wanted, curlConfig, api)
      screen.result(`Added: ${name}. Its ID and secret are in ${curlConfig}`)
      await printCurlLine(curlConfig, accounts, api, context)
    })

  tools
    .command('set')
    .description('Set the accounts that a tool may use, or the lifetime of its tokens')
    .argument('<name>', 'Tool, as "tokentray tools" lists it')
    .option(
      '--accounts <list>',
      'Accounts it may use, separated by commas; its tokens of others are revoked',
      toAccounts,
    )
    .option('--lifetime <time>', `${LIFETIME}; "account" for that of the account`, toOwnLifetime)
    .action(async (name: string, { accounts, lifetime }: SetOptions) => {
      checkToolName(name)
      if (accounts === undefined && lifetime === undefined) {
        throw new TokentrayError('invalid_request', 'Nothing to change.', {
          hint: 'Give --accounts or --lifetime.',
        })
      }
      const api = context.connect()
      const change = api.changeClient(name, {
        ...(accounts && { accounts: [...accounts] }),
        ...lifetimeIn({ lifetime }),
      })
      const awaited = { action: 'revocation' } as const
      const changed = await withUnknownNames(
        { name, accounts: accounts ?? [] },
        api,
        withProgress(api, context, awaited, change),
      )
      if (accounts) screen.result(`Changed: ${name} may use ${changed.accounts.join(', ')}.`)
      if (accounts && changed.accounts.length > 1) {
        screen.result(`Requests must now say which: ${audienceFor(changed.accounts)}`)
      }
      if (lifetime !== undefined) {
        screen.result(`Changed: new tokens of ${name} have the lifetime ${lifetimeOf(changed)}.`)
      }
      printEnded(changed, context)
      requireRevoked(changed)
    })

  tools
    .command('new-secret')
    .description('Give a tool a new secret; its old one no longer works')
    .argument('<name>', 'Tool, as "tokentray tools" lists it')
    .option(
      '--curl-config <file>',
      'Save ID and secret in this file for "curl -K", replacing it, instead of printing them',
      toAbsolutePath,
    )
    .action(async (name: string, { curlConfig }: { readonly curlConfig?: string }) => {
      checkToolName(name)
      const api = context.connect()
      const renew = () => nameNotFound({ client: name }, api.newClientSecret(name))
      if (curlConfig === undefined) printSecret(await renew(), context)
      else {
        const { accounts } = await renewForCurl(renew, curlConfig, api)
        screen.result(`New secret: ${name}. Its ID and secret are in ${curlConfig}`)
        await printCurlLine(curlConfig, accounts, api, context)
      }
      screen.note(
        `The old secret no longer works. Tokens of ${name} stay valid; to revoke them: tokentray revoke --tool ${name}`,
      )
    })

  tools
    .command('remove')
    .description('Remove a tool and revoke its tokens')
    .argument('<name>', 'Tool, as "tokentray tools" lists it')
    .action(async (name: string) => {
      checkToolName(name)
      const api = context.connect()
      const removal = api.removeClient(name)
      const awaited = { action: 'revocation' } as const
      const ended = await nameNotFound(
        { client: name },
        withProgress(api, context, awaited, removal),
      )
      screen.result(`Removed: ${name}`)
      printEnded(ended, context)
      requireRevoked(ended)
    })
}

function toRow(client: ClientAnswer, now: number): string[] {
  const { name, id, created_at, last_used_at, accounts, former_names = [] } = client
  return [
    name,
    id,
    when(created_at, now),
    last_used_at === undefined ? '-' : when(last_used_at, now),
    client.lease_seconds === undefined ? '-' : lifetimeOf(client),
    accounts.map((account) => withFormer(account, former_names)).join(', '),
  ]
}

const lifetimeOf = ({ lease_seconds: seconds }: Pick<ClientAnswer, 'lease_seconds'>) =>
  seconds === undefined ? 'of the account' : duration(seconds * 1_000)

const lifetimeIn = ({ lifetime }: { readonly lifetime: number | undefined }) =>
  lifetime === undefined ? {} : { lease_seconds: lifetime }

/** Seconds; "account" is 0, as the API has it. */
const toOwnLifetime = (text: string) => (text === 'account' ? 0 : toLifetime(text))

/** The account, with the former names that the tool may still use for it. */
function withFormer(
  account: string,
  former: readonly { readonly name: string; readonly account: string }[],
): string {
  const names = former.filter((each) => each.account === account).map(({ name }) => name)
  return names.length > 0 ? `${account} (also as ${names.join(', ')})` : account
}

/** Prints how to get a token with that file. */
async function printCurlLine(
  file: string,
  accounts: readonly string[],
  api: Api,
  context: Context,
): Promise<void> {
  context.screen.result('Get a token with:')
  context.screen.result(curlLineWith(file, accounts, api.issuer))
  await warnOfPort(api, context)
}

/** Warns that the printed address is temporary while another program has the usual port. */
async function warnOfPort(api: Api, { screen }: Context): Promise<void> {
  const { port_taken } = await api.status()
  if (port_taken) screen.note(`${port_taken.message} ${port_taken.hint}`)
}

function printSecret({ id, secret }: AddedClientAnswer, { screen }: Context): void {
  screen.raw(`client_id: ${id}\nclient_secret: ${secret}\n`)
  screen.note('Save the secret now. It is not shown again.')
}

/** Adds the tool; a `not_found` names the accounts that do not exist, and a name in use gets another hint. */
async function add(wanted: AddClientRequest, api: Api): Promise<AddedClientAnswer> {
  try {
    return await withUnknownNames({ accounts: wanted.accounts }, api, api.addClient(wanted))
  } catch (error) {
    if (!isTokentrayError(error) || error.code !== 'already_exists') throw error
    const hint = `Choose another name, or replace the secret of that tool: tokentray tools new-secret ${wanted.name}`
    throw reworded(error, { hint })
  }
}

/** The result of a call; a `not_found` names the accounts that do not exist, or else the tool. */
async function withUnknownNames<Result>(
  { name, accounts }: { readonly name?: string; readonly accounts: readonly string[] },
  api: Api,
  call: Promise<Result>,
): Promise<Result> {
  try {
    return await call
  } catch (error) {
    if (!isTokentrayError(error) || error.code !== 'not_found') throw error
    const known = new Set((await api.accounts()).accounts.map(({ id }) => id))
    const missing = accounts.filter((account) => !known.has(account))
    const what =
      missing.length === 0 && name !== undefined
        ? { client: name }
        : { account: missing.join(', ') }
    return nameNotFound(what, Promise.reject(error))
  }
}

/** The file is created before the tool is added, and deleted if that fails: no tool without its file. */
async function addForCurl(wanted: AddClientRequest, path: string, api: Api): Promise<void> {
  const file = createCurlConfig(path, api.socket)
  let isDone = false
  try {
    const client = await add(wanted, api)
    isDone = file.write(client.id, new Secret(client.secret))
    // The secret is lost with the file.
    if (!isDone) await api.removeClient(wanted.name)
  } finally {
    if (!isDone) file.discard()
  }
  if (!isDone) {
    throw new TokentrayError('invalid_request', `Cannot write the file: ${path}`, {
      hint: 'Free space on that disk, or choose another file. The tool was not added.',
    })
  }
}

/** The file is created before the old secret is given up; one that is replaced stays until then. */
async function renewForCurl(
  renew: () => Promise<AddedClientAnswer>,
  path: string,
  { socket }: Pick<Api, 'socket'>,
): Promise<AddedClientAnswer> {
  const file = replaceCurlConfig(path, socket)
  let isDone = false
  try {
    const client = await renew()
    isDone = file.write(client.id, new Secret(client.secret))
    if (isDone) return client
  } finally {
    if (!isDone) file.discard()
  }
  throw new TokentrayError('invalid_request', `Cannot write the file: ${path}`, {
    hint: 'Free space on that disk, then ask for a new secret again: the old one no longer works.',
  })
}

function toAccounts(list: string): readonly string[] {
  const accounts = list.split(',').map((account) => account.trim())
  const named = accounts.filter(Boolean)
  if (named.length === 0 || named.length > MOST_ACCOUNTS) {
    throw new InvalidArgumentError(`It must name 1 to ${MOST_ACCOUNTS} accounts.`)
  }
  return named.map(parseAccountId)
}
