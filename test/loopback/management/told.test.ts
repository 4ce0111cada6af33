import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMemoryVault } from '../../../main/vault/memory-vault.ts'
import type { Vault } from '../../../main/vault/vault.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import { markedSecret } from '../../helpers/marks.ts'

const ALICE = '/v1/accounts/sftpgo/alice'
const DOWN = { kind: 'status', status: 503, body: { error: 'maintenance' } } as const

describe('the tokens of an account whose service is down', () => {
  let endpoint: TestLoopback
  beforeEach(async () => {
    endpoint = await makeLoopback()
    await endpoint.newAccount()
    await endpoint.manage('POST', '/v1/tokens', { account: 'sftpgo/alice' })
    endpoint.sftpgo.faults.next(Number.POSITIVE_INFINITY, DOWN)
  })
  afterEach(() => endpoint.close())

  it.each([
    ['DELETE', ALICE],
    ['POST', `${ALICE}/logout`],
  ])('are returned by %s %s, and listed afterwards', async (method, path) => {
    const { body } = await endpoint.manage(method, path)
    // The lease has the same token as the session, so it is reported once.
    expect(body).toMatchObject({ leases: [{ at_service: 'pending', waits_for: 'service' }] })
    expect(body).not.toHaveProperty('lingering')
    expect((await endpoint.manage('GET', '/v1/leases')).body).toMatchObject({
      leases: [],
      lingering: [{ account: 'sftpgo/alice', use: 'session', at_service: 'pending' }],
    })
    expect((await endpoint.manage('GET', '/v1/status')).body).toMatchObject({ pending: 1 })
  })

  it('are returned by a logout even if no lease was open', async () => {
    await endpoint.clock.advance(16 * 60_000)
    const { body } = await endpoint.manage('POST', `${ALICE}/logout`)
    expect(body).toMatchObject({
      leases: [],
      lingering: [{ account: 'sftpgo/alice', use: 'session', at_service: 'pending' }],
    })
  })
})

describe('an API key whose lease is closed while its server is down', () => {
  it('is deleted from the list of the server when it is available again', async () => {
    const password = markedSecret('root')
    const endpoint = await makeLoopback({
      sftpgo: { accounts: [{ username: 'root', password, role: 'admin', allowApiKeyAuth: true }] },
    })
    const { sftpgo, clock, manage } = endpoint
    const values = { url: sftpgo.url, username: 'root', role: 'admin', leaseBy: 'api_key' }
    const added = { provider: 'sftpgo', name: 'root', values, secrets: { password } }
    expect((await manage('POST', '/v1/accounts', added)).status).toBe(201)
    await manage('POST', '/v1/tokens', { account: 'sftpgo/root' })
    sftpgo.faults.next(Number.POSITIVE_INFINITY, DOWN)
    await clock.advance(40 * 60_000)
    const counts = async () => (await manage('GET', '/v1/status')).body
    await expect.poll(counts).toMatchObject({ pending: 0, expired: 1 })
    expect(sftpgo.apiKeys()).toHaveLength(1)
    sftpgo.faults.clear()
    const later = async () => {
      await clock.advance(10_000)
      return await counts()
    }
    await expect.poll(later, { timeout: 10_000 }).toMatchObject({ expired: 0 })
    expect(sftpgo.apiKeys()).toEqual([])
    await endpoint.close()
  })
})

describe('a keychain that changes between two checks', () => {
  let endpoint: TestLoopback
  const keychain = { state: 'open' as Awaited<ReturnType<Vault['look']>> }
  beforeEach(async () => {
    keychain.state = 'open'
    const memory = createMemoryVault(new FakeClock())
    const vault: Vault = {
      kind: 'keychain',
      get: (key) => memory.get(key),
      set: (key, secret) => memory.set(key, secret),
      delete: (key) => memory.delete(key),
      keys: () => memory.keys(),
      look: async () => keychain.state,
    }
    endpoint = await makeLoopback({ vault })
  })
  afterEach(() => endpoint.close())

  it('is reported by the status as it is, even if it was not used', async () => {
    const state = async () => (await endpoint.manage('GET', '/v1/status')).body['vault']
    expect(await state()).toMatchObject({ state: 'ready' })
    keychain.state = 'locked'
    await endpoint.clock.advance(10_000)
    expect(await state()).toMatchObject({ state: 'vault_locked' })
    keychain.state = 'open'
    await endpoint.clock.advance(10_000)
    expect(await state()).toMatchObject({ state: 'ready' })
  })
})
