import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import type { HttpClient } from '../../../main/providers/http/http.ts'
import { koyeb } from '../../../main/providers/koyeb/koyeb.ts'
import type { ProviderSession } from '../../../main/providers/provider.ts'
import { refusalOf, revealHeaders } from '../calling.ts'
import { type OpenKoyeb, openKoyeb, said } from './open-koyeb.ts'

const request = { leaseId: 'l1', lifetimeSeconds: 900 }
const { login } = koyeb
const driver = koyeb.driver({ way: 'api_token' })
const { mint } = driver
if (!mint) throw new Error('The driver lacks an operation that its service supports.')

describe('the Koyeb driver, creating access tokens', () => {
  let service: OpenKoyeb
  beforeEach(async () => {
    service = await openKoyeb()
  })
  afterEach(() => service.close())

  it('creates a token by POST for exactly the lifetime of the lease', async () => {
    const session = await service.signInByToken()
    await mint(session, request, service.context())
    const { method, path, body, headers } = service.lastRequest()
    expect(`${method} ${path}`).toBe(
      `POST /v1/organizations/${service.organizationId}/access_token`,
    )
    expect(body).toBe('{"validity":"900s"}')
    expect(headers['content-type']).toBe('application/json')
    expect(headers['authorization']).toBe(`Bearer ${service.apiToken}`)
    expect(service.simulator.requests).toHaveLength(3)
  })

  it('gives tools one header, and the token type', async () => {
    const session = await service.signInByToken()
    const { token } = await mint(session, request, service.context())
    expect(token.tokenType).toBe('Bearer')
    expect(revealHeaders(token)).toEqual({ Authorization: `Bearer ${token.value.reveal()}` })
    expect(service.simulator.aliveTokens()).toEqual([token.value.reveal()])
    expect(service.simulator.kindOf(token.value.reveal())).toBe('access')
  })

  it('counts the lifetime of a token from before the request, whatever the clock of the service', async () => {
    const session = await service.signInByToken()
    service.simulator.clock.advance(7_200_000)
    const asked = service.clock.now()
    // The response takes five seconds.
    const slow: HttpClient = {
      async send(call) {
        const response = await service.http.send(call)
        service.clock.jumpWall(5_000)
        return response
      },
    }
    const { token } = await mint(session, request, service.context(slow))
    expect(token.expiresAt).toBe(asked + 900_000)
  })

  it('asks for a day at most, and reports the shorter lifetime', async () => {
    const session = await service.signInByToken()
    const long = { leaseId: 'l1', lifetimeSeconds: 604_800 }
    const { token } = await mint(session, long, service.context())
    expect(service.lastRequest().body).toBe('{"validity":"86400s"}')
    expect(token.expiresAt).toBe(service.clock.now() + 86_400_000)
  })

  it('cannot revoke an access token, and says so', () => {
    expect(driver.leaseKinds).toEqual(['dedicated'])
    expect(driver.mintsFrom).toBe('credential')
    expect(driver).not.toHaveProperty('revoke')
    expect(driver).not.toHaveProperty('refresh')
    expect(driver.caution).toContain('cannot revoke tokens early')
  })

  it('makes no call for an account that no longer has an API token', async () => {
    const { values } = await service.signInByToken()
    const session: ProviderSession = { values, credential: {} }
    await refusalOf(mint(session, request, service.context()), 'wrong_credentials')
    expect(service.simulator.requests).toHaveLength(2)
  })

  it('blames a wrong API token, and says how long one is', async () => {
    const session = await service.signInByToken()
    const credential = { token: new Secret('deleted') }
    const first = login(service.tokenForm({}, 'deleted'), service.context())
    const error = await refusalOf(first, 'wrong_credentials', ['deleted'])
    expect(error.message).toContain('API token')
    expect(error.hint).toContain('64 characters')
    const second = mint({ ...session, credential }, request, service.context())
    await refusalOf(second, 'wrong_credentials', ['deleted'])
  })

  it("asks for a personal API token if an organization's is not enough", async () => {
    const { values } = await service.signInByToken()
    const credential = { token: new Secret(service.organizationToken) }
    const minting = mint({ values, credential }, request, service.context())
    const secrets = [service.organizationToken]
    expect((await refusalOf(minting, 'wrong_credentials', secrets)).hint).toContain('personal')
    service.next(403, said(403))
    const attempt = login(service.tokenForm(), service.context())
    expect((await refusalOf(attempt, 'wrong_credentials')).hint).toContain('personal')
  })

  it('blames the organization if the service does not know it', async () => {
    const { values, credential } = await service.signInByToken()
    const session = { values: { ...values, organization: randomUUID() }, credential }
    const error = await refusalOf(mint(session, request, service.context()), 'invalid_request')
    expect(error.message).toContain('knows no such organization')
    expect(error.field).toBe('organization')
    service.next(400, { ...said(400), fields: [{ field: 'id', description: 'x' }] })
    const other = await refusalOf(mint(session, request, service.context()), 'unexpected_answer')
    expect(other.hint).toContain('organization ID')
  })
})
