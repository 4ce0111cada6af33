import type { Command } from 'commander'
import type { EndedLease } from '../loopback/wire.ts'
import type { Api } from './api.ts'
import type { Context } from './context.ts'
import { printEnded } from './lease-commands.ts'
import { naming } from './naming.ts'
import { ACCOUNT } from './usage.ts'

const HELP = `
A client that holds one of its own gets the new one when it next asks. Tools that
keep what they were given until it ends will find that it has ended.
`

/** `rotate`. */
export function addRotateCommand(program: Command, context: Context): void {
  program
    .command('rotate')
    .description('put new tokens in the place of those that are out, and end these')
    .argument('<account>', ACCOUNT)
    .addHelpText('after', HELP)
    .action(async (account: string) => {
      const api = context.connect()
      const { leases } = await naming({ account }, api.rotate(account))
      printEnded(leases, context)
      context.screen.result(`New tokens: ${await findNew(account, leases, api)}.`)
    })
}

/** For whom there are tokens now. It has been done, and lists that cannot be had do not change that. */
async function findNew(account: string, ended: readonly EndedLease[], api: Api): Promise<string> {
  try {
    const [{ accounts }, { leases }] = await Promise.all([api.accounts(), api.leases()])
    const known = accounts.find(({ id }) => id === account)
    const isSession = known?.lease_kind === 'shared' || known?.session_ends_at !== undefined
    const old = new Set(ended.map(({ lease_id }) => lease_id))
    const holders = leases
      .filter((lease) => lease.account === account && !old.has(lease.id))
      .map(({ client }) => `client ${client}`)
    const all = [...(isSession ? ['session'] : []), ...new Set(holders)]
    return all.join(', ') || 'none was out, so the next is made when it is asked for'
  } catch {
    return 'see "tokentray leases"'
  }
}
