import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { checkForm } from '../../../main/providers/form.ts'
import type { AccessToken, ProviderSession } from '../../../main/providers/provider.ts'
import { svix } from '../../../main/providers/svix/svix.ts'
import { markedSecret } from '../../helpers/marks.ts'
import type { Fault } from '../../simulators/faults.ts'
import { refusalOf } from '../calling.ts'
import { type OpenSvix, openSvix } from './open-svix.ts'

const EXPIRE = 'POST /api/v1/auth/app/app_1/expire-all'
const LOG_OUT = 'POST /api/v1/auth/logout'
const words = { code: 'x', detail: 'x' }

describe('the Svix driver, revoking tokens', () => {
  let service: OpenSvix
  let session: ProviderSession
  beforeEach(async () => {
    service = await openSvix()
    session = await service.openSession()
  })
  afterEach(() => service.close())

  const driver = () => service.driver(session.values)
  const mint = async (leaseId: string): Promise<AccessToken> => {
    const request = { leaseId, lifetimeSeconds: 900 }
    return (await driver().mint(session, request, service.context())).token
  }
  const revoke = (token: AccessToken) => driver().revoke(token, session.values, service.context())
  const revokeLease = (leaseId: string, token?: AccessToken, from = session) =>
    driver().revokeLease({ leaseId, ...(token && { token }) }, from, service.context())
  const keyOfLast = () => service.lastRequest().headers['idempotency-key']
  const reveal = (...tokens: readonly AccessToken[]) => tokens.map(({ value }) => value.reveal())

  it('logs a token out with itself and no body, once', async () => {
    const [one, two] = [await mint('l1'), await mint('l2')]
    expect(await revoke(one)).toBe('revoked')
    const { body, headers } = service.lastRequest()
    expect(service.lines().at(-1)).toBe(LOG_OUT)
    expect(body).toBe('')
    expect(headers['authorization']).toBe(`Bearer ${one.value.reveal()}`)
    expect(headers).not.toHaveProperty('content-type')
    expect(keyOfLast()).toBeDefined()
    expect(await revoke(one)).toBe('already_gone')
    expect(service.simulator.aliveTokens()).toEqual(reveal(two))
  })

  it('ends exactly the session of the lease, with the key, and no customer’s', async () => {
    const [, two] = [await mint('l1'), await mint('l2')]
    const customer = service.simulator.addCustomer('app_1', 'l10')
    expect(await revokeLease('l1')).toBe('revoked')
    const { body, headers } = service.lastRequest()
    expect(service.lines().at(-1)).toBe(EXPIRE)
    expect(body).toBe('{"expiry":0,"sessionIds":["l1"]}')
    expect(headers['content-type']).toBe('application/json')
    expect(headers['authorization']).toBe(`Bearer ${service.key}`)
    expect(service.simulator.aliveTokens()).toEqual([...reveal(two), customer])
  })

  it('revokes the token of a lease whose response was lost', async () => {
    const isMint = ({ path }: { readonly path: string }) => path.includes('app-portal-access')
    service.simulator.faults.next(2, { kind: 'lost' }, isMint)
    await refusalOf(mint('l1'), 'temporarily_unavailable')
    expect(service.simulator.aliveTokens()).toHaveLength(1)
    expect(await revokeLease('l1')).toBe('revoked')
    expect(service.simulator.aliveTokens()).toEqual([])
  })

  it('uses a new idempotency key each time, because the service would only repeat its response', async () => {
    await mint('l1')
    await revokeLease('l1')
    const first = keyOfLast()
    await mint('l1')
    await revokeLease('l1')
    expect(keyOfLast()).not.toBe(first)
    expect(service.simulator.aliveTokens()).toEqual([])
    const keys = service.simulator.requests.flatMap(({ headers }) => {
      return headers['idempotency-key'] ?? []
    })
    // Including the two POST requests of the trial at the login.
    expect(new Set(keys).size).toBe(6)
  })

  it('ends every portal session of the application, including customers’, and of no other', async () => {
    await mint('l1')
    service.simulator.addCustomer('app_1')
    const other = service.simulator.addCustomer('app_2')
    await driver().revokeAll.run(session, service.context())
    expect(service.lines().at(-1)).toBe(EXPIRE)
    expect(service.lastRequest().body).toBe('{"expiry":0}')
    expect(service.simulator.aliveTokens()).toEqual([other])
  })

  it.each([1, 3_600, 259_200])(
    'leaves them the grace period that the user has chosen: %i s',
    async (grace) => {
      const values = { ...session.values, graceSeconds: String(grace) }
      const { revokeAll } = driver()
      await revokeAll.run({ ...session, values }, service.context())
      expect(service.lastRequest().body).toBe(`{"expiry":${grace}}`)
      expect(revokeAll.graceSeconds?.(values)).toBe(grace)
      expect(revokeAll.hits(values)).toContain(`(after a grace period of ${grace} s)`)
    },
  )

  it.each(['-1', '1.5', '1e3', '259201', '0x10', '٣'])(
    'refuses a grace period that the service would refuse: %s',
    (graceSeconds) => {
      const entered = { application: 'app_1', graceSeconds }
      const check = () => checkForm(svix, entered, { key: new Secret('k') })
      expect(check).toThrow('"Grace period" must be a number of seconds from 0 to 259200')
    },
  )

  it('has the token revoke itself if the application is gone', async () => {
    const gone = { ...session, values: { ...session.values, application: 'app_9' } }
    const token = await mint('l1')
    expect(await revokeLease('l1', token, gone)).toBe('revoked')
    expect(service.lines().at(-1)).toBe(LOG_OUT)
    expect(service.simulator.aliveTokens()).toEqual([])
    expect(await revokeLease('l1', token, gone)).toBe('already_gone')
    await refusalOf(revokeLease('l1', undefined, gone), 'invalid_request')
  })

  it('blames the key if the key is gone', async () => {
    const wrong = { ...session, credential: { key: new Secret(markedSecret('wrong')) } }
    const token = await mint('l1')
    await refusalOf(revokeLease('l1', token, wrong), 'wrong_credentials')
    await refusalOf(driver().revokeAll.run(wrong, service.context()), 'wrong_credentials')
    expect(service.simulator.aliveTokens()).toEqual(reveal(token))
  })

  it('gives a token up only if the service itself says so', async () => {
    const token = await mint('l1')
    const faults: readonly Fault[] = [
      { kind: 'html', status: 401 },
      { kind: 'html', status: 404 },
      { kind: 'html', status: 200 },
      { kind: 'status', status: 401 },
      { kind: 'status', status: 401, body: {} },
      { kind: 'status', status: 200, body: {} },
      { kind: 'status', status: 404 },
    ]
    for (const fault of faults) {
      service.next(fault)
      await refusalOf(revoke(token), 'unexpected_answer')
      service.next(fault)
      await refusalOf(revokeLease('l1'), 'unexpected_answer')
      service.next(fault)
      const all = driver().revokeAll.run(session, service.context())
      await refusalOf(all, 'unexpected_answer')
    }
    service.next({ kind: 'html', status: 501 })
    await refusalOf(revoke(token), 'temporarily_unavailable')
    expect(service.simulator.aliveTokens()).toEqual(reveal(token))
  })

  it('reports a server that can no longer revoke tokens', async () => {
    const token = await mint('l1')
    const cannot = { kind: 'status', status: 501, body: words } as const
    service.next(cannot)
    expect(await revoke(token)).toBe('not_supported')
    service.next(cannot)
    await refusalOf(driver().revokeAll.run(session, service.context()), 'not_supported')
  })

  it('waits as long as it is asked to, or a minute, instead of asking again', async () => {
    const token = await mint('l1')
    const sent = service.lines().length
    const calls = [
      () => mint('l2'),
      () => revoke(token),
      () => revokeLease('l1', token),
      () => driver().revokeAll.run(session, service.context()),
      () => driver().probe(token, session.values, service.context()),
    ]
    for (const call of calls) {
      service.next({ kind: 'status', status: 429, body: words })
      const error = await refusalOf(call(), 'rate_limited')
      expect(error.retryAt).toBe(service.clock.now() + 60_000)
    }
    service.next({ kind: 'status', status: 429, headers: { 'retry-after': '7' } })
    const error = await refusalOf(revoke(token), 'rate_limited')
    expect(error.retryAt).toBe(service.clock.now() + 7_000)
    expect(service.lines()).toHaveLength(sent + 6)
  })

  it.each([
    [400, 'unexpected_answer'],
    [401, 'wrong_credentials'],
    [403, 'wrong_credentials'],
    [409, 'temporarily_unavailable'],
    [422, 'invalid_request'],
    [500, 'temporarily_unavailable'],
    [501, 'not_supported'],
    [418, 'unexpected_answer'],
  ] as const)('translates %i in either form of detail, after one try', async (status, code) => {
    for (const body of [
      { code: 'x', detail: 'x' },
      { detail: [{ loc: ['body'], msg: 'x', type: 'x' }] },
    ]) {
      const sent = service.lines().length
      service.next({ kind: 'status', status, body })
      await refusalOf(mint('l1'), code, [service.key])
      expect(service.lines()).toHaveLength(sent + 1)
    }
    expect(service.simulator.aliveTokens()).toEqual([])
  })
})
