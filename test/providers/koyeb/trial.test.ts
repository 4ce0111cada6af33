import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { koyeb } from '../../../main/providers/koyeb/koyeb.ts'
import { refusalOf } from '../calling.ts'
import { foreignBodies, type OpenKoyeb, openKoyeb, said } from './open-koyeb.ts'

type Change = Readonly<Record<string, string>>

describe('the Koyeb login by API token, trying the token', () => {
  let service: OpenKoyeb
  beforeEach(async () => {
    service = await openKoyeb()
  })
  afterEach(() => service.close())

  const login = (more: Change = {}, token?: string) =>
    koyeb.login(service.tokenForm(more, token), service.context())

  /** Sets the response to the request that creates a token. */
  const whenMinting = (status: number, body: unknown) =>
    service.simulator.faults.next(1, { kind: 'status', status, body }, ({ method }) => {
      return method === 'POST'
    })

  it('creates one access token that expires after a second, and keeps none', async () => {
    const { token, credential, learned } = await login()
    const path = `/v1/organizations/${service.organizationId}/access_token`
    expect(service.lines()).toEqual(['GET /v1/account/organization', `POST ${path}`])
    const { body, headers } = service.lastRequest()
    expect(body).toBe('{"validity":"1s"}')
    expect(headers['content-type']).toBe('application/json')
    expect(headers['authorization']).toBe(`Bearer ${service.apiToken}`)
    const [made, ...others] = service.simulator.aliveTokens()
    expect([others, token, Object.keys(credential)]).toEqual([[], undefined, ['token']])
    expect(made).toMatch(/^eyJ/)
    expect(JSON.stringify(learned)).not.toContain(made)
    service.clock.jumpWall(1_000)
    expect(service.simulator.aliveTokens()).toEqual([])
  })

  it("refuses an organization's API token, and asks for a personal one", async () => {
    const { organizationToken } = service
    for (const more of [{}, { organization: service.organizationId }]) {
      const attempt = login(more, organizationToken)
      const { hint } = await refusalOf(attempt, 'wrong_credentials', [organizationToken])
      expect(hint).toMatch(/personal.*organization's/)
    }
    expect(service.simulator.aliveTokens()).toEqual([])
  })

  it('creates it for the entered organization, if that is another one of the user', async () => {
    await login({ organization: service.secondId })
    expect(service.lastRequest().path).toBe(`/v1/organizations/${service.secondId}/access_token`)
  })

  it("refuses an entered organization that is not the user's, or does not exist", async () => {
    for (const organization of [service.strangeId, randomUUID()]) {
      const error = await refusalOf(login({ organization }), 'invalid_request')
      expect(error.message).toContain('organization')
      expect(error.hint).toContain('eave it empty')
    }
    const fields = [{ field: 'id', description: 'is not a UUID' }]
    whenMinting(400, { ...said(400), fields })
    const error = await refusalOf(login({ organization: 'acme' }), 'invalid_request')
    expect(error.message).toContain('organization')
    expect(service.simulator.aliveTokens()).toEqual([])
  })

  it('names both if the kind of token may be the reason too', async () => {
    const attempt = login({ organization: service.secondId }, service.organizationToken)
    const error = await refusalOf(attempt, 'invalid_request', [service.organizationToken])
    expect(`${error.message} ${error.hint}`).toMatch(/organization.*personal/)
  })

  it('does not blame a token for a minimum lifetime of the service', async () => {
    await service.close()
    service = await openKoyeb({ shortestSeconds: 60 })
    expect((await login()).label).toContain('Acme')
    const { label } = await login({ organization: service.secondId })
    expect(label).toContain(service.secondId)
  })

  it('draws no conclusion from other errors', async () => {
    for (const fields of [
      undefined,
      [],
      [{ field: 'id' }],
      [{ field: 'validity' }, 'id'],
      [null],
    ]) {
      whenMinting(400, { ...said(400), fields })
      await refusalOf(login(), 'unexpected_answer')
    }
    whenMinting(200, { token: '' })
    await refusalOf(login(), 'unexpected_answer')
  })

  it('believes only the service', async () => {
    for (const status of [400, 401, 403, 404]) {
      for (const body of foreignBodies) {
        whenMinting(status, body)
        await refusalOf(login({ organization: service.secondId }), 'unexpected_answer')
      }
    }
  })
})
