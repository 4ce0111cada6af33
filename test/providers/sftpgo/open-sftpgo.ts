import { Secret } from '../../../main/base/secret.ts'
import { checkValues } from '../../../main/providers/form.ts'
import { createHttpClient } from '../../../main/providers/http/client.ts'
import type {
  AccessToken,
  Driver,
  FormValues,
  Login,
  MintedLease,
  ProviderContext,
  ProviderSession,
  Revocation,
} from '../../../main/providers/provider.ts'
import { sftpgo } from '../../../main/providers/sftpgo/sftpgo.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import type { Fault } from '../../simulators/faults.ts'
import {
  type SftpgoOptions,
  type SftpgoSimulator,
  startSftpgoSimulator,
} from '../../simulators/sftpgo-simulator.ts'
import type { RecordedRequest } from '../../simulators/simulator.ts'
import { makeContext } from '../calling.ts'

/** The lifetime of the leases in these tests. */
export const LEASE_SECONDS = 900

/**
 * A simulated SFTPGo where keys may act for Root (an administrator) and Alice (a user), and not for
 * Bob or Rita (an administrator); Olga is an administrator who may not manage keys.
 */
export interface OpenSftpgo {
  readonly clock: FakeClock
  readonly simulator: SftpgoSimulator
  /** The driver of an administrator whose leases are API keys. */
  readonly driver: Driver
  /** Root's values, changed by `more`. */
  values(more?: FormValues): FormValues
  /** The secrets of Root's form. */
  secrets(): { readonly password: Secret }
  /** Logs Root in with these values, as a user would enter them. */
  loginRoot(more?: FormValues): Promise<Login>
  /** Logs Root in without another trial of keys, so by one request. */
  openSession(more?: FormValues): Promise<ProviderSession & { readonly token: AccessToken }>
  mint(session: ProviderSession, leaseId?: string): Promise<AccessToken>
  revokeLease(lease: MintedLease, session: ProviderSession): Promise<Revocation>
  context(): ProviderContext
  /** Applies the fault to the next request with this method, or any by default. */
  next(fault: Fault, method?: string): void
  /** The requests after this many, as `POST /path`. */
  lines(after?: number): string[]
  lastRequest(): RecordedRequest
  close(): Promise<void>
}

/** Starts one with a fake clock. */
export async function openSftpgo(options: Partial<SftpgoOptions> = {}): Promise<OpenSftpgo> {
  const password = markedSecret('sftpgo')
  const clock = new FakeClock()
  const http = createHttpClient({ clock, env: {} })
  const simulator = await startSftpgoSimulator({
    accounts: [
      { username: 'root', password, role: 'admin', allowApiKeyAuth: true },
      { username: 'olga', password, role: 'admin', permissions: ['view_users'] },
      { username: 'rita', password, role: 'admin' },
      { username: 'alice', password, allowApiKeyAuth: true },
      { username: 'bob', password },
    ],
    now: () => clock.now(),
    onToken: registerSecret,
    ...options,
  })
  const context = () => makeContext(http, clock)
  const values: OpenSftpgo['values'] = (more = {}) =>
    checkValues(sftpgo, {
      url: simulator.url,
      role: 'admin',
      ...(more['role'] !== 'user' && { leaseBy: 'api_key' }),
      username: 'root',
      ...more,
    })
  const driver = sftpgo.driver(values())
  return {
    ...{ clock, simulator, driver, values, context },
    secrets: () => ({ password: new Secret(password) }),
    loginRoot(more) {
      const form = { values: values(more), secrets: { password: new Secret(password) } }
      return sftpgo.login(form, context())
    },
    async openSession(more) {
      const credential = { password: new Secret(password) }
      const form = { values: { ...values(more), keys: 'proven' }, secrets: credential }
      const { token } = await sftpgo.login(form, context())
      if (!token) throw new Error('The login gave no token.')
      return { values: form.values, credential, token }
    },
    async mint(session, leaseId = 'l1') {
      const request = { leaseId, lifetimeSeconds: LEASE_SECONDS }
      const minted = await driver.mint?.(session, request, context())
      if (!minted) throw new Error('It cannot mint.')
      return minted.token
    },
    async revokeLease(lease, session) {
      const ending = await driver.revokeLease?.(lease, session, context())
      if (!ending) throw new Error('It cannot end leases.')
      return ending
    },
    next: (fault, method) => {
      simulator.faults.next(
        1,
        fault,
        (request) => method === undefined || request.method === method,
      )
    },
    lines: (after = 0) =>
      simulator.requests.slice(after).map(({ method, path }) => `${method} ${path}`),
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
