import { randomUUID } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import type { HttpClient } from '../providers/http.ts'
import type { Provider, ProviderContext } from '../providers/provider.ts'

export type Activity = 'login' | 'logout' | 'lease' | 'probe' | 'list' | 'portal'

/** What drivers are called with. */
export interface Calls {
  /** `undefined` for one that this version does not know: settings and ledger outlive versions. */
  provider(id: string): Provider | undefined
  context(activity: Activity, signal: AbortSignal): ProviderContext
}

interface CallsOptions {
  readonly providers: readonly Provider[]
  readonly http: HttpClient
  readonly clock: Clock
  readonly commandLine?: readonly string[]
}

export function createCalls({ providers, http, clock, commandLine }: CallsOptions): Calls {
  const byId = new Map<string, Provider>(providers.map((provider) => [provider.id, provider]))
  return {
    provider: (id) => byId.get(id),
    context: (activity, signal) => ({
      http,
      clock,
      newId: randomUUID,
      activity,
      signal,
      ...(commandLine && { commandLine }),
    }),
  }
}
