import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refusalOf } from '../calling.ts'
import { type OpenGlowmarkt, openGlowmarkt, requireMembers } from './open-glowmarkt.ts'

const { mint, revoke, probe, listTokens, revokeById } = requireMembers()
const request = { leaseId: 'l1', lifetimeSeconds: 900 }

describe('the Glowmarkt driver, listing and revoking tokens', () => {
  let service: OpenGlowmarkt
  beforeEach(async () => {
    service = await openGlowmarkt()
  })
  afterEach(() => service.close())

  async function reopen(options: Parameters<typeof openGlowmarkt>[0]): Promise<void> {
    await service.close()
    service = await openGlowmarkt(options)
  }

  it.each(['not_valid', 'denied'] as const)(
    'takes a second log-out for done if it is %s',
    async (how) => {
      await reopen({ secondLogout: how })
      const { token, values } = await service.openSession()
      expect(await revoke(token, values, service.context())).toBe('revoked')
      expect(await revoke(token, values, service.context())).toBe('already_gone')
    },
  )

  it('gives a token up only if the service itself says so', async () => {
    const { token, values } = await service.openSession()
    for (const fault of [
      { kind: 'html', status: 401 },
      { kind: 'html', status: 400 },
      { kind: 'status', status: 401 },
      { kind: 'status', status: 401, body: {} },
      { kind: 'status', status: 403, body: { message: 'Forbidden' } },
      { kind: 'status', status: 404, body: { error: 'x', message: 'x' } },
      { kind: 'status', status: 400, body: { error: 'Missing applicationId' } },
    ] as const) {
      service.simulator.faults.next(1, fault)
      await refusalOf(revoke(token, values, service.context()), 'unexpected_answer')
    }
    service.next(500, { valid: false })
    await refusalOf(revoke(token, values, service.context()), 'temporarily_unavailable')
    expect(service.simulator.aliveTokens()).toHaveLength(1)
  })

  it('revokes a lease without the session, and the session without a lease', async () => {
    const session = await service.openSession()
    const { values } = session
    const one = await mint(session, request, service.context())
    const two = await mint(session, request, service.context())
    await revoke(one, values, service.context())
    expect(await probe(session.token, values, service.context())).toBe('accepted')
    await revoke(session.token, values, service.context())
    expect(await probe(two, values, service.context())).toBe('accepted')
    expect(service.simulator.aliveTokens()).toEqual([two.value.reveal()])
  })

  it('lists the phone as not ours, with framework and both times by our clock', async () => {
    service.simulator.clock.advance(3_600_000)
    const phone = service.simulator.addPhone('carol@example.com')
    const session = await service.openSession()
    const listed = await listTokens(session, service.context())
    const moments = {
      createdAt: service.clock.now(),
      expiresAt: service.clock.now() + 7 * 86_400_000,
    }
    expect(listed).toEqual([
      { id: phone.tokenId, framework: 'OAuth', foreign: true, ...moments },
      { id: expect.any(String), framework: 'JWT', ...moments },
    ])
  })

  it('does not take a token with an unknown framework for foreign', async () => {
    const session = await service.openSession()
    const item = { tokenId: 'a-1', createdAt: '2026-01-01T00:00:00.250Z', expiresAt: null }
    const frameworks = ['OAuth', 'oauth2', 'JWT', 'jwt', 'v0-1', undefined]
    service.next(
      200,
      frameworks.map((authenticationFramework) => ({ ...item, authenticationFramework })),
    )
    const listed = await listTokens(session, service.context())
    expect(listed.map(({ foreign = false }) => foreign)).toEqual([
      true,
      true,
      ...Array(4).fill(false),
    ])
  })

  it('lists a token that never expires, and drops a framework that is unsafe to show', async () => {
    const session = await service.openSession()
    const item = { tokenId: 'a-1', createdAt: '2026-01-01T00:00:00.250Z', expiresAt: null }
    const plain = { id: 'a-1', createdAt: Date.UTC(2026, 0, 1) + 250, expiresAt: null }
    service.next(200, [item, { ...item, authenticationFramework: '\u001b[2JJWT' }])
    expect(await listTokens(session, service.context())).toEqual([plain, plain])
    service.next(200, [])
    expect(await listTokens(session, service.context())).toEqual([])
  })

  it('refuses a list that is not completely readable', async () => {
    const session = await service.openSession()
    const item = {
      tokenId: 'a-1',
      createdAt: '2026-01-01T00:00:00.250Z',
      expiresAt: '2026-01-08T00:00:00.000Z',
    }
    for (const odd of [
      null,
      { ...item, tokenId: undefined },
      { ...item, tokenId: '../deleteToken' },
      { ...item, createdAt: 1_767_225_600 },
      { ...item, expiresAt: 'never' },
      { ...item, expiresAt: undefined },
    ]) {
      service.next(200, [item, odd])
      await refusalOf(listTokens(session, service.context()), 'unexpected_answer')
    }
  })

  it('revokes a token by an id from the list, and no other', async () => {
    const phone = service.simulator.addPhone('carol@example.com')
    const session = await service.openSession()
    expect(await revokeById(phone.tokenId, session, service.context())).toBe('revoked')
    expect(service.simulator.aliveTokens()).toEqual([session.token.value.reveal()])
  })

  it('refuses an id that would lead to another path without a call', async () => {
    const session = await service.openSession()
    for (const id of ['', '.', '../deleteToken', '%2e%2e/deleteToken', 'a/b', 'a?b', 'a b']) {
      await refusalOf(revokeById(id, session, service.context()), 'invalid_request')
    }
    expect(service.simulator.requests).toHaveLength(1)
    expect(service.simulator.aliveTokens()).toHaveLength(1)
  })

  it('checks the list if an id was not revoked, and believes that', async () => {
    const phone = service.simulator.addPhone('carol@example.com')
    const session = await service.openSession()
    const gone = '8c1f6a52-0000-4000-8000-000000000000'
    const refusals = [
      { status: 200, body: [{ valid: false }] },
      { status: 200, body: [{ valid: true }, { valid: false }] },
      { status: 400, body: { valid: false } },
      { status: 404, body: { error: 'x', message: 'x' } },
    ]
    for (const { status, body } of refusals) {
      service.next(status, body)
      expect(await revokeById(gone, session, service.context())).toBe('already_gone')
      for (const id of [phone.tokenId, phone.tokenId.toUpperCase()]) {
        service.next(status, body)
        await refusalOf(revokeById(id, session, service.context()), 'unexpected_answer')
      }
    }
    expect(service.lines().slice(1, 3)).toEqual([
      `DELETE /api/v0-1/auth/token/${gone}`,
      'GET /api/v0-1/auth/token',
    ])
    expect(service.simulator.aliveTokens()).toHaveLength(2)
  })
})
