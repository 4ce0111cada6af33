import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ProviderSession } from '../../../main/providers/provider.ts'
import type { SvixOptions } from '../../simulators/svix-simulator.ts'
import { refusalOf } from '../calling.ts'
import { ACME, type OpenSvix, openSvix } from './open-svix.ts'

const request = { leaseId: 'l1', lifetimeSeconds: 900 }

const servers: readonly { readonly server: string; readonly options: Partial<SvixOptions> }[] = [
  { server: 'of the old generation', options: { generation: 'old' } },
  {
    server: 'of the old generation, without slashes',
    options: { generation: 'old', slashes: false },
  },
  { server: 'that ignores session ids', options: { sessions: false } },
]

describe.each(servers)('the Svix driver, at a server $server', ({ options }) => {
  let service: OpenSvix
  let session: ProviderSession
  let customers: string[]
  beforeEach(async () => {
    service = await openSvix(options)
    customers = [
      service.simulator.addCustomer('app_1'),
      service.simulator.addCustomer(ACME, 'l1'),
      service.simulator.addCustomer('app_2'),
    ]
    session = await service.openSession()
  })
  afterEach(() => service.close())

  const driver = () => service.driver(session.values)
  const alive = () => service.simulator.aliveTokens()

  function learn(learned: ProviderSession['values'] | undefined): void {
    session = { ...session, values: { ...session.values, ...learned } }
  }

  /** Revokes a token as the broker does when it closes a lease. */
  async function end(token: Parameters<ReturnType<typeof driver>['revoke']>[0]): Promise<void> {
    expect(driver().revokeLease).toThrow('lacks this member')
    expect(await driver().revoke(token, session.values, service.context())).toBe('revoked')
  }

  it('learns at the login not to name sessions, without ending any', () => {
    expect(session.values).toMatchObject({ flavour: 'hosted', sessions: 'no' })
    expect(driver().revokeLease).toThrow('lacks this member')
    expect(alive()).toEqual(customers)
  })

  it('revokes a lease and the token of a link, and no customer’s session', async () => {
    for (const make of ['mint', 'portalLink'] as const) {
      const { token, learned } = await driver()[make](session, request, service.context())
      learn(learned)
      expect(alive()).toEqual([...customers, token.value.reveal()])
      await end(token)
      expect(alive()).toEqual(customers)
    }
    expect(service.lines().join()).not.toContain('expire-all')
  })

  it('ends no customer’s session for a lease whose response was lost', async () => {
    const isMint = ({ path }: { readonly path: string }) => path.includes('-access/')
    for (const make of ['mint', 'portalLink'] as const) {
      service.simulator.faults.next(2, { kind: 'lost' }, isMint)
      const attempt = driver()[make](session, request, service.context())
      await refusalOf(attempt, 'temporarily_unavailable')
      expect(driver().revokeLease).toThrow('lacks this member')
      expect(alive()).toEqual(expect.arrayContaining(customers))
    }
    expect(service.lines().join()).not.toContain('expire-all')
  })
})
