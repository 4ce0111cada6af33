import { GiantswarmService } from './giantswarm-service.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'
import { SimulatorClock } from './simulator-clock.ts'

interface GiantswarmAccount {
  readonly email: string
  readonly password: string
  /** Past its date: the right password does not help. */
  readonly expired?: boolean
}

export interface GiantswarmOptions extends SimulatorOptions {
  readonly accounts: readonly GiantswarmAccount[]
  /** So many logins and log-outs in a window that begins with the first; no limit unless given. */
  readonly throttle?: {
    readonly calls: number
    readonly windowMs: number
    /** 429 unless said otherwise; the real one is not known. */
    readonly status?: number
  }
  /** What a path without its slash at the end answers. */
  readonly withoutSlash?: 'not_found' | 'redirect'
}

export type GiantswarmSimulator = Simulator

/** A server that behaves at its REST API v4 as a Giant Swarm installation does, errors included. */
export function startGiantswarmSimulator(options: GiantswarmOptions): Promise<GiantswarmSimulator> {
  return startSimulator(new GiantswarmService(options, new SimulatorClock(options.now)), options)
}
