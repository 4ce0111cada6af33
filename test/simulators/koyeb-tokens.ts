import { randomBytes, randomUUID } from 'node:crypto'
import { signJwt, verifyJwt } from './jwt.ts'
import type { SimulatorClock } from './simulator-clock.ts'

/** A login token can be renewed and revoked; an access token only expires. */
export type KoyebTokenKind = 'login' | 'access'

/** A token that the service has issued. */
export interface KoyebToken {
  readonly token: string
  readonly kind: KoyebTokenKind
  readonly organizationId: string
  /** The account it was issued to. */
  readonly email?: string
  /** Epoch milliseconds. */
  readonly endsAt: number
}

/** Koyeb's tokens: JWTs that are valid until their own expiry, or their log-out. */
export class KoyebTokens {
  readonly #clock: SimulatorClock
  readonly #key = randomBytes(32)
  readonly #kept = new Map<string, KoyebToken>()

  constructor(clock: SimulatorClock) {
    this.#clock = clock
  }

  issue(of: Omit<KoyebToken, 'token' | 'endsAt'>, lifetimeSeconds: number): KoyebToken {
    const now = this.#clock.now()
    // Login tokens expire on a whole second, as their `exp` says.
    const starts = of.kind === 'login' ? Math.floor(now / 1000) * 1000 : now
    const endsAt = starts + lifetimeSeconds * 1000
    const exp = Math.floor(endsAt / 1000)
    const token = signJwt({ jti: randomUUID(), org: of.organizationId, exp }, this.#key)
    const made = { ...of, token, endsAt }
    this.#kept.set(token, made)
    return made
  }

  /** The token, if it is valid. */
  find(token: string): KoyebToken | undefined {
    const kept = this.#kept.get(token)
    return kept && this.#clock.now() < kept.endsAt ? kept : undefined
  }

  /** True for a token that this service has ever issued. */
  isOurs(token: string): boolean {
    return verifyJwt(token, this.#key) !== null
  }

  delete({ token }: KoyebToken): void {
    this.#kept.delete(token)
  }

  alive(): KoyebToken[] {
    return [...this.#kept.values()].filter(({ token }) => this.find(token) !== undefined)
  }
}
