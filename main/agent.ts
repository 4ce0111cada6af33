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
  /** Keep credentials in memory until the end. */
  readonly memory: boolean
  readonly port?: number
}

/**
 * The broker without a window: runs until SIGTERM or SIGINT, then ends what it can and resolves to
 * the exit code; so it does, with 1, where something failed that nobody caught. Rejects with
 * `already_running` and whatever else keeps it from starting.
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
        // Of its own: what is done without the keychain must not change what the keychain backs.
        name: memory ? 'settings-memory' : 'settings',
        clock: systemClock,
      }),
    consent: denyAll,
    notify: notifyBy(say),
    lockWaitMs: 0,
    log: { ...log, info: (message, fields) => say(toLine(message, fields)) },
    commandLine: ['tokentray', ...process.argv.slice(2)],
  })
  const { broker, issuer, version } = tokentray
  // Before anybody reads that it serves: a signal that comes then must find somebody who listens.
  const toldToStop = stopSignal()
  say(`Tokentray ${version} serves ${issuer}`)
  const trouble = tokentray.portTrouble()
  if (trouble) say(`notice: ${trouble.message} ${trouble.hint}`)
  for (const notice of tokentray.notices) say(`notice: ${notice}`)
  const isLost = tokentray.lost.then(() => {
    say('Another Tokentray has taken over, because somebody removed the lock of this one.')
  })
  const hasFailed = failed.then(() => {
    say(`Internal error: Tokentray stops. Please report what ${logFileIn(directories.data)} says.`)
    return 1
  })
  const end = Promise.race([toldToStop, isLost, hasFailed])
  // A keychain that does not answer keeps nobody from stopping.
  if (await Promise.race([tokentray.started.then(() => true), end])) sayWhatWasFound()
  const exit = (await end) ?? 0
  say('stopping, within 10 s')
  const left = await stopInTime({ stop: tokentray.stop, clock: broker.clock, log })
  for (const { title, body } of describeRemaining(left, broker.clock.now()))
    say(`${title}. ${body}`)
  return exit

  function sayWhatWasFound(): void {
    for (const notice of broker.notices) say(`notice: ${notice}`)
    const { failure } = broker.startupRecovery
    say(failure ? `keychain: ${failure.message} ${failure.hint}` : `${broker.vault.kind}: ready`)
  }
}

/** Tells the person in lines of text. */
export function notifyBy(say: (line: string) => void): Notify {
  return {
    hostSilent: (message) => say(`notice: ${message} Nothing is sent there until then.`),
    loginRequired: (account, reason) => {
      const why = reason ? `: ${reason.sentence}` : '.'
      say(`${account}: login required${why} Run: tokentray login ${account}`)
    },
  }
}

/** What the broker does is for whoever started us to read, rather than for a log. */
export function toLine(message: string, fields: Readonly<Record<string, unknown>> = {}): string {
  const details = Object.entries(fields).map(([name, value]) => ` ${name}=${String(value)}`)
  return `${message}${details.join('')}`
}

/**
 * Resolves at the first signal to stop, or once whoever has started it with a channel, as `npm start` does,
 * was killed; more of them change nothing, since the stop is bounded.
 */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      // The settings library ends the process at the first signal; ours has tokens to end before.
      const others = process.listeners(signal)
      // Ours first: without any listener a signal that is on its way is lost.
      process.on(signal, () => resolve())
      for (const other of others) process.removeListener(signal, other)
    }
    process.on('disconnect', () => resolve())
  })
}
