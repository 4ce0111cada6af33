import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import { TokentrayError } from '../../base/errors.ts'
import { stopProcess } from '../../base/process/stop-process.ts'
import { ownVersion } from '../../base/version.ts'
import type { StatusAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import { differ } from '../api/response.ts'
import type { Context } from '../context.ts'
import { count, fact, unrevoked } from '../terminal/print.ts'
import { printEnded, requireRevoked } from './active.ts'
import { confirmByTyping, requireTerminal } from './support/confirm.ts'
import { describeUnderWay, withProgress } from './support/progress.ts'
import { JSON_OPTION } from './support/usage.ts'

const GOES =
  'Tokens are revoked where the service allows it. Accounts, tools, their permissions and saved passwords are deleted.'
// Unexpected when Tokentray is tried out with a home of its own.
const SHARED =
  'This includes the saved passwords of every other Tokentray of yours (TOKENTRAY_HOME): they share the keychain.'
const IN_MEMORY = 'The keychain is not touched.'
const CHANGES =
  'Settings return to their defaults: token lifetime and sharing, clipboard, lock on sleep. Tokentray is unlocked.'
const STAYS =
  'The activity record and the log are kept, with the names in them. So are the port, the list of tokens still valid and the keys to revoke them.'

const STOPPING = `
Tokentray stops as it does on SIGTERM: tokens are revoked where the service
allows it, and what is left is revoked at the next start. A service manager may
start it again.
`

/** The commands `status`, `lock`, `unlock`, `stop`, `reset` and `version`. */
export function addControlCommands(program: Command, context: Context): void {
  const { screen } = context

  program
    .command('version')
    .description('Print the version')
    .action(() => screen.result(program.version() ?? ''))

  program
    .command('stop')
    .description('Stop the running Tokentray, with or without the desktop app')
    .addHelpText('after', STOPPING)
    .action(async () => {
      const pid = await stop(context)
      screen.result(`Stopped: process ${pid}`)
    })

  program
    .command('status')
    .description('Show whether Tokentray is running and what needs attention')
    .option('--json', JSON_OPTION)
    .action(async ({ json }: { readonly json?: boolean }) => {
      const status = await context.connect().status()
      if (json) screen.json(status)
      else for (const line of toLines(status)) screen.result(line)
    })

  program
    .command('lock')
    .description('Stop handing out tokens until unlocked; active tokens stay valid')
    .action(async () => {
      const api = context.connect()
      const { locked, leases } = await api.status()
      // Even if it is locked already: only this call makes the lock outlast a restart.
      await api.lock()
      screen.result(locked ? 'Already locked.' : 'Locked.')
      if (leases > 0) {
        screen.note('Active tokens stay valid. To revoke them now: tokentray revoke --all')
      }
    })

  program
    .command('unlock')
    .description('Hand out tokens again')
    .action(async () => {
      const api = context.connect()
      const { locked } = await api.status()
      await api.unlock()
      screen.result(locked ? 'Unlocked.' : 'Already unlocked.')
    })

  program
    .command('reset')
    .description(
      'Revoke all tokens where the service allows it, and delete accounts, tools, saved passwords and settings',
    )
    .option('--yes', 'Do not ask for confirmation')
    .addHelpText('after', `\n${GOES}\n${SHARED}\n${CHANGES}\n${STAYS}\n`)
    .action(async ({ yes }: { readonly yes?: boolean }) => {
      const api = context.connect()
      if (!yes) await confirmReset(api, context)
      await withProgress(api, context, { action: 'reset' }, api.reset())
      screen.result('Tokentray was reset.')
      await printLeft(api, context)
    })
}

/** Stops the running Tokentray; the id of its process. */
async function stop(context: Context): Promise<number> {
  const found = context.findProcess()
  if (!found) throw new TokentrayError('not_running')
  // Without its start time, as on Windows, the process could be another one that has its number now.
  if (found.startedAt === null) {
    throw new TokentrayError('not_supported', 'Tokentray cannot be stopped from here.', {
      hint: 'Quit it from its menu, or press Ctrl-C where it runs.',
    })
  }
  context.screen.note(`Stopping process ${found.pid}…`)
  await stopProcess(found, { kill: process.kill, pause })
  return found.pid
}

/** Lists the tokens that could not be revoked; throws `done_in_part` if there are any. */
async function printLeft(api: Api, context: Context): Promise<void> {
  const left = await api.leases().catch(() => null)
  if (left === null) {
    return context.screen.note('To see whether tokens are still valid: tokentray active --all')
  }
  const answer = { leases: [], ...(left.lingering && { lingering: left.lingering }) }
  printEnded(answer, context)
  requireRevoked(answer)
}

async function confirmReset(api: Api, context: Context): Promise<void> {
  requireTerminal(context, 'reset', '--yes')
  const { vault } = await api.status()
  context.screen.note(GOES)
  context.screen.note(vault.kind === 'memory' ? IN_MEMORY : SHARED)
  context.screen.note(CHANGES)
  context.screen.note(STAYS)
  await confirmByTyping('reset', context)
}

/** The first line, the numbers, and besides them only what needs attention. */
function toLines(status: StatusAnswer): string[] {
  const { vault, port_taken } = status
  return [
    `Tokentray ${status.version} is running at ${status.issuer} (process ${status.pid})`,
    ...(port_taken ? [fact('port', `${port_taken.message} ${port_taken.hint}`)] : []),
    ...(status.locked ? [fact('lock', 'locked; to unlock: tokentray unlock')] : []),
    ...keychain(vault),
    ...describeUnderWay(status).map((action) => fact('in progress', action)),
    fact('accounts', String(status.accounts)),
    fact('active tokens', String(status.leases)),
    ...otherTokens(status).map((tokens) => fact('other tokens', tokens)),
    ...lastRun(status).map((tokens) => fact('last run', tokens)),
    // The log is created with its first line. An older Tokentray does not name it.
    ...(status.log_file && existsSync(status.log_file) ? [fact('log', status.log_file)] : []),
    ...(status.version === ownVersion ? [] : [fact('note', differ(status.version))]),
    ...status.silent_hosts.map(({ message }) => fact('paused', message)),
    ...status.notices.map((notice) => fact('note', notice)),
  ]
}

/** Where passwords are kept, if that is not a keychain in order. */
function keychain({ kind, state, message }: StatusAnswer['vault']): string[] {
  if (kind === 'memory') return [fact('not saved', 'accounts are forgotten when Tokentray stops')]
  if (state === 'ready') return []
  return [fact('keychain', message ?? state.replace(/^vault_/, '').replaceAll('_', ' '))]
}

const UNKNOWN = 'unknown until the keychain can be read'

/** The tokens besides the active ones; none if there are none. */
function otherTokens(status: StatusAnswer): string[] {
  if (status.work_off.state === 'waiting') return [UNKNOWN]
  const { sessions = 0 } = status
  const some = [...(sessions > 0 ? [count(sessions, 'session token')] : []), ...unrevoked(status)]
  return some.length === 0 ? [] : [`${some.join(', ')}; to list them: tokentray active --all`]
}

/** What became of tokens that an earlier run left; nothing if there were none. */
function lastRun({ vault, work_off }: StatusAnswer): string[] {
  const {
    state,
    remaining,
    revoked,
    expired,
    until_expiry,
    taken_up = 0,
    unreadable = 0,
  } = work_off
  // In memory mode no list of earlier runs is kept.
  if (vault.kind === 'memory') return []
  if (state === 'waiting') return [UNKNOWN]
  const some = [
    ...(taken_up > 0 ? [`${count(taken_up, 'session token')} that tools may still have`] : []),
    ...(revoked > 0 ? [`${revoked} revoked`] : []),
    ...(expired > 0 ? [`${expired} expired`] : []),
    ...(remaining > 0 ? [`${remaining} waiting to be revoked`] : []),
    ...(until_expiry > 0 ? [`${until_expiry} valid until expiry`] : []),
    ...(unreadable > 0 ? [`${unreadable} not readable by this version`] : []),
  ]
  return some.length === 0 ? [] : [some.join(', ')]
}
