import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TRY_NOW_COMMAND } from '../../../main/broker/service/hosts.ts'
import { basic, makeLoopback, type TestLoopback } from '../../helpers/make-loopback.ts'
import { expectRefusal } from '../refused.ts'

const MINUTE = 60_000
const BANNED = {
  kind: 'status',
  status: 403,
  body: { message: 'Forbidden', error: 'your IP address is blocked' },
} as const

describe('an SFTPGo that has banned this computer', () => {
  let endpoint: TestLoopback
  let host: string

  beforeEach(async () => {
    endpoint = await makeLoopback()
    await endpoint.newAccount()
    host = new URL(endpoint.sftpgo.url).host
    // The token of the login has expired, and its success no longer counts.
    await endpoint.clock.advance(30 * MINUTE)
    endpoint.sftpgo.faults.next(Number.POSITIVE_INFINITY, BANNED)
  })
  afterEach(() => endpoint.close())

  const account = 'sftpgo/alice'
  const again = { provider: 'sftpgo', again: account }
  const issue = (more: object = {}) => endpoint.manage('POST', '/v1/tokens', { account, ...more })
  const login = (more: object) =>
    endpoint.manage('POST', '/v1/accounts/sftpgo/alice/login', {
      secrets: { password: endpoint.passwords.alice },
      ...more,
    })
  const add = (more: object) =>
    endpoint.manage('POST', '/v1/accounts', {
      ...{ provider: 'sftpgo', name: 'second' },
      values: { url: endpoint.sftpgo.url, username: 'alice' },
      secrets: { password: endpoint.passwords.alice },
      ...more,
    })
  const sent = async (work: () => Promise<unknown>) => {
    const before = endpoint.sftpgo.requests.length
    await work()
    return endpoint.sftpgo.requests.length - before
  }

  it('is reported to a tool, with when to retry', async () => {
    const tool = endpoint.addClient('tool', account)
    const ask = () =>
      endpoint.form('/oauth/token', { grant_type: 'client_credentials' }, { headers: basic(tool) })
    for (const answer of [await ask(), await ask()]) {
      expect(expectRefusal(answer, 429, 'rate_limited').retry_after).toBe(46 * 60)
      expect(answer.headers.get('retry-after')).toBe(String(46 * 60))
      expect(answer.body['error_description']).toContain(`${host} has blocked this computer`)
    }
  })

  it('is shown in the status and with its accounts, and with no others', async () => {
    await issue()
    const silent = {
      ...{ host, until: endpoint.clock.now() / 1_000 + 46 * 60 },
      message: expect.stringContaining(`${host} has blocked this computer's address`),
      hint: expect.stringContaining('Ask the administrator of the server'),
    }
    const { body: status } = await endpoint.manage('GET', '/v1/status')
    expect(status['silent_hosts']).toEqual([silent])
    const { body } = await endpoint.manage('GET', '/v1/accounts')
    expect(body['accounts']).toEqual([
      expect.objectContaining({ id: account, silent_host: silent }),
      expect.not.objectContaining({ silent_host: expect.anything() }),
    ])
  })

  it('is recorded and logged once', async () => {
    await issue()
    await issue()
    const recorded = endpoint.events.filter(({ event }) => event === 'host_silent')
    expect(recorded).toEqual([
      expect.objectContaining({ host, endsAt: endpoint.clock.now() + 46 * MINUTE }),
    ])
    const logged = endpoint.logged.filter((line) => line.startsWith('a host wants to be left'))
    expect(logged).toHaveLength(1)
  })

  it.each([
    ['a token', () => issue(), () => issue({ try_now: true })],
    ['a login', () => login({}), () => login({ try_now: true })],
    ['a new account', () => add({}), () => add({ try_now: true })],
  ] as const)('is sent one request for %s, and only if the user wants to try', async (...row) => {
    await issue()
    const [, ask, tryNow] = row
    expect(await sent(async () => expectRefusal(await ask(), 429, 'rate_limited'))).toBe(0)
    const tried = await sent(async () => {
      const { hint } = expectRefusal(await tryNow(), 429, 'rate_limited')
      expect(hint).not.toContain(TRY_NOW_COMMAND)
    })
    expect(tried).toBe(1)
    expect(await sent(ask)).toBe(0)
  })

  it('is reported when a form is checked, unless the user wants to try', async () => {
    await issue()
    const form = { provider: 'sftpgo', values: { url: endpoint.sftpgo.url, username: 'zoe' } }
    for (const body of [again, form]) {
      const check = (more: object) =>
        endpoint.manage('POST', '/v1/accounts/check', { ...body, ...more })
      expectRefusal(await check({}), 429, 'rate_limited')
      expect((await check({ try_now: true })).status).toBe(200)
    }
  })

  it('is over for all callers once it has answered the user', async () => {
    await issue()
    endpoint.sftpgo.faults.clear()
    expect((await issue({ try_now: true })).status).toBe(200)
    const { body } = await endpoint.manage('GET', '/v1/status')
    expect(body['silent_hosts']).toEqual([])
    expect((await issue()).status).toBe(200)
  })
})
