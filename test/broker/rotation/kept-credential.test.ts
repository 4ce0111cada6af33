import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import { Ledger, type TokenOwner } from '../../../main/broker/ledger/ledger.ts'
import type { LedgerLine, LedgerStore } from '../../../main/vault/ledger/ledger-store.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { diskFull, refusalOf, tokenOf } from '../../helpers/make-broker.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { MINUTE, startAged, turns } from './set-up.ts'

const owner: TokenOwner = { accountUid: 'uid', provider: 'rotating', values: {}, kind: 'session' }

function makeToken(expiresAt: number | null = null) {
  return { value: new Secret(markedSecret('token')), tokenType: 'Bearer', headers: {}, expiresAt }
}

/** A ledger whose writes take until `release` is called, and what it has written. */
function makeSlowLedger() {
  const written: LedgerLine[] = []
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const store: LedgerStore = {
    isPersistent: true,
    lines: 0,
    load: async () => ({ entries: [], notices: [] }),
    keys: () => [],
    async append(lines) {
      await held
      written.push(...lines)
    },
    compact: async () => {},
    close: async () => {},
  }
  return { ledger: new Ledger(store, new FakeClock()), written, release: () => release() }
}

describe('a renewed credential', () => {
  it.each(['lives', 'unknown', 'ends', 'same'] as const)(
    'is in the ledger before the keychain is asked if the same token comes again, and its driver says %s',
    async (says) => {
      const rotating = await startAged({ old: 'same', says })
      rotating.keychain.failure = new TokentrayError('vault_unavailable')
      await rotating.issue()
      const [newest] = rotating.simulator.refreshTokens()
      const { order } = rotating
      const renewed = order.indexOf('POST /renew')
      expect(order.slice(renewed, order.indexOf('keychain'))).toContain('add')
      rotating.keychain.failure = null
      await rotating.restart()
      await turns()
      expect(await rotating.stored()).toBe(newest)
      rotating.clock.stall(20 * MINUTE)
      await rotating.issue()
      expect(rotating.simulator.reuses()).toBe(0)
    },
  )

  it('is written with the next token if it changes while the ledger is being written', async () => {
    const { ledger, written, release } = makeSlowLedger()
    const { credentials } = ledger
    const begun = credentials.change(credentials.add(owner, 'item'), { isRenewing: true })
    const writing = ledger.write(ledger.add(owner, makeToken()))
    const refresh = markedSecret('refresh')
    credentials.change(begun, { credential: { refresh: new Secret(refresh) } })
    release()
    await writing
    expect(JSON.stringify(written)).not.toContain(refresh)
    await ledger.write(ledger.add(owner, makeToken()))
    expect(JSON.stringify(written)).toContain(refresh)
  })

  it('leaves a token alone that was in use before, if only the ledger cannot be written', async () => {
    const rotating = await startAged({ old: 'same', says: 'lives' })
    const alive = rotating.simulator.aliveTokens()
    const release = rotating.simulator.gate.hold(({ path }) => path === '/renew')
    const asked = refusalOf(rotating.issue())
    await rotating.simulator.gate.held(1)
    rotating.test.faults.ledger = diskFull()
    release()
    expect((await asked).code).toBe('record_unavailable')
    rotating.test.faults.ledger = null
    await turns()
    expect(rotating.simulator.aliveTokens()).toEqual(alive)
    expect([tokenOf(await rotating.issue())]).toEqual(alive)
    expect(rotating.simulator.reuses()).toBe(0)
  })
})

describe('a token', () => {
  it('that is extended while the ledger is being written is written once more', async () => {
    const { ledger, written, release } = makeSlowLedger()
    const token = makeToken(1_000)
    const held = ledger.add(owner, token)
    const writing = ledger.write(held)
    ledger.extend(held, { ...token, expiresAt: 2_000 })
    release()
    await writing
    await ledger.write(held)
    expect(written).toHaveLength(2)
  })
})
