import { existsSync } from 'node:fs'
import { version } from '../package.json' with { type: 'json' }
import { Activity } from './audit/activity.ts'
import { AuditFile } from './audit/writing/audit-file.ts'
import { notOnRecord } from './audit/writing/not-on-record.ts'
import { rollBack } from './base/async/roll-back.ts'
import { systemClock } from './base/clock.ts'
import { TokentrayError } from './base/errors.ts'
import type { Directories } from './base/files/directories.ts'
import { logFileIn } from './base/files/log-file.ts'
import { makeOwnedFolder } from './base/files/owned-folder.ts'
import { randomText } from './base/ids.ts'
import type { Log } from './base/log.ts'
import {
  acquireInstanceLock,
  alreadyRunning,
  type InstanceLock,
} from './base/process/instance-lock.ts'
import { identifyProcess } from './base/process/process-identity.ts'
import { Secret } from './base/secret.ts'
import { itemListIn } from './broker/account/keychain-items.ts'
import { Broker } from './broker/broker.ts'
import type { Consent, Notify } from './broker/ports.ts'
import type { RemainingTokens } from './broker/revocation/remaining-tokens.ts'
import { findElsewhere } from './loopback/found/discovery.ts'
import { publish } from './loopback/found/discovery-files.ts'
import type { PortTrouble } from './loopback/found/kept-port.ts'
import { stayFound } from './loopback/found/staying-found.ts'
import { openLoopback } from './loopback/server.ts'
import { createHttpClient } from './providers/http/client.ts'
import { providers } from './providers/index.ts'
import type { SettingsStore } from './settings/settings.ts'
import { createMemorySilences, openSilences } from './settings/silences.ts'
import type { StartKeychainProcess } from './vault/keychain/keychain-process.ts'
import { createKeytarVault } from './vault/keytar-vault.ts'
import { checkLedger, LedgerFile, ledgerPath } from './vault/ledger/ledger-file.ts'
import { createMemoryLedger } from './vault/ledger/memory-ledger.ts'
import { ListedVault } from './vault/listed-vault.ts'
import { createMemoryVault } from './vault/memory-vault.ts'

export interface TokentrayOptions {
  readonly directories: Directories
  /** Called after the lock is acquired: no second broker may touch the file. */
  readonly openSettings: () => SettingsStore
  /** Keep credentials in memory only, as the user asked. */
  readonly memory: boolean
  /** Starts the keychain process. */
  readonly startKeychain: StartKeychainProcess
  /** Use exactly this port for this run; `already_exists` if it is in use. */
  readonly port?: number
  readonly consent: Consent
  readonly notify: Notify
  readonly lockWaitMs: number
  readonly log: Log
  readonly commandLine: readonly string[]
}

/** Tokentray while it runs. */
export interface Tokentray {
  readonly broker: Broker
  /** Reads the audit record. */
  readonly activity: Activity
  readonly issuer: string
  readonly version: string
  /** The path of the Unix socket; `null` if there is none. */
  socket(): string | null
  /** What to tell the user while another program uses our usual port; `null` if none does. */
  portTrouble(): PortTrouble | null
  /** What the user should know about the start. */
  readonly notices: readonly string[]
  /** Resolves when the keychain was tried, and the work-off begun if it could be. */
  readonly started: Promise<void>
  /** Resolves when another process has become the broker because the lock was removed: stop then. */
  readonly lost: Promise<void>
  /** Removes the files that lead to the endpoint at once: for an exit that is not waited for. */
  leave(): void
  /**
   * Revokes every token it can within `deadlineMs`, calls in progress included; resolves to the number of
   * tokens that are left, and what happens to them.
   */
  stop(deadlineMs: number): Promise<RemainingTokens>
}

/**
 * Puts the parts together and starts them, for the desktop app and the agent alike. Rejects with
 * `already_running`, `record_unavailable` or, for files of a newer version, `newer_version`; then it has
 * changed nothing and left nothing behind.
 */
export async function startTokentray(options: TokentrayOptions): Promise<Tokentray> {
  const { directories, memory, consent, notify, lockWaitMs, log, commandLine } = options
  const instance = randomText(96)
  const clock = systemClock

  for (const folder of [directories.config, directories.data]) makeOwnedFolder(folder)
  const lock = acquireInstanceLock(directories.data, instance, directories.run)
  const undo: (() => unknown)[] = [() => lock.release()]
  try {
    // The lock belongs to this home folder; the endpoint and the keychain belong to the user.
    const other = findElsewhere(directories)
    if (other) throw alreadyRunning(other)
    if (!memory) checkLedger(directories.data)
    const settings = options.openSettings()
    undo.push(() => settings.close())
    const keychain = createKeytarVault(clock, options.startKeychain)
    undo.push(() => keychain.close())
    const vault = new ListedVault(
      memory ? createMemoryVault(clock) : keychain,
      itemListIn(settings),
    )
    const ledgerStore = memory
      ? createMemoryLedger()
      : new LedgerFile(directories.data, vault, clock)
    const audit = new AuditFile(directories.data, clock)
    undo.push(() => audit.close())
    await dropRecorded(settings, directories.data, log)
    const activity = new Activity({ folder: directories.data, file: audit, clock })
    const http = createHttpClient({ clock, log })
    undo.push(() => http.close())

    const broker = new Broker({
      providers,
      http,
      vault,
      ledgerStore,
      settings,
      silences: memory ? createMemorySilences() : openSilences(directories.data, clock),
      audit,
      consent,
      notify,
      clock,
      log,
      random: Math.random,
      lockWaitMs,
      commandLine,
    })
    // Nothing is changed before all files were found to be of this version.
    if (memory) forgetLogins(broker.settings, clock.now())

    const ownerKey = new Secret(randomText(256))
    const wanted = options.port ?? settings.read().port
    const loopback = await openLoopback({
      ...{ broker, activity, ownerKey, version, instance, log },
      logFile: logFileIn(directories.data),
      port: wanted,
    })
    undo.push(() => loopback.close(0))
    const notices: string[] = [...audit.notices]
    if (memory && existsSync(ledgerPath(directories.data))) {
      notices.push(
        'Tokens of earlier runs are left alone: their list can only be read with the keychain.',
      )
    }
    const trouble = loopback.portTrouble()
    if (trouble && options.port !== undefined) {
      throw new TokentrayError('already_exists', `Port ${options.port} is in use.`, {
        hint: 'Choose another port, or leave out --port.',
      })
    }
    if (trouble) log.warn(trouble.message, { port: loopback.port })
    // Security: chosen once and kept, so that tools stay set up for it whichever program has it now.
    if (wanted === null) settings.update((before) => ({ ...before, port: loopback.port }))
    // Only for the order of lists: without the record they have another one.
    void activity.lastUses().then(
      (uses) => broker.lastUses.learn(uses),
      (error: unknown) => log.warn('the last uses could not be read', { error }),
    )
    const published = publish(
      directories,
      { issuer: loopback.issuer, ...identifyProcess(process.pid), instance, version },
      ownerKey,
      loopback.socket,
    )
    let rest = () => {}
    const lost = new Promise<void>((resolve) => {
      rest = stayFound({ ...{ published, lock, clock, log }, lost: resolve })
    })

    const leave = () => {
      rest()
      published.remove()
    }
    return {
      broker,
      activity,
      issuer: loopback.issuer,
      version,
      notices,
      socket: () => loopback.socket.path(),
      portTrouble: loopback.portTrouble,
      started: broker.start(),
      lost,
      leave,
      stop: async (deadlineMs) => {
        leave()
        // Otherwise a request that waits for the next line would delay the stop.
        activity.close()
        const until = clock.monotonic() + deadlineMs
        // Responses in progress must leave time to revoke.
        await loopback.close(deadlineMs / 3)
        const left = await broker.stop(Math.max(until - clock.monotonic(), 0))
        // Not before: revoking a token may need a credential from it.
        keychain.close()
        await http.close()
        await audit.close()
        settings.close({ isOurs: isHeld(lock, directories.run) })
        lock.release()
        return left
      },
    }
  } catch (error) {
    await rollBack(undo, log)
    throw error
  }
}

/** Drops pending lines that are on record already: a kill may have come between the two writes. */
async function dropRecorded(settings: SettingsStore, folder: string, log: Log): Promise<void> {
  const owed = settings.read().unrecorded ?? []
  if (owed.length === 0) return
  try {
    const unrecorded = await notOnRecord(folder, owed)
    settings.update((before) => ({ ...before, unrecorded: [...unrecorded] }))
  } catch (error) {
    // A duplicate is better than a missing line.
    log.warn('lines of the last run may be on record twice', { error })
  }
}

/** False once the lock was removed and another process may have it. */
function isHeld(lock: InstanceLock, run: string): boolean {
  try {
    return lock.keep(run)
  } catch {
    return false
  }
}

/** Logs out all accounts, whose credentials were only in memory; `at`: since when, epoch milliseconds. */
export function forgetLogins(settings: SettingsStore, at: number): void {
  settings.update((before) => ({
    ...before,
    accounts: before.accounts.map((account) =>
      account.state === 'signed_in'
        ? {
            ...account,
            state: 'login_required',
            loginRequiredBecause: {
              sentence: 'Its password was only kept in memory until Tokentray stopped.',
              at,
            },
            // A code alone is useless without the password.
            needsCode: false,
          }
        : account,
    ),
  }))
}
