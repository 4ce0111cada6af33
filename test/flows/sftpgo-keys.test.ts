import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../main/base/secret.ts'
import { sftpgo as provider } from '../../main/providers/sftpgo/sftpgo.ts'
import {
  basic,
  makeLoopback,
  type TestClient,
  type TestLoopback,
} from '../helpers/make-loopback.ts'
import { markedSecret } from '../helpers/marks.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const STEP_MS = 100

describe('an SFTPGo administrator whose leases are API keys', () => {
  const password = markedSecret('root')
  const accounts = [
    { username: 'root', password, role: 'admin', allowApiKeyAuth: true },
    { username: 'alice', password, allowApiKeyAuth: true },
  ] as const
  let endpoint: TestLoopback
  let tool: TestClient

  beforeEach(async () => {
    endpoint = await makeLoopback({ sftpgo: { accounts } })
    await newAccount()
    tool = endpoint.addClient('tool', 'sftpgo/root')
  })
  afterEach(() => endpoint.close())

  const newAccount = () =>
    endpoint.broker.logins.add({
      provider,
      name: 'root',
      values: {
        ...{ url: endpoint.sftpgo.url, username: 'root', role: 'admin' },
        ...{ leaseBy: 'api_key', keyUser: 'alice' },
      },
      secrets: { password: new Secret(password) },
    })
  const ask = (more: Readonly<Record<string, string>> = {}) =>
    endpoint.form(
      '/oauth/token',
      { grant_type: 'client_credentials', audience: 'sftpgo/root', ...more },
      { headers: basic(tool) },
    )
  /** The requests sent meanwhile, as `POST /path`. */
  const sentBy = async (work: () => Promise<unknown>) => {
    const before = endpoint.sftpgo.requests.length
    await work()
    return endpoint.sftpgo.requests.slice(before).map(({ method, path }) => `${method} ${path}`)
  }

  it('notices restored permissions by one new login, at most once a minute', async () => {
    endpoint.sftpgo.change('root', { permissions: ['view_users'] })
    await endpoint.clock.advance(21 * MINUTE)
    const refused = await ask()
    expect(refused.body['error']).toBe('login_required')
    expect(refused.body['error_description']).toContain('permission *')
    endpoint.sftpgo.change('root', { permissions: ['*'] })
    // The last token was issued for this check, so its permissions are trusted for a while.
    expect(await sentBy(ask)).toEqual(['POST /api/v2/apikeys'])
    await endpoint.clock.advance(MINUTE)
    const sent = await sentBy(async () => expect((await ask()).status).toBe(200))
    const made = sent.filter((line) => !line.endsWith('/logout'))
    expect(made).toEqual(['POST /api/v2/apikeys', 'GET /api/v2/token', 'POST /api/v2/apikeys'])
  })

  const stateOf = async () => {
    const { body } = await endpoint.manage('GET', '/v1/accounts')
    return (body['accounts'] as { readonly state: string }[])[0]?.state
  }
  const isTaken = (key: unknown) => endpoint.sftpgo.aliveTokens().includes(String(key))
  const KEYS_OFF = 'does not allow API key authentication'
  const loginAgain = () =>
    endpoint.broker.logins.loginAgain(endpoint.broker.accounts.get('sftpgo/root'), {
      secrets: { password: new Secret(password) },
    })

  it('stops creating keys once two in a row are refused, says why, and leaves none behind', async () => {
    const first = await ask()
    endpoint.sftpgo.change('alice', { allowApiKeyAuth: false })
    const refused = await ask({ refused_lease: String(first.body['lease_id']) })
    expect(refused.body['error']).toBe('login_required')
    expect(refused.body['error_description']).toContain(KEYS_OFF)
    expect(await stateOf()).toBe('login_required')
    const sent = await sentBy(async () => {
      for (let tries = 0; tries < 3; tries += 1) {
        expect((await ask()).body['error_description']).toContain(KEYS_OFF)
      }
    })
    expect(sent).toEqual([])
    expect(endpoint.sftpgo.apiKeys()).toEqual([])
    endpoint.sftpgo.change('alice', { allowApiKeyAuth: true })
    await loginAgain()
    expect(isTaken((await ask()).body['access_token'])).toBe(true)
    expect(await stateOf()).toBe('signed_in')
  })

  it('creates a key as usual if only the previous one was refused, once the new one was checked', async () => {
    const first = await ask()
    const [key] = endpoint.sftpgo.apiKeys()
    const sent = await sentBy(async () => {
      const next = await ask({ refused_lease: String(first.body['lease_id']) })
      expect(isTaken(next.body['access_token'])).toBe(true)
    })
    expect(sent).toContain('GET /api/v2/user/dirs')
    expect(endpoint.sftpgo.apiKeys().map(({ id }) => id)).not.toContain(key?.id)
    const another = endpoint.addClient('another', 'sftpgo/root')
    const third = await sentBy(() =>
      endpoint.form(
        '/oauth/token',
        { grant_type: 'client_credentials' },
        { headers: basic(another) },
      ),
    )
    expect(third).toEqual(['POST /api/v2/apikeys'])
  })

  it("is not reported as logged in after a login was refused because of the account's state", async () => {
    endpoint.sftpgo.change('alice', { allowApiKeyAuth: false })
    await expect(loginAgain()).rejects.toMatchObject({ code: 'not_supported' })
    expect(await stateOf()).toBe('login_required')
    expect((await ask()).body['error_description']).toContain(KEYS_OFF)
  })

  it('stays logged in after a login was refused because of what was entered', async () => {
    const account = endpoint.broker.accounts.get('sftpgo/root')
    const secrets = { password: new Secret(password) }
    for (const login of [
      { secrets: { password: new Secret(markedSecret('wrong')) } },
      { secrets, values: { keyUser: 'nobody' } },
      { secrets, oneTimeCode: new Secret('12') },
    ]) {
      await expect(endpoint.broker.logins.loginAgain(account, login)).rejects.toThrow()
    }
    expect(await stateOf()).toBe('signed_in')
    expect(isTaken((await ask()).body['access_token'])).toBe(true)
  })

  it('logs in through a rate limiter of one request a second, and leaves nothing behind', async () => {
    await endpoint.close()
    endpoint = await makeLoopback({
      sftpgo: { accounts, rate: { average: 1, periodMs: SECOND } },
    })
    await advanceUntilDone(newAccount())
    expect(endpoint.sftpgo.requests.length).toBeGreaterThan(4)
    expect(endpoint.sftpgo.apiKeys()).toEqual([])
    expect(endpoint.sftpgo.counts.logins).toBe(1)
    // The final log-out is sent without a wait.
    await endpoint.clock.advance(MINUTE)
  })

  it('leaves neither a key nor a session of a login that the rate limiter interrupts', async () => {
    const slow = { kind: 'status', status: 429, headers: { 'retry-after': '20' } } as const
    const before = endpoint.sftpgo.aliveTokens()
    endpoint.sftpgo.faults.next(1, slow, ({ path }) => path.endsWith('/dirs'))
    await expect(advanceUntilDone(loginAgain())).rejects.toMatchObject({ code: 'rate_limited' })
    expect(endpoint.sftpgo.apiKeys()).toHaveLength(1)
    await advanceUntilDone(endpoint.manage('GET', '/v1/status'), MINUTE)
    expect(endpoint.sftpgo.apiKeys()).toEqual([])
    expect(endpoint.sftpgo.aliveTokens()).toEqual(before)
  })

  it('leaves neither if that was the first login, without an account to revoke them with', async () => {
    await endpoint.broker.logins.remove(endpoint.broker.accounts.get('sftpgo/root'))
    const slow = { kind: 'status', status: 429, headers: { 'retry-after': '20' } } as const
    endpoint.sftpgo.faults.next(1, slow, ({ path }) => path.endsWith('/dirs'))
    await expect(advanceUntilDone(newAccount())).rejects.toMatchObject({ code: 'rate_limited' })
    expect(endpoint.sftpgo.aliveTokens()).toHaveLength(2)
    await advanceUntilDone(endpoint.manage('GET', '/v1/status'), 2 * MINUTE)
    expect(endpoint.sftpgo.apiKeys()).toEqual([])
    expect(endpoint.sftpgo.aliveTokens()).toEqual([])
  })

  it('finds a key whose response was lost at the first login through the session that created it', async () => {
    await endpoint.broker.logins.remove(endpoint.broker.accounts.get('sftpgo/root'))
    endpoint.sftpgo.faults.next(1, { kind: 'lost' }, ({ method }) => method === 'POST')
    await expect(advanceUntilDone(newAccount())).rejects.toMatchObject({
      code: 'temporarily_unavailable',
    })
    await advanceUntilDone(endpoint.manage('GET', '/v1/status'), 6 * MINUTE)
    expect(endpoint.sftpgo.apiKeys()).toEqual([])
    expect(endpoint.sftpgo.aliveTokens()).toEqual([])
  })

  /** Advances time in steps, slower than requests, until `work` is done and for at least `ms`. */
  async function advanceUntilDone<Value>(work: Promise<Value>, leastMs = 0): Promise<Value> {
    let isDone = false
    const done = work.finally(() => {
      isDone = true
    })
    done.catch(() => undefined)
    for (let ms = 0; ms < leastMs || !isDone; ms += STEP_MS) {
      await endpoint.manage('GET', '/v1/health')
      await endpoint.clock.advance(STEP_MS)
    }
    return await done
  }
})
