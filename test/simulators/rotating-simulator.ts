import { RotatingService } from './rotating-service.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'
import { SimulatorClock } from './simulator-clock.ts'

export interface RotatingOptions extends SimulatorOptions {
  readonly accounts: readonly { readonly username: string; readonly password: string }[]
  /** What a renewal does to the token before it: ends it (the default), leaves it, or extends it. */
  readonly old?: 'ends' | 'lives' | 'same'
  /** False: the refresh token stays the same. */
  readonly rotates?: boolean
  /** How long a refresh token still works after it was replaced; 0 unless given. */
  readonly graceMs?: number
  /** A login has to be approved first, and is answered "pending" so many times until then. */
  readonly pending?: number
}

export interface RotatingSimulator extends Simulator {
  /** The refresh tokens that still work. */
  refreshTokens(): string[]
  /** How often a refresh token was used again after its time, which ended the grant. */
  reuses(): number
  /** Another program of this user logs in; its token. */
  addProgram(username: string): string
}

/** A made-up service whose refresh tokens rotate, on a real server. No vendor is behind it. */
export async function startRotatingSimulator(options: RotatingOptions): Promise<RotatingSimulator> {
  const service = new RotatingService(options, new SimulatorClock(options.now))
  const simulator = await startSimulator(service, options)
  return {
    ...simulator,
    refreshTokens: () => service.refreshTokens(),
    reuses: () => service.reuses,
    addProgram: (username) => service.addProgram(username),
  }
}
