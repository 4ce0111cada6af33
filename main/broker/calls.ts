import { randomUUID } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import type { HttpClient } from '../providers/http.ts'
import type { Provider, ProviderContext } from '../providers/provider.ts'
import type { Hosts } from './hosts.ts'

export type Activity = 'login' | 'logout' | 'lease' | 'probe' | 'list' | 'portal'

/** What drivers are called with. */
export interface Calls {
  /** `undefined` for one that this version does not know: settings and ledger outlive versions. */
  provider(id: string): Provider | undefined
  /** For calls of this kind of service: its hosts are left alone when they want it. */
  context(provider: string, activity: Activity, signal: AbortSignal): ProviderContext
}

interface CallsOptions {
  readonly providers: readonly Provider[]
  readonly http: HttpClient
  readonly hosts: Pick<Hosts, 'guard'>
  readonly clock: Clock
  readonly commandLine?: readonly string[]
}

interface Called {
  readonly provider: Provider
  readonly http: HttpClient
}

export function createCalls({ providers, http, hosts, clock, commandLine }: CallsOptions): Calls {
  const byId = new Map<string, Called>(
    providers.map((provider) => [provider.id, { provider, http: hosts.guard(http, provider) }]),
  )
  return {
    provider: (id) => byId.get(id)?.provider,
    context: (provider, activity, signal) => ({
      http: byId.get(provider)?.http ?? http,
      clock,
      newId: randomUUID,
      activity,
      signal,
      ...(commandLine && { commandLine }),
    }),
  }
}
