import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { codeOf, idle, tokenOf } from '../../helpers/make-broker.ts'
import { MINUTE, signedIn } from '../set-ups.ts'

const down = () => new TokentrayError('temporarily_unavailable')

describe('concurrent logins', () => {
  it('are one login for 200 callers of 20 clients on an expired account', async () => {
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

  it('continue for the others if the first caller aborts', async () => {
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

  it('keep the token for the next caller if all have aborted', async () => {
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

  it('fail for all callers, and are retried for the next', async () => {
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
  it('defaults to a minute', async () => {
    const { clock, service, ask, broker } = await signedIn()
    const first = await ask()
    await broker.closeLeases({}, cliClient)
    await ask()
    // Down, so that the old token is not renewed ahead of its expiry.
    service.outage = down()
    await clock.advance(19 * MINUTE)
    const last = await ask()
    expect(last.minValidityMet).toBe(true)
    expect(last.lease.held.lifetime.remainingMs).toBe(MINUTE)
    expect(tokenOf(last)).not.toBe(tokenOf(first))
    await clock.advance(1)
    expect(await codeOf(ask())).toBe('temporarily_unavailable')
  })

  it('is met by a login if the token expires sooner', async () => {
    const { clock, service, ask } = await signedIn()
    await clock.advance(11 * MINUTE)
    const answer = await ask(600)
    expect(service.calls.login).toBe(2)
    expect(answer).toMatchObject({ minValidityMet: true })
    expect(answer.lease.lifetime.remainingMs).toBe(15 * MINUTE)
  })

  it('defaults to the lifetime of a lease if that is less', async () => {
    const { ask, broker, account } = await signedIn()
    broker.changeAccount(account, { leaseSeconds: 30 })
    expect((await ask()).minValidityMet).toBe(true)
    expect((await ask(60)).minValidityMet).toBe(false)
  })

  it('beyond any lease of the account gets the best available, without a login per request', async () => {
    const { clock, service, ask } = await signedIn()
    for (let minute = 0; minute < 9; minute += 1) {
      const answer = await ask(3_600)
      expect(answer.minValidityMet).toBe(false)
      await clock.advance(MINUTE)
    }
    expect(service.calls.login).toBe(1)
  })

  it('beyond the lifetime of a lease does not renew a token that outlasts the lease', async () => {
    const { clock, service, ask } = await signedIn({ services: [{ lifeMs: 60 * MINUTE }] })
    await clock.advance(40 * MINUTE)
    const { lease, minValidityMet } = await ask(3_600)
    expect([lease.lifetime.remainingMs, minValidityMet]).toEqual([15 * MINUTE, false])
    expect(service.calls.login).toBe(1)
  })

  it('does not renew a token before half of its lifetime', async () => {
    const { clock, service, ask } = await signedIn()
    await clock.advance(10 * MINUTE - 1)
    expect((await ask(900)).minValidityMet).toBe(false)
    expect(service.calls.login).toBe(1)
    await clock.advance(1)
    expect((await ask(900)).minValidityMet).toBe(true)
    expect(service.calls.login).toBe(2)
  })

  it('of a minute does not cost a login per request for tokens valid for one minute', async () => {
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

describe('renewal ahead of expiry', () => {
  it('renews a used token ahead of its expiry, at the time given by half the jitter', async () => {
    const { clock, service, ask } = await signedIn()
    await ask()
    // A fifth of twenty minutes, less half of its tenth.
    const dueIn = 20 * MINUTE - 4 * MINUTE * 0.95
    await clock.advance(dueIn - 1)
    expect(service.calls.login).toBe(1)
    await clock.advance(1)
    expect(service.calls.login).toBe(2)
  })

  it('does not renew a token that is not used', async () => {
    const { clock, service, ask } = await signedIn()
    await ask()
    await clock.advance(20 * MINUTE)
    expect(service.calls.login).toBe(2)
    await clock.advance(120 * MINUTE)
    expect(service.calls.login).toBe(2)
    expect(service.alive).toEqual([])
  })

  it('returns the old token while the new one is being made', async () => {
    const { clock, service, ask } = await signedIn()
    const old = tokenOf(await ask())
    service.hold('login')
    await clock.advance(17 * MINUTE)
    expect(service.calls.login).toBe(2)
    expect(tokenOf(await ask())).toBe(old)
  })

  it('revokes the old token at once if no lease holds it', async () => {
    const { clock, service, ask } = await signedIn()
    await clock.advance(11 * MINUTE)
    const answer = await ask(600)
    await idle()
    expect(service.alive).toEqual([tokenOf(answer)])
  })

  it('revokes the old token once no lease holds it', async () => {
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
