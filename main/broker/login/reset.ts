import { TokentrayError, toTokentrayError } from '../../base/errors.ts'
import { defaultSettings } from '../../settings/schema.ts'
import type { Vault } from '../../vault/vault.ts'
import type { Removals } from '../account/removals.ts'
import { SingleFlight } from '../concurrency/single-flight.ts'
import type { Lock } from '../lock.ts'
import { type Actor, program } from '../record/actor.ts'
import type { RecordedSettings } from '../record/recorded-settings.ts'
import type { Recorder } from '../record/recorder.ts'
import type { StartupRecovery } from '../startup-recovery.ts'
import type { Logins } from './logins.ts'

interface ResetPorts {
  readonly startupRecovery: StartupRecovery
  readonly logins: Logins
  readonly removals: Removals
  readonly lock: Lock
  readonly vault: Vault
  readonly settings: RecordedSettings
  readonly audit: Recorder
}

/** Resets Tokentray. */
export class Reset {
  readonly #ports: ResetPorts
  readonly #flight = new SingleFlight<'reset', void>()

  constructor(ports: ResetPorts) {
    this.#ports = ports
  }

  /**
   * Logs out and deletes all accounts, clients and grants, and every credential in the keychain, including
   * those of settings that were set aside and of other homes of this user. The audit record and the ledger of
   * tokens to revoke stay. A failure names what is left, and another reset continues with that. Removes the
   * lock. Concurrent calls share one reset, and no login begins meanwhile.
   */
  run(by: Actor = program): Promise<void> {
    return this.#flight.run('reset', () => this.#ports.removals.duringReset(() => this.#run(by)))
  }

  async #run(by: Actor): Promise<void> {
    const { startupRecovery, logins, lock, settings, audit } = this.#ports
    const wasLocked = lock.locked
    await startupRecovery.opened()
    await logins.removeAll(by)
    await this.#forgetCredentials()
    // The lock is removed below, because it is more than a setting.
    settings.update(
      ({ port, keychain, locked }) => ({ ...defaultSettings, port, keychain, locked }),
      by,
      { event: 'reset' },
    )
    // A lock that was set during the reset, such as with the screen, stays.
    if (wasLocked) lock.unlock(by)
    await audit.settled()
  }

  /** Deletes them one after the other, of all accounts and homes. */
  async #forgetCredentials(): Promise<void> {
    const { vault } = this.#ports
    const keys = await vault.keys()
    const credentials = keys.filter((key) => key.startsWith('credential/'))
    for (const [at, key] of credentials.entries()) {
      try {
        await vault.delete(key)
      } catch (error) {
        throw notAllForgotten(credentials.length - at, error)
      }
    }
  }
}

/** A reset that could not delete some of the credentials. */
function notAllForgotten(left: number, reason: unknown): TokentrayError {
  const cause = toTokentrayError(reason)
  const some = left === 1 ? '1 credential is' : `${left} credentials are`
  return new TokentrayError(
    cause.code,
    `Every account is removed, but ${some} still in the keychain: ${cause.message}`,
    { hint: `${cause.hint} Then reset again.`, cause },
  )
}
