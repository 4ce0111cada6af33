import type { Clock } from '../base/clock.ts'
import type { TokentrayError } from '../base/errors.ts'
import { concernsVault, type WatchedVault } from '../vault/watched-vault.ts'
import type { StartupRecovery } from './startup-recovery.ts'

interface KeychainStatusPorts {
  readonly vault: WatchedVault
  readonly startupRecovery: StartupRecovery
  readonly clock: Clock
}

/** How long `refresh` waits for the records to open. */
const OPENING_MS = 1_000

/** The state of the keychain, for every surface. */
export class KeychainStatus {
  readonly #ports: KeychainStatusPorts

  constructor(ports: KeychainStatusPorts) {
    this.#ports = ports
  }

  /** Why the keychain, or a record encrypted with its keys, cannot be used; `null` if they can. */
  get failure(): TokentrayError | null {
    const { vault, startupRecovery } = this.#ports
    // The vault's failure is more recent.
    if (concernsVault(startupRecovery.failure)) return vault.failure ?? startupRecovery.failure
    return startupRecovery.failure ?? vault.failure
  }

  /** Something may have changed: the next `refresh` checks again, however soon. */
  invalidate(): void {
    this.#ports.vault.invalidate()
  }

  /**
   * Updates `failure` without a prompt to the user, and opens the records if the keychain can be used again.
   * For surfaces that are about to show it. Resolves within three seconds and never rejects.
   */
  async refresh(): Promise<void> {
    const { vault, startupRecovery, clock } = this.#ports
    await vault.refresh()
    if (vault.failure || startupRecovery.isOpen) return
    await new Promise<void>((resolve) => {
      const disarm = clock.after(OPENING_MS, resolve)
      const tried = () => {
        disarm()
        resolve()
      }
      startupRecovery.opened().then(tried, tried)
    })
  }
}
