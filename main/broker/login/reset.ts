import { defaultSettings } from '../../settings/schema.ts'
import type { Vault } from '../../vault/vault.ts'
import type { Removals } from '../account/removals.ts'
import { SingleFlight } from '../concurrency/single-flight.ts'
import type { Lock } from '../lock.ts'
import { type Actor, program } from '../record/actor.ts'
import type { RecordedSettings } from '../record/recorded-settings.ts'
import type { Recorder } from '../record/recorder.ts'
import type { StartupRecovery } from '../startup-recovery.ts'
import { notAllForgotten } from './half-done.ts'
import type { Logins } from './logins.ts'

interface ResetPorts {
  readonly startupRecovery: StartupRecovery
  readonly logins: Logins
  readonly removals: Removals
  readonly lock: Lock
  readonly vault: Vault
  readonly settings: RecordedSettings
  readonly audit: Pick<Recorder, 'settled'>
}

/** Starting anew. */
export class Reset {
  readonly #ports: ResetPorts
  readonly #flight = new SingleFlight<'reset', void>()

  constructor(ports: ResetPorts) {
    this.#ports = ports
  }

  /**
   * Logs every account out and forgets all accounts, clients and grants, and every credential in the
   * keychain: also those that settings which were set aside, or another home of this user, knew. The
   * audit record and the list of tokens that still have to be ended stay. What fails half-way says
   * what is left; doing it again goes on with that. Takes off the lock that there was. Who asks while one
   * is under way waits for that, and nobody logs in meanwhile.
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
    // The lock goes by itself, because it is more than a setting.
    settings.update(
      ({ port, keychain, locked }) => ({ ...defaultSettings, port, keychain, locked }),
      by,
      { event: 'reset' },
    )
    // One that was put on meanwhile, as with the screen, is a later wish.
    if (wasLocked) lock.unlock(by)
    await audit.settled()
  }

  /** One after the other, of whatever account and home they are. */
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
