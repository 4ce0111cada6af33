import { randomBytes, randomUUID } from 'node:crypto'
import { signJwt, verifyJwt } from './jwt.ts'
import type { SimulatorClock } from './simulator-clock.ts'

/** A token that the service has issued, with its list entry. */
export interface GlowmarktToken {
  readonly token: string
  readonly tokenId: string
  readonly username: string
  /** Epoch milliseconds. */
  readonly createdAt: number
  /** Unix seconds. */
  readonly exp: number
  readonly authenticationFramework: string
  readonly grantType: string
}

/** How a token was obtained. */
export type Origin = Pick<GlowmarktToken, 'authenticationFramework' | 'grantType'>

/** Glowmarkt's tokens: each is valid until its own `exp` or its deletion, independently of others. */
export class GlowmarktTokens {
  readonly #clock: SimulatorClock
  readonly #lifetimeSeconds: number
  readonly #key = randomBytes(32)
  readonly #kept = new Map<string, GlowmarktToken>()

  constructor(clock: SimulatorClock, lifetimeSeconds: number) {
    this.#clock = clock
    this.#lifetimeSeconds = lifetimeSeconds
  }

  issue(username: string, origin: Origin): GlowmarktToken {
    const createdAt = this.#clock.now()
    const iat = Math.floor(createdAt / 1000)
    const exp = iat + this.#lifetimeSeconds
    // Two tokens of the same second differ only by their hash.
    const token = signJwt({ hash: randomBytes(16).toString('hex'), iat, exp }, this.#key)
    const made = { token, tokenId: randomUUID(), username, createdAt, exp, ...origin }
    this.#kept.set(token, made)
    return made
  }

  /** The token, if it would be accepted now. */
  find(token: string): GlowmarktToken | undefined {
    return this.alive().find((candidate) => candidate.token === token)
  }

  /** True for a token that this service has ever issued. */
  isOurs(token: string): boolean {
    return verifyJwt(token, this.#key) !== null
  }

  delete({ token }: GlowmarktToken): void {
    this.#kept.delete(token)
  }

  alive(): GlowmarktToken[] {
    return [...this.#kept.values()].filter(({ exp }) => this.#clock.now() < exp * 1000)
  }
}
