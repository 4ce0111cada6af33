import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { codeOf, idle, tokenOf } from '../../helpers/make-broker.ts'
import { MINUTE, signedIn } from '../set-ups.ts'

const down = () => new TokentrayError('temporarily_unavailable')

describe('one login for any number of callers', () => {
  it('logs in once for 200 callers of 20 clients on an expired account', async () => {
    const { clock, service, client, issue, account } = await signedIn()
    const clients = Array.from({ length: 20 }, (_, index) => client(`tool-${index}`, account))
    await clock.advance(20 * MINUTE)
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => issue(clients[index % 20] ?? cliClient, account)),
    )
    expect(service.calls.login).toBe(2)
    expect(new Set(answers.map(tokenOf)).size).toBe(1)
    expect(new Set(answers.map(({ lease }) => lease.id)).size).toBe(20)
  })

  it('serves the rest when the caller that began it goes away', async () => {
    const { clock, service, account, issue, ask } = await signedIn()
    await clock.advance(20 * MINUTE)
    const gate = service.hold('login')
    const caller = new AbortController()
    const first = codeOf(issue(cliClient, account, { signal: caller.signal }))
    const others = [ask(), ask(120)]
    await idle()
    caller.abort()
    expect(await first).toBe('cancelled')
    gate.open()
    const tokens = (await Promise.all(others)).map(tokenOf)
    expect(tokens).toEqual([service.alive[0], service.alive[0]])
    expect(service.calls.login).toBe(2)
  })

  it('keeps the token for the next when all callers have gone', async () => {
    const { clock, service, account, issue, ask } = await signedIn()
    await clock.advance(20 * MINUTE)
    const gate = service.hold('login')
    const caller = new AbortController()
    const only = codeOf(issue(cliClient, account, { signal: caller.signal }))
    await idle()
    caller.abort()
    await only
    gate.open()
    await idle()
    await ask()
    expect(service.calls.login).toBe(2)
  })

  it('tells all callers of a failed login, and tries anew for the next', async () => {
    const { clock, service, ask } = await signedIn()
    await clock.advance(20 * MINUTE)
    service.failNext('login', down())
    expect(await Promise.all([codeOf(ask()), codeOf(ask(10))])).toEqual([
      'temporarily_unavailable',
      'temporarily_unavailable',
    ])
    expect(service.calls.login).toBe(2)
    await clock.advance(1_000)
    await ask()
    expect(service.calls.login).toBe(3)
  })
})

describe('minimum validity', () => {
  it('is a minute where nobody says otherwise', async () => {
    const { clock, service, ask, broker } = await signedIn()
    const first = await ask()
    await broker.closeLeases({}, cliClient)
    await ask()
    // Down, so that the old token is not renewed ahead of its end.
    service.outage = down()
    await clock.advance(19 * MINUTE)
    const last = await ask()
    expect(last.minValidityMet).toBe(true)
    expect(last.lease.held.lifetime.remainingMs).toBe(MINUTE)
    expect(tokenOf(last)).not.toBe(tokenOf(first))
    await clock.advance(1)
    expect(await codeOf(ask())).toBe('temporarily_unavailable')
  })

  it('is kept by a login when the token lives shorter', async () => {
    const { clock, service, ask } = await signedIn()
    await clock.advance(11 * MINUTE)
    const answer = await ask(600)
    expect(service.calls.login).toBe(2)
    expect(answer).toMatchObject({ minValidityMet: true })
    expect(answer.lease.lifetime.remainingMs).toBe(15 * MINUTE)
  })

  it('is the length of a lease where that is less and nobody says otherwise', async () => {
    const { ask, broker, account } = await signedIn()
    broker.changeAccount(account, { leaseSeconds: 30 })
    expect((await ask()).minValidityMet).toBe(true)
    expect((await ask(60)).minValidityMet).toBe(false)
  })

  it('that no lease of the account reaches is answered with the best there is, without a login per call', async () => {
    const { clock, service, ask } = await signedIn()
    for (let minute = 0; minute < 9; minute += 1) {
      const answer = await ask(3_600)
      expect(answer.minValidityMet).toBe(false)
      await clock.advance(MINUTE)
    }
    expect(service.calls.login).toBe(1)
  })

  it('that is longer than a lease lasts does not make a token be renewed that outlives it', async () => {
    const { clock, service, ask } = await signedIn({ services: [{ lifeMs: 60 * MINUTE }] })
    await clock.advance(40 * MINUTE)
    const { lease, minValidityMet } = await ask(3_600)
    expect([lease.lifetime.remainingMs, minValidityMet]).toEqual([15 * MINUTE, false])
    expect(service.calls.login).toBe(1)
  })

  it('does not make a token younger than half its life be renewed', async () => {
    const { clock, service, ask } = await signedIn()
    await clock.advance(10 * MINUTE - 1)
    expect((await ask(900)).minValidityMet).toBe(false)
    expect(service.calls.login).toBe(1)
    await clock.advance(1)
    expect((await ask(900)).minValidityMet).toBe(true)
    expect(service.calls.login).toBe(2)
  })

  it('of a minute does not cost a login per request where tokens live one minute', async () => {
    const { clock, service, ask } = await signedIn({ services: [{ lifeMs: MINUTE }] })
    await ask()
    const before = service.calls.login
    for (let second = 0; second < 60; second += 1) {
      const { lease, minValidityMet } = await ask()
      expect(lease.lifetime.remainingMs).toBeGreaterThan(29_000)
      expect(minValidityMet).toBe(true)
      await clock.advance(1_000)
    }
    expect(service.calls.login - before).toBeLessThanOrEqual(2)
  })
})

describe('refresh ahead', () => {
  it('renews a used token before its end, at the time that half the jitter gives', async () => {
    const { clock, service, ask } = await signedIn()
    await ask()
    // A fifth of twenty minutes, less half of its tenth.
    const dueIn = 20 * MINUTE - 4 * MINUTE * 0.95
    await clock.advance(dueIn - 1)
    expect(service.calls.login).toBe(1)
    await clock.advance(1)
    expect(service.calls.login).toBe(2)
  })

  it('leaves a token alone that nobody uses', async () => {
    const { clock, service, ask } = await signedIn()
    await ask()
    await clock.advance(20 * MINUTE)
    expect(service.calls.login).toBe(2)
    await clock.advance(120 * MINUTE)
    expect(service.calls.login).toBe(2)
    expect(service.alive).toEqual([])
  })

  it('serves the old token while the new one is on its way', async () => {
    const { clock, service, ask } = await signedIn()
    const old = tokenOf(await ask())
    service.hold('login')
    await clock.advance(17 * MINUTE)
    expect(service.calls.login).toBe(2)
    expect(tokenOf(await ask())).toBe(old)
  })

  it('ends the old token at once if no lease holds it', async () => {
    const { clock, service, ask } = await signedIn()
    await clock.advance(11 * MINUTE)
    const answer = await ask(600)
    await idle()
    expect(service.alive).toEqual([tokenOf(answer)])
  })

  it('ends the old token once no lease holds it', async () => {
    const { clock, service, ask } = await signedIn()
    const old = tokenOf(await ask(0))
    await clock.advance(13 * MINUTE)
    await ask(600)
    expect(service.accepts(old)).toBe(true)
    await clock.advance(2 * MINUTE)
    await idle()
    expect(service.accepts(old)).toBe(false)
    expect(service.alive).toHaveLength(1)
  })
})
