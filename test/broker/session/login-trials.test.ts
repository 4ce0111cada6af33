import { describe, expect, it } from 'vitest'
import type { AuditEvent } from '../../../main/audit/audit.ts'
import { TokentrayError } from '../../../main/base/errors.ts'
import { toLingeringView } from '../../../main/desktop/ipc/views.ts'
import { toLingering } from '../../../main/loopback/schemas/views.ts'
import type { ProviderContext, ProviderSession } from '../../../main/providers/provider.ts'
import type { FakeService } from '../../helpers/fake-provider.ts'
import {
  type BrokerOptions,
  codeOf,
  diskFull,
  idle,
  makeBroker,
  until,
} from '../../helpers/make-broker.ts'
import { makeTestFolder } from '../../helpers/marks.ts'
import { signedIn } from '../set-ups.ts'

/** Like API keys: created and revoked with the session token. */
const bySession: BrokerOptions = {
  services: [{ leaseKinds: ['dedicated'], mintsFrom: 'session', with: ['revokeLease'] }],
}

/** From now on a login creates a key as a lease would, and continues with `then`. */
function tryAtLogin(
  { provider, driver }: FakeService,
  then: (session: ProviderSession, context: ProviderContext) => Promise<void>,
): void {
  const login = provider.login.bind(provider)
  provider.login = async (form, context) => {
    const { trials } = context
    const done = await login(form, context)
    const { values } = form
    const { token, credential } = done
    if (!token || !trials) throw new Error('There is nothing to try with.')
    const session = { values, credential, token }
    await trials.made(token, values, 'session')
    await trials.plan('check-1', values)
    const made = await driver.mint?.(session, { leaseId: 'check-1', lifetimeSeconds: 60 }, context)
    if (made) await trials.made(made.token, values, 'check-1')
    await then(session, context)
    return done
  }
}

/** The revocation of a trial key by a login. */
const endTrial =
  (service: FakeService) => async (session: ProviderSession, context: ProviderContext) => {
    await service.driver.revokeLease?.({ leaseId: 'check-1' }, session, context)
    context.trials?.ended('check-1')
  }

describe('a trial key that a login creates', () => {
  it('is recorded before it is created, and does not affect the token of the login', async () => {
    const { service, loginAgain, listed, ask } = await signedIn(bySession)
    const before = listed().length
    tryAtLogin(service, endTrial(service))
    const gate = service.hold('mint')
    const login = loginAgain()
    await idle()
    // The token of the login, and the plan.
    expect(listed().slice(before)).toEqual([expect.anything(), 'a plan for check-1'])
    gate.open()
    await login
    await idle()
    expect(listed()).toEqual(service.alive)
    expect(service.alive).toHaveLength(1)
    await ask()
    expect(service.calls.login).toBe(2)
  })

  it('is recorded with its service if it belongs to no account', async () => {
    const test = await makeBroker(bySession)
    tryAtLogin(test.service, () => Promise.reject(new TokentrayError('login_required')))
    expect(await codeOf(test.newAccount())).toBe('login_required')
    await until(() => test.service.alive.length === 0)
    await idle()
    const turns = test.recorded.filter(({ event }) => event === 'token_revoked')
    expect(turns.length).toBeGreaterThan(0)
    for (const turn of turns) {
      expect(turn).toMatchObject({ cause: 'login', host: 'service.example', route: 'broker' })
      expect(turn).not.toHaveProperty('account')
    }
  })

  it('is recorded as created during login if it belongs to an account', async () => {
    const { service, loginAgain, recorded } = await signedIn(bySession)
    tryAtLogin(service, () => Promise.reject(new TokentrayError('rate_limited')))
    await codeOf(loginAgain())
    await idle()
    const turns = recorded.filter(({ event }) => event === 'token_revoked')
    const turn = { cause: 'login', account: 'sftpgo/work' }
    expect(turns).toEqual([
      expect.objectContaining({ ...turn, lease: 'check-1' }),
      // The token from the login itself.
      expect.objectContaining(turn),
    ])
  })

  it.each(['an account', 'no account'])(
    'is listed as created during login if it belongs to %s',
    async (whose) => {
      const known = whose === 'an account' ? await signedIn(bySession) : null
      const { service, broker, newAccount } = known ?? (await makeBroker(bySession))
      tryAtLogin(service, async () => {
        service.outage = new TokentrayError('temporarily_unavailable')
        throw service.outage
      })
      expect(await codeOf(known ? known.loginAgain() : newAccount())).toBe(
        'temporarily_unavailable',
      )
      await idle()
      const lists = [
        toLingering(broker),
        broker.revoker.tracker.outstanding().map((each) => toLingeringView(each, broker)),
      ]
      const account = known ? 'sftpgo/work' : 'service.example'
      for (const list of lists) {
        expect(list.map(({ use, account }) => ({ use, account }))).toEqual([
          { use: 'login', account },
          { use: 'login', account },
        ])
      }
    },
  )

  it('is described that way by the next start too, as is the token of the login', async () => {
    const ledgerFolder = makeTestFolder('broker')
    const test = await signedIn({ ...bySession, ledgerFolder })
    const { service, broker, crash } = test
    const { provider } = service
    const login = provider.login
    tryAtLogin(service, async () => {
      service.outage = new TokentrayError('temporarily_unavailable')
      throw service.outage
    })
    await codeOf(test.loginAgain())
    await until(() => broker.revoker.tracker.counts().pending === 2)
    await idle()
    crash()
    service.outage = null
    provider.login = login
    const next = await makeBroker({ ledgerFolder, after: test })
    await until(() => next.broker.startupRecovery.recovery.state === 'done')
    await idle()
    const turns = next.recorded.filter(({ event }) => event === 'token_revoked')
    expect(turns.map(({ cause }) => cause)).toEqual(['login', 'login'])
  })

  it('is recorded that way if the next start revokes it', async () => {
    const ledgerFolder = makeTestFolder('broker')
    const test = await signedIn({ ...bySession, ledgerFolder })
    const { provider } = test.service
    const login = provider.login
    tryAtLogin(test.service, () => new Promise(() => undefined))
    void test.loginAgain()
    await until(
      () => test.service.alive.length === 3 && !test.listed().includes('a plan for check-1'),
    )
    test.crash()
    provider.login = login
    const next = await makeBroker({ ledgerFolder, after: test })
    await until(() => next.broker.startupRecovery.recovery.state === 'done')
    const turns = next.recorded.filter(({ lease }) => lease === 'check-1')
    expect(turns).toEqual([expect.objectContaining({ event: 'token_revoked', cause: 'login' })])
  })

  it('is revoked if the login then fails', async () => {
    const { service, loginAgain, listed } = await signedIn(bySession)
    const [own] = service.alive
    tryAtLogin(service, () => Promise.reject(new TokentrayError('rate_limited')))
    expect(await codeOf(loginAgain())).toBe('rate_limited')
    await idle()
    expect(service.alive).toEqual([own])
    expect(listed()).toEqual([own])
  })

  it('is revoked later if the service blocks requests for a time', async () => {
    const { service, loginAgain, listed, clock } = await signedIn(bySession)
    const [own] = service.alive
    tryAtLogin(service, async () => {
      service.outage = new TokentrayError('rate_limited', 'Slower.', {
        retryAt: clock.now() + 5_000,
      })
      throw service.outage
    })
    expect(await codeOf(loginAgain())).toBe('rate_limited')
    await idle()
    expect(service.alive).toHaveLength(3)
    expect(listed()).toHaveLength(3)
    service.outage = null
    for (let second = 0; second < 10; second += 1) await clock.advance(1_000)
    await idle()
    expect(service.alive).toEqual([own])
  })

  it('is revoked by the next start if this process is killed', async () => {
    const ledgerFolder = makeTestFolder('broker')
    const test = await signedIn({ ...bySession, ledgerFolder })
    const { service, loginAgain, listed, crash } = test
    const { provider } = service
    const login = provider.login
    tryAtLogin(service, () => new Promise(() => undefined))
    void loginAgain()
    await until(() => service.alive.length === 3 && !listed().includes('a plan for check-1'))
    crash()
    provider.login = login
    const next = await makeBroker({ ledgerFolder, after: test })
    await until(() => next.broker.startupRecovery.recovery.state === 'done')
    // One session is reused; the key is gone.
    expect(service.alive).toHaveLength(1)
    expect(service.calls.revokeLease).toBe(1)
  })

  it('is recorded also when the session is renewed', async () => {
    const { service, ask, clock, listed } = await signedIn(bySession)
    tryAtLogin(service, () => Promise.reject(new TokentrayError('temporarily_unavailable')))
    await clock.advance(22 * 60_000)
    expect(await codeOf(ask())).toBe('temporarily_unavailable')
    await idle()
    expect(service.alive).toEqual([])
    expect(listed()).toEqual([])
  })

  it('is not created if that cannot be written', async () => {
    const { service, loginAgain, faults } = await signedIn(bySession)
    const { mint } = service.calls
    tryAtLogin(service, endTrial(service))
    faults.ledger = diskFull()
    expect(await codeOf(loginAgain())).toBe('record_unavailable')
    expect(service.calls.mint).toBe(mint)
  })

  it('is revoked by the next start if the account did not exist yet', async () => {
    const ledgerFolder = makeTestFolder('broker')
    const test = await makeBroker({ ...bySession, ledgerFolder })
    const { service, newAccount, listed, crash } = test
    const { provider } = service
    const login = provider.login
    tryAtLogin(service, () => new Promise(() => undefined))
    void newAccount()
    await until(() => service.alive.length === 2 && !listed().includes('a plan for check-1'))
    crash()
    provider.login = login
    const next = await makeBroker({ ledgerFolder, after: test })
    await until(() => next.broker.startupRecovery.recovery.state === 'done')
    await idle()
    expect(service.alive).toEqual([])
  })
})

describe('the token of a login that is not kept', () => {
  const revoked = (recorded: readonly AuditEvent[]) =>
    recorded.filter(({ event }) => event === 'token_revoked').map(({ cause }) => cause)

  it('is recorded as created during login if the keychain cannot store the credential', async () => {
    const { loginAgain, faults, recorded, service } = await signedIn()
    faults.vault = new TokentrayError('vault_unavailable')
    expect(await codeOf(loginAgain())).toBe('vault_unavailable')
    await until(() => service.alive.length === 1)
    await idle()
    expect(revoked(recorded)).toEqual(['login'])
  })

  it('is recorded that way if the ledger cannot be written', async () => {
    const { loginAgain, faults, recorded, service } = await signedIn()
    faults.ledger = diskFull()
    expect(await codeOf(loginAgain())).toBe('record_unavailable')
    await until(() => service.alive.length === 1)
    await idle()
    expect(revoked(recorded)).toEqual(['login'])
  })

  it('is recorded that way if the account keeps no session', async () => {
    const { recorded, service } = await signedIn({ services: [{ leaseKinds: ['dedicated'] }] })
    expect(service.alive).toEqual([])
    expect(revoked(recorded)).toEqual(['login'])
  })

  it('is not recorded that way when a later login replaces it', async () => {
    const { loginAgain, recorded, service } = await signedIn()
    await loginAgain()
    await until(() => service.alive.length === 1)
    await idle()
    expect(revoked(recorded)).toEqual([undefined])
  })
})
