import type { Audit } from '../audit/audit.ts'
import { defaultSettings } from '../settings/schema.ts'
import type { SettingsStore } from '../settings/settings.ts'
import type { Vault } from '../vault/vault.ts'
import { notAllForgotten, type Progress } from './half-done.ts'
import type { Lock } from './lock.ts'
import type { Opening } from './opening.ts'
import type { Signing } from './signing.ts'

interface ResettingPorts {
  readonly opening: Opening
  readonly signing: Signing
  readonly lock: Lock
  readonly vault: Vault
  readonly settings: SettingsStore
  readonly audit: Audit
}

/** Starting anew. */
export class Resetting {
  readonly #ports: ResettingPorts
  #progress: Progress | null = null

  constructor(ports: ResettingPorts) {
    this.#ports = ports
  }

  /** How far the one under way has come; `null` while there is none. */
  get progress(): Progress | null {
    return this.#progress
  }

  /**
   * Logs every account out and forgets all accounts, clients and grants, and every credential in the
   * keychain: also those that settings which were set aside, or another home of this user, knew. The
   * audit record and the list of tokens that still have to be ended stay. What fails half-way says
   * what is left; doing it again goes on with that.
   */
  async run(): Promise<void> {
    const { opening, signing, lock, settings, audit } = this.#ports
    await opening.opened()
    try {
      await signing.removeAll((progress) => {
        this.#progress = progress
      })
      await this.#forgetCredentials()
    } finally {
      this.#progress = null
    }
    settings.update(({ port, keychain }) => ({ ...defaultSettings, port, keychain }))
    lock.unlock()
    await audit.record({ event: 'reset' })
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
