import { afterEach, describe, expect, it } from 'vitest'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import {
  type GiantswarmOptions,
  type GiantswarmSimulator,
  startGiantswarmSimulator,
} from './giantswarm-simulator.ts'

const password = markedSecret('giantswarm')

describe('the Giant Swarm simulator', () => {
  let simulator: GiantswarmSimulator
  afterEach(() => simulator.close())

  async function start(options: Partial<GiantswarmOptions> = {}): Promise<void> {
    simulator = await startGiantswarmSimulator({
      accounts: [
        { email: 'bob@example.com', password },
        { email: 'old@example.com', password, expired: true },
      ],
      onToken: registerSecret,
      // Its clock stands still unless a test advances it.
      now: () => Date.UTC(2026, 0, 1),
      ...options,
    })
  }

  async function ask(
    method: string,
    path: string,
    authorization?: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
    const answer = await fetch(`${simulator.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) }
  }

  const login = (email = 'bob@example.com', encoded = Buffer.from(password).toString('base64')) =>
    ask('POST', '/v4/auth-tokens/', undefined, { email, password_base64: encoded })
  const tokenOf = async () => `giantswarm ${String((await login()).body['auth_token'])}`

  it('issues tokens that are still valid in ten years', async () => {
    await start()
    const token = await tokenOf()
    simulator.clock.advance(10 * 365 * 86_400_000)
    expect((await ask('GET', '/v4/user/', token)).body['email']).toBe('bob@example.com')
    expect((await ask('GET', '/v4/clusters/', token)).status).toBe(200)
    expect(simulator.aliveTokens()).toHaveLength(1)
  })

  it('revokes a token once', async () => {
    await start()
    const token = await tokenOf()
    const first = await ask('DELETE', '/v4/auth-tokens/', token)
    expect([first.status, first.body['code']]).toEqual([200, 'RESOURCE_DELETED'])
    expect((await ask('DELETE', '/v4/auth-tokens/', token)).status).toBe(401)
    expect((await ask('GET', '/v4/user/', token)).status).toBe(401)
    expect(simulator.counts).toMatchObject({ logins: 1, logouts: 1 })
  })

  it('accepts no other spelling of the scheme', async () => {
    await start()
    const token = (await tokenOf()).slice('giantswarm '.length)
    for (const scheme of ['Giantswarm', 'GIANTSWARM', 'Bearer']) {
      const answer = await ask('GET', '/v4/user/', `${scheme} ${token}`)
      expect([answer.status, answer.body['code']]).toEqual([401, 'PERMISSION_DENIED'])
    }
  })

  it('does not serve a path without its trailing slash', async () => {
    await start()
    expect((await ask('POST', '/v4/auth-tokens', undefined, {})).status).toBe(404)
    await simulator.close()
    await start({ withoutSlash: 'redirect' })
    expect((await ask('GET', '/v4/user')).status).toBe(301)
  })

  it('refuses with error codes', async () => {
    await start()
    expect((await login('nobody@example.com')).body['code']).toBe('INVALID_CREDENTIALS')
    expect((await login('old@example.com')).body['code']).toBe('ACCOUNT_EXPIRED')
    expect((await login('bob@example.com', password)).body['code']).toBe('INVALID_INPUT')
    expect((await ask('POST', '/v4/auth-tokens/')).status).toBe(400)
  })

  it('throttles logins and log-outs until the window is over', async () => {
    await start({ throttle: { calls: 2, windowMs: 300_000 } })
    const statuses = [(await login()).status, (await login()).status, (await login()).status]
    expect(statuses).toEqual([200, 200, 429])
    simulator.clock.advance(299_000)
    expect((await login()).body['code']).toBe('TOO_MANY_REQUESTS')
    expect((await ask('DELETE', '/v4/auth-tokens/', 'giantswarm x')).status).toBe(429)
    simulator.clock.advance(1_000)
    expect((await login()).status).toBe(200)
  })

  it('counts the concurrent logins', async () => {
    await start()
    const release = simulator.gate.hold()
    const both = [login(), login()]
    await simulator.gate.held(2)
    release()
    await Promise.all(both)
    await login()
    expect(simulator.counts).toMatchObject({ logins: 3, peakLogins: 2 })
  })
})
