import { type Command, InvalidArgumentError } from 'commander'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import { createCurlConfig, curlLineWith, replaceCurlConfig } from '../../base/files/curl-config.ts'
import { parseAccountId } from '../../base/ids.ts'
import { Secret } from '../../base/secret.ts'
import type { AddedClientAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { nameNotFound } from '../find.ts'
import { toAbsolutePath } from '../login/form.ts'
import { when } from '../terminal/print.ts'
import { printEnded, requireRevoked } from './active.ts'
import { withProgress } from './support/progress.ts'
import { checkToolName, JSON_OPTION } from './support/usage.ts'

const MOST_ACCOUNTS = 100

interface AddOptions {
  readonly accounts: readonly string[]
  readonly curlConfig?: string
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
        ['NAME', 'ID', 'ADDED', 'LAST USED', 'ACCOUNTS'],
        answer.clients.map(
          ({ name, id, created_at, last_used_at, accounts, former_names = [] }) => [
            name,
            id,
            when(created_at, context.now()),
            last_used_at === undefined ? '-' : when(last_used_at, context.now()),
            accounts.map((account) => withFormer(account, former_names)).join(', '),
          ],
        ),
      )
    })

  tools
    .command('add')
    .description('Add a tool; its secret is shown only once')
    .argument('<name>', 'Name of the tool')
    .requiredOption('--accounts <list>', 'Accounts it may use, separated by commas', toAccounts)
    .option(
      '--curl-config <file>',
      'Save ID and secret in a new file for "curl -K" instead of printing them',
      toAbsolutePath,
    )
    .action(async (name: string, { accounts, curlConfig }: AddOptions) => {
      checkToolName(name)
      const api = context.connect()
      if (curlConfig === undefined) {
        printSecret(await add(name, accounts, api), context)
        const form = `grant_type=client_credentials${accounts.length > 1 ? `&audience=${accounts[0]}` : ''}`
        screen.note(`To get a token, send ${form} to ${api.issuer}/oauth/token`)
        screen.note('with the ID and the secret as HTTP Basic credentials.')
        return await warnOfPort(api, context)
      }
      await addForCurl(name, accounts, curlConfig, api)
      screen.result(`Added: ${name}. Its ID and secret are in ${curlConfig}`)
      screen.result('Get a token with:')
      screen.result(curlLineWith(curlConfig, accounts, api.issuer))
      await warnOfPort(api, context)
    })

  tools
    .command('set')
    .description('Set the accounts that a tool may use, and revoke its tokens of others')
    .argument('<name>', 'Tool, as "tokentray tools" lists it')
    .requiredOption('--accounts <list>', 'Accounts it may use, separated by commas', toAccounts)
    .action(async (name: string, { accounts }: { readonly accounts: readonly string[] }) => {
      checkToolName(name)
      const api = context.connect()
      const change = api.changeClient(name, { accounts: [...accounts] })
      const awaited = { action: 'revocation' } as const
      const changed = await withUnknownNames(
        { name, accounts },
        api,
        withProgress(api, context, awaited, change),
      )
      screen.result(`Changed: ${name} may use ${changed.accounts.join(', ')}.`)
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
        await renewForCurl(renew, curlConfig)
        screen.result(`New secret: ${name}. Its ID and secret are in ${curlConfig}`)
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

/** The account, with the former names that the tool may still use for it. */
function withFormer(
  account: string,
  former: readonly { readonly name: string; readonly account: string }[],
): string {
  const names = former.filter((each) => each.account === account).map(({ name }) => name)
  return names.length > 0 ? `${account} (also as ${names.join(', ')})` : account
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

/** Adds the tool; a `not_found` names the accounts that do not exist. */
function add(name: string, accounts: readonly string[], api: Api): Promise<AddedClientAnswer> {
  return withUnknownNames({ accounts }, api, api.addClient({ name, accounts: [...accounts] }))
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
async function addForCurl(
  name: string,
  accounts: readonly string[],
  path: string,
  api: Api,
): Promise<void> {
  const file = createCurlConfig(path)
  let isDone = false
  try {
    const client = await add(name, accounts, api)
    isDone = file.write(client.id, new Secret(client.secret))
    // The secret is lost with the file.
    if (!isDone) await api.removeClient(name)
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
async function renewForCurl(renew: () => Promise<AddedClientAnswer>, path: string): Promise<void> {
  const file = replaceCurlConfig(path)
  let isDone = false
  try {
    const { id, secret } = await renew()
    isDone = file.write(id, new Secret(secret))
  } finally {
    if (!isDone) file.discard()
  }
  if (!isDone) {
    throw new TokentrayError('invalid_request', `Cannot write the file: ${path}`, {
      hint: 'Free space on that disk, then ask for a new secret again: the old one no longer works.',
    })
  }
}

function toAccounts(list: string): readonly string[] {
  const accounts = list.split(',').map((account) => account.trim())
  const named = accounts.filter(Boolean)
  if (named.length === 0 || named.length > MOST_ACCOUNTS) {
    throw new InvalidArgumentError(`It must name 1 to ${MOST_ACCOUNTS} accounts.`)
  }
  return named.map(parseAccountId)
}
