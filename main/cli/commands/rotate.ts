import type { Command } from 'commander'
import { parseAccountId } from '../../base/ids.ts'
import { holderName } from '../../base/text/token-holder.ts'
import type { EndedLease, LeasesAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { nameNotFound } from '../find.ts'
import { printEnded, requireRevoked } from './active.ts'
import { withProgress } from './support/progress.ts'
import { ACCOUNT, JSON_OPTION } from './support/usage.ts'

type Leases = LeasesAnswer['leases']

const HELP = `
Every active token stops working now. Tools that hold one must ask for a new one.
Open portals are not affected.
`

/** The command `rotate`. */
export function addRotateCommand(program: Command, context: Context): void {
  const { screen } = context
  program
    .command('rotate')
    .description('Replace all active tokens of an account')
    .argument('<account>', ACCOUNT)
    .option('--json', JSON_OPTION)
    .addHelpText('after', HELP)
    .action(async (account: string, { json }: { readonly json?: boolean }) => {
      parseAccountId(account)
      const api = context.connect()
      const before = json ? null : await leasesOf(api)
      const rotation = api.rotate(account)
      const awaited = { action: 'rotation', account } as const
      const answer = await nameNotFound({ account }, withProgress(api, context, awaited, rotation))
      if (json) screen.json(answer)
      else {
        printEnded(answer, context)
        screen.result(await describeNew(account, before, answer.leases, api))
      }
      requireRevoked(answer)
    })
}

/** Says who has new tokens, in a sentence. */
async function describeNew(
  account: string,
  before: Leases | null,
  ended: readonly EndedLease[],
  api: Api,
): Promise<string> {
  const after = await leasesOf(api)
  const accounts = await api.accounts().catch(() => null)
  if (!before || !after || !accounts) return 'To see the new tokens: tokentray active'
  const known = accounts.accounts.find(({ id }) => id === account)
  const isSession = known?.lease_kind === 'shared' || known?.session_ends_at !== undefined
  // A lease that existed before and still does, such as one of a portal, was not replaced.
  const old = new Set([...before.map(({ id }) => id), ...ended.map(({ lease_id }) => lease_id)])
  const holders = after
    .filter((lease) => lease.account === account && !old.has(lease.id))
    .map(({ client }) => holderName(client))
  const all = [...(isSession ? ['session'] : []), ...new Set(holders)].join(', ')
  if (all !== '') return `New tokens: ${all}.`
  return ended.length > 0
    ? 'New tokens are created when tools ask for them.'
    : 'No active tokens. New ones are created when tools ask for them.'
}

/** The active tokens; `null` if they cannot be listed, which must not stop a rotation. */
async function leasesOf(api: Api): Promise<Leases | null> {
  try {
    return (await api.leases()).leases
  } catch {
    // If the reason matters, the next call reports it.
    return null
  }
}
