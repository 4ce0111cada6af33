import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  basic,
  makeLoopback,
  type TestClient,
  type TestLoopback,
} from '../helpers/make-loopback.ts'

describe('an SFTPGo that was restarted, and has forgotten all tokens', () => {
  let endpoint: TestLoopback
  let tool: TestClient

  beforeEach(async () => {
    endpoint = await makeLoopback()
    await endpoint.newAccount()
    tool = endpoint.addClient('backup', 'sftpgo/alice')
  })
  afterEach(() => endpoint.close())

  const ask = async () => {
    const fields = { grant_type: 'client_credentials', audience: 'sftpgo/alice' }
    const { body } = await endpoint.form('/oauth/token', fields, { headers: basic(tool) })
    return String(body['access_token'])
  }

  it.each(['shared', 'dedicated'] as const)(
    'no longer gets its old tokens reused once the user has logged in (%s)',
    async (kind) => {
      await endpoint.manage('PATCH', '/v1/accounts/sftpgo/alice', { lease_kind: kind })
      const before = await ask()
      expect(endpoint.sftpgo.aliveTokens()).toContain(before)
      endpoint.sftpgo.restart()
      const login = await endpoint.manage('POST', '/v1/accounts/sftpgo/alice/login', {
        secrets: { password: endpoint.passwords.alice },
      })
      expect(login.status).toBe(200)
      const after = await ask()
      expect(after).not.toBe(before)
      expect(endpoint.sftpgo.aliveTokens()).toContain(after)
    },
  )

  it('nor after a lock', async () => {
    await endpoint.manage('PATCH', '/v1/accounts/sftpgo/alice', { lease_kind: 'dedicated' })
    const before = await ask()
    endpoint.sftpgo.restart()
    await endpoint.manage('POST', '/v1/lock', {})
    await endpoint.manage('POST', '/v1/unlock', {})
    expect(await ask()).not.toBe(before)
  })
})
