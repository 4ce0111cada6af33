import type { Command } from 'commander'
import { TokentrayError } from '../base/errors.ts'
import { parseAccountId } from '../base/ids.ts'
import { Secret } from '../base/secret.ts'
import type { Api } from './api.ts'
import type { Context } from './context.ts'
import { createCurlConfig, quoteForShell } from './curl-config.ts'
import { printEnded } from './lease-commands.ts'
import { when } from './print.ts'

interface AddOptions {
  readonly accounts: readonly string[]
  readonly curlConfig?: string
}

/** `clients` and what is under it. */
export function addClientCommands(program: Command, context: Context): void {
  const { screen } = context
  const clients = program.command('clients').description('add, list or remove local tools')

  clients
    .command('list', { isDefault: true })
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
        answer.clients.map(({ name, id, created_at, accounts }) => [
          name,
          id,
          when(created_at, context.now()),
          accounts.join(', '),
        ]),
      )
    })

  clients
    .command('add')
    .description('make a client; its secret is shown this once')
    .argument('<name>')
    .requiredOption('--accounts <list>', 'accounts it may use, separated by commas', toAccounts)
    .option('--curl-config <file>', 'write id and secret to a new file for "curl -K", print none')
    .action(async (name: string, { accounts, curlConfig }: AddOptions) => {
      const api = context.connect()
      if (curlConfig === undefined) {
        const client = await api.addClient({ name, accounts: [...accounts] })
        screen.raw(`client_id: ${client.id}\nclient_secret: ${client.secret}\n`)
        screen.note('The secret is not shown again.')
        return
      }
      await addForCurl(name, accounts, curlConfig, api)
      screen.result(`Added: ${name}; its id and secret are in ${curlConfig}`)
      screen.note('Fetch a token with:')
      screen.result(
        `curl --noproxy '*' -K ${quoteForShell(curlConfig)} -d grant_type=client_credentials ` +
          `-d audience=${accounts[0]} ${api.issuer}/oauth/token`,
      )
    })

  clients
    .command('remove')
    .description('forget a client and end its leases')
    .argument('<name>')
    .action(async (name: string) => {
      const { leases } = await context.connect().removeClient(name)
      screen.result(`Removed: ${name}`)
      printEnded(leases, context)
    })
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
    const client = await api.addClient({ name, accounts: [...accounts] })
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
  return list
    .split(',')
    .map((account) => account.trim())
    .filter(Boolean)
    .map(parseAccountId)
}
