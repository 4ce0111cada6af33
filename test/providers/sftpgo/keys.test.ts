import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { checkValues } from '../../../main/providers/form.ts'
import { sftpgo } from '../../../main/providers/sftpgo/sftpgo.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import type { RecordedRequest } from '../../simulators/simulator.ts'
import { refusalOf, revealHeaders, strangeToken } from '../calling.ts'
import { LEASE_SECONDS, type OpenSftpgo, openSftpgo } from './open-sftpgo.ts'

const DESCRIPTION = 'Created by Tokentray for one token, and deleted with it.'
const HOUR_MS = 3_600_000

/** A header in the spelling that it was sent in. */
function sent({ rawHeaders }: RecordedRequest, name: string): string | undefined {
  const at = rawHeaders.findIndex((text, index) => index % 2 === 0 && text === name)
  return at < 0 ? undefined : rawHeaders[at + 1]
}

describe('the SFTPGo driver, minting API keys', () => {
  let service: OpenSftpgo

  beforeEach(async () => {
    service = await openSftpgo()
  })
  afterEach(() => service.close())

  async function use(path: string, headers: Readonly<Record<string, string>>): Promise<number> {
    const answer = await fetch(`${service.simulator.url}${path}`, { headers })
    await answer.arrayBuffer()
    return answer.status
  }

  it('is only for administrators who have chosen it', () => {
    const { url } = service.values()
    const kindsOf = (values: Readonly<Record<string, string>>) => {
      const { leaseKinds, mintsFrom, revokeLease } = sftpgo.driver(values)
      return [leaseKinds.join(), mintsFrom, revokeLease !== undefined].join(' ')
    }
    expect(kindsOf(service.values())).toBe('dedicated,shared session true')
    expect(kindsOf({ url: url ?? '', role: 'admin' })).toBe('shared,dedicated credential false')
    expect(kindsOf(service.values({ leaseBy: 'login' }))).toBe('shared,dedicated credential false')
    expect(kindsOf({ role: 'user', leaseBy: 'api_key' })).toBe('shared,dedicated credential false')
  })

  it('asks only administrators about separate tokens, and only with keys for the user', () => {
    const base = { url: 'https://files.example.com', username: 'root' }
    const check = (more: Readonly<Record<string, string>>) =>
      Object.keys(checkValues(sftpgo, { ...base, ...more }))
    expect(check({})).not.toContain('leaseBy')
    expect(checkValues(sftpgo, { ...base, role: 'admin' })['leaseBy']).toBe('login')
    expect(() => check({ leaseBy: 'api_key' })).toThrow('has no field "leaseBy" here')
    expect(() => check({ role: 'admin', keyUser: 'alice' })).toThrow('has no field "keyUser" here')
    expect(check({ role: 'admin', leaseBy: 'api_key', keyUser: 'alice' })).toContain('keyUser')
  })

  it('warns in the form about tools that keep using a deleted key', () => {
    const { help } = sftpgo.fields.find(({ name }) => name === 'leaseBy') ?? {}
    expect(help).toMatch(/defender.*deleted key.*banned/)
  })

  it('shows the same to a user who reads before choosing', () => {
    const file = path.resolve(import.meta.dirname, '../../../docs/services.md')
    const paper = readFileSync(file, 'utf8')
    expect(paper.replaceAll(/\s+/g, ' ')).toMatch(
      /defender is on, each request with an API key that was deleted costs/,
    )
  })

  it('creates a key for the administrator by POST with the token of the session', async () => {
    const session = await service.openSession()
    const token = await service.mint(session, 'lease_1')
    expect(service.lines(1)).toEqual(['POST /api/v2/apikeys'])
    const endsAt = service.clock.now() + 900_000
    expect(service.lastRequest().body).toBe(
      `{"name":"tokentray-lease_1","scope":1,"admin":"root","description":"${DESCRIPTION}","expires_at":${endsAt}}`,
    )
    const { headers } = service.lastRequest()
    expect(headers['authorization']).toBe(`Bearer ${session.token.value.reveal()}`)
    expect(headers['content-type']).toBe('application/json')
    expect(headers).not.toHaveProperty('x-sftpgo-api-key')
    expect(token.expiresAt).toBe(endsAt)
  })

  it('creates a key for a user if one is entered', async () => {
    await service.mint(await service.openSession({ keyUser: 'alice' }), 'lease_2')
    const endsAt = service.clock.now() + 900_000
    expect(service.lastRequest().body).toBe(
      `{"name":"tokentray-lease_2","scope":2,"user":"alice","description":"${DESCRIPTION}","expires_at":${endsAt}}`,
    )
  })

  it('gives tools the one header of a key, which is not Bearer', async () => {
    const token = await service.mint(await service.openSession())
    const value = token.value.reveal()
    expect(token.tokenType).toBe('X-SFTPGO-API-KEY')
    expect(revealHeaders(token)).toEqual({ 'X-SFTPGO-API-KEY': value })
    expect(value).toMatch(/^[A-Za-z0-9]+\.[A-Za-z0-9]+$/)
    expect(await use('/api/v2/version', revealHeaders(token))).toBe(200)
    service.simulator.clock.advance(LEASE_SECONDS * 1_000 + 1)
    expect(await use('/api/v2/version', revealHeaders(token))).toBe(401)
  })

  it.each([
    { what: 'ahead', skewMs: 2 * HOUR_MS, readMs: 2 * HOUR_MS },
    // An HTTP date has whole seconds, so this much of the difference may go unseen.
    { what: 'behind', skewMs: -2 * HOUR_MS, readMs: -2 * HOUR_MS + 999 },
  ])(
    'corrects the expiry if the clock of the service is two hours $what',
    async ({ skewMs, readMs }) => {
      service.simulator.clock.advance(skewMs)
      const session = await service.openSession({ keyUser: 'alice' })
      const token = await service.mint(session)
      const [id] = token.value.reveal().split('.')
      expect(service.lines(1)).toEqual(['POST /api/v2/apikeys', `PUT /api/v2/apikeys/${id}`])
      const wanted = service.clock.now() + LEASE_SECONDS * 1_000
      expect(service.lastRequest().body).toBe(
        `{"name":"tokentray-l1","scope":2,"user":"alice","description":"${DESCRIPTION}","expires_at":${wanted + readMs}}`,
      )
      expect(token.expiresAt).toBe(wanted)
      expect(await use('/api/v2/user/dirs', revealHeaders(token))).toBe(200)
      service.simulator.clock.advance((LEASE_SECONDS + 1) * 1_000)
      expect(await use('/api/v2/user/dirs', revealHeaders(token))).toBe(401)
    },
  )

  it('tolerates a few seconds of clock difference, and reports the resulting expiry', async () => {
    service.simulator.clock.advance(8_000)
    const token = await service.mint(await service.openSession())
    expect(service.lines(1)).toEqual(['POST /api/v2/apikeys'])
    expect(token.expiresAt).toBe(service.clock.now() + LEASE_SECONDS * 1_000 - 8_000)
  })

  it('deletes a key if its expiry could not be corrected', async () => {
    service.simulator.clock.advance(2 * HOUR_MS)
    const session = await service.openSession()
    service.next({ kind: 'status', status: 500 }, 'PUT')
    await refusalOf(service.mint(session), 'temporarily_unavailable')
    expect(service.simulator.apiKeys()).toEqual([])
  })

  it('never says that no key was created if one may exist', async () => {
    service.simulator.clock.advance(2 * HOUR_MS)
    const session = await service.openSession()
    for (const [status, code] of [
      [400, 'unexpected_answer'],
      [401, 'temporarily_unavailable'],
      [403, 'temporarily_unavailable'],
      [404, 'temporarily_unavailable'],
      [429, 'temporarily_unavailable'],
      [500, 'temporarily_unavailable'],
    ] as const) {
      service.next({ kind: 'status', status, body: { message: 'x' } }, 'PUT')
      service.next({ kind: 'status', status: 500 }, 'DELETE')
      const error = await refusalOf(service.mint(session, `l${status}`), code)
      if ([401, 403, 404, 429].includes(status)) {
        expect(error.message).toContain('neither set up nor deleted')
        expect(error.cause).toBeInstanceOf(TokentrayError)
      }
      expect(service.simulator.apiKeys()).toHaveLength(1)
      expect(await service.revokeLease({ leaseId: `l${status}` }, session)).toBe('revoked')
    }
  })

  it('reports the refusal if the key is certainly gone', async () => {
    service.simulator.clock.advance(2 * HOUR_MS)
    const session = await service.openSession()
    service.next({ kind: 'status', status: 400, body: { message: '', error: 'no' } }, 'PUT')
    await refusalOf(service.mint(session), 'unexpected_answer')
    expect(service.simulator.apiKeys()).toEqual([])
  })

  it.each([
    { by: 'X-Object-ID', header: 'x-object-id', value: (id: string) => id },
    { by: 'Location', header: 'location', value: (id: string) => `/api/v2/apikeys/${id}` },
  ])('deletes a key that it cannot read, identified by $by', async ({ header, value }) => {
    service.simulator.addApiKeys(1, 'tokentray-l1')
    const id = service.simulator.apiKeys()[0]?.id ?? ''
    const session = await service.openSession()
    const secret = `${markedSecret('key')} with blanks`
    registerSecret(secret)
    const body = { message: 'API key created', key: `${id}.${secret}` }
    const headers = { [header]: value(id) }
    service.next({ kind: 'status', status: 201, headers, body })
    await refusalOf(service.mint(session), 'unexpected_answer', [secret])
    expect(service.lines(2)).toEqual([`DELETE /api/v2/apikeys/${id}`])
    expect(service.simulator.apiKeys()).toEqual([])
  })

  it('refuses a key without a secret or with an id that would lead to another route, without a call', async () => {
    const session = await service.openSession()
    for (const key of ['../token.secret', '..', 'abc', 'abc.', '.secret', 'a/b.secret', 7]) {
      const headers = { 'x-object-id': '../token', location: '/api/v2/apikeys/a%2Fb' }
      const body = { message: 'API key created', key }
      service.next({ kind: 'status', status: 201, headers, body })
      await refusalOf(service.mint(session), 'unexpected_answer')
    }
    expect(new Set(service.lines(1))).toEqual(new Set(['POST /api/v2/apikeys']))
  })

  it('names the missing permission, so that the user sees it', async () => {
    const session = await service.openSession({ username: 'olga' })
    const error = await refusalOf(service.mint(session), 'wrong_credentials')
    expect(error.message).toMatch(/olga.*permission \*/)
    expect(error.hint).toContain('separate logins')
    // With a token that was issued just now, the refusal is about the account.
    expect(error.ofNewToken).toMatchObject({ code: 'invalid_request', message: error.message })
  })

  it('reports a user for keys who does not exist', async () => {
    const session = await service.openSession({ keyUser: 'nobody' })
    const error = await refusalOf(service.mint(session), 'invalid_request')
    expect(error.message).toMatch(/has no user nobody/)
    expect(service.simulator.apiKeys()).toEqual([])
  })

  it('says that an older server has no API keys', async () => {
    await service.close()
    service = await openSftpgo({ withoutApiKeys: true })
    const error = await refusalOf(service.mint(await service.openSession()), 'not_supported')
    expect(error.hint).toContain('separate logins')
  })

  it('takes 401 for a refused session token, which a new login replaces', async () => {
    const session = await service.openSession()
    service.simulator.changeClientIp()
    const token = session.token.value.reveal()
    await refusalOf(service.mint(session), 'wrong_credentials', [token])
    expect((await service.mint(await service.openSession())).tokenType).toBe('X-SFTPGO-API-KEY')
  })

  it('makes no call if the session no longer has a token', async () => {
    const { values, credential } = await service.openSession()
    await refusalOf(service.mint({ values, credential }), 'wrong_credentials')
    expect(service.simulator.requests).toHaveLength(1)
  })

  it('draws no conclusion from errors that are not from the service', async () => {
    const session = await service.openSession()
    for (const status of [400, 401, 404]) {
      service.next({ kind: 'html', status })
      await refusalOf(service.mint(session), 'unexpected_answer')
    }
    for (const status of [400, 401, 404]) {
      service.next({ kind: 'status', status, body: { detail: 'not me' } })
      await refusalOf(service.mint(session), 'unexpected_answer')
    }
    // It may be a ban, whatever sent it, and further calls could extend that.
    service.next({ kind: 'status', status: 403, body: { detail: 'not me' } })
    await refusalOf(service.mint(session), 'rate_limited')
    service.next({ kind: 'html', status: 403 })
    await refusalOf(service.mint(session), 'rate_limited')
    service.next({ kind: 'status', status: 200, body: { message: 'x', key: 'abc.def' } })
    await refusalOf(service.mint(session), 'unexpected_answer')
    service.next({ kind: 'status', status: 429, headers: { 'retry-after': '7' } })
    const slow = await refusalOf(service.mint(session), 'rate_limited')
    expect(slow.retryAt).toBe(service.clock.now() + 7_000)
    expect(service.simulator.apiKeys()).toEqual([])
  })

  it.each([
    { keyUser: undefined, path: '/api/v2/version' },
    // Keys may not read a user's profile, so that route could not tell a valid key from an invalid one.
    { keyUser: 'alice', path: '/api/v2/user/dirs' },
  ])('probes a key by its header at $path', async ({ keyUser, path }) => {
    const session = await service.openSession(keyUser === undefined ? {} : { keyUser })
    const token = await service.mint(session)
    const probe = () => service.driver.probe?.(token, session.values, service.context())
    expect(await probe()).toBe('accepted')
    expect(service.lines(2)).toEqual([`GET ${path}`])
    expect(sent(service.lastRequest(), 'X-SFTPGO-API-KEY')).toBe(token.value.reveal())
    expect(service.lastRequest().headers).not.toHaveProperty('authorization')
    service.next({ kind: 'status', status: 403, body: { message: 'Forbidden' } })
    expect(await probe()).toBe('accepted')
    service.simulator.clock.advance(LEASE_SECONDS * 1_000 + 1)
    expect(await probe()).toBe('refused')
    await service.revokeLease({ leaseId: 'l1', token }, session)
    expect(await probe()).toBe('refused')
    service.next({ kind: 'html', status: 400 })
    await refusalOf(probe() ?? Promise.reject(), 'unexpected_answer', [token.value.reveal()])
  })

  it('reports a key as refused if its account does not allow API keys', async () => {
    const session = await service.openSession({ keyUser: 'bob' })
    const token = await service.mint(session)
    expect(await service.driver.probe?.(token, session.values, service.context())).toBe('refused')
  })

  it('does not take a 400 for an answer about a session token', async () => {
    const { token, values } = await service.openSession()
    service.next({ kind: 'status', status: 400, body: { message: 'Bad Request' } })
    const probing = service.driver.probe?.(token, values, service.context()) ?? Promise.resolve()
    await refusalOf(probing, 'unexpected_answer')
  })

  it('cannot delete a key with the key itself, and makes no call', async () => {
    const session = await service.openSession()
    const token = await service.mint(session)
    const byLogin = sftpgo.driver({ role: 'admin', leaseBy: 'login' })
    for (const driver of [service.driver, byLogin]) {
      expect(await driver.revoke?.(token, session.values, service.context())).toBe('not_supported')
    }
    expect(service.simulator.requests).toHaveLength(2)
  })

  it('logs the session token out as before', async () => {
    const { token, values } = await service.openSession()
    expect(await service.driver.revoke?.(token, values, service.context())).toBe('revoked')
    const strange = strangeToken(markedSecret('jwt'))
    expect(await service.driver.revoke?.(strange, values, service.context())).toBe('already_gone')
    expect(service.lines(1)).toEqual(['GET /api/v2/logout', 'GET /api/v2/logout'])
  })
})
