import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refusalOf } from '../calling.ts'
import { type OpenSftpgo, openSftpgo } from './open-sftpgo.ts'

const LIST = '/api/v2/apikeys?limit=500&offset='

describe('the SFTPGo driver, deleting API keys', () => {
  let service: OpenSftpgo

  beforeEach(async () => {
    service = await openSftpgo()
  })
  afterEach(() => service.close())

  const names = () => service.simulator.apiKeys().map(({ name }) => name)

  it('deletes exactly the key of the lease by its id, with the token of the session', async () => {
    const session = await service.openSession()
    const token = await service.mint(session, 'l1')
    await service.mint(session, 'l2')
    expect(await service.revokeLease({ leaseId: 'l1', token }, session)).toBe('revoked')
    const id = token.value.reveal().split('.')[0]
    expect(service.lines(3)).toEqual([`DELETE /api/v2/apikeys/${id}`])
    const { headers, body } = service.lastRequest()
    expect(headers['authorization']).toBe(`Bearer ${session.token.value.reveal()}`)
    expect(headers).not.toHaveProperty('x-sftpgo-api-key')
    expect(body).toBe('')
    expect(names()).toEqual(['tokentray-l2'])
  })

  it('reports a key that is already missing in the list', async () => {
    const session = await service.openSession()
    const token = await service.mint(session)
    await service.revokeLease({ leaseId: 'l1', token }, session)
    expect(await service.revokeLease({ leaseId: 'l1', token }, session)).toBe('already_gone')
    const id = token.value.reveal().split('.')[0]
    expect(service.lines(3)).toEqual([`DELETE /api/v2/apikeys/${id}`, `GET ${LIST}0&order=ASC`])
  })

  it('deletes other keys with the name of the lease if its own key is already gone', async () => {
    const session = await service.openSession()
    const token = await service.mint(session)
    service.simulator.addApiKeys(1, 'tokentray-l1')
    service.simulator.addApiKeys(1, 'somebody else')
    expect(await service.revokeLease({ leaseId: 'l1', token }, session)).toBe('revoked')
    expect(names().sort()).toEqual(['somebody else', 'tokentray-l1'])
    expect(await service.revokeLease({ leaseId: 'l1', token }, session)).toBe('revoked')
    expect(names()).toEqual(['somebody else'])
    expect(service.lines(3).map((line) => line.split(' ')[0])).toEqual(['DELETE', 'GET', 'DELETE'])
    expect(await service.revokeLease({ leaseId: 'l1', token }, session)).toBe('already_gone')
  })

  it('checks the list too if only the id is reported as invalid', async () => {
    const session = await service.openSession()
    const token = await service.mint(session)
    await service.revokeLease({ leaseId: 'l1', token }, session)
    service.next({ kind: 'status', status: 400, body: { error: 'invalid id' } }, 'DELETE')
    expect(await service.revokeLease({ leaseId: 'l1', token }, session)).toBe('already_gone')
  })

  it('does not give up a key that is still listed, whatever the response to its deletion', async () => {
    const session = await service.openSession()
    const token = await service.mint(session)
    for (const status of [400, 404]) {
      service.next({ kind: 'status', status, body: { message: 'Not Found' } }, 'DELETE')
      const ending = service.revokeLease({ leaseId: 'l1', token }, session)
      await refusalOf(ending, 'unexpected_answer', [token.value.reveal()])
    }
    expect(names()).toEqual(['tokentray-l1'])
  })

  it('deletes the key of a lease whose response was lost, by the id of the lease', async () => {
    const session = await service.openSession()
    await service.mint(session, 'l10')
    service.next({ kind: 'lost' }, 'POST')
    await refusalOf(service.mint(session, 'l1'), 'temporarily_unavailable')
    expect(names().sort()).toEqual(['tokentray-l1', 'tokentray-l10'])
    expect(await service.revokeLease({ leaseId: 'l1' }, session)).toBe('revoked')
    expect(names()).toEqual(['tokentray-l10'])
    expect(await service.revokeLease({ leaseId: 'l1' }, session)).toBe('already_gone')
  })

  it('reports a lease as gone if no key was created for it', async () => {
    const session = await service.openSession()
    expect(await service.revokeLease({ leaseId: 'l1' }, session)).toBe('already_gone')
    expect(service.lines(1)).toEqual([`GET ${LIST}0&order=ASC`])
  })

  it('reads the pages of the list up to the first that is not full', async () => {
    const session = await service.openSession()
    service.simulator.addApiKeys(500, 'somebody else')
    expect(await service.revokeLease({ leaseId: 'l1' }, session)).toBe('already_gone')
    expect(service.lines(1)).toEqual([`GET ${LIST}0&order=ASC`, `GET ${LIST}500&order=ASC`])
    service.simulator.addApiKeys(700, 'somebody else')
    await service.mint(session)
    expect(await service.revokeLease({ leaseId: 'l1' }, session)).toBe('revoked')
    expect(service.lines(4).slice(0, 3)).toEqual([
      `GET ${LIST}0&order=ASC`,
      `GET ${LIST}500&order=ASC`,
      `GET ${LIST}1000&order=ASC`,
    ])
    expect(new Set(names())).toEqual(new Set(['somebody else']))
  })

  it('deletes every key of that name, because names are not unique', async () => {
    const session = await service.openSession()
    service.simulator.addApiKeys(2, 'tokentray-l1')
    service.simulator.addApiKeys(1, 'tokentray-l1 ')
    expect(await service.revokeLease({ leaseId: 'l1' }, session)).toBe('revoked')
    expect(names()).toEqual(['tokentray-l1 '])
  })

  it('gives up on a list that never ends', async () => {
    const session = await service.openSession()
    const body = Array.from({ length: 500 }, (_, at) => ({ id: `key${at}`, name: 'same page' }))
    service.simulator.faults.next(1_000, { kind: 'status', status: 200, body })
    await refusalOf(service.revokeLease({ leaseId: 'l1' }, session), 'unexpected_answer')
    expect(service.simulator.requests.length).toBeLessThan(200)
  })

  it('does not delete by an id from the list that would lead to another route', async () => {
    const session = await service.openSession()
    const body = [{ id: '../admins/root', name: 'tokentray-l1' }]
    service.next({ kind: 'status', status: 200, body })
    await refusalOf(service.revokeLease({ leaseId: 'l1' }, session), 'unexpected_answer')
    expect(service.simulator.requests).toHaveLength(2)
  })

  it.each([{ body: {} }, { body: [7] }, { body: [{ id: 'abc' }] }, { body: null }])(
    'does not accept $body as a list',
    async ({ body }) => {
      const session = await service.openSession()
      service.next({ kind: 'status', status: 200, body })
      await refusalOf(service.revokeLease({ leaseId: 'l1' }, session), 'unexpected_answer')
    },
  )

  it('reports what prevents the deletion of a key, and keeps the key', async () => {
    const session = await service.openSession()
    const token = await service.mint(session)
    const secrets = [token.value.reveal(), session.token.value.reveal()]
    const lease = { leaseId: 'l1', token }
    for (const [fault, code] of [
      [{ kind: 'status', status: 401, body: { message: 'Unauthorized' } }, 'wrong_credentials'],
      [{ kind: 'status', status: 403, body: { message: 'Forbidden' } }, 'wrong_credentials'],
      [{ kind: 'html', status: 403 }, 'rate_limited'],
      [{ kind: 'status', status: 429 }, 'rate_limited'],
      [{ kind: 'status', status: 502 }, 'temporarily_unavailable'],
      [{ kind: 'html', status: 404 }, 'unexpected_answer'],
      [{ kind: 'html' }, 'unexpected_answer'],
      [{ kind: 'status', status: 200, body: {} }, 'unexpected_answer'],
    ] as const) {
      service.next(fault)
      await refusalOf(service.revokeLease(lease, session), code, secrets)
      service.next(fault)
      await refusalOf(service.revokeLease({ leaseId: 'l1' }, session), code, secrets)
    }
    expect(names()).toEqual(['tokentray-l1'])
  })

  it('revokes a lease from before the account used keys by logging its token out', async () => {
    const session = await service.openSession()
    const { token } = await service.openSession()
    expect(await service.revokeLease({ leaseId: 'l1', token }, session)).toBe('revoked')
    expect(service.lines(2)).toEqual(['GET /api/v2/logout'])
    expect(service.simulator.aliveTokens()).toEqual([session.token.value.reveal()])
  })
})
