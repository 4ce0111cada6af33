import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'
import { SimulatorClock } from './simulator-clock.ts'
import type { SvixEnvironment } from './svix-environments.ts'
import { SvixService } from './svix-service.ts'

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
  /** Whether each path ends in a slash; to the open-source server it is all the same. */
  readonly slashes?: boolean
  /** How long magic links are, about; the service allows 65,536 characters. */
  readonly linkLength?: number
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
