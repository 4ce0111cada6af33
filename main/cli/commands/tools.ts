import { type Command, InvalidArgumentError } from 'commander'
import { isTokentrayError, TokentrayError } from '../../base/errors.ts'
import { parseAccountId } from '../../base/ids.ts'
import { Secret } from '../../base/secret.ts'
import type { AddedClientAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { nameNotFound } from '../find.ts'
import { toAbsolutePath } from '../login/form.ts'
import { when } from '../terminal/print.ts'
import { printEnded, requireRevoked } from './active.ts'
import { createCurlConfig, quoteForShell } from './support/curl-config.ts'
import { withProgress } from './support/progress.ts'
import { checkClientName } from './support/usage.ts'

const MOST_ACCOUNTS = 100

interface AddOptions {
  readonly accounts: readonly string[]
  readonly curlConfig?: string
}

/** `clients` and what is under it. */
export function addToolCommands(program: Command, context: Context): void {
  const { screen } = context
  const clients = program.command('clients').description('add, list or remove local tools')

  clients
    .command('list')
    .description('list the clients')
    .option('--json', 'print the answer as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const answer = await context.connect().clients()
      if (json) return screen.json(answer)
      if (answer.clients.length === 0) {
        screen.note('There is no client; add one with "tokentray clients add".')
      }
      return screen.table(
        ['NAME', 'ID', 'ADDED', 'ACCOUNTS'],
        answer.clients.map(({ name, id, created_at, accounts, former_names = [] }) => [
          name,
          id,
          when(created_at, context.now()),
          accounts.map((account) => withFormer(account, former_names)).join(', '),
        ]),
      )
    })

  clients
    .command('add')
    .description('make a client; its secret is shown this once')
    .argument('<name>', 'what to call it, for lists and the record')
    .requiredOption('--accounts <list>', 'accounts it may use, separated by commas', toAccounts)
    .option(
      '--curl-config <file>',
      'write id and secret to a new file for "curl -K", print none',
      toAbsolutePath,
    )
    .action(async (name: string, { accounts, curlConfig }: AddOptions) => {
      checkClientName(name)
      const api = context.connect()
      if (curlConfig === undefined) {
        const client = await add(name, accounts, api)
        screen.raw(`client_id: ${client.id}\nclient_secret: ${client.secret}\n`)
        screen.note('The secret is not shown again.')
        const form = `grant_type=client_credentials${accounts.length > 1 ? `&audience=${accounts[0]}` : ''}`
        screen.note(`To fetch a token, send ${form} to ${api.issuer}/oauth/token,`)
        screen.note('with the id and the secret by HTTP Basic.')
        return await warnOfPort(api, context)
      }
      await addForCurl(name, accounts, curlConfig, api)
      screen.result(`Added: ${name}; its id and secret are in ${curlConfig}`)
      screen.result('Fetch a token with:')
      screen.result(
        `curl --noproxy '*' -sS -K ${quoteForShell(curlConfig)} -d grant_type=client_credentials ` +
          `${toAudience(accounts)}${api.issuer}/oauth/token`,
      )
      await warnOfPort(api, context)
    })

  clients
    .command('remove')
    .description('forget a client and end its leases')
    .argument('<name>', 'the name of a client')
    .action(async (name: string) => {
      checkClientName(name)
      const api = context.connect()
      const removal = api.removeClient(name)
      const awaited = { deed: 'revocation' } as const
      const ended = await nameNotFound(
        { client: name },
        withProgress(api, context, awaited, removal),
      )
      screen.result(`Removed: ${name}`)
      printEnded(ended, context)
      requireRevoked(ended)
    })
}

/** The account, with the names that the client may still use for it. */
function withFormer(
  account: string,
  former: readonly { readonly name: string; readonly account: string }[],
): string {
  const names = former.filter((each) => each.account === account).map(({ name }) => name)
  return names.length > 0 ? `${account} (also as ${names.join(', ')})` : account
}

/** A client of one account has nothing to name. */
const toAudience = (accounts: readonly string[]): string =>
  accounts.length > 1 ? `-d audience=${accounts[0]} ` : ''

/** The line above holds for this run only while the port that is kept belongs to somebody else. */
async function warnOfPort(api: Api, { screen }: Context): Promise<void> {
  const { port_taken } = await api.status()
  if (port_taken) screen.note(`${port_taken.message} ${port_taken.hint}`)
}

/** Makes the client; where there is no such account, says which. */
async function add(
  name: string,
  accounts: readonly string[],
  api: Api,
): Promise<AddedClientAnswer> {
  try {
    return await api.addClient({ name, accounts: [...accounts] })
  } catch (error) {
    if (!isTokentrayError(error) || error.code !== 'not_found') throw error
    const known = new Set((await api.accounts()).accounts.map(({ id }) => id))
    const missing = accounts.filter((account) => !known.has(account))
    return nameNotFound({ account: missing.join(', ') }, Promise.reject(error))
  }
}

/** No client without its file: the file is there before the client, and goes if there is none. */
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
    // Nobody knows the secret of a client whose file could not be written.
    if (!isDone) await api.removeClient(name)
  } finally {
    if (!isDone) file.discard()
  }
  if (!isDone) {
    throw new TokentrayError('invalid_request', `The file cannot be written: ${path}`, {
      hint: 'Free space on that disk, or choose another file; the client was not kept.',
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
