import type { Command } from 'commander'
import { parseAccountId } from '../../base/ids.ts'
import { holderName } from '../../base/text/token-holder.ts'
import type { EndedLease, LeasesAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { nameNotFound } from '../find.ts'
import { printEnded, requireRevoked } from './active.ts'
import { withProgress } from './support/progress.ts'
import { ACCOUNT } from './support/usage.ts'

type Leases = LeasesAnswer['leases']

const HELP = `
Running tools get new tokens when they ask. Those that keep what they were given
until it ends will find that it has ended. Visits to a portal are left alone.
`

/** `rotate`. */
export function addRotateCommand(program: Command, context: Context): void {
  const { screen } = context
  program
    .command('rotate')
    .description('put new tokens in the place of those that are out, and end these')
    .argument('<account>', ACCOUNT)
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', HELP)
    .action(async (account: string, { json }: { readonly json?: boolean }) => {
      parseAccountId(account)
      const api = context.connect()
      const before = json ? null : await leasesOf(api)
      const rotation = api.rotate(account)
      const awaited = { deed: 'rotation', account } as const
      const answer = await nameNotFound({ account }, withProgress(api, context, awaited, rotation))
      if (json) screen.json(answer)
      else {
        printEnded(answer, context)
        screen.result(`New tokens: ${await findNew(account, before, answer.leases, api)}.`)
      }
      requireRevoked(answer)
    })
}

/** For whom there are tokens now. */
async function findNew(
  account: string,
  before: Leases | null,
  ended: readonly EndedLease[],
  api: Api,
): Promise<string> {
  const after = await leasesOf(api)
  const accounts = await api.accounts().catch(() => null)
  if (!before || !after || !accounts) return 'see "tokentray active"'
  const known = accounts.accounts.find(({ id }) => id === account)
  const isSession = known?.lease_kind === 'shared' || known?.session_ends_at !== undefined
  // What was there before and still is, such as a visit to a portal, was left alone.
  const old = new Set([...before.map(({ id }) => id), ...ended.map(({ lease_id }) => lease_id)])
  const holders = after
    .filter((lease) => lease.account === account && !old.has(lease.id))
    .map(({ client }) => holderName(client))
  const all = [...(isSession ? ['session'] : []), ...new Set(holders)].join(', ')
  if (all !== '') return all
  return ended.length > 0
    ? 'made when they are asked for'
    : 'none was out, so the next is made when it is asked for'
}

/** The rotation is what counts: a list that cannot be had stops nothing. */
async function leasesOf(api: Api): Promise<Leases | null> {
  try {
    return (await api.leases()).leases
  } catch {
    // The next call tells what is wrong, if it matters to that.
    return null
  }
}
