import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { tokenOf, until } from '../../helpers/make-broker.ts'
import { listed, MINUTE, startAged, startRotating, turns } from './set-up.ts'

const isEnd = ({ path }: { readonly path: string }) => path === '/end'

describe('the credential of an account that is logged out', () => {
  it('is ended at the service, after the tokens', async () => {
    const rotating = await startRotating()
    await rotating.issue()
    rotating.order.length = 0
    await rotating.test.broker.logins.logout(rotating.account())
    const requests = rotating.order.filter((line) => line.includes(' /'))
    expect(requests.at(-1)).toBe('POST /end')
    expect(requests).toHaveLength(2)
    expect(rotating.simulator.refreshTokens()).toEqual([])
    expect(rotating.simulator.aliveTokens()).toEqual([])
    await listed(rotating, 0)
    expect(await rotating.stored()).toBeUndefined()
  })

  it('is not ended before the service has answered about the tokens', async () => {
    const rotating = await startRotating()
    await rotating.issue()
    const release = rotating.simulator.gate.hold(({ method }) => method === 'DELETE')
    const out = rotating.test.broker.logins.logout(rotating.account())
    await rotating.simulator.gate.held(1)
    await turns()
    expect(rotating.count('POST /end')).toBe(0)
    release()
    await out
    expect(rotating.count('POST /end')).toBe(1)
  })

  it('is ended when the account is removed', async () => {
    const rotating = await startRotating()
    await rotating.test.broker.logins.remove(rotating.account())
    expect(rotating.simulator.refreshTokens()).toEqual([])
    expect(rotating.test.broker.accounts.all()).toEqual([])
    await listed(rotating, 0)
  })

  it('does not keep the account logged in if that fails, and is tried again', async () => {
    const rotating = await startRotating()
    rotating.simulator.faults.next(1, { kind: 'status', status: 503 }, isEnd)
    await rotating.test.broker.logins.logout(rotating.account())
    expect(rotating.account().record.state).toBe('signed_out')
    expect(await rotating.stored()).toBeUndefined()
    expect(rotating.test.broker.revoker.tracker.counts().pending).toBe(1)
    await rotating.test.broker.recorded()
    expect(rotating.test.recorded.map(({ event }) => event)).toContain('token_waiting')
    await rotating.clock.advance(MINUTE)
    await until(() => rotating.simulator.refreshTokens().length === 0)
    await listed(rotating, 0)
  })

  it('is ended after a crash, though the account is gone', async () => {
    const rotating = await startRotating()
    rotating.simulator.faults.next(1, { kind: 'status', status: 503 }, isEnd)
    await rotating.test.broker.logins.remove(rotating.account())
    expect(rotating.simulator.refreshTokens()).toHaveLength(1)
    await rotating.restart()
    await until(() => rotating.simulator.refreshTokens().length === 0)
    await listed(rotating, 0)
  })

  it('is the newest one if the account is logged out during a renewal', async () => {
    const rotating = await startAged()
    const release = rotating.simulator.gate.hold(({ path }) => path === '/renew')
    const asked = rotating.issue().catch(() => undefined)
    await rotating.simulator.gate.held(1)
    const out = rotating.test.broker.logins.logout(rotating.account())
    expect(rotating.account().session.isSignedOut).toBe(true)
    release()
    await Promise.all([out, asked])
    await until(() => rotating.simulator.aliveTokens().length === 0)
    expect(rotating.simulator.refreshTokens()).toEqual([])
    expect(rotating.simulator.reuses()).toBe(0)
    expect(await rotating.stored()).toBeUndefined()
    await listed(rotating, 0)
  })

  it('is the newest one if the keychain does not have it', async () => {
    const rotating = await startAged()
    rotating.keychain.failure = new TokentrayError('vault_unavailable')
    await rotating.issue()
    await rotating.test.broker.logins.logout(rotating.account())
    expect(rotating.simulator.refreshTokens()).toEqual([])
    expect(rotating.simulator.reuses()).toBe(0)
    await listed(rotating, 0)
  })
})

describe('the credential of an account that stays logged in', () => {
  it('is not ended when Tokentray quits, nor at the next start', async () => {
    const rotating = await startAged()
    rotating.keychain.failure = new TokentrayError('vault_unavailable')
    await rotating.issue()
    await rotating.test.broker.stop(1_000)
    expect(rotating.count('POST /end')).toBe(0)
    rotating.keychain.failure = null
    await rotating.restart()
    expect(tokenOf(await rotating.issue())).toMatch(/^access-/)
    expect(rotating.count('POST /end')).toBe(0)
    expect(rotating.simulator.reuses()).toBe(0)
  })

  it('is not counted among the tokens that wait to be revoked', async () => {
    const rotating = await startAged()
    rotating.keychain.failure = new TokentrayError('vault_unavailable')
    await rotating.issue()
    expect(rotating.test.broker.revoker.tracker.counts()).toMatchObject({ pending: 0 })
    expect(rotating.test.broker.revoker.tracker.outstanding()).toEqual([])
  })
})
