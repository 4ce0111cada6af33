import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { basic, makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { expectRefusal } from '../refused.ts'

const HOUR = 3_600_000

describe('why an account needs a login', () => {
  let endpoint: TestLoopback
  beforeEach(async () => {
    endpoint = await makeLoopback()
    await endpoint.newAccount()
    endpoint.sftpgo.change('alice', { password: markedSecret('changed') })
    await endpoint.clock.advance(HOUR)
  })
  afterEach(() => endpoint.close())

  const ask = () =>
    endpoint.form(
      '/oauth/token',
      { grant_type: 'client_credentials', audience: 'sftpgo/alice' },
      { headers: basic(endpoint.addClient('tool', 'sftpgo/alice')) },
    )
  const list = async () => {
    const { body } = await endpoint.manage('GET', '/v1/accounts')
    return (body['accounts'] as Readonly<Record<string, unknown>>[]).find(
      ({ id }) => id === 'sftpgo/alice',
    )
  }

  it('is returned to the tool and shown in the list of accounts', async () => {
    const { status, body } = await ask()
    expect(status).toBe(400)
    expect(body).toMatchObject({
      error: 'login_required',
      error_description: expect.stringMatching(
        /^sftpgo\/alice needs you to log in again: 127\.0\.0\.1:\d+ did not accept the password, or/,
      ),
      hint: expect.stringMatching(/^Run "tokentray login sftpgo\/alice"\./),
    })
    expect(await list()).toMatchObject({
      state: 'login_required',
      login_required_reason: {
        description: expect.stringMatching(/^127\.0\.0\.1:\d+ did not accept the password, or/),
        hint: expect.stringMatching(/^Enter the password again/),
        since: endpoint.clock.now() / 1_000,
      },
    })
  })

  it('is gone once the user has logged in', async () => {
    await ask()
    const password = markedSecret('new')
    endpoint.sftpgo.change('alice', { password })
    const account = endpoint.broker.accounts.get('sftpgo/alice')
    await endpoint.broker.logins.loginAgain(account, {
      secrets: { password: new Secret(password) },
    })
    expect(await list()).not.toHaveProperty('login_required_reason')
  })
})

describe('a second factor over HTTP', () => {
  it('needs only the code', async () => {
    const password = markedSecret('totp')
    const endpoint = await makeLoopback({
      sftpgo: { accounts: [{ username: 'alice', password, totpSecret: 'JBSWY3DPEHPK3PXP' }] },
    })
    const code = () => endpoint.sftpgo.codeFor('alice')
    const form = {
      ...{ provider: 'sftpgo', name: 'alice', secrets: { password } },
      values: { url: endpoint.sftpgo.url, username: 'alice' },
    }
    expectRefusal(await endpoint.manage('POST', '/v1/accounts', form), 422, 'otp_required')
    const added = await endpoint.manage('POST', '/v1/accounts', { ...form, one_time_code: code() })
    expect(added).toMatchObject({ status: 201, body: { needs_code: true } })
    await endpoint.clock.advance(HOUR)

    const again = await endpoint.manage('POST', '/v1/accounts/sftpgo/alice/login', {
      one_time_code: code(),
    })
    expect(again).toMatchObject({ status: 200, body: { state: 'signed_in' } })
    await endpoint.close()
  })
})
