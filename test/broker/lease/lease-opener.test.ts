import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { codeOf, idle, makeBroker, refusalOf, tokenOf } from '../../helpers/make-broker.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { dedicated, MINUTE, signedIn } from '../set-ups.ts'

describe('a lease on the session token', () => {
  it('is the same when its client asks again', async () => {
    const { issue, account, clock } = await signedIn()
    const first = await issue(cliClient, account)
    await clock.advance(5 * MINUTE)
    const again = await issue(cliClient, account)
    expect(again.lease).toBe(first.lease)
    expect(again.lease.lifetime.remainingMs).toBe(10 * MINUTE)
  })

  it('is separate for each client, on the same token', async () => {
    const { issue, account, client } = await signedIn()
    const one = await issue(client('one', account), account)
    const two = await issue(client('two', account), account)
    expect(one.lease.id).not.toBe(two.lease.id)
    expect(tokenOf(one)).toBe(tokenOf(two))
  })

  it('is extended and keeps its id if it has too little time left', async () => {
    const { issue, account, clock, broker } = await signedIn()
    broker.changeAccount(account, { leaseSeconds: 300 })
    const first = await issue(cliClient, account)
    await clock.advance(4.5 * MINUTE)
    const again = await issue(cliClient, account)
    expect(again.lease).toBe(first.lease)
    expect(again.lease.lifetime.remainingMs).toBe(5 * MINUTE)
    expect(broker.leases.count).toBe(1)
  })

  it('has the lifetime of its client where that has one, also when it is extended', async () => {
    const { issue, account, client, clock, broker } = await signedIn()
    const [brief, other] = [client('brief', account), client('other', account)]
    await broker.changeClient(brief, { leaseSeconds: 300 })
    const first = await issue(brief, account)
    expect(first.lease.lifetime.remainingMs).toBe(5 * MINUTE)
    expect((await issue(other, account)).lease.lifetime.remainingMs).toBe(15 * MINUTE)
    await clock.advance(4.5 * MINUTE)
    const again = await issue(brief, account)
    expect(again.lease).toBe(first.lease)
    expect(again.lease.lifetime.remainingMs).toBe(5 * MINUTE)
    await broker.changeClient(brief, { leaseSeconds: 0 })
    await clock.advance(4.5 * MINUTE)
    expect((await issue(brief, account)).lease.lifetime.remainingMs).toBeGreaterThan(5 * MINUTE)
  })

  it('is opened once for concurrent requests with different minimum validities', async () => {
    const { issue, account, broker } = await signedIn()
    const answers = await Promise.all(
      [0, 60, 300, 900, 3_600].map((minValiditySeconds) =>
        issue(cliClient, account, { minValiditySeconds }),
      ),
    )
    expect(new Set(answers.map(({ lease }) => lease)).size).toBe(1)
    expect(broker.leases.count).toBe(1)
  })

  it('stays open until its own expiry when it is replaced', async () => {
    const { issue, account, clock, broker, service } = await signedIn()
    const first = await issue(cliClient, account)
    await clock.advance(12 * MINUTE)
    const second = await issue(cliClient, account, { minValiditySeconds: 600 })
    expect(second.lease.id).not.toBe(first.lease.id)
    expect(broker.leases.isOpen(first.lease)).toBe(true)
    expect(service.accepts(tokenOf(first))).toBe(true)
    await clock.advance(3 * MINUTE)
    await idle()
    expect(broker.leases.isOpen(first.lease)).toBe(false)
    expect(service.alive).toEqual([tokenOf(second)])
  })

  it('is never opened on a token that is revoked at any point of its request', async () => {
    const { issue, account, client, broker, service } = await signedIn()
    const one = client('one', account)
    const two = client('two', account)
    for (let moment = 0; moment < 60; moment += 1) {
      await issue(one, account)
      const asked = issue(two, account)
      for (let turn = 0; turn < moment; turn += 1) await Promise.resolve()
      const ended = broker.closeLeases({ client: one.id }, cliClient)
      const answer = await asked
      await ended
      await idle()
      expect(service.accepts(tokenOf(answer))).toBe(true)
      await broker.closeLeases({}, cliClient)
    }
  })
})

describe('a lease with its own token', () => {
  it('asks its service for the lifetime of its client where that has one', async () => {
    const { issue, account, client, service, broker } = await signedIn(dedicated)
    const [brief, other] = [client('brief', account), client('other', account)]
    await broker.changeClient(brief, { leaseSeconds: 300 })
    expect((await issue(brief, account)).lease.lifetime.remainingMs).toBe(5 * MINUTE)
    expect(service.lastLifetimeSeconds).toBe(300)
    await issue(other, account)
    expect(service.lastLifetimeSeconds).toBe(900)
  })

  it('is minted one at a time: 200 callers of 20 clients cost 20 mints', async () => {
    const { issue, account, client, service } = await signedIn(dedicated)
    const clients = Array.from({ length: 20 }, (_, index) => client(`tool-${index}`, account))
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => issue(clients[index % 20] ?? cliClient, account)),
    )
    expect(service.calls.mint).toBe(20)
    expect(service.most.mint).toBe(1)
    expect(new Set(answers.map(tokenOf)).size).toBe(20)
    expect(new Set(answers.map(({ lease }) => lease.id)).size).toBe(20)
  })

  it('is minted for the remaining callers when the first one aborts', async () => {
    const { issue, account, client, service } = await signedIn(dedicated)
    const gate = service.hold('mint')
    const caller = new AbortController()
    const first = codeOf(issue(client('one', account), account, { signal: caller.signal }))
    const second = issue(client('two', account), account)
    await idle()
    caller.abort()
    expect(await first).toBe('cancelled')
    gate.open()
    expect(service.accepts(tokenOf(await second))).toBe(true)
  })

  it('is kept for a caller that aborted and asks again', async () => {
    const { issue, account, service } = await signedIn(dedicated)
    const gate = service.hold('mint')
    const caller = new AbortController()
    const first = codeOf(issue(cliClient, account, { signal: caller.signal }))
    await idle()
    caller.abort()
    await first
    gate.open()
    await idle()
    await issue(cliClient, account)
    expect(service.calls.mint).toBe(1)
  })

  it('is replaced if it has too little time left, and expires at its own time', async () => {
    const { issue, account, clock, service } = await signedIn(dedicated)
    const first = await issue(cliClient, account)
    await clock.advance(14.5 * MINUTE)
    const second = await issue(cliClient, account)
    expect(second.lease.id).not.toBe(first.lease.id)
    expect(service.alive).toEqual([tokenOf(first), tokenOf(second)])
    await clock.advance(0.5 * MINUTE)
    await idle()
    expect(service.alive).toEqual([tokenOf(second)])
  })

  it('that has more than half of its lifetime left is returned as the best available, without a mint per request', async () => {
    const { issue, account, clock, service } = await signedIn(dedicated)
    for (let minute = 0; minute < 7; minute += 1) {
      const answer = await issue(cliClient, account, { minValiditySeconds: 3_600 })
      expect(answer.minValidityMet).toBe(false)
      await clock.advance(MINUTE)
    }
    expect(service.calls.mint).toBe(1)
  })

  it('needs no probe if nothing has changed', async () => {
    const { issue, account, service } = await signedIn(dedicated)
    await issue(cliClient, account)
    await issue(cliClient, account)
    expect(service.calls).toMatchObject({ probe: 0, mint: 1 })
  })

  it('expires with a token of shorter lifetime, to the second', async () => {
    const { issue, account, clock, broker } = await signedIn({
      services: [{ leaseKinds: ['dedicated'], lifeMs: 10_000 }],
    })
    await clock.advance(5_000)
    await issue(cliClient, account)
    await clock.advance(9_999)
    expect(broker.leases.count).toBe(1)
    await clock.advance(1)
    expect(broker.leases.count).toBe(0)
  })

  it('has the id that was sent with its mint', async () => {
    const { issue, account, service } = await signedIn(dedicated)
    const asked: string[] = []
    const { mint } = service.driver
    service.driver.mint = (session, request, context) => {
      asked.push(`${request.leaseId} ${request.lifetimeSeconds}`)
      return mint?.(session, request, context) ?? Promise.reject(new Error('no mint'))
    }
    const { lease } = await issue(cliClient, account)
    expect(asked).toEqual([`${lease.id} 900`])
  })

  it('is probed after the network may have changed, and minted again if it is refused', async () => {
    const { issue, account, clock, service, broker } = await signedIn(dedicated)
    const first = await issue(cliClient, account)
    clock.sleep(MINUTE)
    await issue(cliClient, account)
    expect((await issue(cliClient, account)).lease).toBe(first.lease)
    expect(service.calls).toMatchObject({ probe: 1, mint: 1 })
    service.forgetTokens()
    clock.sleep(MINUTE)
    const second = await issue(cliClient, account)
    // After a refusal the new token is probed as well.
    expect(service.calls).toMatchObject({ probe: 3, mint: 2 })
    expect(service.accepts(tokenOf(second))).toBe(true)
    expect(broker.leases.list()).toEqual([second.lease])
  })

  it('is not minted again and again at a service that refuses each new token', async () => {
    const { issue, account, service, broker, client } = await signedIn(dedicated)
    const first = await issue(cliClient, account)
    service.driver.probe = () => Promise.resolve('refused')
    const { mint, login } = service.calls
    const again = { refusedLease: first.lease.id }
    expect((await refusalOf(issue(cliClient, account, again))).message).toContain(
      'refuses its own new tokens',
    )
    expect(service.calls).toMatchObject({ mint: mint + 1, login: login + 1 })
    for (const name of ['one', 'two']) {
      expect(await codeOf(issue(client(name, account), account))).toBe('login_required')
    }
    expect(service.calls).toMatchObject({ mint: mint + 1, login: login + 1 })
    expect(broker.accounts.getByUid(account.uid).record.state).toBe('login_required')
    expect(service.alive).toEqual([])
  })

  it('is not minted again and again with a session that still works either', async () => {
    const { issue, account, service, client } = await signedIn({
      services: [{ leaseKinds: ['dedicated'], mintsFrom: 'session', with: ['revokeLease'] }],
    })
    const first = await issue(cliClient, account)
    service.driver.probe = () => Promise.resolve('refused')
    await refusalOf(issue(cliClient, account, { refusedLease: first.lease.id }))
    const { mint } = service.calls
    expect(account.session.current).not.toBeNull()
    const refusal = await refusalOf(issue(client('one', account), account))
    expect(refusal.message).toContain('refuses its own new tokens')
    expect(service.calls.mint).toBe(mint)
  })

  it('reports the error of the login that follows a refused token', async () => {
    const { issue, account, service } = await signedIn(dedicated)
    const first = await issue(cliClient, account)
    service.driver.probe = () => Promise.resolve('refused')
    service.failNext('login', new TokentrayError('not_supported', 'The fair is over.'))
    const again = { refusedLease: first.lease.id }
    const refusal = await refusalOf(issue(cliClient, account, again))
    expect([refusal.code, refusal.message]).toEqual([
      'login_required',
      `${account.id} cannot be used: The fair is over.`,
    ])
  })

  it('is not minted after such a login, and its error is reported', async () => {
    const { issue, account, service } = await signedIn(dedicated)
    const first = await issue(cliClient, account)
    service.driver.probe = () => Promise.resolve('refused')
    service.failNext('login', new TokentrayError('not_supported', 'The fair is over.'))
    await refusalOf(issue(cliClient, account, { refusedLease: first.lease.id }))
    const { mint, login } = service.calls
    const refusal = await refusalOf(issue(cliClient, account))
    expect(refusal.message).toBe(`${account.id} cannot be used: The fair is over.`)
    expect(service.calls).toMatchObject({ mint, login })
  })

  it('is minted again after the user logs in', async () => {
    const { issue, account, service, loginAgain } = await signedIn(dedicated)
    const first = await issue(cliClient, account)
    const { probe } = service.driver
    service.driver.probe = () => Promise.resolve('refused')
    await refusalOf(issue(cliClient, account, { refusedLease: first.lease.id }))
    if (probe) service.driver.probe = probe
    await loginAgain()
    const again = await issue(cliClient, account)
    expect(service.accepts(tokenOf(again))).toBe(true)
  })

  it('triggers a login that uses no cached results', async () => {
    const { issue, account, service } = await signedIn({
      services: [{ leaseKinds: ['dedicated'], learned: { login: { keys: 'proven' } } }],
    })
    const first = await issue(cliClient, account)
    expect(service.lastValues).toHaveProperty('keys')
    const asked: unknown[] = []
    const { login } = service.provider
    service.provider.login = (form, context) => {
      asked.push(form.values)
      return login(form, context)
    }
    service.driver.probe = () => Promise.resolve('refused')
    await refusalOf(issue(cliClient, account, { refusedLease: first.lease.id }))
    expect(asked).toEqual([account.record.values])
  })

  it('is returned although it cannot be probed', async () => {
    const { issue, account, clock, service } = await signedIn(dedicated)
    const first = await issue(cliClient, account)
    service.outage = new TokentrayError('temporarily_unavailable')
    clock.sleep(MINUTE)
    expect((await issue(cliClient, account)).lease).toBe(first.lease)
  })

  it('is spaced by the rate limit of the service, across all clients', async () => {
    const { issue, account, client, clock, service } = await signedIn(dedicated)
    const retryAt = clock.now() + 5 * MINUTE
    service.failNext('mint', new TokentrayError('rate_limited', 'Slower.', { retryAt }))
    const clients = Array.from({ length: 5 }, (_, index) => client(`tool-${index}`, account))
    const refusals = await Promise.all(clients.map((each) => refusalOf(issue(each, account))))
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'rate_limited', retryAt })
    expect(service.calls.mint).toBe(1)
    await clock.advance(5 * MINUTE)
    await Promise.all(clients.map((each) => issue(each, account)))
    expect(service.calls.mint).toBe(6)
  })

  it('is not requested again by any client with a password that was refused', async () => {
    const { issue, account, client, service, notified } = await signedIn(dedicated)
    service.password = markedSecret('password')
    const clients = Array.from({ length: 20 }, (_, index) => client(`tool-${index}`, account))
    const codes = await Promise.all(clients.map((each) => codeOf(issue(each, account))))
    expect(new Set(codes)).toEqual(new Set(['login_required']))
    expect(service.calls.mint).toBe(1)
    expect(notified).toEqual(['sftpgo/work'])
  })

  it('is refused without a call if the account is logged out', async () => {
    const { issue, account, broker, service } = await signedIn(dedicated)
    await broker.logins.logout(account)
    expect(await codeOf(issue(cliClient, account))).toBe('login_required')
    expect(service.calls.mint).toBe(0)
  })

  it('is minted from the session token if the service requires that', async () => {
    const { newAccount, issue, service, clock } = await makeBroker({
      services: [{ leaseKinds: ['dedicated'], mintsFrom: 'session' }],
    })
    const account = await newAccount()
    const { lease } = await issue(cliClient, account)
    expect(lease.held.kind).toBe('lease')
    expect(service.calls).toMatchObject({ login: 1, mint: 1 })
    await clock.advance(20 * MINUTE)
    await issue(cliClient, account)
    expect(service.calls).toMatchObject({ login: 2, mint: 2 })
  })
})
