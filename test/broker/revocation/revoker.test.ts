import { describe, expect, it } from 'vitest'
import { idle } from '../../helpers/make-broker.ts'
import { setUp } from './revoker-set-up.ts'

describe('revoking a token', () => {
  it('removes it from the ledger only after the service has confirmed', async () => {
    const { service, ledger, revoker, store, hold } = setUp()
    const held = await hold()
    const gate = service.hold('revoke')
    const ending = revoker.revoke(held)
    await idle()
    expect(ledger.all()).toEqual([held])
    expect(revoker.tracker.statusOf(held)?.outcome).toBe('pending')
    gate.open()
    expect(await ending).toBe('ended')
    expect(service.alive).toEqual([])
    expect(ledger.all()).toEqual([])
    expect(store.lines).toEqual(['add', 'end'])
    expect(revoker.tracker.counts().pending).toBe(0)
  })

  it('treats "already gone" as success', async () => {
    const { service, ledger, revoker, hold } = setUp()
    const held = await hold()
    service.forgetTokens()
    expect(await revoker.revoke(held)).toBe('ended')
    expect(ledger.all()).toEqual([])
  })

  it('calls the service once for concurrent requests, and not again afterwards', async () => {
    const { service, revoker, hold } = setUp()
    const held = await hold()
    await Promise.all([
      revoker.revoke(held),
      revoker.revoke(held),
      revoker.revokeAll([held], 'background'),
    ])
    expect(await revoker.revoke(held)).toBe('ended')
    expect(service.calls.revoke).toBe(1)
  })

  it('leaves a token to its expiry if the service cannot revoke it, and keeps it in the ledger', async () => {
    const { clock, ledger, revoker, hold } = setUp({ without: ['revoke'] })
    const held = await hold()
    expect(await revoker.revoke(held)).toBe('until_expiry')
    expect(ledger.all()).toEqual([held])
    expect(revoker.tracker.counts().pending).toBe(0)
    await clock.advance(1_200_000 + 60_001)
    revoker.tick()
    expect(ledger.all()).toEqual([])
  })

  it('does the same if the service answers that it cannot', async () => {
    const { revoker, hold } = setUp({ revocation: 'not_supported' })
    expect(await revoker.revoke(await hold())).toBe('until_expiry')
  })

  it('keeps listing one that neither expires nor can be revoked', async () => {
    const { ledger, revoker, turns, hold } = setUp({ revocation: 'not_supported', lifeMs: null })
    const held = await hold()
    expect(await revoker.revoke(held)).toBe('until_expiry')
    expect(ledger.all()).toEqual([held])
    expect(revoker.tracker.outstanding()).toEqual([
      {
        item: held,
        status: { outcome: 'until_expiry', why: 'Fake service cannot revoke it.', endsAt: null },
      },
    ])
    expect(turns).toEqual(['left'])
  })

  it('keeps one of a provider that this version does not know, and says so', async () => {
    const { ledger, revoker, hold } = setUp()
    const held = await hold()
    const foreign = ledger.add({ ...held, provider: 'unheard-of' }, held.token)
    expect(await revoker.revoke(foreign)).toBe('until_expiry')
    expect(ledger.get(foreign.id)).toBe(foreign)
    expect(revoker.tracker.outstanding()).toMatchObject([
      {
        item: { id: foreign.id },
        status: {
          outcome: 'until_expiry',
          why: 'Another version of Tokentray made it for a service that this version does not support.',
        },
      },
    ])
  })

  it('succeeds even if its removal from the ledger cannot be written', async () => {
    const { revoker, logged, store, hold } = setUp()
    const held = await hold()
    store.isFull = true
    expect(await revoker.revoke(held)).toBe('ended')
    await idle()
    expect(logged).toEqual(['a revoked token stays in the ledger until the next start'])
  })
})

describe('revoking many tokens', () => {
  it('runs four at a time', async () => {
    const { service, revoker, hold } = setUp()
    const tokens = await Promise.all(Array.from({ length: 20 }, () => hold()))
    await revoker.revokeAll(tokens, 'background')
    expect(service.most.revoke).toBe(4)
    expect(service.alive).toEqual([])
  })

  it('does not delay one account because the service of another does not respond', async () => {
    const { service, revoker, hold } = setUp()
    const hanging = await Promise.all(Array.from({ length: 10 }, () => hold('hanging')))
    const other = await hold('other')
    const gate = service.hold('revoke')
    void revoker.revokeAll(hanging, 'background')
    await idle()
    // Calls in progress still hang; new ones are answered.
    gate.openBehind()
    expect(await revoker.revoke(other)).toBe('ended')
    expect(revoker.tracker.counts().pending).toBe(10)
  })

  it('skips tokens that expired while they were queued', async () => {
    const { clock, service, revoker, hold } = setUp()
    const tokens = await Promise.all(Array.from({ length: 6 }, () => hold()))
    const gate = service.hold('revoke')
    const all = revoker.revokeAll(tokens, 'background')
    await idle()
    await clock.advance(1_200_000 + 60_001)
    revoker.tick()
    gate.open()
    await all
    expect(service.calls.revoke).toBe(4)
  })

  it('causes no Node warning, however many run at once', async () => {
    const { service, revoker, hold } = setUp()
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    const accounts = ['a', 'b', 'c', 'd', 'e']
    const held = await Promise.all(accounts.flatMap((each) => [1, 2, 3].map(() => hold(each))))
    await revoker.revokeAll(held, 'background')
    await idle()
    process.off('warning', note)
    expect(service.most.revoke).toBe(15)
    expect(warnings).toEqual([])
  })

  it('reports all of them as not yet revoked from the start', async () => {
    const { service, revoker, hold } = setUp()
    const tokens = await Promise.all(Array.from({ length: 10 }, () => hold()))
    service.hold('revoke')
    void revoker.revokeAll(tokens, 'background')
    expect(revoker.tracker.counts().pending).toBe(10)
  })

  it('is aborted by a stop, and the remaining tokens stay in the ledger', async () => {
    const { service, ledger, revoker, hold } = setUp()
    const tokens = await Promise.all(Array.from({ length: 10 }, () => hold()))
    service.hold('revoke')
    const all = revoker.revokeAll(tokens, 'background')
    await idle()
    revoker.stop()
    await all
    expect(ledger.all()).toHaveLength(10)
  })

  it('does not forget a token because the wall clock was set past its expiry', async () => {
    const { clock, revoker, ledger, hold, service } = setUp()
    const held = await hold()
    clock.jumpWall(10 * 24 * 3_600_000)
    revoker.tick()
    expect(ledger.get(held.id)).toBe(held)
    expect(await revoker.revoke(held)).toBe('ended')
    expect(service.alive).toEqual([])
  })
})
