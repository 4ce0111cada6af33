import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { type SftpgoSimulator, startSftpgoSimulator } from './sftpgo-simulator.ts'

const KEYS = '/api/v2/apikeys'

describe("the SFTPGo simulator's API keys", () => {
  let simulator: SftpgoSimulator
  const password = markedSecret('sftpgo')
  const now = Date.UTC(2026, 0, 1)

  beforeEach(async () => {
    simulator = await startSftpgoSimulator({
      accounts: [
        { username: 'root', password, role: 'admin', allowApiKeyAuth: true },
        { username: 'olga', password, role: 'admin', permissions: ['view_users'] },
        { username: 'alice', password, allowApiKeyAuth: true },
        { username: 'bob', password },
      ],
      onToken: registerSecret,
      now: () => now,
      defender: { threshold: 4 },
    })
  })
  afterEach(() => simulator.close())

  async function bearerOf(username: string, route = 'token'): Promise<Record<string, string>> {
    const basic = Buffer.from(`${username}:${password}`).toString('base64')
    const answer = await fetch(`${simulator.url}/api/v2/${route}`, {
      headers: { authorization: `Basic ${basic}` },
    })
    return { authorization: `Bearer ${String(memberOf(await answer.json(), 'access_token'))}` }
  }

  const send = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
    fetch(`${simulator.url}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })

  async function makeKey(record: object): Promise<string> {
    const answer = await send('POST', KEYS, await bearerOf('root'), { name: 'one', ...record })
    return String(memberOf(await answer.json(), 'key'))
  }

  const use = async (key: string, path: string, method = 'GET') =>
    (await send(method, path, { 'x-sftpgo-api-key': key })).status

  it('shows a key once, with its location', async () => {
    const record = { name: 'one', scope: 2, user: 'alice', expires_at: now + 1 }
    const answer = await send('POST', KEYS, await bearerOf('root'), record)
    expect(answer.status).toBe(201)
    const key = String(memberOf(await answer.json(), 'key'))
    const id = answer.headers.get('x-object-id')
    expect(answer.headers.get('location')).toBe(`${KEYS}/${id}`)
    expect(key.startsWith(`${id}.`)).toBe(true)
    const listed = await (await send('GET', KEYS, await bearerOf('root'))).text()
    expect(JSON.parse(listed)).toMatchObject([{ id, ...record, created_at: now }])
    expect(listed).not.toContain(key.split('.')[1])
  })

  it('refuses records that name no account, both kinds of account, or a missing one', async () => {
    const root = await bearerOf('root')
    for (const record of [
      { scope: 1, admin: 'root' },
      { name: 'one', scope: 3 },
      { name: 'one', scope: 2, user: 'alice', admin: 'root' },
      { name: 'one', scope: 2, user: 'nobody' },
      { name: 'one', scope: 2, user: 'alice', expires_at: 'soon' },
    ]) {
      expect((await send('POST', KEYS, root, record)).status).toBe(400)
    }
    expect(simulator.apiKeys()).toEqual([])
  })

  it('accepts a key on the routes of its scope until the millisecond of its expiry', async () => {
    const key = await makeKey({ scope: 2, user: 'alice', expires_at: now + 1_000 })
    const forever = await makeKey({ scope: 1, admin: 'root' })
    expect(await use(key, '/api/v2/user/dirs')).toBe(200)
    expect(await use(key, '/api/v2/version')).toBe(403)
    expect(await use(forever, '/api/v2/version')).toBe(200)
    expect(simulator.aliveTokens()).toEqual(expect.arrayContaining([key, forever]))
    simulator.clock.advance(1_001)
    expect(await use(key, '/api/v2/user/dirs')).toBe(401)
    expect(simulator.aliveTokens()).not.toContain(key)
    expect(simulator.aliveTokens()).toContain(forever)
  })

  it('accepts a key from every address and after a restart', async () => {
    const key = await makeKey({ scope: 2, user: 'alice' })
    simulator.changeClientIp()
    simulator.restart()
    expect(await use(key, '/api/v2/user/dirs')).toBe(200)
  })

  it('takes the account from the key if the record names none', async () => {
    const key = await makeKey({ scope: 2 })
    expect(await use(key, '/api/v2/user/dirs')).toBe(401)
    expect(await use(`${key}.alice`, '/api/v2/user/dirs')).toBe(200)
  })

  it('refuses keys of an account that does not allow them', async () => {
    const key = await makeKey({ scope: 2, user: 'bob' })
    expect(await use(key, '/api/v2/user/dirs')).toBe(401)
    expect(simulator.aliveTokens()).not.toContain(key)
  })

  it('distinguishes a wrong secret from an unknown id, and counts both', async () => {
    const key = await makeKey({ scope: 2, user: 'alice' })
    const path = '/api/v2/user/dirs'
    expect(await use(`${key.split('.')[0]}.wrong`, path)).toBe(401)
    expect(await use('malformed', path)).toBe(400)
    expect(await use('nobody.secret', path)).toBe(400)
    expect(await use(key, path)).toBe(200)
    expect(await use(key, '/api/v2/version')).toBe(403)
    expect(simulator.bannedForMs()).toBeGreaterThan(0)
    expect(await use(key, path)).toBe(403)
  })

  it('bans a tool that keeps using a deleted key', async () => {
    const key = await makeKey({ scope: 2, user: 'alice' })
    await send('DELETE', `${KEYS}/${key.split('.')[0]}`, await bearerOf('root'))
    const statuses = []
    for (let tries = 0; tries < 3; tries += 1) statuses.push(await use(key, '/api/v2/user/dirs'))
    expect(statuses).toEqual([400, 400, 403])
  })

  it("refuses the user's profile to every key, and allows its folders", async () => {
    const key = await makeKey({ scope: 2, user: 'alice' })
    const profile = await send('GET', '/api/v2/user/profile', { 'x-sftpgo-api-key': key })
    const words = { message: 'API key authentication is not allowed' }
    expect([profile.status, await profile.json()]).toEqual([403, words])
    expect(await use(key, '/api/v2/user/dirs')).toBe(200)
  })

  it('creates keys that it ignores while keys are disabled', async () => {
    simulator.switchKeys(true)
    const key = await makeKey({ scope: 2, user: 'alice' })
    const answer = await send('GET', '/api/v2/user/dirs', { 'x-sftpgo-api-key': key })
    const words = { message: 'Unauthorized', error: 'no token found' }
    expect([answer.status, await answer.json()]).toEqual([401, words])
    simulator.switchKeys(false)
    expect(await use(key, '/api/v2/user/dirs')).toBe(200)
  })

  it('refuses the keys of a disabled user with the same message, and deletes those of a deleted one', async () => {
    const key = await makeKey({ scope: 2, user: 'alice' })
    simulator.change('alice', { disabled: true })
    expect(await use(key, '/api/v2/user/dirs')).toBe(401)
    simulator.remove('alice')
    expect(simulator.apiKeys()).toEqual([])
  })

  it('accepts a past or negative expiry, the latter as unlimited, and keeps expired keys', async () => {
    const past = await makeKey({ scope: 2, user: 'alice', expires_at: now - 1 })
    const never = await makeKey({ scope: 2, user: 'alice', expires_at: -1 })
    expect(await use(past, '/api/v2/user/dirs')).toBe(401)
    expect(await use(never, '/api/v2/user/dirs')).toBe(200)
    expect(simulator.apiKeys()).toHaveLength(2)
  })

  it('allows only administrators with every permission to manage keys, and no key', async () => {
    const key = await makeKey({ scope: 1, admin: 'root' })
    const status = async (headers: Record<string, string>) =>
      (await send('GET', KEYS, headers)).status
    expect(await status(await bearerOf('root'))).toBe(200)
    expect(await status(await bearerOf('olga'))).toBe(403)
    expect(await status(await bearerOf('alice', 'user/token'))).toBe(401)
    expect(await status({ 'x-sftpgo-api-key': key })).toBe(403)
    expect(await use(key, '/api/v2/logout')).toBe(403)
  })

  it('shows authorized administrators whether an account allows keys', async () => {
    const recordOf = async (of: string, by: string) => {
      const answer = await send('GET', `/api/v2/${of}`, await bearerOf(by))
      return [answer.status, await answer.json()]
    }
    const on = { username: 'alice', status: 1, filters: { allow_api_key_auth: true } }
    expect(await recordOf('users/alice', 'root')).toEqual([200, on])
    expect(await recordOf('users/bob', 'root')).toEqual([
      200,
      expect.objectContaining({ filters: {} }),
    ])
    expect((await recordOf('users/nobody', 'root'))[0]).toBe(404)
    expect((await recordOf('users/alice', 'olga'))[0]).toBe(200)
    expect((await recordOf('admins/root', 'olga'))[0]).toBe(403)
  })

  it('lists in pages, in either order, 100 by default and 500 at most', async () => {
    simulator.addApiKeys(600, 'many')
    const root = await bearerOf('root')
    const list = async (query: string) => {
      const items: unknown = await (await send('GET', `${KEYS}${query}`, root)).json()
      return Array.isArray(items) ? items.map((item) => memberOf(item, 'id')) : []
    }
    const all = simulator.apiKeys().map(({ id }) => id)
    expect(await list('')).toEqual(all.slice(0, 100))
    expect(await list('?limit=1000')).toEqual(all.slice(0, 500))
    expect(await list('?limit=500&offset=500&order=ASC')).toEqual(all.slice(500))
    expect(await list('?limit=2&order=DESC')).toEqual(all.slice(-2).reverse())
    expect((await send('GET', `${KEYS}?order=UP`, root)).status).toBe(400)
  })

  it('makes a key permanent if its update omits the expiry', async () => {
    const key = await makeKey({ scope: 2, user: 'alice', expires_at: now + 1 })
    const path = `${KEYS}/${key.split('.')[0]}`
    const root = await bearerOf('root')
    const updated = await send('PUT', path, root, { name: 'one', scope: 2, user: 'alice' })
    expect(updated.status).toBe(200)
    simulator.clock.advance(600_000)
    expect(await use(key, '/api/v2/user/dirs')).toBe(200)
  })

  it('deletes a key at once, and only once', async () => {
    const key = await makeKey({ scope: 2, user: 'alice' })
    const path = `${KEYS}/${key.split('.')[0]}`
    const root = await bearerOf('root')
    expect((await send('DELETE', path, root)).status).toBe(200)
    expect(await use(key, '/api/v2/user/dirs')).toBe(400)
    expect((await send('DELETE', path, root)).status).toBe(404)
    expect(simulator.counts.logouts).toBe(1)
  })
})

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined
}
