import { Secret } from '../../../main/base/secret.ts'
import { createHttpClient } from '../../../main/providers/http/client.ts'
import type { HttpClient } from '../../../main/providers/http/http.ts'
import type {
  Driver,
  FormValues,
  LoginForm,
  ProviderContext,
  ProviderSession,
} from '../../../main/providers/provider.ts'
import { svix } from '../../../main/providers/svix/svix.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import type { Fault } from '../../simulators/faults.ts'
import type { RecordedRequest } from '../../simulators/simulator.ts'
import {
  type SvixOptions,
  type SvixSimulator,
  startSvixSimulator,
} from '../../simulators/svix-simulator.ts'
import { makeContext } from '../calling.ts'

/** The id of the application with the uid `app_1`. */
export const ACME = 'app_1srOrx2ZWZBpBUvZwXKQmoEYga2'

/** A simulated Svix with two applications in one environment. */
export interface OpenSvix {
  readonly clock: FakeClock
  readonly http: HttpClient
  readonly simulator: SvixSimulator
  readonly key: string
  form(more?: FormValues): LoginForm
  /** Logs in; the values include what the login has learned, and `more`. */
  openSession(more?: FormValues): Promise<ProviderSession>
  /** The driver of an account, with every operation. */
  driver(values: FormValues): Full
  context(http?: HttpClient): ProviderContext
  next(fault: Fault, count?: number): void
  /** The requests since the last login, as `POST /path`. */
  lines(): string[]
  lastRequest(): RecordedRequest
  close(): Promise<void>
}

type Needed = 'mint' | 'probe' | 'revoke' | 'revokeAll' | 'revokeLease' | 'portalLink'
/** A driver with every operation of the hosted service; an absent one throws when called. */
export type Full = Driver & Required<Pick<Driver, Needed>>

/** Starts one with a fake clock. */
export async function openSvix(options: Partial<SvixOptions> = {}): Promise<OpenSvix> {
  const clock = new FakeClock()
  const http = createHttpClient({ clock, env: {} })
  const simulator = await startSvixSimulator({
    environments: [
      {
        key: markedSecret('svix'),
        applications: [
          { id: ACME, uid: 'app_1', name: 'Acme' },
          { uid: 'app_2', name: 'Bolt' },
        ],
      },
    ],
    now: () => clock.now(),
    onToken: registerSecret,
    ...options,
  })
  const key = simulator.keyOf()
  registerSecret(key)
  const context = (client: HttpClient = http) => makeContext(client, clock)
  const form: OpenSvix['form'] = (more = {}) => ({
    values: { url: simulator.url, application: 'app_1', region: 'auto', ...more },
    secrets: { key: new Secret(key) },
  })
  let since = 0
  return {
    ...{ clock, http, simulator, key, form, context },
    async openSession(more = {}) {
      const { values, secrets } = form()
      const { learned, credential } = await svix.login({ values, secrets }, context())
      since = simulator.requests.length
      return { values: { ...values, ...learned, ...more }, credential }
    },
    driver: (values) => toFull(svix.driver(values)),
    next: (fault, count = 1) => simulator.faults.next(count, fault),
    lines: () => simulator.requests.slice(since).map(({ method, path }) => `${method} ${path}`),
    lastRequest() {
      const last = simulator.requests.at(-1)
      if (!last) throw new Error('Nothing was sent.')
      return last
    },
    async close() {
      await http.close()
      await simulator.close()
    },
  }
}

function toFull(driver: Driver): Full {
  const missing = (): never => {
    throw new Error('The driver lacks this member.')
  }
  const revokeAll = { hits: missing, run: missing }
  const none = { mint: missing, probe: missing, revoke: missing, revokeLease: missing }
  return { ...none, portalLink: missing, revokeAll, ...driver }
}
