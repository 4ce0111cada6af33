import type { Command } from 'commander'
import { TokentrayError } from '../../base/errors.ts'
import { parseAccountId } from '../../base/ids.ts'
import { operationRows, operations, type RunnableOperation, runs } from '../../base/operations.ts'
import { holderName } from '../../base/text/token-holder.ts'
import type { EndAnswer, EndedLease, LeasesAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import type { Context } from '../context.ts'
import { findAccount, nameNotFound, requireOperation } from '../find.ts'
import { printEnded, requireRevoked } from './active.ts'
import { confirm, confirmByTyping, requireTerminal } from './support/confirm.ts'
import { withProgress } from './support/progress.ts'
import { ACCOUNT, JSON_OPTION } from './support/usage.ts'

type Leases = LeasesAnswer['leases']

interface RunOptions {
  readonly yes?: boolean
  readonly confirm?: string
  readonly json?: boolean
}

/** Says what came of it, where that is more than the outcome of its row. */
type Report = (account: string, ended: EndAnswer, api: Api) => Promise<string>

/** What is asked before, for the report after. */
const reporters: Partial<Record<RunnableOperation, (api: Api) => Promise<Report>>> = {
  rotate: async (api) => {
    const before = await leasesOf(api)
    return (account, { leases }) => describeNew(account, before, leases, api)
  },
}

/** The commands of the operations that take an account alone, `rotate` and `tokens revoke-all`. */
export function addOperationCommands(program: Command, context: Context): void {
  for (const [name, run] of runs) {
    const words = operationRows[name].command.split(' ')
    const [last = '', group] = words.reverse()
    const parent = program.commands.find((command) => command.name() === group) ?? program
    const command = parent.command(last).description(run.description).argument('<account>', ACCOUNT)
    if (run.isConfirmed) {
      command
        .option('--yes', 'Do not ask the first question')
        .option('--confirm <account>', 'The account again, instead of typing it')
    }
    command
      .option('--json', JSON_OPTION)
      .addHelpText('after', run.help)
      .action((account: string, options: RunOptions) => act(name, account, options, context))
  }
}

async function act(
  name: RunnableOperation,
  account: string,
  options: RunOptions,
  context: Context,
): Promise<void> {
  const { screen } = context
  const { run } = operations[name]
  parseAccountId(account)
  requireSame(account, options.confirm)
  const api = context.connect()
  const confirmed = operationRows[name].run?.isConfirmed
    ? await confirmFor(name, account, options, api, context)
    : null
  const report = options.json ? undefined : await reporters[name]?.(api)
  const work = confirmed ? api.run(name, confirmed.known, account) : api.run(name, account)
  const awaited = { action: run.progress, account } as const
  const answer = await nameNotFound({ account }, withProgress(api, context, awaited, work))
  if (options.json) screen.json(answer)
  else {
    if (!report) screen.result(run.outcome(account, confirmed?.hits ?? ''))
    printEnded(answer, context)
    if (report) screen.result(await report(account, answer, api))
  }
  requireRevoked(answer)
}

/** The account as the user knows it, once they have confirmed what is affected. */
async function confirmFor(
  name: RunnableOperation,
  account: string,
  options: RunOptions,
  api: Api,
  context: Context,
) {
  const known = await findAccount(account, api)
  requireOperation(known, name)
  const hits = known.revoke_all_hits ?? `all tokens of ${account}`
  await confirmAll(account, hits, options, context)
  return { known, hits }
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

function requireSame(account: string, confirmed: string | undefined): void {
  if (confirmed === undefined || confirmed === account) return
  throw new TokentrayError('invalid_request', `--confirm is not ${account}. Nothing was revoked.`, {
    hint: 'Give the same account twice.',
  })
}

async function confirmAll(
  account: string,
  hits: string,
  { yes = false, confirm: confirmed }: RunOptions,
  context: Context,
): Promise<void> {
  if (yes && confirmed !== undefined) return
  requireTerminal(context, `revoke ${hits}`, `both --yes and --confirm ${account}`)
  context.screen.note(`This revokes ${hits}.`)
  if (!yes) await confirm('Continue?', context)
  if (confirmed === undefined) await confirmByTyping(account, context)
}
