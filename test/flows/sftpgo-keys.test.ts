import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../main/base/secret.ts'
import { sftpgo as provider } from '../../main/providers/sftpgo.ts'
import {
  basic,
  makeLoopback,
  type TestClient,
  type TestLoopback,
} from '../helpers/make-loopback.ts'
import { markedSecret } from '../helpers/marks.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

describe('an SFTPGo administrator whose leases are API keys', () => {
  const password = markedSecret('root')
  let endpoint: TestLoopback
  let tool: TestClient

  beforeEach(async () => {
    endpoint = await makeLoopback({
      sftpgo: {
        accounts: [
          { username: 'root', password, role: 'admin', allowApiKeyAuth: true },
          { username: 'alice', password, allowApiKeyAuth: true },
        ],
      },
    })
    await endpoint.broker.signing.add({
      provider,
      name: 'root',
      values: {
        ...{ url: endpoint.sftpgo.url, username: 'root', role: 'admin' },
        ...{ leaseBy: 'api_key', keyUser: 'alice' },
      },
      secrets: { password: new Secret(password) },
    })
    tool = endpoint.addClient('tool', 'sftpgo/root')
  })
  afterEach(() => endpoint.close())

  const ask = (more: Readonly<Record<string, string>> = {}) =>
    endpoint.form(
      '/oauth/token',
      { grant_type: 'client_credentials', audience: 'sftpgo/root', ...more },
      { headers: basic(tool) },
    )
  /** What was sent meanwhile, as `POST /path`. */
  const sentBy = async (work: () => Promise<unknown>) => {
    const before = endpoint.sftpgo.requests.length
    await work()
    return endpoint.sftpgo.requests.slice(before).map(({ method, path }) => `${method} ${path}`)
  }

  it('notices rights that were given back, by one new login, which it asks for once a minute', async () => {
    endpoint.sftpgo.change('root', { permissions: ['view_users'] })
    await endpoint.clock.advance(21 * MINUTE)
    const refused = await ask()
    expect(refused.body['error']).toBe('login_required')
    expect(refused.body['error_description']).toContain('permission *')
    endpoint.sftpgo.change('root', { permissions: ['*'] })
    // The last token was made for this, so that its rights are believed for a while.
    expect(await sentBy(ask)).toEqual(['POST /api/v2/apikeys'])
    await endpoint.clock.advance(MINUTE)
    const sent = await sentBy(async () => expect((await ask()).status).toBe(200))
    const made = sent.filter((line) => !line.endsWith('/logout'))
    expect(made).toEqual(['POST /api/v2/apikeys', 'GET /api/v2/token', 'POST /api/v2/apikeys'])
  })
})
