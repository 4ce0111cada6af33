import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../main/base/clock.ts'
import { Secret } from '../../../main/base/secret.ts'
import { Ledger } from '../../../main/broker/ledger/ledger.ts'
import { toAccountTokens } from '../../../main/broker/token-admin/match-tokens.ts'
import { createMemoryLedger } from '../../../main/vault/ledger/memory-ledger.ts'

const ledger = new Ledger(createMemoryLedger(), systemClock)
const DAY = 86_400_000

const ours = (expiresAt: number | null) =>
  ledger.add(
    { accountUid: 'uid', provider: 'glowmarkt', values: {}, kind: 'lease' },
    { value: new Secret(randomUUID()), tokenType: 'token', headers: {}, expiresAt },
  )
const listed = (id: string, createdAt: number, expiresAt: number | null = createdAt + 7 * DAY) => ({
  ...{ id, createdAt, expiresAt },
})
const now = Date.UTC(2026, 0, 1)

describe('the tokens listed by a service', () => {
  it('are matched by their expiry, within two seconds', () => {
    const held = ours(now + 7 * DAY + 1_400)
    const phone = listed('phone', now - 5_000)
    const tokens = toAccountTokens([listed('mine', now), phone], [held])
    expect(tokens).toEqual([
      { ...listed('mine', now), ours: 'yes', held },
      { ...phone, ours: 'no' },
    ])
  })

  it('may be ours if another one was created at the same moment', () => {
    const held = ours(now + 7 * DAY)
    const tokens = toAccountTokens([listed('one', now), listed('other', now + 500)], [held])
    expect(tokens.map(({ ours: whose }) => whose)).toEqual(['maybe', 'maybe'])
    for (const token of tokens) expect(token).not.toHaveProperty('held')
  })

  it('are never ours if another kind of login created them, and do not make the others uncertain', () => {
    const held = ours(now + 7 * DAY)
    const phone = { ...listed('phone', now), foreign: true } as const
    expect(toAccountTokens([phone, listed('mine', now)], [held])).toEqual([
      { ...phone, ours: 'no' },
      { ...listed('mine', now), ours: 'yes', held },
    ])
  })

  it('are all ours if we created as many at that moment, though which is which is unknown', () => {
    const both = [ours(now + 7 * DAY), ours(now + 7 * DAY)]
    const tokens = toAccountTokens([listed('one', now), listed('other', now)], both)
    expect(tokens.map(({ ours: whose }) => whose)).toEqual(['yes', 'yes'])
    for (const token of tokens) expect(token).not.toHaveProperty('held')
  })

  it('are sorted from newest to oldest', () => {
    const ids = toAccountTokens(
      [listed('old', now - DAY), listed('new', now), listed('older', now - 2 * DAY)],
      [],
    ).map(({ id }) => id)
    expect(ids).toEqual(['new', 'old', 'older'])
  })

  it('without an expiry match only ours without an expiry', () => {
    const endless = listed('endless', now, null)
    expect(toAccountTokens([endless], [ours(now)])[0]?.ours).toBe('no')
    expect(toAccountTokens([endless], [ours(null)])[0]?.ours).toBe('yes')
  })
})
