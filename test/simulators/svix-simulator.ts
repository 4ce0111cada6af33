import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'
import { SimulatorClock } from './simulator-clock.ts'
import { SvixService } from './svix-service.ts'

export interface SvixApplication {
  readonly id: string
  /** What its owner calls it; routes take either. */
  readonly uid?: string
  readonly name: string
}

export interface SvixEnvironment {
  /** The environment's key at the hosted service; made up if left out. */
  readonly key?: string
  /** At the open-source server, whose organisations are what environments are elsewhere. */
  readonly organisation?: string
  readonly applications: readonly SvixApplication[]
}

export interface SvixOptions extends SimulatorOptions {
  readonly environments: readonly SvixEnvironment[]
  /** `hosted` unless said otherwise; `oss` is the open-source server. */
  readonly flavour?: 'hosted' | 'oss'
  /**
   * `current` unless said otherwise. One of the `old` generation knows `dashboard-access` alone, wants
   * a slash at the end of each path unless said otherwise, and has heard neither of session ids nor of
   * `whoami`.
   */
  readonly generation?: 'current' | 'old'
  /** Whether each path ends in a slash. */
  readonly slashes?: boolean
  /** `false`: it ignores session ids, wherever they stand, as it does all that it does not know. */
  readonly sessions?: false
  /** So many requests in so long; more get 429, without a word on how long. */
  readonly rate?: { readonly requests: number; readonly windowMs: number }
}

export interface SvixSimulator extends Simulator {
  /** What a person would enter as the key, of the first environment unless another is named. */
  keyOf(environment?: number): string
  /** A customer opens the portal of an application, which is none of our doing. */
  addCustomer(application: string, sessionId?: string): string
  /** The session id that a living token was made with. */
  sessionIdOf(token: string): string | undefined
}

/** A server that behaves as Svix does at `auth` and `app`, errors included. */
export async function startSvixSimulator(options: SvixOptions): Promise<SvixSimulator> {
  const service = new SvixService(options, new SimulatorClock(options.now))
  const simulator = await startSimulator(service, options)
  return {
    ...simulator,
    keyOf: (environment = 0) => service.keyOf(environment),
    sessionIdOf: (token) => service.sessionIdOf(token),
    addCustomer(application, sessionId) {
      const token = service.addCustomer(application, sessionId)
      options.onToken?.(token)
      return token
    },
  }
}
