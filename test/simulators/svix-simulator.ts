import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'
import { SimulatorClock } from './simulator-clock.ts'
import type { SvixEnvironment } from './svix-environments.ts'
import { SvixService } from './svix-service.ts'

export interface SvixOptions extends SimulatorOptions {
  readonly environments: readonly SvixEnvironment[]
  /** `hosted` by default; `oss` is the open-source server. */
  readonly flavour?: 'hosted' | 'oss'
  /**
   * `current` by default. One of the `old` generation has only `dashboard-access`, requires trailing
   * slashes by default, and supports neither session ids nor `whoami`.
   */
  readonly generation?: 'current' | 'old'
  /** Whether paths need a trailing slash; the open-source server accepts both. */
  readonly slashes?: boolean
  /** The approximate length of magic links; the service allows 65,536 characters. */
  readonly linkLength?: number
  /** `false`: it ignores session ids everywhere, like all unknown members. */
  readonly sessions?: false
  /** The request limit per period; more get 429 without Retry-After. */
  readonly rate?: { readonly requests: number; readonly windowMs: number }
}

export interface SvixSimulator extends Simulator {
  /** The key as a user would enter it, of the first environment by default. */
  keyOf(environment?: number): string
  /** A customer opens the portal of an application, independently of us. */
  addCustomer(application: string, sessionId?: string): string
  /** The session id of a valid token. */
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
