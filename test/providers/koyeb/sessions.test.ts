import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { koyeb } from '../../../main/providers/koyeb/koyeb.ts'
import { refusalOf } from '../calling.ts'
import { foreignBodies, type OpenKoyeb, openKoyeb, said } from './open-koyeb.ts'

const { refresh, revoke, probe } = koyeb.driver({ way: 'password' })
if (!refresh || !revoke || !probe) {
  throw new Error('The driver lacks an operation that its service supports.')
}

describe('the Koyeb driver, with a token of the old login', () => {
  let service: OpenKoyeb
  beforeEach(async () => {
    service = await openKoyeb()
  })
  afterEach(() => service.close())

  async function reopen(options: Parameters<typeof openKoyeb>[0]): Promise<void> {
    await service.close()
    service = await openKoyeb(options)
  }

  it('calls each operation by its method and path, with the token and no body', async () => {
    const session = await service.signInByPassword()
    await refresh(session, service.context())
    await probe(session.token, session.values, service.context())
    await revoke(session.token, session.values, service.context())
    expect(service.lines().slice(2)).toEqual([
      'PUT /v1/account/refresh',
      'GET /v1/account/organization',
      'DELETE /v1/account/logout',
    ])
    for (const { body, headers } of service.simulator.requests.slice(2)) {
      expect([body, headers['content-type']]).toEqual(['', undefined])
      expect(headers['authorization']).toBe(`Bearer ${session.token.value.reveal()}`)
    }
  })

  it('returns another token by refresh, with its own expiry', async () => {
    const session = await service.signInByPassword()
    service.clock.jumpWall(3_600_000)
    const { token: fresh, old } = await refresh(session, service.context())
    // Nothing says so, and the broker must not believe either.
    expect(old).toBe('unknown')
    expect(fresh.expiresAt).toBe(service.clock.now() + 86_400_000)
    const { values, token } = session
    expect(await probe(token, values, service.context())).toBe('accepted')
    expect(await probe(fresh, values, service.context())).toBe('accepted')
    expect(service.simulator.aliveTokens()).toEqual(
      [token, fresh].map((each) => each.value.reveal()),
    )
  })

  it('also works if a refresh revokes the old token', async () => {
    await reopen({ refreshEndsOld: true })
    const session = await service.signInByPassword()
    const { token: fresh } = await refresh(session, service.context())
    const { values, token } = session
    expect(await revoke(token, values, service.context())).toBe('already_gone')
    expect(await revoke(fresh, values, service.context())).toBe('revoked')
    expect(service.simulator.aliveTokens()).toEqual([])
  })

  it('blames a token that was revoked, or whose session was', async () => {
    const session = await service.signInByPassword()
    await revoke(session.token, session.values, service.context())
    const error = await refusalOf(refresh(session, service.context()), 'wrong_credentials')
    expect(error.message).toContain('this token')
    service.next(403, said(403))
    await refusalOf(refresh(session, service.context()), 'wrong_credentials')
  })

  it('makes no call for a session without a token', async () => {
    const { values, secrets } = service.passwordForm()
    const session = { values, credential: secrets }
    await refusalOf(refresh(session, service.context()), 'wrong_credentials')
    expect(service.simulator.requests).toHaveLength(0)
  })

  it('reports that refresh is no longer supported', async () => {
    const session = await service.signInByPassword()
    for (const status of [404, 410]) {
      service.next(status, said(status))
      await refusalOf(refresh(session, service.context()), 'not_supported')
    }
  })

  it('revokes a refreshed token without an expiry', async () => {
    const session = await service.signInByPassword()
    service.next(200, { token: { id: 'abc' } })
    await refusalOf(refresh(session, service.context()), 'unexpected_answer')
    expect(service.lastRequest()).toMatchObject({ method: 'DELETE', path: '/v1/account/logout' })
    expect(service.lastRequest().headers['authorization']).toBe('Bearer abc')
  })

  it.each([401, 404] as const)(
    'takes a second log-out for done if it gets %i',
    async (secondLogout) => {
      await reopen({ secondLogout })
      const { token, values } = await service.signInByPassword()
      expect(await revoke(token, values, service.context())).toBe('revoked')
      expect(await revoke(token, values, service.context())).toBe('already_gone')
      expect(service.simulator.counts.logouts).toBe(1)
    },
  )

  it('reports that revocation is not supported if the route is gone, and keeps the token', async () => {
    const { token, values } = await service.signInByPassword()
    service.next(404, { code: 5, message: 'Not Found', details: [] })
    expect(await revoke(token, values, service.context())).toBe('not_supported')
    service.next(410, said(410))
    expect(await revoke(token, values, service.context())).toBe('not_supported')
    expect(service.simulator.aliveTokens()).toHaveLength(1)
  })

  it('takes a log-out for done only if the service reports nothing else', async () => {
    const { token, values } = await service.signInByPassword()
    for (const body of [
      said(401),
      { code: 13, message: 'Internal', details: [] },
      { error: 'x' },
      { status: 'ok' },
      [],
      null,
    ]) {
      service.next(200, body)
      await refusalOf(revoke(token, values, service.context()), 'unexpected_answer')
    }
    expect(service.simulator.aliveTokens()).toHaveLength(1)
    expect(await revoke(token, values, service.context())).toBe('revoked')
  })

  it('keeps the token of a locked account for another attempt', async () => {
    const { token, values } = await service.signInByPassword()
    service.simulator.lock(values['email'] ?? '')
    const error = await refusalOf(
      revoke(token, values, service.context()),
      'temporarily_unavailable',
    )
    expect(error.message).toContain('locked')
    expect(error.retryAt).toBe(service.clock.now() + 300_000)
    service.simulator.unlock(values['email'] ?? '')
    expect(await revoke(token, values, service.context())).toBe('revoked')
  })

  it('gives a token up only if the service itself says so', async () => {
    const { token, values } = await service.signInByPassword()
    for (const status of [401, 403, 404, 410]) {
      for (const body of foreignBodies) {
        service.next(status, body)
        await refusalOf(revoke(token, values, service.context()), 'unexpected_answer')
        service.next(status, body)
        await refusalOf(probe(token, values, service.context()), 'unexpected_answer')
      }
    }
    for (const fault of [
      { kind: 'html', status: 401 },
      { kind: 'html', status: 404 },
      { kind: 'html' },
      { kind: 'empty' },
    ] as const) {
      service.simulator.faults.next(1, fault)
      await refusalOf(revoke(token, values, service.context()), 'unexpected_answer')
    }
    service.next(500, said(401))
    await refusalOf(revoke(token, values, service.context()), 'temporarily_unavailable')
    expect(service.simulator.aliveTokens()).toHaveLength(1)
  })

  it('reports a token as refused if it has expired, was revoked or gets 403', async () => {
    const session = await service.signInByPassword()
    const { token, values } = session
    service.next(403, said(403))
    expect(await probe(token, values, service.context())).toBe('refused')
    expect(await probe(token, values, service.context())).toBe('accepted')
    await revoke(token, values, service.context())
    expect(await probe(token, values, service.context())).toBe('refused')
    const other = (await service.signInByPassword()).token
    service.simulator.clock.advance(86_400_000)
    expect(await probe(other, values, service.context())).toBe('refused')
  })

  it('reports a token as accepted only if the response has an organization', async () => {
    const { token, values } = await service.signInByPassword()
    for (const body of [{}, { organization: null }, { organization: 'x' }, []]) {
      service.next(200, body)
      await refusalOf(probe(token, values, service.context()), 'unexpected_answer')
    }
  })

  it('waits as long as x-ratelimit-reset says at every call', async () => {
    const session = await service.signInByPassword()
    const { token, values } = session
    for (const call of [
      () => refresh(session, service.context()),
      () => revoke(token, values, service.context()),
      () => probe(token, values, service.context()),
    ]) {
      service.next(429, undefined, { 'x-ratelimit-reset': '12' })
      const error = await refusalOf(call(), 'rate_limited')
      expect(error.retryAt).toBe(service.clock.now() + 12_000)
    }
  })
})
