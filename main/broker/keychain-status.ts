import type { Clock } from '../base/clock.ts'
import type { TokentrayError } from '../base/errors.ts'
import { concernsVault, type WatchedVault } from '../vault/watched-vault.ts'
import type { StartupRecovery } from './startup-recovery.ts'

interface KeychainStatusPorts {
  readonly vault: WatchedVault
  readonly startupRecovery: Pick<StartupRecovery, 'failure' | 'isOpen' | 'opened'>
  readonly clock: Clock
}

/** How long whoever wants to know waits for the records to open. */
const OPENING_MS = 1_000

/** What is said of the keychain, wherever it is said. */
export class KeychainStatus {
  readonly #ports: KeychainStatusPorts

  constructor(ports: KeychainStatusPorts) {
    this.#ports = ports
  }

  /** Why it cannot be used, or the records under its keys cannot; `null` as long as nothing is wrong. */
  get failure(): TokentrayError | null {
    const { vault, startupRecovery } = this.#ports
    // What was seen of the keychain since is nearer to the truth.
    if (concernsVault(startupRecovery.failure)) return vault.failure ?? startupRecovery.failure
    return startupRecovery.failure ?? vault.failure
  }

  /** Something may have changed since the last look: the next `refresh` looks again, however soon. */
  invalidate(): void {
    this.#ports.vault.invalidate()
  }

  /**
   * Makes `failure` that of this moment, without making the person be asked; opens the records if the
   * keychain can be used again. For whoever is about to show it. Resolves within three seconds and
   * never rejects.
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
