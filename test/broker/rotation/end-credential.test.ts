import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import type { Broker } from '../../../main/broker/broker.ts'
import { codeOf, diskFull, tokenOf, until } from '../../helpers/make-broker.ts'
import { listed, MINUTE, type Rotating, startAged, startRotating, turns } from './set-up.ts'

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

  it('is kept by a version that does not know its provider', async () => {
    const rotating = await startAged()
    rotating.keychain.failure = new TokentrayError('vault_unavailable')
    await rotating.issue()
    const newest = rotating.simulator.refreshTokens()
    await rotating.restart({ isKnown: false })
    await turns()
    rotating.keychain.failure = null
    rotating.order.length = 0
    await rotating.restart()
    await until(() => rotating.order.includes('keychain'))
    await turns()
    expect([await rotating.stored()]).toEqual(newest)
    rotating.clock.stall(20 * MINUTE)
    await rotating.issue()
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

describe('the credential of a log-out that was cut off', () => {
  /** Its ledger line is gone, its keychain item too, and the service does not accept it any more. */
  async function isEnded(rotating: Rotating): Promise<void> {
    await until(() => rotating.simulator.refreshTokens().length === 0)
    const { vault, settings } = rotating.test
    await until(() => !settings.read().keychain?.join().includes('credential/'))
    expect((await vault.keys()).join()).not.toContain('credential/')
    await listed(rotating, 0)
  }

  it('is ended at the next start if the process is killed before the ledger has it', async () => {
    const rotating = await startRotating()
    await killed(rotating, ({ logins }) => logins.logout(rotating.account()))
    await rotating.restart()
    expect(rotating.account().record.state).toBe('signed_out')
    await isEnded(rotating)
  })

  it('is ended at the next start if the process is killed while the log-out waits for a renewal', async () => {
    const rotating = await startAged()
    const release = rotating.simulator.gate.hold(({ path }) => path === '/renew')
    rotating.issue().catch(() => undefined)
    await rotating.simulator.gate.held(1)
    void rotating.test.broker.logins.logout(rotating.account())
    await turns()
    await rotating.restart()
    release()
    await isEnded(rotating)
  })

  it('is ended at the next start if the process is killed while the account is removed', async () => {
    const rotating = await startRotating()
    await killed(rotating, ({ logins }) => logins.remove(rotating.account()))
    await rotating.restart()
    expect(rotating.account().record.state).toBe('signed_out')
    await isEnded(rotating)
    await rotating.test.broker.logins.remove(rotating.account())
    expect(rotating.test.broker.accounts.all()).toEqual([])
  })

  it('is the newest one at the next start, also if the keychain has an older one', async () => {
    const rotating = await startAged()
    rotating.keychain.failure = new TokentrayError('vault_unavailable')
    await rotating.issue()
    const [newest] = rotating.simulator.refreshTokens()
    await killed(rotating, ({ logins }) => logins.logout(rotating.account()))
    rotating.keychain.failure = null
    await rotating.restart()
    await isEnded(rotating)
    await turns()
    const sent = rotating.simulator.requests.filter(isEnd).map(({ body }) => body)
    expect(sent).toEqual([JSON.stringify({ refresh: newest })])
  })

  it('stays in the keychain while that cannot be read, and is ended as soon as it can be', async () => {
    const rotating = await lockedOut()
    const { vault } = rotating.test.broker
    await vault.keys()
    await rotating.clock.advance(1)
    await isEnded(rotating)
    expect(rotating.count('POST /end')).toBe(1)
  })

  it('is ended by another log-out after one that could not read the keychain', async () => {
    const rotating = await lockedOut()
    await rotating.test.broker.logins.logout(rotating.account())
    await isEnded(rotating)
  })

  it('is ended at the next start after a log-out that could not read the keychain', async () => {
    const rotating = await lockedOut()
    await rotating.restart()
    await isEnded(rotating)
  })

  it('stays in the keychain while the ledger cannot be written', async () => {
    const rotating = await startRotating()
    rotating.simulator.faults.next(1, { kind: 'status', status: 503 }, isEnd)
    rotating.test.faults.ledger = diskFull()
    const refused = await codeOf(rotating.test.broker.logins.logout(rotating.account()))
    expect(refused).toBe('record_unavailable')
    expect(await rotating.stored()).toMatch(/^refresh-/)
    await rotating.restart()
    await isEnded(rotating)
  })

  it('is not ended if the account has another login by then', async () => {
    const rotating = await lockedOut()
    await rotating.test.broker.logins.loginAgain(rotating.account(), {
      secrets: { password: rotating.password },
    })
    const stored = await rotating.stored()
    await rotating.clock.advance(1)
    await turns()
    expect(rotating.count('POST /end')).toBe(0)
    expect(await rotating.stored()).toBe(stored)
    expect(rotating.simulator.refreshTokens()).toContain(stored)
  })

  it('stays in the keychain for the version that knows its provider', async () => {
    const rotating = await startRotating()
    await killed(rotating, ({ logins }) => logins.logout(rotating.account()))
    await rotating.restart({ isKnown: false })
    await turns()
    await rotating.restart()
    await isEnded(rotating)
  })

  /** Killed while its tokens are being revoked and the ledger is being written; the next start works. */
  async function killed(rotating: Rotating, work: (broker: Broker) => Promise<unknown>) {
    await rotating.issue()
    const release = rotating.simulator.gate.hold(({ method }) => method === 'DELETE')
    rotating.test.disk.hangs = true
    void work(rotating.test.broker)
    await rotating.simulator.gate.held(1)
    await turns()
    rotating.kill()
    release()
  }

  /** Logged out while the keychain is locked, which it is not any more. */
  async function lockedOut(): Promise<Rotating> {
    const rotating = await startRotating()
    await rotating.issue()
    rotating.test.faults.vault = new TokentrayError('vault_locked')
    const refused = await codeOf(rotating.test.broker.logins.logout(rotating.account()))
    expect(refused).toBe('vault_locked')
    rotating.test.faults.vault = null
    expect(await rotating.stored()).toMatch(/^refresh-/)
    return rotating
  }
})
