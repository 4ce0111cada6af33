import { Secret } from '../../main/base/secret.ts'
import type { ProviderId } from '../../main/providers/provider.ts'
import type { TestLoopback } from '../helpers/make-loopback.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import {
  type GlowmarktSimulator,
  startGlowmarktSimulator,
} from '../simulators/glowmarkt-simulator.ts'
import {
  type SvixOptions,
  type SvixSimulator,
  startSvixSimulator,
} from '../simulators/svix-simulator.ts'

export const HOME = '/v1/accounts/glowmarkt/home'
export const SHOP = '/v1/accounts/svix/shop'

/** Accounts whose services support further operations on tokens. */
export interface TokenAccounts {
  readonly glowmarkt: GlowmarktSimulator
  readonly svix: SvixSimulator
  /** The credential of the Glowmarkt account. */
  readonly password: string
  close(): Promise<void>
}

/** Logs in to `glowmarkt/home` and `svix/shop`. */
export async function addTokenAccounts(
  endpoint: TestLoopback,
  differently: Partial<SvixOptions> = {},
): Promise<TokenAccounts> {
  const password = markedSecret('alice')
  const shared = { now: () => endpoint.clock.now(), onToken: registerSecret }
  const accounts = [{ username: 'alice', password }]
  const glowmarkt = await startGlowmarktSimulator({ ...shared, accounts })
  const svix = await startSvixSimulator({
    ...shared,
    environments: [
      {
        key: markedSecret('key'),
        applications: [
          { uid: 'app_shop', name: 'The shop' },
          { uid: 'app_yard', name: 'The yard' },
        ],
      },
    ],
    ...differently,
  })
  await add(endpoint, 'glowmarkt', {
    name: 'home',
    values: { url: glowmarkt.apiUrl, username: 'alice' },
    secrets: { password: new Secret(password) },
  })
  await add(endpoint, 'svix', {
    name: 'shop',
    values: { url: svix.url, application: 'app_shop' },
    secrets: { key: new Secret(svix.keyOf()) },
  })
  return {
    ...{ glowmarkt, svix, password },
    async close() {
      await Promise.all([glowmarkt.close(), svix.close()])
    },
  }
}

type Entered = Pick<
  Parameters<TestLoopback['broker']['logins']['add']>[0],
  'name' | 'values' | 'secrets'
>

async function add({ broker }: TestLoopback, id: ProviderId, entered: Entered): Promise<void> {
  const provider = broker.providers.find((each) => each.id === id)
  if (!provider) throw new Error(`There is no ${id}.`)
  await broker.logins.add({ provider, ...entered })
}
