import { beforeEach, describe, expect, it } from 'vitest'
import { Lifetime } from '../../../main/base/clock.ts'
import { newLeaseId, toClientId } from '../../../main/base/ids.ts'
import { Secret } from '../../../main/base/secret.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { Leases } from '../../../main/broker/lease/leases.ts'
import type { HeldToken } from '../../../main/broker/ledger/ledger.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'

const HOUR = 3_600_000
const tool = toClientId('tool')
const other = toClientId('other')

let clock: FakeClock
let leases: Leases

beforeEach(() => {
  clock = new FakeClock()
  leases = new Leases(clock)
})

function hold(id: string, lifeMs: number | null = HOUR): HeldToken {
  const expiresAt = lifeMs === null ? null : clock.now() + lifeMs
  return {
    id,
    accountUid: 'account',
    provider: 'sftpgo',
    values: {},
    kind: 'session',
    addedAt: clock.now(),
    token: { value: new Secret(id), tokenType: 'Bearer', headers: {}, expiresAt },
    lifetime: new Lifetime(clock, expiresAt),
    validity: new Lifetime(clock, expiresAt),
    lifeMs: lifeMs ?? Number.POSITIVE_INFINITY,
  }
}

function open(held: HeldToken, lengthMs = 900_000, client = tool) {
  const id = newLeaseId()
  return leases.open(
    { id, client, accountUid: held.accountUid, kind: 'shared', held, fingerprint: 'print' },
    lengthMs,
  )
}

const asked = { by: cliClient, cause: 'asked' } as const

describe('Leases', () => {
  it('expires after its lifetime, or with its token if that expires first', () => {
    expect(open(hold('long')).lifetime.endsAt).toBe(clock.now() + 900_000)
    expect(open(hold('short', 60_000)).lifetime.endsAt).toBe(clock.now() + 60_000)
    expect(open(hold('endless', null)).lifetime.endsAt).toBe(clock.now() + 900_000)
  })

  it('expires on a whole millisecond although the monotonic clock has fractions', async () => {
    const held = hold('short', 60_000)
    await clock.advance(100.4)
    clock.jumpWall(-0.4)
    expect(Number.isInteger(open(held).lifetime.endsAt)).toBe(true)
  })

  it('has one current lease per client and account, and keeps those it replaced', () => {
    const first = open(hold('first'))
    const second = open(hold('second'))
    const others = open(hold('first'), 900_000, other)
    expect(leases.currentOf(tool, 'account')).toBe(second)
    expect(leases.currentOf(other, 'account')).toBe(others)
    expect(leases.list({ client: tool })).toEqual([first, second])
  })

  it('has no current lease once the current one is closed, even if an older one is open', () => {
    open(hold('first'))
    leases.close([open(hold('second'))], asked)
    expect(leases.currentOf(tool, 'account')).toBeUndefined()
    expect(leases.count).toBe(1)
  })

  it('keeps the current lease when an older one is closed', () => {
    const first = open(hold('first'))
    const second = open(hold('second'))
    leases.close([first], asked)
    expect(leases.currentOf(tool, 'account')).toBe(second)
    expect([leases.isOpen(first), leases.isOpen(second)]).toEqual([false, true])
  })

  it('treats a token as held until its last lease is closed', () => {
    const held = hold('token')
    const mine = open(held)
    const others = open(held, 900_000, other)
    leases.close([mine], asked)
    expect(leases.isHeld(held)).toBe(true)
    leases.close([others], asked)
    leases.close([others], asked)
    expect(leases.isHeld(held)).toBe(false)
  })

  it('finds leases by id, client and account', () => {
    const mine = open(hold('mine'))
    const others = open(hold('others'), 900_000, other)
    expect(leases.list({ id: mine.id })).toEqual([mine])
    expect(leases.list({ id: 'unknown' })).toEqual([])
    expect(leases.list({ client: other })).toEqual([others])
    expect(leases.list({ accountUid: 'account' })).toEqual([mine, others])
    expect(leases.list({ accountUid: 'another' })).toEqual([])
    expect(leases.list()).toEqual([mine, others])
  })

  it('extends a lease to its full lifetime, but not beyond its token', async () => {
    const lease = open(hold('token', 1_200_000))
    await clock.advance(600_000)
    leases.extend(lease, 900_000)
    expect(lease.lifetime.remainingMs).toBe(600_000)
    expect(lease.openedAt).toBe(clock.now() - 600_000)
  })

  it('lists the expired leases and the time of the next expiry', async () => {
    const short = open(hold('short'), 60_000)
    open(hold('long'), 120_000, other)
    expect(leases.nextExpiry()).toBe(clock.now() + 60_000)
    await clock.advance(60_000)
    expect(leases.expired()).toEqual([short])
    leases.close([short], asked)
    expect(leases.nextExpiry()).toBe(clock.now() + 60_000)
    expect(new Leases(clock).nextExpiry()).toBe(Number.POSITIVE_INFINITY)
  })

  it('does not extend a lease when the wall clock is set back', async () => {
    const lease = open(hold('token'), 60_000)
    clock.jumpWall(-HOUR)
    await clock.advance(60_000)
    expect(leases.expired()).toEqual([lease])
  })

  it('expires leases by the wall clock while the monotonic one is suspended', () => {
    const lease = open(hold('token'), 60_000)
    clock.sleep(60_000)
    expect(leases.expired()).toEqual([lease])
  })
})
