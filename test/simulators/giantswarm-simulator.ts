import { GiantswarmService } from './giantswarm-service.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'
import { SimulatorClock } from './simulator-clock.ts'

interface GiantswarmAccount {
  readonly email: string
  readonly password: string
  /** Expired: even the right password is refused. */
  readonly expired?: boolean
}

export interface GiantswarmOptions extends SimulatorOptions {
  readonly accounts: readonly GiantswarmAccount[]
  /** The limit of logins and log-outs in a window that starts with the first one; none by default. */
  readonly throttle?: {
    readonly calls: number
    readonly windowMs: number
    /** 429 by default; the real one is not known. */
    readonly status?: number
  }
  /** The response to a path without its trailing slash. */
  readonly withoutSlash?: 'not_found' | 'redirect'
}

export type GiantswarmSimulator = Simulator

/** A server that behaves like the REST API v4 of a Giant Swarm installation, errors included. */
export function startGiantswarmSimulator(options: GiantswarmOptions): Promise<GiantswarmSimulator> {
  return startSimulator(new GiantswarmService(options, new SimulatorClock(options.now)), options)
}
