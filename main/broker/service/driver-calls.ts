import { randomUUID } from 'node:crypto'
import type { RequestContext } from '../../base/async/request-context.ts'
import type { Clock } from '../../base/clock.ts'
import { afterOthers, isTokentrayError } from '../../base/errors.ts'
import type { HttpClient } from '../../providers/http/http.ts'
import type { Driver, FormValues, Provider, ProviderContext } from '../../providers/provider.ts'
import type { Hosts } from './hosts.ts'
import type { OngoingWork } from './ongoing-work.ts'

export type Activity = 'login' | 'logout' | 'lease' | 'probe' | 'list' | 'portal'

/** What drivers are called with. */
export interface Calls {
  /** `undefined` for one that this version does not know: settings and ledger outlive versions. */
  provider(id: string): Provider | undefined
  /** What can be done at the service that a token is from, with an account as it was then; as `provider`. */
  driverOf(token: { readonly provider: string; readonly values: FormValues }): Driver | undefined
  /** For calls of this kind of service: its hosts are left alone when they want it. */
  context(provider: string, activity: Activity, signal: AbortSignal): ProviderContext
}

interface CallsOptions {
  readonly providers: readonly Provider[]
  readonly http: HttpClient
  readonly hosts: Pick<Hosts, 'guard'>
  /** Knows what has not been answered. */
  readonly ongoingWork?: Pick<OngoingWork, 'guard'>
  readonly clock: Clock
  /** Aborted when a stop begins. */
  readonly stopping: AbortSignal
  /** The name for the command-line header of services that accept one, if no client made the request. */
  readonly commandLine?: readonly string[]
  readonly requestContext?: Pick<RequestContext, 'current'>
}

interface Called {
  readonly provider: Provider
  readonly http: HttpClient
}

export function createCalls(options: CallsOptions): Calls {
  const { providers, hosts, ongoingWork, clock, stopping, commandLine, requestContext } = options
  const guarded = (provider: Provider) => {
    const http = hosts.guard(options.http, provider)
    return ongoingWork?.guard(http, provider) ?? http
  }
  const byId = new Map<string, Called>(
    providers.map((provider) => [provider.id, { provider, http: guarded(provider) }]),
  )
  return {
    provider: (id) => byId.get(id)?.provider,
    driverOf: ({ provider, values }) => byId.get(provider)?.provider.driver(values),
    context(provider, activity, signal) {
      const find = requestContext?.current
      return {
        http: unlessStopped(byId.get(provider)?.http ?? options.http, activity, stopping),
        clock,
        newId: randomUUID,
        activity,
        signal,
        ...(commandLine && { commandLine: () => find?.() ?? commandLine }),
      }
    },
  }
}

/**
 * The client for one call of a driver, which makes one request after the other. A stop waits for a call
 * of which something was sent; any other, but for those that end tokens, is not begun any more: it would
 * have the stop wait for a host or a proxy that does not answer.
 */
function unlessStopped(http: HttpClient, activity: Activity, stopping: AbortSignal): HttpClient {
  if (activity === 'logout') return http
  let isBegun = false
  return {
    async send(request) {
      try {
        const answer = await http.send(isBegun ? request : { ...request, unlessSent: stopping })
        isBegun = true
        return answer
      } catch (error) {
        const isUnsent = isTokentrayError(error) && error.isUnsent
        // The call may have had an effect by an earlier request.
        if (isBegun && isUnsent) throw afterOthers(error)
        isBegun = !isUnsent
        throw error
      }
    },
  }
}
