import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sftpgo } from '../../../main/providers/sftpgo/sftpgo.ts'
import type { Fault } from '../../simulators/faults.ts'
import { noteTrials, refusalOf } from '../calling.ts'
import { type OpenSftpgo, openSftpgo } from './open-sftpgo.ts'

const LIST = 'GET /api/v2/apikeys?limit=500&offset=0&order=ASC'
const FAILED: Fault = { kind: 'status', status: 500 }

describe('the SFTPGo login, with API keys for leases', () => {
  let service: OpenSftpgo

  beforeEach(async () => {
    service = await openSftpgo()
  })
  afterEach(() => service.close())

  const left = () => [service.simulator.apiKeys().length, service.simulator.aliveTokens().length]

  it.each([
    { keyUser: undefined, probe: '/api/v2/version', whom: { scope: 1, admin: 'root' } },
    { keyUser: 'alice', probe: '/api/v2/user/dirs', whom: { scope: 2, user: 'alice' } },
  ])('creates a key for a minute, tries it at $probe and deletes it', async (row) => {
    const { token } = await service.loginRoot(
      row.keyUser === undefined ? {} : { keyUser: row.keyUser },
    )
    const [, made, tried, deleted] = service.simulator.requests
    expect(service.lines().slice(0, 3)).toEqual([
      'GET /api/v2/token',
      'POST /api/v2/apikeys',
      `GET ${row.probe}`,
    ])
    expect(service.simulator.requests).toHaveLength(4)
    const bearer = `Bearer ${token?.value.reveal()}`
    expect(made?.headers['authorization']).toBe(bearer)
    expect(JSON.parse(made?.body ?? '')).toMatchObject({
      ...row.whom,
      name: expect.stringMatching(/^tokentray-check-[0-9a-f-]{36}$/),
      expires_at: service.clock.now() + 60_000,
    })
    const key = tried?.headers['x-sftpgo-api-key']
    expect(`${deleted?.method} ${deleted?.path}`).toBe(
      `DELETE /api/v2/apikeys/${key?.split('.')[0]}`,
    )
    expect(deleted?.headers['authorization']).toBe(bearer)
    expect(service.simulator.aliveTokens()).toEqual([token?.value.reveal()])
  })

  it('tries a key at a service with another time too', async () => {
    for (const hours of [2, -4]) {
      service.simulator.clock.advance(hours * 3_600_000)
      const { token } = await service.loginRoot({ keyUser: 'alice' })
      expect(service.simulator.apiKeys()).toEqual([])
      expect(service.simulator.aliveTokens()).toContain(token?.value.reveal())
    }
  })

  it('does so for a user, and not again when the session is renewed', async () => {
    const { learned, credential } = await service.loginRoot()
    const before = service.simulator.requests.length
    const form = { values: { ...service.values(), ...learned }, secrets: credential }
    const renewed = await sftpgo.login(form, service.context())
    expect(service.lines(before)).toEqual(['GET /api/v2/token'])
    expect(renewed.token?.tokenType).toBe('Bearer')
  })

  it('creates no key for an account whose leases are logins', async () => {
    const { learned } = await service.loginRoot({ leaseBy: 'login', username: 'olga' })
    expect(service.lines()).toEqual(['GET /api/v2/token'])
    expect(learned).toBeUndefined()
  })

  it('refuses an administrator who may not manage keys, and leaves nothing', async () => {
    const error = await refusalOf(service.loginRoot({ username: 'olga' }), 'invalid_request')
    expect(error.message).toMatch(/olga.*permission \*/)
    expect(service.lines().at(-1)).toBe('GET /api/v2/logout')
    expect(left()).toEqual([0, 0])
  })

  it('refuses a user that does not exist, and leaves nothing', async () => {
    const error = await refusalOf(service.loginRoot({ keyUser: 'nobody' }), 'invalid_request')
    expect(error.message).toMatch(/has no user nobody/)
    expect(service.lines().at(-1)).toBe('GET /api/v2/logout')
    expect(left()).toEqual([0, 0])
  })

  it.each([
    { more: { keyUser: 'bob' }, whom: 'the user bob' },
    { more: { username: 'rita' }, whom: 'the administrator rita' },
  ])(
    'refuses keys for $whom if the account does not allow them, and leaves nothing',
    async (row) => {
      const error = await refusalOf(service.loginRoot(row.more), 'not_supported')
      expect(error.message).toContain(
        `${row.whom}: that account does not allow API key authentication`,
      )
      expect(error.hint).toContain('"allow API key authentication"')
      expect(error.hint).toContain('"API keys act as"')
      expect(left()).toEqual([0, 0])
    },
  )

  it('reports a disabled account if that is why its keys are refused', async () => {
    service.simulator.change('alice', { disabled: true })
    const error = await refusalOf(service.loginRoot({ keyUser: 'alice' }), 'not_supported')
    expect(error.message).toMatch(/user alice: that account is disabled/)
    expect(left()).toEqual([0, 0])
  })

  it('reports that keys are turned off if the server accepts none, without blaming an account', async () => {
    service.simulator.switchKeys(true)
    const error = await refusalOf(service.loginRoot({ keyUser: 'alice' }), 'not_supported')
    expect(error.message).toContain('does not accept API keys')
    expect(error.message).not.toContain('alice')
    expect(left()).toEqual([0, 0])
  })

  it('names the likely reason if the account cannot be read', async () => {
    for (const fault of [FAILED, { kind: 'reset' }] as const) {
      service.simulator.faults.next(1, fault, ({ path }) => path === '/api/v2/users/bob')
      const error = await refusalOf(service.loginRoot({ keyUser: 'bob' }), 'not_supported')
      expect(error.message).toContain('does not allow API key authentication')
      expect(left()).toEqual([0, 0])
    }
  })

  it('says that an older server has no keys, and leaves nothing', async () => {
    await service.close()
    service = await openSftpgo({ withoutApiKeys: true })
    await refusalOf(service.loginRoot(), 'not_supported')
    expect(left()).toEqual([0, 0])
  })

  it('leaves nothing if a response was lost, and looks only for its own key', async () => {
    service.simulator.addApiKeys(1, 'tokentray-l1')
    service.next({ kind: 'lost' }, 'POST')
    await refusalOf(service.loginRoot(), 'temporarily_unavailable')
    expect(service.lines(2)).toEqual([
      LIST,
      expect.stringMatching(/^DELETE \/api\/v2\/apikeys\/\w+$/),
      'GET /api/v2/logout',
    ])
    expect(service.simulator.apiKeys().map(({ name }) => name)).toEqual(['tokentray-l1'])
    expect(service.simulator.aliveTokens()).toEqual([])
  })

  it('leaves nothing if the trial fails', async () => {
    service.simulator.faults.next(1, FAILED, ({ path }) => path === '/api/v2/version')
    await refusalOf(service.loginRoot(), 'temporarily_unavailable')
    expect(left()).toEqual([0, 0])
  })

  it('leaves a key that it cannot delete, which expires within a minute', async () => {
    service.next(FAILED, 'DELETE')
    await refusalOf(service.loginRoot(), 'temporarily_unavailable')
    expect(left()).toEqual([1, 1])
    service.simulator.clock.advance(60_001)
    expect(service.simulator.aliveTokens()).toEqual([])
  })

  it('records key and session before either is used, until both are revoked', async () => {
    const trials = noteTrials()
    const loginRoot = (values = service.values()) =>
      sftpgo.login({ values, secrets: service.secrets() }, { ...service.context(), trials })
    await loginRoot()
    const lease = expect.stringMatching(/^plan check-[0-9a-f-]{36}$/)
    const [, plan = ''] = trials.noted
    const id = plan.replace('plan ', '')
    expect(trials.noted).toEqual(['made session', lease, `made ${id}`, `ended ${id}`])
    trials.noted.length = 0
    // What fails stays on record, the session last, because it is needed to delete the key.
    service.next(FAILED, 'DELETE')
    await refusalOf(loginRoot(), 'temporarily_unavailable')
    expect(trials.noted).toEqual(['made session', lease, expect.stringMatching(/^made check-/)])
    trials.noted.length = 0
    service.next({ kind: 'lost' }, 'POST')
    await refusalOf(loginRoot(), 'temporarily_unavailable')
    expect(trials.noted).toEqual(['made session', lease])
    trials.noted.length = 0
    await refusalOf(loginRoot(service.values({ username: 'olga' })), 'invalid_request')
    expect(trials.noted).toEqual(['made session', lease, expect.stringMatching(/^ended check-/)])
  })

  it('creates nothing that cannot be recorded', async () => {
    const trials = noteTrials()
    trials.full.isFull = true
    const login = { values: service.values(), secrets: service.secrets() }
    await refusalOf(sftpgo.login(login, { ...service.context(), trials }), 'record_unavailable')
    expect(service.lines()).toEqual(['GET /api/v2/token'])
  })

  it('records the session that it revokes because the account must do something first', async () => {
    const trials = noteTrials()
    service.simulator.change('root', { mustChangePassword: true })
    const login = { values: service.values(), secrets: service.secrets() }
    const context = { ...service.context(), trials }
    await refusalOf(sftpgo.login(login, context), 'not_supported')
    expect(trials.noted).toEqual(['made session', 'ended token'])
    service.simulator.faults.next(1, FAILED, ({ path }) => path.endsWith('/logout'))
    await refusalOf(sftpgo.login(login, context), 'not_supported')
    expect(trials.noted.slice(2)).toEqual(['made session'])
  })
})
