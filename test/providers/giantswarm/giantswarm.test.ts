import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { giantswarm } from '../../../main/providers/giantswarm/giantswarm.ts'
import { createHttpClient } from '../../../main/providers/http/client.ts'
import type { ClosableHttpClient } from '../../../main/providers/http/http.ts'
import type { AccessToken, LoginForm } from '../../../main/providers/provider.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import {
  type GiantswarmSimulator,
  startGiantswarmSimulator,
} from '../../simulators/giantswarm-simulator.ts'
import type { RecordedRequest } from '../../simulators/simulator.ts'
import { makeContext, refusalOf } from '../calling.ts'

/** The header names of a request, as spelled by the sender. */
const spelled = ({ rawHeaders }: RecordedRequest) =>
  rawHeaders.filter((_, index) => index % 2 === 0)

describe('the Giant Swarm driver', () => {
  const driver = giantswarm.driver({})
  let clock: FakeClock
  let http: ClosableHttpClient
  let simulator: GiantswarmSimulator
  const password = `${markedSecret('giantswarm')} pässwörd €`

  beforeEach(async () => {
    clock = new FakeClock()
    http = createHttpClient({ clock, env: {} })
    simulator = await startGiantswarmSimulator({
      accounts: [
        { email: 'bob@example.com', password },
        { email: 'old@example.com', password, expired: true },
      ],
      now: () => clock.now(),
      onToken: registerSecret,
    })
  })
  afterEach(async () => {
    await http.close()
    await simulator.close()
  })

  const context = (changes: Parameters<typeof makeContext>[2] = {}) =>
    makeContext(http, clock, changes)

  function form(email = 'bob@example.com', more: Readonly<Record<string, string>> = {}): LoginForm {
    return {
      values: { url: simulator.url, email, ...more },
      secrets: { password: new Secret(password) },
    }
  }

  async function tokenOf(entered: LoginForm, given = context()): Promise<AccessToken> {
    const { token } = await giantswarm.login(entered, given)
    if (!token) throw new Error('The login gave no token.')
    return token
  }

  function lastRequest(): RecordedRequest {
    const request = simulator.requests.at(-1)
    if (!request) throw new Error('Nothing was sent.')
    return request
  }

  it('logs in by POST with a trailing slash, base64 of UTF-8 and no Authorization', async () => {
    await giantswarm.login(form(), context())
    const { method, path, body, headers } = lastRequest()
    expect(`${method} ${path}`).toBe('POST /v4/auth-tokens/')
    expect(JSON.parse(body)).toEqual({
      email: 'bob@example.com',
      password_base64: Buffer.from(password, 'utf8').toString('base64'),
    })
    expect(headers['content-type']).toBe('application/json')
    expect(headers).not.toHaveProperty('authorization')
  })

  it('writes the scheme in lower case, in its own calls and for tools', async () => {
    const token = await tokenOf(form())
    const scheme = `giantswarm ${token.value.reveal()}`
    expect(token.tokenType).toBe('giantswarm')
    expect(token.headers['Authorization']?.reveal()).toBe(scheme)
    await driver.probe?.(token, form().values, context())
    expect(lastRequest().path).toBe('/v4/user/')
    expect(lastRequest().headers['authorization']).toBe(scheme)
  })

  it('revokes a token by DELETE with a trailing slash and no body', async () => {
    const token = await tokenOf(form())
    await driver.revoke?.(token, form().values, context())
    const { method, path, body, headers } = lastRequest()
    expect(`${method} ${path}`).toBe('DELETE /v4/auth-tokens/')
    expect(body).toBe('')
    expect(headers['authorization']).toBe(`giantswarm ${token.value.reveal()}`)
  })

  it('issues tokens that never expire, one for each lease', async () => {
    expect(driver.leaseKinds).toEqual(['dedicated'])
    expect((await tokenOf(form())).expiresAt).toBeNull()
  })

  it('sends a new request id with every call, and the activity', async () => {
    const ids = ['one', 'two', 'three']
    const newId = () => ids.shift() ?? 'none'
    const token = await tokenOf(form(), context({ newId }))
    await driver.probe?.(token, form().values, context({ newId, activity: 'probe' }))
    await driver.revoke?.(token, form().values, context({ newId, activity: 'logout' }))
    expect(simulator.requests.map(({ headers }) => headers['x-request-id'])).toEqual([
      'one',
      'two',
      'three',
    ])
    expect(simulator.requests.map(({ headers }) => headers['x-giant-swarm-activity'])).toEqual([
      'login',
      'probe',
      'logout',
    ])
    expect(spelled(lastRequest())).toEqual(
      expect.arrayContaining(['X-Request-ID', 'X-Giant-Swarm-Activity']),
    )
  })

  it('does not send the command line unless that is turned on', async () => {
    const commandLine = ['kubectl', 'get', 'pods']
    await giantswarm.login(form(), context({ commandLine: () => commandLine }))
    await giantswarm.login(
      form(undefined, { sendCommandLine: 'no' }),
      context({ commandLine: () => commandLine }),
    )
    await giantswarm.login(form(undefined, { sendCommandLine: 'yes' }), context())
    for (const request of simulator.requests) {
      expect(request.headers).not.toHaveProperty('x-giant-swarm-cmdline')
    }
  })

  it('sends the redacted command line if that is turned on', async () => {
    const secret = markedSecret('option')
    const commandLine = ['deploy', '--password', secret, `--api-token=${secret}`, '--dry-run']
    await giantswarm.login(
      form(undefined, { sendCommandLine: 'yes' }),
      context({ commandLine: () => commandLine }),
    )
    expect(lastRequest().headers['x-giant-swarm-cmdline']).toBe(
      'deploy --password *** --api-token=*** --dry-run',
    )
    expect(spelled(lastRequest())).toContain('X-Giant-Swarm-CmdLine')
  })

  it('reports an expired account differently from a wrong password', async () => {
    const expired = await refusalOf(
      giantswarm.login(form('old@example.com'), context()),
      'wrong_credentials',
    )
    const wrong = await refusalOf(
      giantswarm.login(form('nobody@example.com'), context()),
      'wrong_credentials',
    )
    expect(expired.message).toContain('expired')
    expect(wrong.message).not.toContain('expired')
  })

  it('reads the code of a 401, and refuses one without a code', async () => {
    const refuse = (body?: unknown) =>
      simulator.faults.next(1, { kind: 'status', status: 401, body })
    refuse({ code: 'PERMISSION_DENIED', message: '' })
    await refusalOf(giantswarm.login(form(), context()), 'wrong_credentials')
    refuse({ code: 'SOMETHING_NEW', message: '' })
    await refusalOf(giantswarm.login(form(), context()), 'unexpected_answer')
    refuse({ code: 401 })
    await refusalOf(giantswarm.login(form(), context()), 'unexpected_answer')
    refuse()
    await refusalOf(giantswarm.login(form(), context()), 'unexpected_answer')
  })

  it('waits five minutes on TOO_MANY_REQUESTS by code or on 429 by status', async () => {
    const token = await tokenOf(form())
    const refusals = [
      { status: 429, body: undefined },
      { status: 400, body: { code: 'TOO_MANY_REQUESTS', message: '' } },
      { status: 401, body: { code: 'TOO_MANY_REQUESTS', message: '' } },
    ]
    const calls = [
      () => giantswarm.login(form(), context()),
      () => driver.revoke?.(token, form().values, context()) ?? Promise.reject(),
      () => driver.probe?.(token, form().values, context()) ?? Promise.reject(),
    ]
    for (const { status, body } of refusals) {
      for (const call of calls) {
        simulator.faults.next(1, { kind: 'status', status, body })
        const error = await refusalOf(call(), 'rate_limited')
        expect(error.retryAt).toBe(clock.now() + 300_000)
      }
    }
  })

  it('gives a token up only if the service itself says so', async () => {
    const token = await tokenOf(form())
    const ending = () => driver.revoke?.(token, form().values, context()) ?? Promise.reject()
    for (const fault of [
      { kind: 'html', status: 401 },
      { kind: 'html', status: 200 },
      { kind: 'status', status: 401, body: { error: 'proxy login' } },
      { kind: 'status', status: 401, body: { code: 'UNAUTHENTICATED', message: 'Sign in first' } },
      { kind: 'status', status: 200, body: { code: 'SOMETHING_ELSE', message: '' } },
      { kind: 'status', status: 404, body: { code: 'RESOURCE_NOT_FOUND', message: '' } },
    ] as const) {
      simulator.faults.next(1, fault)
      await refusalOf(ending(), 'unexpected_answer')
    }
    expect(simulator.aliveTokens()).toHaveLength(1)
    expect(await ending()).toBe('revoked')
  })

  it('keeps a token that the service does not delete because the account has expired', async () => {
    const token = await tokenOf(form())
    const body = { code: 'ACCOUNT_EXPIRED', message: '' }
    simulator.faults.next(2, { kind: 'status', status: 401, body })
    expect(await driver.probe?.(token, form().values, context())).toBe('refused')
    const ending = () => driver.revoke?.(token, form().values, context()) ?? Promise.reject()
    const error = await refusalOf(ending(), 'temporarily_unavailable')
    expect(error.message).toContain('expired')
    expect(error.retryAt).toBe(clock.now() + 300_000)
    expect(await ending()).toBe('revoked')
  })

  it('accepts a token with another 2xx status, because it would never be revoked otherwise', async () => {
    simulator.faults.next(1, { kind: 'altered', status: 201 })
    const { value } = await tokenOf(form())
    expect(simulator.aliveTokens()).toEqual([value.reveal()])
  })

  it('says that the API is retired, in the summary and at the address', () => {
    expect(giantswarm.summary).toContain('retired')
    expect(giantswarm.fields.find(({ name }) => name === 'url')?.help).toContain('retired')
  })
})
