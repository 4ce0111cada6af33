import path from 'node:path'
import { systemClock } from './base/clock.ts'
import { findDirectories } from './base/files/directories.ts'
import { logFileIn } from './base/files/log-file.ts'
import { firstFatalError } from './base/process/fatal-errors.ts'
import { hardenProcess } from './base/process/harden-process.ts'
import { denyAll, type Notify } from './broker/ports.ts'
import { describeRemaining } from './broker/revocation/remaining-tokens.ts'
import { stopInTime } from './broker/stop-in-time.ts'
import { startTokentray } from './compose.ts'
import { createLog } from './log.ts'
import { openSettings } from './settings/conf-settings.ts'
import { forkKeychain } from './vault/keychain/forked-keychain.ts'

export interface AgentOptions {
  /** Keep credentials in memory only. */
  readonly memory: boolean
  readonly port?: number
}

/**
 * Runs the broker without a window until SIGTERM or SIGINT, then revokes what it can and resolves to the
 * exit code; an uncaught error does the same, with code 1. Rejects with `already_running`, or any other
 * error that prevents the start.
 */
export async function runAgent({ memory, port }: AgentOptions): Promise<number> {
  const directories = findDirectories()
  const log = createLog(process.env, directories.data)
  hardenProcess(process)
  const failed = firstFatalError(process, log)
  const say = (line: string) => process.stdout.write(`${line}\n`)

  const tokentray = await startTokentray({
    directories,
    memory,
    startKeychain: forkKeychain(path.join(import.meta.dirname, 'keychain-process.js')),
    ...(port !== undefined && { port }),
    openSettings: () =>
      openSettings({
        folder: directories.config,
        // A separate file: a run without the keychain must not change the accounts in the keychain.
        name: memory ? 'settings-memory' : 'settings',
        clock: systemClock,
      }),
    consent: denyAll,
    notify: notifyBy(say),
    lockWaitMs: 0,
    log: {
      ...log,
      info: (message, fields) => {
        log.info(message, fields)
        for (const line of toNews(message, fields)) say(line)
      },
    },
    commandLine: ['tokentray', ...process.argv.slice(2)],
  })
  const { broker, issuer, version } = tokentray
  // Before the line below is printed, because a reader may send a signal as soon as it sees that.
  const stopRequested = stopSignal()
  say(`Tokentray ${version} serves ${issuer}`)
  const trouble = tokentray.portTrouble()
  if (trouble) say(`notice: ${trouble.message} ${trouble.hint}`)
  for (const notice of tokentray.notices) say(`notice: ${notice}`)
  const isLost = tokentray.lost.then(() => {
    say('Another Tokentray has taken over because the lock file of this one was removed.')
  })
  const hasFailed = failed.then(() => {
    say(
      `Internal error: Tokentray is stopping. Please report it with the log, ${logFileIn(directories.data)}.`,
    )
    return 1
  })
  const end = Promise.race([stopRequested, isLost, hasFailed])
  // A keychain that does not respond must not prevent a stop.
  if (await Promise.race([tokentray.started.then(() => true), end])) sayStartResult()
  const exit = (await end) ?? 0
  say('stopping (up to 10 s)')
  const left = await stopInTime({ stop: tokentray.stop, clock: broker.clock, log })
  for (const { title, body } of describeRemaining(left, broker.clock.now()))
    say(`${title}. ${body}`)
  return exit

  function sayStartResult(): void {
    for (const notice of broker.notices) say(`notice: ${notice}`)
    const { failure } = broker.startupRecovery
    say(failure ? `keychain: ${failure.message} ${failure.hint}` : PLACES[broker.vault.kind])
  }
}

const PLACES = { memory: 'passwords: in memory', keychain: 'passwords: in the keychain' } as const

/** Notifies the user with lines of text. */
export function notifyBy(say: (line: string) => void): Notify {
  return {
    hostSilent: (message) => say(`notice: ${message} Nothing is sent there until then.`),
    loginRequired: (account, reason) => {
      const why = reason ? `: ${reason.sentence}` : '.'
      say(`${account}: login required${why} Run: tokentray login ${account}`)
    },
  }
}

/** What the user may want to know of an event that the broker logs, in sentences; nothing if it did nothing. */
export function toNews(
  message: string,
  fields: Readonly<Record<string, unknown>> = {},
): readonly string[] {
  switch (message) {
    case 'recovery done':
      return [
        ...ofLastRun(fields['revoked'], (tokens) => `Revoked ${tokens} of the last run.`),
        ...ofLastRun(fields['expired'], (tokens) => `Expired: ${tokens} of the last run.`),
        ...ofLastRun(
          fields['valid_until_expiry'],
          (tokens) => `Cannot be revoked, valid until expiry: ${tokens} of the last run.`,
        ),
      ]
    case 'a host may be spoken to again':
      return [`${String(fields['host'])} answers again: requests to it are resumed.`]
    default:
      return []
  }
}

function ofLastRun(count: unknown, sentence: (tokens: string) => string): readonly string[] {
  if (typeof count !== 'number' || count === 0) return []
  return [sentence(count === 1 ? '1 token' : `${count} tokens`)]
}

/**
 * Resolves at the first signal to stop, or when a parent that is connected by IPC, such as `npm start`, has
 * died. Further signals change nothing, because the stop has a time limit.
 */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      // The settings library exits at the first signal; ours has to revoke tokens first.
      const others = process.listeners(signal)
      // Ours is added first: without any listener, a pending signal would be lost.
      process.on(signal, () => resolve())
      for (const other of others) process.removeListener(signal, other)
    }
    process.on('disconnect', () => resolve())
    // It died before there was a listener. Without such a parent this is undefined.
    if (process.connected === false) resolve()
  })
}
