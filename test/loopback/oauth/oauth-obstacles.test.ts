import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import {
  basic,
  type FormFields,
  makeLoopback,
  type TestClient,
  type TestLoopback,
} from '../../helpers/make-loopback.ts'
import type { RecordedRequest } from '../../simulators/simulator.ts'
import { expectRefusal } from '../refused.ts'

let endpoint: TestLoopback
let client: TestClient
beforeAll(async () => {
  endpoint = await makeLoopback()
  await endpoint.newAccount()
  client = endpoint.addClient('tool', 'sftpgo/alice')
})
afterAll(() => endpoint.close())

let count = 0
beforeEach(() => {
  count += 1
})

const grant = { grant_type: 'client_credentials' }
const ask = (fields: FormFields) =>
  endpoint.form('/oauth/token', fields, { headers: basic(client) })

describe('no token is issued because of', () => {
  /** An earlier logout must not trigger the fault that is meant for a login. */
  const isLogin = ({ method }: RecordedRequest) => method === 'POST'
  const bob = () => endpoint.addClient(`bob-${count}`, 'giantswarm/bob')

  it('a service that is limiting requests: 429, and when to retry', async () => {
    const headers = basic(bob())
    const body = { code: 'TOO_MANY_REQUESTS', message: 'Slow down.' }
    endpoint.giantswarm.faults.next(
      1,
      { kind: 'status', status: 429, headers: { 'retry-after': '30' }, body },
      isLogin,
    )

    const answer = await endpoint.form('/oauth/token', grant, { headers })

    expect(expectRefusal(answer, 429, 'rate_limited').retry_after).toBe(30)
    await endpoint.clock.advance(30_000)
  })

  it('a service that is down: 400, because libraries drop the body of a 503', async () => {
    const headers = basic(bob())
    endpoint.giantswarm.faults.next(1, { kind: 'html', status: 503 }, isLogin)

    const answer = await endpoint.form('/oauth/token', grant, { headers })

    const { retry_after } = expectRefusal(answer, 400, 'temporarily_unavailable')
    expect(retry_after).toBeGreaterThan(0)
    await endpoint.clock.advance(60_000)
  })

  it('a service with an invalid response', async () => {
    const headers = basic(bob())
    endpoint.giantswarm.faults.next(1, { kind: 'malformed' }, isLogin)

    expectRefusal(await endpoint.form('/oauth/token', grant, { headers }), 400, 'unexpected_answer')
    await endpoint.clock.advance(60_000)
  })

  it('the lock', async () => {
    endpoint.broker.lock()

    expectRefusal(await ask(grant), 400, 'vault_locked')

    endpoint.broker.unlock()
    expect((await ask(grant)).status).toBe(200)
  })

  it('a record that cannot be written', async () => {
    endpoint.breakAudit(new TokentrayError('record_unavailable'))

    const answer = await ask(grant)

    endpoint.breakAudit(null)
    expectRefusal(answer, 400, 'record_unavailable')
    expect(answer.body).not.toHaveProperty('access_token')
  })

  it('an account that needs a login', async () => {
    await endpoint.manage('POST', '/v1/accounts/sftpgo/alice/logout')

    expectRefusal(await ask(grant), 400, 'login_required')

    await endpoint.manage('POST', '/v1/accounts/sftpgo/alice/login', {
      secrets: { password: endpoint.passwords.alice },
    })
    expect((await ask(grant)).status).toBe(200)
  })

  it('an internal error: it is logged, and no detail is returned', async () => {
    endpoint.breakAudit(new TypeError('a mistake with details'))

    const answer = await ask(grant)

    endpoint.breakAudit(null)
    expectRefusal(answer, 500, 'server_error')
    expect(JSON.stringify(answer.body)).not.toContain('details')
    expect(endpoint.logged.join()).toContain('a request failed')
  })
})

describe('a caller that disconnects', () => {
  it('does not affect others: those waiting for the same token get it, with one login', async () => {
    const init = { headers: basic(endpoint.addClient(`gone-${count}`, 'giantswarm/bob')) }
    const { giantswarm } = endpoint
    const before = giantswarm.counts.logins
    const release = giantswarm.gate.hold(({ method }) => method === 'POST')
    const caller = new AbortController()
    const first = endpoint.form('/oauth/token', grant, { ...init, signal: caller.signal })
    first.catch(() => 'looked at below')
    await giantswarm.gate.held(1)

    caller.abort()
    await expect(first).rejects.toMatchObject({ name: 'AbortError' })
    const second = endpoint.form('/oauth/token', grant, init)
    release()

    expect((await second).status).toBe(200)
    expect(giantswarm.counts.logins - before).toBe(1)
  })
})
