import { GlowmarktService } from './glowmarkt-service.ts'
import type { GlowmarktToken } from './glowmarkt-tokens.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'
import { SimulatorClock } from './simulator-clock.ts'

export interface GlowmarktAccount {
  readonly username: string
  readonly password: string
  /** The right password gets 200 with `valid: false`. */
  readonly notValid?: boolean
}

export interface GlowmarktOptions extends SimulatorOptions {
  readonly accounts: readonly GlowmarktAccount[]
  /** Seven days by default; the real service has issued two years. */
  readonly tokenLifetimeSeconds?: number
  /**
   * The response to revoking a token that is already revoked or expired. Both are allowed, and which
   * one the service sends is not known. `not_valid` (400) by default.
   */
  readonly secondLogout?: 'not_valid' | 'denied'
  /**
   * How an invalid, revoked or expired token is refused by `GET /auth` and by the routes that create,
   * list and revoke tokens: 400 with `error`, 400 with `valid: false`, or 200 with `valid: false` if the
   * response has that member. The vendor's description allows all three, and no 401. `error` by default.
   */
  readonly refusedToken?: 'error' | 'not_valid' | 'not_valid_ok'
}

export interface GlowmarktSimulator extends Simulator {
  /** The address as a user enters it: ends in `/api/v0-1`. */
  readonly apiUrl: string
  /** The user logs in with the app on their phone. */
  addPhone(username: string): GlowmarktToken
  /** Another program logs in with the password, as we do. */
  addProgram(username: string): GlowmarktToken
}

/** A server that behaves at `/auth` as Glowmarkt does, errors included. It has no rate limits. */
export async function startGlowmarktSimulator(
  options: GlowmarktOptions,
): Promise<GlowmarktSimulator> {
  const service = new GlowmarktService(options, new SimulatorClock(options.now))
  const simulator = await startSimulator(service, options)
  const told = (made: GlowmarktToken) => {
    options.onToken?.(made.token)
    return made
  }
  return {
    ...simulator,
    apiUrl: `${simulator.url}/api/v0-1`,
    addPhone: (username) => told(service.addPhone(username)),
    addProgram: (username) => told(service.addProgram(username)),
  }
}
