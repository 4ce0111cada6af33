import { describe, expect, it } from 'vitest'
import { idle } from '../../helpers/make-broker.ts'
import { setUp } from './revoker-set-up.ts'

describe('ending a token', () => {
  it('strikes it out after the service has said that it is gone, and not before', async () => {
    const { service, ledger, endings, store, hold } = setUp()
    const held = await hold()
    const gate = service.hold('revoke')
    const ending = endings.end(held)
    await idle()
    expect(ledger.all()).toEqual([held])
    expect(endings.fates.of(held)?.at).toBe('pending')
    gate.open()
    expect(await ending).toBe('ended')
    expect(service.alive).toEqual([])
    expect(ledger.all()).toEqual([])
    expect(store.lines).toEqual(['add', 'end'])
    expect(endings.fates.counts().pending).toBe(0)
  })

  it('takes "already gone" for an end', async () => {
    const { service, ledger, endings, hold } = setUp()
    const held = await hold()
    service.forgetTokens()
    expect(await endings.end(held)).toBe('ended')
    expect(ledger.all()).toEqual([])
  })

  it('asks the service once when several want it at once, and not again afterwards', async () => {
    const { service, endings, hold } = setUp()
    const held = await hold()
    await Promise.all([endings.end(held), endings.end(held), endings.endAll([held], 'program')])
    expect(await endings.end(held)).toBe('ended')
    expect(service.calls.revoke).toBe(1)
  })

  it('leaves a token to its expiry that the service cannot end, and keeps it in the ledger', async () => {
    const { clock, ledger, endings, hold } = setUp({ without: ['revoke'] })
    const held = await hold()
    expect(await endings.end(held)).toBe('until_expiry')
    expect(ledger.all()).toEqual([held])
    expect(endings.fates.counts().pending).toBe(0)
    await clock.advance(1_200_000 + 60_001)
    endings.tick()
    expect(ledger.all()).toEqual([])
  })

  it('does the same when the service answers that it cannot', async () => {
    const { endings, hold } = setUp({ revocation: 'not_supported' })
    expect(await endings.end(await hold())).toBe('until_expiry')
  })

  it('goes on listing one that neither expires nor can be ended', async () => {
    const { ledger, endings, turns, hold } = setUp({ revocation: 'not_supported', lifeMs: null })
    const held = await hold()
    expect(await endings.end(held)).toBe('until_expiry')
    expect(ledger.all()).toEqual([held])
    expect(endings.fates.lingering()).toEqual([
      {
        item: held,
        fate: { at: 'until_expiry', why: 'Fake service cannot revoke it.', endsAt: null },
      },
    ])
    expect(turns).toEqual(['left'])
  })

  it('keeps one of a provider that this version does not know, and says so', async () => {
    const { ledger, endings, hold } = setUp()
    const held = await hold()
    const foreign = ledger.hold({ ...held, provider: 'unheard-of' }, held.token)
    expect(await endings.end(foreign)).toBe('until_expiry')
    expect(ledger.get(foreign.id)).toBe(foreign)
    expect(endings.fates.lingering()).toMatchObject([
      {
        item: { id: foreign.id },
        fate: {
          at: 'until_expiry',
          why: 'Another version of Tokentray made it, for a service that this one does not know.',
        },
      },
    ])
  })

  it('is done even if striking it out cannot be written', async () => {
    const { endings, logged, store, hold } = setUp()
    const held = await hold()
    store.isFull = true
    expect(await endings.end(held)).toBe('ended')
    await idle()
    expect(logged).toEqual(['an ended token stays in the ledger until the next start'])
  })
})

describe('ending many', () => {
  it('asks for four at a time', async () => {
    const { service, endings, hold } = setUp()
    const tokens = await Promise.all(Array.from({ length: 20 }, () => hold()))
    await endings.endAll(tokens, 'program')
    expect(service.most.revoke).toBe(4)
    expect(service.alive).toEqual([])
  })

  it('does not wait with one account for the service of another that hangs', async () => {
    const { service, endings, hold } = setUp()
    const hanging = await Promise.all(Array.from({ length: 10 }, () => hold('hanging')))
    const other = await hold('other')
    const gate = service.hold('revoke')
    void endings.endAll(hanging, 'program')
    await idle()
    // What is under way goes on hanging; what comes from now on is answered.
    gate.openBehind()
    expect(await endings.end(other)).toBe('ended')
    expect(endings.fates.counts().pending).toBe(10)
  })

  it('does not send what has expired while it waited for its turn', async () => {
    const { clock, service, endings, hold } = setUp()
    const tokens = await Promise.all(Array.from({ length: 6 }, () => hold()))
    const gate = service.hold('revoke')
    const all = endings.endAll(tokens, 'program')
    await idle()
    await clock.advance(1_200_000 + 60_001)
    endings.tick()
    gate.open()
    await all
    expect(service.calls.revoke).toBe(4)
  })

  it('makes Node warn of nothing, however many are under way', async () => {
    const { service, endings, hold } = setUp()
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    const accounts = ['a', 'b', 'c', 'd', 'e']
    const held = await Promise.all(accounts.flatMap((each) => [1, 2, 3].map(() => hold(each))))
    await endings.endAll(held, 'program')
    await idle()
    process.off('warning', note)
    expect(service.most.revoke).toBe(15)
    expect(warnings).toEqual([])
  })

  it('knows all of them as not ended from the start', async () => {
    const { service, endings, hold } = setUp()
    const tokens = await Promise.all(Array.from({ length: 10 }, () => hold()))
    service.hold('revoke')
    void endings.endAll(tokens, 'program')
    expect(endings.fates.counts().pending).toBe(10)
  })

  it('is broken off by a stop, and what was not ended stays in the ledger', async () => {
    const { service, ledger, endings, hold } = setUp()
    const tokens = await Promise.all(Array.from({ length: 10 }, () => hold()))
    service.hold('revoke')
    const all = endings.endAll(tokens, 'program')
    await idle()
    endings.stop()
    await all
    expect(ledger.all()).toHaveLength(10)
  })

  it('does not forget a token because the wall clock was set ahead of its end', async () => {
    const { clock, endings, ledger, hold, service } = setUp()
    const held = await hold()
    clock.jumpWall(10 * 24 * 3_600_000)
    endings.tick()
    expect(ledger.get(held.id)).toBe(held)
    expect(await endings.end(held)).toBe('ended')
    expect(service.alive).toEqual([])
  })
})
