import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { ownVersion } from '../../base/version.ts'
import type { StatusAnswer } from '../../loopback/schemas/wire.ts'
import type { Api } from '../api/api.ts'
import { differ } from '../api/response.ts'
import type { Context } from '../context.ts'
import { count, words } from '../terminal/print.ts'
import { printEnded, requireRevoked } from './active.ts'
import { confirmByTyping, requirePerson } from './support/confirm.ts'
import { describeUnderWay, withProgress } from './support/progress.ts'

const GOES =
  'Tokens are revoked where the service allows it; accounts, clients, grants and credentials are forgotten.'
// Whoever tries Tokentray out in a home of its own would not expect that.
const SHARED =
  'In the keychain, so are the credentials of every other Tokentray of yours (TOKENTRAY_HOME): they share it.'
const CHANGES =
  'Preferences go back to their defaults: token lifetime and sharing, clipboard, lock on sleep. A locked Tokentray is unlocked.'
const STAYS =
  'The audit record and the log stay, with the names in them; so do the port, the list of tokens still valid and the keys that revoke them.'

/** `status`, `lock`, `unlock` and `reset`. */
export function addControlCommands(program: Command, context: Context): void {
  const { screen } = context

  program
    .command('status')
    .description('say whether Tokentray runs, and how it is')
    .option('--json', 'print the answer as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const status = await context.connect().status()
      if (json) screen.json(status)
      else for (const line of toLines(status)) screen.result(line)
    })

  program
    .command('lock')
    .description('stop handing out tokens until it is unlocked; those that are out live on')
    .action(async () => {
      const api = context.connect()
      const { locked, leases } = await api.status()
      // Also where it is locked already: only this answer says that a restart will not unlock.
      await api.lock()
      screen.result(locked ? 'It was locked already.' : 'Locked.')
      if (leases > 0) {
        screen.note(
          'Tokens that are out live on until they end; to end them now: tokentray end-all',
        )
      }
    })

  program
    .command('unlock')
    .description('hand out tokens again')
    .action(async () => {
      const api = context.connect()
      const { locked } = await api.status()
      await api.unlock()
      screen.result(locked ? 'Unlocked.' : 'It was not locked.')
    })

  program
    .command('reset')
    .description(
      'revoke tokens where the service allows it, forget accounts, clients and credentials, unlock, and reset the preferences',
    )
    .option('--yes', 'do not ask')
    .addHelpText('after', `\n${GOES}\n${SHARED}\n${CHANGES}\n${STAYS}\n`)
    .action(async ({ yes }: { readonly yes?: boolean }) => {
      const api = context.connect()
      if (!yes) await confirmReset(context)
      await withProgress(api, context, { deed: 'reset' }, api.reset())
      screen.result('Reset.')
      await printLeft(api, context)
    })
}

/** What could not be revoked, which is why it is known still; throws `done_in_part` where there is any. */
async function printLeft(api: Api, context: Context): Promise<void> {
  const left = await api.leases().catch(() => null)
  if (left === null) {
    return context.screen.note('Whether tokens are still valid: tokentray active --all')
  }
  const answer = { leases: [], ...(left.lingering && { lingering: left.lingering }) }
  printEnded(answer, context)
  requireRevoked(answer)
}

async function confirmReset(context: Context): Promise<void> {
  requirePerson(context, 'reset', '--yes')
  context.screen.note(GOES)
  context.screen.note(SHARED)
  context.screen.note(CHANGES)
  context.screen.note(STAYS)
  await confirmByTyping('reset', context)
}

function toLines(status: StatusAnswer): string[] {
  const { vault, port_taken } = status
  return [
    `Tokentray ${status.version} at ${status.issuer} (process ${status.pid})`,
    ...(port_taken ? [`port:      ${port_taken.message} ${port_taken.hint}`] : []),
    `lock:      ${status.locked ? 'locked' : 'unlocked'}`,
    `secrets:   in ${vault.kind === 'memory' ? 'memory only' : 'the keychain'}${vaultState(vault)}`,
    ...describeUnderWay(status).map((deed) => `under way: ${deed}`),
    `accounts:  ${status.accounts}`,
    `leases:    ${status.leases}`,
    `lives on:  ${toEnd(status)}`,
    `tokens of the last run: ${lastRun(status)}`,
    // An older Tokentray does not say, and has none.
    ...(status.log_file ? [`log:       ${logOf(status.log_file)}`] : []),
    ...(status.version === ownVersion ? [] : [`note:      ${differ(status.version)}`]),
    ...status.silent_hosts.map(({ message }) => `no calls:  ${message}`),
    ...status.notices.map((notice) => `note:      ${notice}`),
  ]
}

/** It is made with its first line. */
const logOf = (file: string): string => (existsSync(file) ? file : `nothing so far, in ${file}`)

const NOT_READ = 'not known until the keychain can be read'

/** What lives on though nobody holds it; in the three words that are used of it everywhere. */
function toEnd(status: StatusAnswer): string {
  const { sessions = 0, pending = 0, until_expiry = 0, expired = 0 } = status
  if (status.work_off.state === 'waiting') return NOT_READ
  const some = [
    ...(sessions > 0 ? [count(sessions, 'session token')] : []),
    ...(pending > 0 ? [`${count(pending, 'token')} waiting to be revoked`] : []),
    ...(until_expiry > 0 ? [`${count(until_expiry, 'token')} valid until expiry`] : []),
    ...(expired > 0 ? [`${count(expired, 'expired token')} waiting to be deleted`] : []),
  ]
  return some.length === 0 ? 'nothing' : `${some.join(', ')}; see: tokentray active --all`
}

/** While the keychain cannot be read nobody knows what an earlier run has left. */
function lastRun({ vault, work_off }: StatusAnswer): string {
  const {
    state,
    remaining,
    revoked,
    expired,
    until_expiry,
    taken_up = 0,
    unreadable = 0,
  } = work_off
  if (vault.kind === 'memory') return 'not known: in memory mode no list of earlier runs is kept'
  if (state === 'waiting') return NOT_READ
  const some = [
    ...(taken_up > 0 ? [`${taken_up} taken up again`] : []),
    ...(revoked > 0 ? [`${revoked} revoked`] : []),
    ...(expired > 0 ? [`${expired} expired`] : []),
    ...(remaining > 0 ? [`${remaining} waiting to be revoked`] : []),
    ...(until_expiry > 0 ? [`${until_expiry} valid until expiry`] : []),
    ...(unreadable > 0 ? [`${unreadable} not readable by this version`] : []),
  ]
  return some.length === 0 ? 'none was left' : some.join(', ')
}

function vaultState({ state, message }: StatusAnswer['vault']): string {
  return message ? `: ${message}` : `, ${words(state.replace(/^vault_/, ''))}`
}
