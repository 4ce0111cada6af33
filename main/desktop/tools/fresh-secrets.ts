import type { Clock } from '../../base/clock.ts'
import { TokentrayError } from '../../base/errors.ts'
import type { Secret } from '../../base/secret.ts'
import type { Broker } from '../../broker/broker.ts'
import type { Client } from '../../broker/clients.ts'
import type { Host } from '../host.ts'

/** How long a new secret can be copied or saved. */
const KEPT_MS = 5 * 60_000

interface FreshSecretsPorts {
  readonly host: Pick<Host, 'running'>
  readonly clock: Clock
  /** A secret was kept, or is gone. */
  readonly changed: () => void
}

interface FreshSecret {
  readonly secret: Secret
  readonly isValid: (broker: Broker) => boolean
  /** It is being delivered. */
  isInUse: boolean
  readonly disarm: () => void
}

/**
 * Whether the secret that this tool has now is still its secret: false for a broker in which the tool
 * has another one, or was removed.
 */
export function watchSecretOf(
  { clients }: Broker,
  { id }: Pick<Client, 'id'>,
): (broker: Broker) => boolean {
  const hashIn = (all: Broker['clients']) => all.recordOf(id)?.secretHash
  const hash = hashIn(clients)
  return (broker) => hash !== undefined && hashIn(broker.clients) === hash
}

/**
 * The new secrets of tools, in memory only, until each was delivered to the user once. One that is not
 * is dropped after five minutes, and when it is no longer valid, Tokentray is locked or it restarts.
 */
export class FreshSecrets {
  readonly #ports: FreshSecretsPorts
  readonly #kept = new Map<string, FreshSecret>()

  constructor(ports: FreshSecretsPorts) {
    this.#ports = ports
  }

  /** Keeps the secret that this tool was just given. */
  keep(broker: Broker, tool: Client, secret: Secret): void {
    this.drop(tool.id)
    const disarm = this.#ports.clock.after(KEPT_MS, () => this.drop(tool.id))
    const isValid = watchSecretOf(broker, tool)
    this.#kept.set(tool.id, { secret, isValid, isInUse: false, disarm })
    this.#ports.changed()
  }

  /** Whether the new secret of the tool can still be delivered. */
  has(id: string): boolean {
    return this.#kept.has(id)
  }

  /**
   * Delivers the secret of the tool once: after that it is dropped; if `deliver` rejects, it is kept.
   * Rejects with `not_found` if there is none, and with `temporarily_unavailable` during a delivery.
   */
  async use<Result>(
    { id, name }: Client,
    deliver: (secret: Secret) => Result | Promise<Result>,
  ): Promise<Result> {
    this.check()
    const kept = this.#kept.get(id)
    if (!kept) {
      throw new TokentrayError('not_found', `The secret of ${name} is no longer available.`, {
        hint: 'Make a new secret for the tool.',
      })
    }
    if (kept.isInUse) {
      throw new TokentrayError('temporarily_unavailable', 'The secret is already being copied.', {
        hint: 'Wait until that is done.',
      })
    }
    kept.isInUse = true
    try {
      const result = await deliver(kept.secret)
      if (this.#kept.get(id) === kept) this.drop(id)
      return result
    } finally {
      kept.isInUse = false
    }
  }

  /** Forgets the secret of the tool. */
  drop(id: string): void {
    const kept = this.#kept.get(id)
    if (!kept) return
    kept.disarm()
    this.#kept.delete(id)
    this.#ports.changed()
  }

  /** Drops what may not be kept any longer. To be called after every change of the broker. */
  check(): void {
    const broker = this.#ports.host.running?.broker
    for (const [id, { isValid }] of [...this.#kept]) {
      if (!broker || broker.locked || !isValid(broker)) this.drop(id)
    }
  }
}
