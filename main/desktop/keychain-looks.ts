import type { Clock } from '../base/clock.ts'
import type { Broker } from '../broker/broker.ts'

interface KeychainLooksPorts {
  readonly host: { readonly running: { readonly broker: Pick<Broker, 'keychain'> } | null }
  readonly clock: Clock
}

/** The icon is always in sight, and what it says of the keychain is no older than this. */
const EVERY_MS = 30_000

/**
 * Keeps what is shown of the keychain true: looks by itself from now on, and whenever what it returns
 * is called, because somebody is about to read it. What has changed is told by the broker.
 */
export function startKeychainLooks({ host, clock }: KeychainLooksPorts): () => void {
  const look = () => void host.running?.broker.keychain.refresh()
  const again = () => {
    look()
    clock.after(EVERY_MS, again)
  }
  clock.after(EVERY_MS, again)
  return look
}
