import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import { idle } from '../../helpers/make-broker.ts'
import { setUp } from './revoker-set-up.ts'

const unavailable = () => new TokentrayError('temporarily_unavailable')

describe('a token that could not be revoked', () => {
  it('is retried with growing pauses until it is revoked', async () => {
    const { clock, service, ledger, revoker, hold } = setUp()
    const held = await hold()
    service.outage = unavailable()
    expect(await revoker.revoke(held)).toBe('pending')
    const tries: number[] = []
    for (let second = 1; second <= 20; second += 1) {
      await clock.advance(1_000)
      const before = service.calls.revoke
      revoker.tick()
      await idle()
      if (service.calls.revoke > before) tries.push(second)
    }
    expect(tries).toEqual([1, 3, 7, 15])
    expect(ledger.all()).toEqual([held])
    service.outage = null
    await clock.advance(60_000)
    revoker.tick()
    await idle()
    expect(service.alive).toEqual([])
    expect(ledger.all()).toEqual([])
  })

  it('is retried at the time that the service named, and the timer is armed for it', async () => {
    const { clock, service, revoker, armed, hold, limitedFor } = setUp()
    const held = await hold()
    service.failNext('revoke', limitedFor(300_000))
    expect(await revoker.revoke(held)).toBe('pending')
    expect(armed).toEqual([300_000])
    await clock.advance(299_999)
    expect(revoker.tick()).toBe(clock.now() + 1)
    await idle()
    expect(service.calls.revoke).toBe(1)
    await clock.advance(1)
    revoker.tick()
    await idle()
    expect(service.alive).toEqual([])
  })

  it('is not retried without a pause if a service names a time in the past', async () => {
    const { service, revoker, armed, hold, limitedFor } = setUp()
    const held = await hold()
    service.failNext('revoke', limitedFor(-10_000))
    await revoker.revoke(held)
    expect(armed).toEqual([500])
    revoker.tick()
    await idle()
    expect(service.calls.revoke).toBe(1)
  })

  it('does not wait longer because the wall clock is set back', async () => {
    const { clock, service, ledger, revoker, hold, limitedFor } = setUp()
    const held = await hold()
    service.failNext('revoke', limitedFor(60_000))
    await revoker.revoke(held)
    clock.jumpWall(-86_400_000)
    await clock.advance(60_000)
    revoker.tick()
    await idle()
    expect(ledger.all()).toEqual([])
  })

  it('delays the other tokens of a rate-limited account as well', async () => {
    const { clock, service, revoker, hold, limitedFor } = setUp()
    const tokens = await Promise.all(Array.from({ length: 20 }, () => hold()))
    service.failNext('revoke', ...Array.from({ length: 4 }, () => limitedFor(300_000)))
    await revoker.revokeAll(tokens, 'background')
    expect(service.calls.revoke).toBe(4)
    expect(revoker.tracker.counts().pending).toBe(20)
    await clock.advance(300_000)
    revoker.tick()
    await idle()
    expect(service.alive).toEqual([])
  })

  it('is retried at once on request during an outage, but not during a rate limit', async () => {
    const { service, revoker, hold, limitedFor } = setUp()
    const held = await hold()
    service.failNext('revoke', unavailable())
    await revoker.revoke(held, 'background')
    expect(await revoker.revoke(held, 'background')).toBe('pending')
    expect(service.calls.revoke).toBe(1)
    service.failNext('revoke', limitedFor(60_000))
    expect(await revoker.revoke(held, 'user')).toBe('pending')
    expect(service.calls.revoke).toBe(2)
    expect(await revoker.revoke(held, 'user')).toBe('pending')
    expect(service.calls.revoke).toBe(2)
  })

  it('is retried with growing pauses also if the service is not at fault', async () => {
    const { clock, service, revoker, armed, hold } = setUp()
    const held = await hold()
    const fault = () => new TokentrayError('invalid_request', 'The CA file is gone.')
    service.failNext('revoke', fault(), fault(), fault(), fault())
    await revoker.revoke(held)
    for (let second = 0; second < 7; second += 1) {
      await clock.advance(1_000)
      revoker.tick()
      await idle()
    }
    expect(armed).toEqual([1_000, 2_000, 4_000, 8_000])
  })

  it('is removed a minute after its expiry, in case the clock of the service lags behind', async () => {
    const { clock, service, ledger, revoker, hold } = setUp()
    const held = await hold()
    service.outage = unavailable()
    await revoker.revoke(held)
    await clock.advance(1_200_000 + 60_000)
    revoker.tick()
    expect(ledger.all()).toEqual([held])
    await clock.advance(1)
    revoker.tick()
    expect(ledger.all()).toEqual([])
    expect(revoker.tracker.counts().pending).toBe(0)
  })

  it('is not called expired while its service still accepts it after its expiry', async () => {
    const { clock, service, ledger, revoker, hold, turns } = setUp()
    const { token, ...owner } = await hold()
    await ledger.remove(owner.id)
    const longer = { ...token, value: new Secret('longer'), takenAfterEndMs: 900_000 }
    const held = ledger.add(owner, longer)
    const ownEnd = Number(token.expiresAt)
    service.outage = unavailable()
    await revoker.revoke(held)
    expect(revoker.tracker.statusOf(held)).toMatchObject({
      outcome: 'pending',
      endsAt: ownEnd + 900_000,
    })
    expect(revoker.remaining().untilExpiryEndsAt).toBe(ownEnd + 900_000)
    await clock.advance(1_200_000 + 900_000 + 60_000)
    revoker.tick()
    expect(ledger.get(held.id)).toEqual(held)
    expect(turns).not.toContain('expired')
    await clock.advance(1)
    revoker.tick()
    expect(ledger.get(held.id)).toBeUndefined()
    expect(turns).toContain('expired')
  })

  it('is recorded as soon as that works if it could not be recorded before', async () => {
    const { clock, service, ledger, revoker, store, hold } = setUp()
    const { token, ...owner } = await hold()
    const held = ledger.add({ ...owner, accountUid: 'another' }, token)
    store.lines.length = 0
    store.isFull = true
    service.outage = unavailable()
    await revoker.revoke(held)
    await idle()
    expect(store.lines).toEqual([])
    store.isFull = false
    await clock.advance(1_000)
    revoker.tick()
    await idle()
    expect(store.lines).toEqual(['add'])
  })
})
