import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { program } from '../../../main/broker/record/actor.ts'
import { codeOf, diskFull, refusalOf, tokenOf, until } from '../../helpers/make-broker.ts'
import { listed, MINUTE, startAged, startRotating, turns } from './set-up.ts'

describe('a session that is renewed from a credential which rotates', () => {
  it('writes to the ledger before the request, and the keychain before the token is used', async () => {
    const rotating = await startAged()
    const next = await rotating.issue()
    await listed(rotating, 1)
    const steps = rotating.order.filter((line) => /^(add|end|keychain|POST .*)$/.test(line))
    expect(steps.slice(0, 6)).toEqual(['add', 'POST /renew', 'add', 'add', 'keychain', 'end'])
    expect(rotating.simulator.aliveTokens()).toEqual([tokenOf(next)])
    expect([await rotating.stored()]).toEqual(rotating.simulator.refreshTokens())
    expect(rotating.count('POST /login')).toBe(1)
  })

  it('issues no token before the keychain has answered', async () => {
    const rotating = await startAged()
    let answer = () => {}
    rotating.keychain.held = new Promise((resolve) => {
      answer = resolve
    })
    let isIssued = false
    const asked = rotating.issue().finally(() => {
      isIssued = true
    })
    await until(() => rotating.order.includes('keychain'))
    await turns()
    expect(isIssued).toBe(false)
    answer()
    await asked
  })

  it('renews with the credential of the renewal before', async () => {
    const rotating = await startAged()
    await rotating.issue()
    rotating.clock.stall(15 * MINUTE)
    await rotating.issue()
    expect(rotating.count('POST /renew')).toBe(2)
    expect(rotating.simulator.reuses()).toBe(0)
  })

  it('sends one request for any number of callers', async () => {
    const rotating = await startAged()
    const issued = await Promise.all(Array.from({ length: 8 }, () => rotating.issue()))
    expect(new Set(issued.map(tokenOf)).size).toBe(1)
    expect(rotating.count('POST /renew')).toBe(1)
    expect(rotating.simulator.reuses()).toBe(0)
  })

  it('keeps the credential if the service gives no other one', async () => {
    const rotating = await startAged({ rotates: false })
    const before = await rotating.stored()
    rotating.order.length = 0
    await rotating.issue()
    expect(await rotating.stored()).toBe(before)
    expect(rotating.test.broker.accounts.credentialNotices).toEqual([])
    rotating.clock.stall(15 * MINUTE)
    await rotating.issue()
    expect(rotating.simulator.reuses()).toBe(0)
  })

  it('asks the service nothing if the ledger cannot be written', async () => {
    const rotating = await startAged()
    rotating.test.faults.ledger = diskFull()
    expect(await codeOf(rotating.issue())).toBe('record_unavailable')
    expect(rotating.count('POST /renew')).toBe(0)
    rotating.test.faults.ledger = null
    await rotating.issue()
    expect(rotating.simulator.reuses()).toBe(0)
  })

  it('does not use an old credential after a restart if its line could not be removed', async () => {
    const rotating = await startAged()
    rotating.test.disk.refuses = ({ op }) => op === 'end'
    await rotating.issue()
    rotating.test.disk.refuses = undefined
    rotating.clock.stall(15 * MINUTE)
    await rotating.issue()
    await rotating.restart()
    rotating.clock.stall(15 * MINUTE)
    await rotating.issue()
    expect(rotating.simulator.reuses()).toBe(0)
  })

  it('takes the credential that a renewal from the valid token has changed', async () => {
    const rotating = await startAged({ refreshes: true })
    const next = await rotating.issue()
    expect(rotating.count('POST /extend')).toBe(1)
    expect(rotating.simulator.aliveTokens()).toEqual([tokenOf(next)])
    expect([await rotating.stored()]).toEqual(rotating.simulator.refreshTokens())
  })

  it.each(['logged in to again', 'removed'] as const)(
    'stores no credential from a renewal during which the account was %s, and revokes the new token',
    async (what) => {
      const rotating = await startAged({ refreshes: true })
      const { broker } = rotating.test
      let answer = () => {}
      rotating.answers.held = new Promise((resolve) => {
        answer = resolve
      })
      const asked = rotating.issue().catch(() => null)
      await until(() => rotating.count('POST /extend') === 1)
      rotating.answers.held = undefined
      if (what === 'removed') await broker.logins.remove(rotating.account())
      else
        await broker.logins.loginAgain(rotating.account(), {
          secrets: { password: rotating.password },
        })
      const stored = what === 'removed' ? undefined : await rotating.stored()
      answer()
      const issued = await asked
      await until(() => rotating.simulator.aliveTokens().length === (issued ? 1 : 0))
      expect(rotating.simulator.aliveTokens()).toEqual(issued ? [tokenOf(issued)] : [])
      if (what === 'removed')
        expect((await rotating.test.vault.keys()).join()).not.toContain('credential/')
      else expect(await rotating.stored()).toBe(stored)
    },
  )

  it('needs no user for an account that logs in with a one-time code', async () => {
    const rotating = await startAged()
    const { uid } = rotating.account()
    rotating.test.broker.accounts.change(uid, { needsCode: true })
    await rotating.issue()
    expect(rotating.count('POST /renew')).toBe(1)
  })
})

describe('the token before a renewal', () => {
  it('is recorded as revoked and not revoked again if the service has ended it', async () => {
    const rotating = await startRotating()
    const first = await rotating.issue()
    rotating.clock.stall(15 * MINUTE)
    rotating.test.forgetRecords()
    const next = await rotating.issue()
    expect(rotating.test.broker.leases.list().map(({ held }) => held)).toEqual([next.lease.held])
    await rotating.test.broker.recorded()
    expect(rotating.test.recorded.map(({ event }) => event)).toContain('token_revoked')
    await listed(rotating, 1)
    expect(rotating.test.listed()).toEqual([tokenOf(next)])
    expect(rotating.simulator.requests.filter(({ method }) => method === 'DELETE')).toEqual([])
    expect(rotating.simulator.aliveTokens()).not.toContain(tokenOf(first))
  })

  it('stays until its leases are closed, and is then revoked, if it is still valid', async () => {
    const rotating = await startRotating({ old: 'lives', says: 'lives' })
    const { broker } = rotating.test
    const tool = rotating.test.client('tool', rotating.account())
    const first = await rotating.test.issue(tool, rotating.account())
    rotating.clock.stall(12 * MINUTE)
    const next = await rotating.issue()
    expect(rotating.simulator.aliveTokens()).toEqual([tokenOf(first), tokenOf(next)])
    expect(rotating.test.listed()).toHaveLength(2)
    await broker.closeLeases({ id: first.lease.id }, program)
    expect(rotating.simulator.aliveTokens()).toEqual([tokenOf(next)])
    await listed(rotating, 1)
  })

  it('keeps its entry and its leases if the service has extended it', async () => {
    const rotating = await startRotating({ old: 'same', says: 'same' })
    const first = await rotating.issue()
    const { id, lifetime } = first.lease.held
    const before = lifetime.endsAt ?? 0
    rotating.clock.stall(15 * MINUTE)
    const next = await rotating.issue()
    expect(next.lease.held).toBe(first.lease.held)
    expect(next.lease.held).toMatchObject({ id, token: { expiresAt: before + 15 * MINUTE } })
    expect(next.lease.held.lifetime.endsAt).toBe(before + 15 * MINUTE)
    expect(rotating.test.listed()).toEqual([tokenOf(first)])
    expect(rotating.test.broker.leases.isOpen(first.lease)).toBe(true)
    expect(rotating.simulator.aliveTokens()).toEqual([tokenOf(first)])
    await rotating.restart()
    expect(rotating.account().session.current?.lifetime.endsAt).toBe(before + 15 * MINUTE)
  })

  it('is tried out before it is handed out again, and revoked in the end, if nothing is known', async () => {
    const rotating = await startRotating({ old: 'lives', says: 'unknown' })
    const tool = rotating.test.client('tool', rotating.account())
    const first = await rotating.test.issue(tool, rotating.account())
    rotating.clock.stall(12 * MINUTE)
    const next = await rotating.issue()
    const { tokenChecks } = rotating.account().session
    expect(tokenChecks.isValid(first.lease.held)).toBe(false)
    await rotating.test.broker.closeLeases({ id: first.lease.id }, program)
    expect(rotating.simulator.aliveTokens()).toEqual([tokenOf(next)])
  })

  it('is as good as unknown if it is called the same and is another one', async () => {
    const rotating = await startRotating({ old: 'lives', says: 'same' })
    const first = await rotating.issue()
    rotating.clock.stall(15 * MINUTE)
    const next = await rotating.issue()
    expect(rotating.test.listed()).toEqual([tokenOf(first), tokenOf(next)])
    expect(rotating.account().session.tokenChecks.isValid(first.lease.held)).toBe(false)
  })
})

describe('a renewal whose answer is lost', () => {
  const isRenewal = ({ path }: { readonly path: string }) => path === '/renew'

  it('is tried once more with the same credential, which services accept for a few seconds', async () => {
    const rotating = await startAged({ graceMs: 5_000 })
    rotating.simulator.faults.next(1, { kind: 'lost' }, isRenewal)
    const next = await rotating.issue()
    expect(rotating.count('POST /renew')).toBe(2)
    expect(rotating.simulator.aliveTokens()).toContain(tokenOf(next))
    expect([await rotating.stored()]).toEqual(rotating.simulator.refreshTokens())
    expect(rotating.simulator.reuses()).toBe(0)
  })

  it('needs a login, and says why, if the service no longer accepts the credential', async () => {
    const rotating = await startAged()
    rotating.clock.stall(6 * MINUTE)
    rotating.simulator.faults.next(1, { kind: 'lost' }, isRenewal)
    const error = await refusalOf(rotating.issue())
    expect(error.code).toBe('login_required')
    expect(error.message).toContain('A renewal of the login was cut off before its answer')
    expect(rotating.count('POST /renew')).toBe(2)
    expect(await codeOf(rotating.issue())).toBe('login_required')
    expect(rotating.count('POST /renew')).toBe(2)
    expect(rotating.test.broker.accounts.credentialNotices).toEqual([])
  })

  it('is not tried again at once where nothing was sent, or the service has refused it', async () => {
    const rotating = await startAged()
    rotating.clock.stall(6 * MINUTE)
    rotating.simulator.faults.next(1, { kind: 'status', status: 429 }, isRenewal)
    expect(await codeOf(rotating.issue())).toBe('rate_limited')
    expect(rotating.count('POST /renew')).toBe(1)
    await rotating.clock.advance(2 * MINUTE)
    await rotating.issue()
    expect(rotating.simulator.reuses()).toBe(0)
  })
})

describe('a process that is killed during a renewal', () => {
  it('has the new credential if its answer has come to the ledger, and puts it into the keychain', async () => {
    const rotating = await startAged()
    rotating.keychain.failure = new TokentrayError('vault_unavailable')
    const next = await rotating.issue()
    const [refresh] = rotating.simulator.refreshTokens()
    expect(await rotating.stored()).not.toBe(refresh)
    rotating.keychain.failure = null
    await rotating.restart()
    await listed(rotating, 0)
    expect(await rotating.stored()).toBe(refresh)
    expect(rotating.account().session.current?.token.value.reveal()).toBe(tokenOf(next))
    rotating.clock.stall(15 * MINUTE)
    await rotating.issue()
    expect(rotating.simulator.reuses()).toBe(0)
  })

  it('renews with the new credential even before the keychain has it', async () => {
    const rotating = await startAged()
    rotating.keychain.failure = new TokentrayError('vault_unavailable')
    await rotating.issue()
    await rotating.restart()
    rotating.clock.stall(15 * MINUTE)
    const next = await rotating.issue()
    expect(rotating.simulator.aliveTokens()).toEqual([tokenOf(next)])
    expect(rotating.simulator.reuses()).toBe(0)
  })

  it('needs a login, and says why, if the answer has not come', async () => {
    const rotating = await startAged()
    const isRenewal = ({ path }: { readonly path: string }) => path === '/renew'
    const release = rotating.simulator.gate.hold(isRenewal)
    const asked = rotating.issue().catch(() => undefined)
    await rotating.simulator.gate.held(1)
    await rotating.restart()
    release()
    void asked
    rotating.clock.stall(6 * MINUTE)
    const error = await refusalOf(rotating.issue())
    expect(error.message).toContain('A renewal of the login was cut off before its answer')
    expect(rotating.test.reasons[0]?.sentence).toContain('was cut off')
  })
})

describe('a keychain that cannot be written', () => {
  it('leaves the token usable, shows a notice, and is retried', async () => {
    const rotating = await startAged()
    rotating.keychain.failure = new TokentrayError('vault_unavailable')
    const next = await rotating.issue()
    expect(rotating.simulator.aliveTokens()).toEqual([tokenOf(next)])
    // The new token and the credential.
    await listed(rotating, 2)
    expect(rotating.test.broker.notices.join()).toContain(
      'The renewed login of rotating/work could not be saved in the keychain yet.',
    )
    rotating.keychain.failure = null
    await rotating.clock.advance(2_000)
    expect([await rotating.stored()]).toEqual(rotating.simulator.refreshTokens())
    expect(rotating.test.broker.notices.join()).not.toContain('could not be saved')
    await listed(rotating, 1)
    expect(rotating.test.listed()).toEqual([tokenOf(next)])
  })

  it('has the credential too if only the ledger cannot be written after the answer', async () => {
    const rotating = await startAged()
    const release = rotating.simulator.gate.hold(({ path }) => path === '/renew')
    const { faults } = rotating.test
    const asked = refusalOf(rotating.issue())
    await rotating.simulator.gate.held(1)
    faults.ledger = diskFull()
    release()
    expect((await asked).code).toBe('record_unavailable')
    expect([await rotating.stored()]).toEqual(rotating.simulator.refreshTokens())
    faults.ledger = null
    await rotating.clock.advance(MINUTE)
    await rotating.issue()
    expect(rotating.simulator.reuses()).toBe(0)
  })
})

describe('what belongs to a token', () => {
  it('is in the ledger, encrypted, and is there to revoke it after a crash', async () => {
    const rotating = await startRotating()
    const { lease } = await rotating.issue()
    const { held } = lease
    expect(Object.keys(held.token.outputs ?? {})).toEqual(['id', 'csrf'])
    rotating.simulator.faults.next(1, { kind: 'status', status: 503 })
    await rotating.test.broker.closeLeases({ id: lease.id }, program)
    await until(() => rotating.order.at(-1) === 'token_waiting')
    await rotating.restart()
    await until(() => rotating.simulator.aliveTokens().length === 0)
    const [path] = rotating.simulator.requests.map((each) => each.path).slice(-1)
    expect(path).toBe(`/sessions/${held.token.outputs?.['id']?.reveal()}`)
  })

  it('is shown nowhere', async () => {
    const rotating = await startRotating()
    const { lease } = await rotating.issue()
    const csrf = lease.held.token.outputs?.['csrf']?.reveal() ?? ''
    expect(csrf).not.toBe('')
    const shown = [inspect(lease, { depth: null, showHidden: true }), JSON.stringify(lease.held)]
    await rotating.test.broker.recorded()
    expect([...shown, JSON.stringify(rotating.test.recorded)].join('\n')).not.toContain(csrf)
  })
})
