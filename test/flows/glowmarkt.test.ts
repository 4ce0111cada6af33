import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../main/base/secret.ts'
import { cliClient } from '../../main/broker/clients.ts'
import { basic, makeLoopback, type TestLoopback } from '../helpers/make-loopback.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { eventually } from '../helpers/waiting.ts'
import {
  type GlowmarktOptions,
  type GlowmarktSimulator,
  startGlowmarktSimulator,
} from '../simulators/glowmarkt-simulator.ts'

const LEASE_MS = 900_000

describe('a Glowmarkt account, whose tokens live for days', () => {
  let endpoint: TestLoopback
  let glowmarkt: GlowmarktSimulator
  let phone: string
  const password = markedSecret('glow')

  async function start(options: Partial<GlowmarktOptions> = {}): Promise<void> {
    endpoint = await makeLoopback()
    glowmarkt = await startGlowmarktSimulator({
      accounts: [{ username: 'alice', password }],
      now: () => endpoint.clock.now(),
      onToken: registerSecret,
      ...options,
    })
    phone = glowmarkt.addPhone('alice').token
    const provider = endpoint.broker.providers.find(({ id }) => id === 'glowmarkt')
    if (!provider) throw new Error('There is no Glowmarkt.')
    await endpoint.broker.logins.add({
      provider,
      name: 'home',
      values: { url: glowmarkt.apiUrl, username: 'alice' },
      secrets: { password: new Secret(password) },
    })
  }

  async function close(): Promise<void> {
    await endpoint.close()
    await glowmarkt.close()
  }

  beforeEach(() => start())
  afterEach(() => close())

  const ask = async (name: string) => {
    const tool = endpoint.addClient(name, 'glowmarkt/home')
    const { status, body } = await endpoint.form(
      '/oauth/token',
      { grant_type: 'client_credentials', audience: 'glowmarkt/home' },
      { headers: basic(tool) },
    )
    return { status, token: String(body['access_token']), body }
  }

  it('gives each tool a dedicated token that is revoked with its lease', async () => {
    const one = await ask('one')
    const two = await ask('two')
    expect(one.status).toBe(200)
    expect(one.body['headers']).toMatchObject({
      token: one.token,
      applicationId: expect.any(String),
    })
    expect(one.token).not.toBe(two.token)
    expect(glowmarkt.aliveTokens()).toEqual(expect.arrayContaining([one.token, two.token, phone]))
    await endpoint.clock.advance(LEASE_MS)
    await eventually(() => glowmarkt.aliveTokens()).not.toContain(one.token)
    await eventually(() => glowmarkt.aliveTokens()).not.toContain(two.token)
    expect(glowmarkt.aliveTokens()).toContain(phone)
  })

  const logins = () => glowmarkt.requests.filter(({ method }) => method === 'POST').length
  const state = () => endpoint.broker.accounts.all()[0]?.record.state

  /** As the user might in another program. */
  const endSession = async () => {
    const [session] = glowmarkt.aliveTokens().filter((token) => token !== phone)
    await fetch(`${glowmarkt.apiUrl}/auth/deleteToken`, {
      method: 'DELETE',
      headers: { token: session ?? '', applicationId: 'b0f1b774-a586-4f72-9edd-27ead8aa7a8d' },
    })
    expect(glowmarkt.aliveTokens()).toEqual([phone])
  }

  it.each(['error', 'not_valid', 'not_valid_ok'] as const)(
    'logs in once when the token that leases are made from was revoked elsewhere, refused with "%s"',
    async (refusedToken) => {
      await close()
      await start({ refusedToken })
      await endSession()
      const before = logins()
      expect((await ask('one')).status).toBe(200)
      expect((await ask('two')).status).toBe(200)
      expect(logins() - before).toBe(1)
    },
  )

  it('reports a 400 that a new login does not fix as it is, and does not blame the password', async () => {
    const before = logins()
    const body = { error: 'Missing elements' }
    glowmarkt.faults.next(
      Number.POSITIVE_INFINITY,
      { kind: 'status', status: 400, body },
      ({ path }) => path.endsWith('/auth/newToken'),
    )
    for (let call = 0; call < 5; call += 1) {
      const { status, body } = await ask(`tool-${call}`)
      expect(status).toBe(400)
      expect(body['error']).not.toBe('login_required')
      expect(JSON.stringify(body)).toContain('even with a new token')
    }
    expect(logins() - before).toBe(1)
    expect(state()).toBe('signed_in')
    glowmarkt.faults.clear()
    await endpoint.clock.advance(60_000)
    expect((await ask('one')).status).toBe(200)
    expect(logins() - before).toBe(1)
  })

  it.each(['error', 'not_valid', 'not_valid_ok'] as const)(
    'lists and revokes tokens by their id after one new login, refused with "%s"',
    async (refusedToken) => {
      await close()
      await start({ refusedToken })
      const account = endpoint.broker.accounts.all()[0]
      if (!account) throw new Error('There is no account.')
      const { tokenAdmin } = endpoint.broker
      const [listed] = (await tokenAdmin.list(account)).filter(({ foreign }) => foreign)
      await endSession()
      expect((await tokenAdmin.list(account)).some(({ foreign }) => foreign)).toBe(true)
      await endSession()
      await tokenAdmin.revokeToken(account, listed?.id ?? '', cliClient)
      expect(glowmarkt.aliveTokens()).not.toContain(phone)
    },
  )

  it('leaves only foreign tokens valid after a stop', async () => {
    await ask('one')
    expect(await endpoint.broker.stop(5_000)).toEqual({ pending: 0, untilExpiry: 0 })
    expect(glowmarkt.aliveTokens()).toEqual([phone])
  })
})
