import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import type { HttpClient, HttpRequest } from '../../../main/providers/http/http.ts'
import type {
  AccessToken,
  ProviderContext,
  ProviderSession,
} from '../../../main/providers/provider.ts'
import { refusalOf } from '../calling.ts'
import { type Full, type OpenSvix, openSvix } from './open-svix.ts'

const request = { leaseId: 'l1', lifetimeSeconds: 900 }

interface Posting {
  readonly name: string
  readonly call: (
    driver: Full,
    session: ProviderSession,
    token: AccessToken,
    context: ProviderContext,
  ) => Promise<unknown>
  /** How many tokens are valid after the call. */
  readonly leaves: number
}

/** One token is valid before the call. */
const postings: readonly Posting[] = [
  {
    name: 'mint',
    call: (driver, session, _, context) => driver.mint(session, request, context),
    leaves: 2,
  },
  {
    name: 'portalLink',
    call: (driver, session, _, context) => driver.portalLink(session, request, context),
    leaves: 2,
  },
  {
    name: 'revoke',
    call: (driver, { values }, token, context) => driver.revoke(token, values, context),
    leaves: 0,
  },
  {
    name: 'revokeLease',
    call: (driver, session, token, context) =>
      driver.revokeLease({ leaseId: 'l1', token }, session, context),
    leaves: 0,
  },
  {
    name: 'revokeAll',
    call: (driver, session, _, context) => driver.revokeAll.run(session, context),
    leaves: 0,
  },
]

describe('the Svix driver, without a response', () => {
  let service: OpenSvix
  let session: ProviderSession
  let token: AccessToken
  let before: number
  beforeEach(async () => {
    service = await openSvix()
    session = await service.openSession()
    token = (await driver().mint(session, request, service.context())).token
    before = service.simulator.requests.length
  })
  afterEach(() => service.close())

  const driver = () => service.driver(session.values)
  const sent = () => service.simulator.requests.slice(before)

  describe.each(postings)('to $name', ({ name, call, leaves }) => {
    const act = (http?: HttpClient) => call(driver(), session, token, service.context(http))

    it.each(['reset', 'lost'] as const)('repeats the same request once (%s)', async (kind) => {
      service.next({ kind })
      await act()
      const [first, second, ...rest] = sent()
      expect(rest).toEqual([])
      expect(first?.headers['idempotency-key']).toBeDefined()
      expect(second).toEqual({ ...first, rawHeaders: second?.rawHeaders })
      expect(service.simulator.aliveTokens()).toHaveLength(leaves)
    })

    it('gives up after a second attempt without a response', async () => {
      service.next({ kind: 'reset' }, 2)
      await refusalOf(act(), 'temporarily_unavailable', [service.key, token.value.reveal()])
      expect(sent()).toHaveLength(2)
    })

    it('does not repeat a request that hung', async () => {
      service.next({ kind: 'hang' })
      const refusal = refusalOf(act(), 'temporarily_unavailable')
      await service.simulator.arrived(before + 1)
      await service.clock.advance(15_000)
      await refusal
      expect(sent()).toHaveLength(1)
    })

    it('does not repeat a request after any response, however broken', async () => {
      for (const [fault, code] of [
        [{ kind: 'status', status: 500 }, 'temporarily_unavailable'],
        [{ kind: 'status', status: 503 }, 'temporarily_unavailable'],
        [{ kind: 'status', status: 409, body: { code: 'x' } }, 'temporarily_unavailable'],
        [{ kind: 'truncated' }, 'unexpected_answer'],
      ] as const) {
        before = service.simulator.requests.length
        service.next(fault)
        await refusalOf(act(), code)
        expect(sent()).toHaveLength(1)
      }
    })

    it('repeats a request within five seconds and not later', async () => {
      for (const [ms, tries] of [
        [4_999, 2],
        [5_000, 1],
      ] as const) {
        const calls: HttpRequest[] = []
        const slow: HttpClient = {
          async send(request) {
            calls.push(request)
            await service.clock.advance(ms)
            throw new TokentrayError('temporarily_unavailable')
          },
        }
        await refusalOf(act(slow), 'temporarily_unavailable')
        expect(calls).toHaveLength(tries)
      }
    })

    it('does not repeat a cancelled request', async () => {
      let calls = 0
      const cancelled: HttpClient = {
        send() {
          calls += 1
          return Promise.reject(new TokentrayError('cancelled'))
        },
      }
      await refusalOf(act(cancelled), 'cancelled')
      expect(calls).toBe(1)
    })

    it('does not say that nothing was done if only the second attempt was refused', async () => {
      for (const status of [400, 403, 404, 405, 409, 418, 422, 429, 500, 501]) {
        before = service.simulator.requests.length
        service.next({ kind: 'reset' })
        service.next({ kind: 'status', status, body: { code: 'x', detail: 'x' } })
        const error = await refusalOf(act(), 'temporarily_unavailable')
        expect(error.message).not.toMatch(/status|busy/)
        expect(sent()).toHaveLength(2)
      }
    })

    it('reports only what a refused second attempt proves', async () => {
      service.next({ kind: 'reset' })
      service.next({ kind: 'status', status: 401, body: { code: 'x', detail: 'x' } })
      if (name === 'revoke') expect(await act()).toBe('already_gone')
      else await refusalOf(act(), 'temporarily_unavailable')
      service.next({ kind: 'reset' })
      service.next({ kind: 'html', status: 401 })
      await refusalOf(act(), 'temporarily_unavailable')
    })
  })

  it('returns the token of the lost response, and counts its lifetime from the first attempt', async () => {
    const askedAt = service.clock.now()
    const late: HttpClient = {
      async send(call) {
        try {
          return await service.http.send(call)
        } finally {
          service.clock.jumpWall(2_000)
        }
      },
    }
    service.next({ kind: 'lost' })
    const made = service.simulator.counts.logins
    const { token: second } = await driver().mint(session, request, service.context(late))
    expect(service.simulator.counts.logins).toBe(made + 1)
    expect(service.simulator.aliveTokens()).toContain(second.value.reveal())
    expect(second.expiresAt).toBe(askedAt + 3_600_000)
  })

  it('sends reading requests only once', async () => {
    service.next({ kind: 'reset' })
    const probing = driver().probe(token, session.values, service.context())
    await refusalOf(probing, 'temporarily_unavailable')
    expect(sent()).toHaveLength(1)
  })
})
