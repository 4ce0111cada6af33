import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { createHttpClient } from '../../../main/providers/http/client.ts'
import type { HttpClient, HttpResponse } from '../../../main/providers/http/http.ts'
import { sftpgo } from '../../../main/providers/sftpgo/sftpgo.ts'
import { markedSecret } from '../../helpers/marks.ts'
import type { Barrier } from '../../simulators/sftpgo-simulator.ts'
import { makeContext, refusalOf } from '../calling.ts'
import { type OpenSftpgo, openSftpgo } from './open-sftpgo.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('the SFTPGo driver, with an account that must do something first', () => {
  let service: OpenSftpgo

  beforeEach(async () => {
    service = await openSftpgo()
  })
  afterEach(() => service.close())

  const user = (more = {}) => ({ role: 'user', username: 'alice', ...more })

  it('refuses one that must change the password, says what to do, and leaves no token', async () => {
    service.simulator.change('alice', { mustChangePassword: true })
    const error = await refusalOf(service.loginRoot(user()), 'not_supported')
    expect(error.message).toMatch(/^alice must change the password at 127\.0\.0\.1:\d+ first\.$/)
    expect(error.hint).toContain('log in with the new one')
    expect(service.lines().at(-1)).toBe('GET /api/v2/user/logout')
    expect(service.simulator.aliveTokens()).toEqual([])
  })

  it.each([
    { mustEnrol: ['HTTP', 'SSH'], which: '(for HTTP, SSH)' },
    { mustEnrol: [], which: 'first.' },
    { mustEnrol: ['<b>HTTP</b>\n'], which: 'first.' },
  ])('refuses one that must set up two-factor authentication for $mustEnrol', async (row) => {
    service.simulator.change('root', { mustEnrol: row.mustEnrol })
    const error = await refusalOf(service.loginRoot(), 'not_supported')
    expect(error.message).toContain('root must set up two-factor authentication')
    expect(error.message).toContain(row.which)
    expect(error.message).not.toContain('<b>')
    expect(service.lines()).toEqual(['GET /api/v2/token', 'GET /api/v2/logout'])
    expect(service.simulator.aliveTokens()).toEqual([])
  })

  it('refuses it for a lease and a renewal in the same way', async () => {
    const values = service.values(user())
    const login = await service.loginRoot(user())
    const session = { values, credential: login.credential }
    service.simulator.change('alice', { mustChangePassword: true })
    const minted = sftpgo.driver(values).mint?.(session, request, service.context())
    await refusalOf(minted ?? Promise.resolve(), 'not_supported')
    await refusalOf(service.loginRoot(user()), 'not_supported')
    expect(service.simulator.aliveTokens()).toEqual([login.token?.value.reveal()])
  })

  it('takes a token that says so itself for unusable, without a call', async () => {
    const values = service.values(user())
    const { token } = await service.loginRoot(user())
    if (!token) throw new Error('The login gave no token.')
    service.simulator.change('alice', { mustChangePassword: true })
    const { access_token } = await loginElsewhere(service, 'alice')
    const useless = { ...token, value: new Secret(String(access_token)) }
    const before = service.simulator.requests.length
    const probe = sftpgo.driver(values).probe
    expect(await probe?.(useless, values, service.context())).toBe('refused')
    expect(service.simulator.requests).toHaveLength(before)
    expect(await probe?.(token, values, service.context())).toBe('accepted')
  })

  it.each([
    'Password change required. Please set a new password',
    'Two-factor authentication requirements not met',
  ])('takes a token for unusable by the error of the server: %s', async (error) => {
    const values = service.values(user())
    const { token } = await service.loginRoot(user())
    if (!token) throw new Error('The login gave no token.')
    service.next({ kind: 'status', status: 403, body: { message: '', error } })
    const { probe } = sftpgo.driver(values)
    expect(await probe?.(token, values, service.context())).toBe('refused')
  })
})

describe('the SFTPGo driver, refused with 403', () => {
  let service: OpenSftpgo

  beforeEach(async () => {
    service = await openSftpgo()
  })
  afterEach(() => service.close())

  const asAlice = () => service.loginRoot({ role: 'user', username: 'alice' })
  const barred = (barrier: Barrier) => {
    service.simulator.change('alice', { barred: barrier })
    return asAlice()
  }
  const told = (error: string, message = '') => {
    service.next({ kind: 'status', status: 403, body: { message, error } })
    return asAlice()
  }

  it.each([
    { barrier: 'protocol', says: /does not let alice log in over HTTP/ },
    { barrier: 'method', says: /does not let alice log in with a password/ },
  ] as const)('needs the user if the $barrier is not allowed', async ({ barrier, says }) => {
    const error = await refusalOf(barred(barrier), 'not_supported')
    expect(error.message).toMatch(says)
    expect(error.hint).toContain('Ask the administrator of the server')
  })

  it.each([
    { barrier: 'address', says: /from this address/, waitMs: HOUR },
    { barrier: 'sessions', says: /too many sessions/, waitMs: 15 * MINUTE },
  ] as const)('retries only after a long time for $barrier', async (row) => {
    const error = await refusalOf(barred(row.barrier), 'temporarily_unavailable')
    expect(error.message).toMatch(row.says)
    expect(error.retryAt).toBe(service.clock.now() + row.waitMs)
  })

  it('gives no reason if a hook of the server refused, which gives none', async () => {
    const error = await refusalOf(told('permission denied', 'Forbidden'), 'temporarily_unavailable')
    expect(error.message).toMatch(/does not let alice log in\.$/)
    expect(error.retryAt).toBe(service.clock.now() + HOUR)
  })

  it('waits a moment for a server that is shutting down, without silencing it', async () => {
    const error = await refusalOf(told('the service is shutting down'), 'temporarily_unavailable')
    expect(error.message).toMatch(/is shutting down\.$/)
    expect(error.retryAt).toBe(service.clock.now() + 10_000)
  })

  it('reports a host name that the server does not accept', async () => {
    await service.close()
    service = await openSftpgo({ allowedHosts: ['files.example.com'] })
    const error = await refusalOf(asAlice(), 'not_supported')
    expect(error.message).toMatch(/does not respond under that name\.$/)
  })

  it('does not read a reason from the name of an account', async () => {
    for (const username of ['banned', 'your IP is "blocked" sessions']) {
      const words = `protocol HTTP is not allowed for user ${JSON.stringify(username)}`
      const error = await refusalOf(told(words, 'Forbidden'), 'not_supported')
      expect(error.message).toMatch(/over HTTP/)
    }
  })

  it('stops calling the server for a ban and an unknown reason', async () => {
    for (const words of ['your IP address is blocked', 'go away', '']) {
      const error = await refusalOf(told(words), 'rate_limited')
      expect(error.retryAt).toBe(service.clock.now() + 46 * MINUTE)
      expect(error.message).not.toContain('go away')
    }
  })

  it('reads only the start of a reason, so that matching is fast', async () => {
    const long = `${'API key "\\" '.repeat(100)} protocol HTTP is not allowed`
    expect(long.length).toBeGreaterThan(1_000)
    const error = await refusalOf(told(long), 'rate_limited')
    expect(error.message).toMatch(/refused the request \(403\) without saying why\.$/)
  })

  it('reports a block only if the server does', async () => {
    const banned = await refusalOf(told('your IP address is blocked'), 'rate_limited')
    expect(banned.message).toContain("has blocked this computer's address")
    const unknown = await refusalOf(told('go away'), 'rate_limited')
    expect(unknown.message).toMatch(/refused the request \(403\) without saying why\.$/)
    expect(unknown.hint).toContain('the login page of a network')
    const crowd = await refusalOf(told('you are not allowed to connect'), 'rate_limited')
    expect(crowd.message).toMatch(/does not accept connections from this computer\.$/)
  })

  it('says nothing about a valid token while the address is banned', async () => {
    const { values, credential, token } = await service.openSession()
    const body = { message: '', error: 'your IP address is blocked' }
    service.next({ kind: 'status', status: 403, body })
    const probe = service.driver.probe?.(token, values, service.context())
    await refusalOf(probe ?? Promise.resolve(), 'rate_limited')
    service.next({ kind: 'status', status: 403, body })
    await refusalOf(service.mint({ values, credential, token }), 'rate_limited')
  })
})

describe('the silence that SFTPGo asks for', () => {
  let service: OpenSftpgo
  const answers: HttpResponse[] = []

  beforeEach(async () => {
    service = await openSftpgo({ defender: { threshold: 2 } })
    answers.length = 0
  })
  afterEach(() => service.close())

  /** The silence after each response of the server, in minutes. */
  async function silences(
    work: (http: HttpClient) => Promise<unknown>,
  ): Promise<(number | null)[]> {
    const http = createHttpClient({ clock: service.clock, env: {} })
    const listening: HttpClient = {
      async send(request) {
        const answer = await http.send(request)
        answers.push(answer)
        return answer
      },
    }
    await work(listening).catch(() => undefined)
    await http.close()
    const now = service.clock.now()
    return answers.map((answer) => {
      const silence = sftpgo.silence?.(answer, now) ?? null
      return silence && (silence.until - now) / MINUTE
    })
  }

  const loginWith = (username: string, password: string) => (http: HttpClient) => {
    const values = service.values({ role: 'user', username })
    const secrets = { password: new Secret(password) }
    return sftpgo.login({ values, secrets }, makeContext(http, service.clock))
  }

  it('is longer than a ban, and not for the refusal of one account', async () => {
    const wrong = markedSecret('wrong')
    expect(await silences(loginWith('nobody', wrong))).toEqual([null])
    expect(await silences(loginWith('nobody', wrong))).toEqual([null, 46])
    expect(service.simulator.bannedForMs()).toBe(45 * MINUTE)
  })

  it.each([
    { message: 'Forbidden' },
    { message: 'Forbidden', error: 'protocol HTTP is not allowed for user "blocked"' },
    { message: 'Forbidden', error: 'login method password is not allowed for user "al"' },
    { message: 'Forbidden', error: 'login for user "al" is not allowed from this address: ::1' },
    { message: 'Forbidden', error: 'too many open sessions: 2' },
    { message: 'Forbidden', error: 'permission denied' },
    { message: '', error: 'Password change required. Please set a new password' },
    { message: '', error: 'Two-factor authentication requirements not met' },
    { message: 'API key authentication is not allowed' },
    { message: '', error: 'the provided api key is invalid for this request' },
    { message: '', error: 'the service is shutting down' },
    { message: '', error: 'Forbidden' },
  ])('is not what $error $message means', async (body) => {
    service.next({ kind: 'status', status: 403, body })
    expect(await silences(loginWith('alice', 'x'))).toEqual([null])
  })

  it.each([
    { kind: 'status', status: 403, body: { message: 'Forbidden', error: 'something new' } },
    { kind: 'status', status: 403, body: {} },
    { kind: 'html', status: 403 },
  ] as const)('is set for an unknown 403: $kind $body', async (fault) => {
    service.next(fault)
    expect(await silences(loginWith('alice', 'x'))).toEqual([46])
  })

  it.each([
    { error: 'your IP address is blocked', says: /has blocked this computer/ },
    {
      error: 'you are not allowed to connect',
      says: /does not accept connections from this computer/,
    },
    { error: 'something new', says: /refused the request \(403\) without saying why/ },
  ])('reports the response and no more: $error', async ({ error, says }) => {
    service.next({ kind: 'status', status: 403, body: { message: 'Forbidden', error } })
    await silences(loginWith('alice', 'x'))
    const [said] = answers.map((answer) => sftpgo.silence?.(answer, service.clock.now()))
    expect(said?.sentence).toMatch(says)
  })

  it('is as long as the rate limiter says, or a minute', async () => {
    service.next({ kind: 'status', status: 429, headers: { 'retry-after': '120' } })
    expect(await silences(loginWith('alice', 'x'))).toEqual([2])
    service.next({ kind: 'status', status: 429 })
    expect(await silences(loginWith('alice', 'x'))).toEqual([2, 1])
  })
})

const request = { leaseId: 'l1', lifetimeSeconds: 900 }

/** The response to another program's login as a user. */
async function loginElsewhere(
  { simulator, loginRoot }: OpenSftpgo,
  username: string,
): Promise<Readonly<Record<string, unknown>>> {
  const sent = simulator.requests.length
  await refusalOf(loginRoot({ role: 'user', username }), 'not_supported')
  const { authorization = '' } = simulator.requests[sent]?.headers ?? {}
  const answer = await fetch(`${simulator.url}/api/v2/user/token`, { headers: { authorization } })
  const body: unknown = await answer.json()
  return typeof body === 'object' && body !== null ? { ...body } : {}
}
