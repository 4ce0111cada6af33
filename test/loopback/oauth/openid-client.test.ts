import * as oauth from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLoopback, type TestClient, type TestLoopback } from '../../helpers/make-loopback.ts'

let endpoint: TestLoopback
let client: TestClient
beforeAll(async () => {
  endpoint = await makeLoopback()
  await endpoint.newAccount()
  client = endpoint.addClient('library', 'sftpgo/alice', 'giantswarm/bob')
})
afterAll(() => endpoint.close())

const discover = (authentication?: oauth.ClientAuth) =>
  oauth.discovery(new URL(endpoint.issuer), client.id, client.secret, authentication, {
    algorithm: 'oauth2',
    // The library requires https, and allows http on loopback only if configured.
    execute: [oauth.allowInsecureRequests],
  })

const useAtSftpgo = async (token: string) => {
  const headers = { authorization: `Bearer ${token}` }
  return (await fetch(`${endpoint.sftpgo.url}/api/v2/user/dirs`, { headers })).status
}

describe('openid-client, unmodified', () => {
  it.each([
    ['client_secret_basic', () => oauth.ClientSecretBasic(client.secret)],
    ['client_secret_post', () => oauth.ClientSecretPost(client.secret)],
  ])('discovers the endpoint and gets a token that the service takes, by %s', async (_way, by) => {
    const config = await discover(by())

    const tokens = await oauth.clientCredentialsGrant(config, { audience: 'sftpgo/alice' })

    expect(tokens.token_type).toBe('bearer')
    expect(tokens.expiresIn()).toBeGreaterThan(0)
    expect(await useAtSftpgo(tokens.access_token)).toBe(200)
  })

  it('selects the account by the URL of its service', async () => {
    const config = await discover()

    const resource = `${endpoint.sftpgo.url}/api/v2`
    const tokens = await oauth.clientCredentialsGrant(config, { resource })

    expect(tokens['account']).toBe('sftpgo/alice')
  })

  it('introspects and revokes a lease', async () => {
    const config = await discover()
    const { access_token: token } = await oauth.clientCredentialsGrant(config, {
      audience: 'sftpgo/alice',
    })

    const before = await oauth.tokenIntrospection(config, token)
    await oauth.tokenRevocation(config, token)
    const after = await oauth.tokenIntrospection(config, token)

    expect(before).toMatchObject({ active: true, client_id: client.id, aud: 'sftpgo/alice' })
    expect(after).toEqual({ active: false })
    expect(await useAtSftpgo(token)).toBe(401)
  })

  it('understands our errors', async () => {
    const config = await discover()

    await expect(
      oauth.clientCredentialsGrant(config, { audience: 'sftpgo/nobody' }),
    ).rejects.toMatchObject({ error: 'invalid_target', status: 400 })
    await expect(
      oauth.clientCredentialsGrant(config, { audience: 'sftpgo/alice', scope: 'all' }),
    ).rejects.toMatchObject({ error: 'invalid_scope', status: 400 })
  })

  it('reports that a service is down, which it would not with a 503', async () => {
    const config = await discover()
    const fault = { kind: 'html', status: 503 } as const
    endpoint.giantswarm.faults.next(1, fault, ({ method }) => method === 'POST')

    await expect(
      oauth.clientCredentialsGrant(config, { audience: 'giantswarm/bob' }),
    ).rejects.toMatchObject({ error: 'temporarily_unavailable', status: 400 })
    await endpoint.clock.advance(60_000)
  })

  it('refuses the scheme "giantswarm": tools send the headers of the response there', async () => {
    const config = await discover()

    await expect(
      oauth.clientCredentialsGrant(config, { audience: 'giantswarm/bob' }),
    ).rejects.toMatchObject({
      name: 'ClientError',
      code: 'OAUTH_UNSUPPORTED_OPERATION',
      message: 'unsupported operation',
      cause: { message: 'unsupported `token_type` value' },
    })
  })
})

describe("Node's fetch where openid-client refuses", () => {
  it('uses the headers of the response unchanged', async () => {
    const form = {
      grant_type: 'client_credentials',
      audience: 'giantswarm/bob',
      client_id: client.id,
      client_secret: client.secret,
    }

    const { body } = await endpoint.form('/oauth/token', form)

    expect(body['token_type']).toBe('giantswarm')
    const headers = body['headers'] as Record<string, string>
    expect(headers).toEqual({ Authorization: `giantswarm ${body['access_token']}` })
    expect((await fetch(`${endpoint.giantswarm.url}/v4/clusters/`, { headers })).status).toBe(200)
  })
})
