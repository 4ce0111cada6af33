import type { Clock } from '../base/clock.ts'
import type { Broker } from '../broker/broker.ts'

interface KeychainLooksPorts {
  readonly host: { readonly running: { readonly broker: Pick<Broker, 'keychain'> } | null }
  readonly clock: Clock
}

/** The icon is always in sight, and what it says of the keychain is no older than this. */
const EVERY_MS = 30_000
/** While it cannot be used somebody may be mending that. */
const EVERY_MS_OF_A_FAILURE = 5_000

/**
 * Keeps what is shown of the keychain true: looks by itself from now on, and whenever what it returns
 * is called, because somebody is about to read it. What has changed is told by the broker.
 */
export function startKeychainLooks({ host, clock }: KeychainLooksPorts): () => void {
  const look = async () => host.running?.broker.keychain.refresh()
  const arm = () => {
    const hasFailed = host.running?.broker.keychain.failure
    clock.after(hasFailed ? EVERY_MS_OF_A_FAILURE : EVERY_MS, () => void look().then(arm))
  }
  arm()
  return () => void look()
}
