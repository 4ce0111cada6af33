import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { credentialKey } from '../../../main/broker/account/keychain-items.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { codeOf, idle, makeBroker, tokenOf } from '../../helpers/make-broker.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { MINUTE, signedIn } from '../set-ups.ts'

const down = () => new TokentrayError('temporarily_unavailable')

describe('after the network may have changed', () => {
  it('probes the token before it is next handed out, once for all callers', async () => {
    const { clock, service, ask } = await signedIn()
    const { lease } = await ask()
    clock.sleep(10 * MINUTE)
    const answers = await Promise.all([ask(), ask(10), ask(20)])
    expect(service.calls).toMatchObject({ probe: 1, login: 1 })
    for (const answer of answers) expect(answer.lease).toBe(lease)
    await ask()
    expect(service.calls.probe).toBe(1)
  })

  it('revokes the refused token unless a lease still holds it', async () => {
    const { clock, service, ask } = await signedIn()
    service.forgetTokens()
    clock.sleep(MINUTE)
    await ask()
    await idle()
    expect(service.calls.revoke).toBe(1)
  })

  it('logs in once if the service refuses the token', async () => {
    const { clock, service, ask } = await signedIn()
    const old = tokenOf(await ask())
    service.forgetTokens()
    clock.jumpWall(6_000)
    const answers = await Promise.all([ask(), ask(10), ask(20)])
    expect(service.calls).toMatchObject({ probe: 1, login: 2 })
    for (const answer of answers) {
      expect(tokenOf(answer)).not.toBe(old)
      expect(service.accepts(tokenOf(answer))).toBe(true)
    }
  })

  it('returns the token if the service is unreachable, and does not probe for every request', async () => {
    const { clock, service, ask } = await signedIn()
    const old = tokenOf(await ask())
    service.outage = down()
    clock.sleep(MINUTE)
    for (let call = 0; call < 20; call += 1) expect(tokenOf(await ask())).toBe(old)
    expect(service.calls.probe).toBe(1)
    service.outage = null
    await clock.advance(MINUTE)
    await ask()
    expect(service.calls.probe).toBe(2)
    await ask()
    expect(service.calls.probe).toBe(2)
  })

  it('does not probe a token if the service has no call for it', async () => {
    const { clock, service, newAccount, issue } = await makeBroker({
      services: [{ without: ['probe'] }],
    })
    const account = await newAccount()
    const { lease } = await issue(cliClient, account)
    clock.sleep(MINUTE)
    expect((await issue(cliClient, account)).lease).toBe(lease)
    expect(service.calls.login).toBe(1)
  })
})

describe('a refused session token', () => {
  it('is not returned after an unlock if the refusal was found while locked', async () => {
    const { broker, account, service, ask } = await signedIn({ services: [{ without: ['probe'] }] })
    const { lease } = await ask()
    broker.lock()
    service.forgetTokens()
    account.session.drop(lease.held)
    broker.unlock()
    expect(service.accepts(tokenOf(await ask()))).toBe(true)
  })

  it('does not affect the token that has replaced it', async () => {
    const { account, service, vault } = await signedIn({
      services: [{ leaseKinds: ['dedicated'], mintsFrom: 'session', with: ['listTokens'] }],
    })
    const { session } = account
    const old = session.current?.token.value.reveal() ?? ''
    session.lock()
    session.unlock()
    const read = vault.get.bind(vault)
    let goOn = () => {}
    const held = new Promise<void>((resolve) => {
      goOn = resolve
    })
    vault.get = async (key) => {
      vault.get = read
      await held
      return await read(key)
    }
    const call = session.call(async ({ token }) => {
      const value = token?.value.reveal() ?? ''
      if (!service.accepts(value)) throw new TokentrayError('wrong_credentials')
      return value
    })
    await idle()
    await session.rotate()
    service.forget(old)
    goOn()
    expect(await call).toBe(session.current?.token.value.reveal())
    expect(service.calls.login).toBe(2)
  })
})

describe('a login in progress', () => {
  it('revokes its own token if the account is logged out in the meantime', async () => {
    const { clock, service, ask, broker, account } = await signedIn()
    await clock.advance(20 * MINUTE)
    const gate = service.hold('login', 'after')
    const callers = [codeOf(ask()), codeOf(ask(10))]
    await idle()
    expect(service.alive).toHaveLength(1)
    await broker.logins.logout(account)
    gate.open()
    expect(await Promise.all(callers)).toEqual(['login_required', 'login_required'])
    expect(service.alive).toEqual([])
    expect(account.session.current).toBeNull()
  })

  it('keeps no token in memory if it is locked in the meantime, and its token is used after unlocking', async () => {
    const { clock, service, ask, broker, account } = await signedIn()
    await clock.advance(20 * MINUTE)
    const gate = service.hold('login', 'after')
    const caller = codeOf(ask())
    await idle()
    broker.lock()
    gate.open()
    expect(await caller).toBe('vault_locked')
    expect(account.session.current).toBeNull()
    expect(broker.leases.count).toBe(0)
    expect(service.alive).toHaveLength(1)
    broker.unlock()
    expect(tokenOf(await ask())).toBe(service.alive[0])
    expect(service.calls.login).toBe(2)
  })

  it('neither calls the service nor keeps the credential if it is locked while that is read', async () => {
    const { clock, service, ask, broker, vault, account } = await signedIn()
    broker.lock()
    broker.unlock()
    await clock.advance(20 * MINUTE)
    const caller = codeOf(ask())
    await Promise.resolve()
    broker.lock()
    expect(await caller).toBe('vault_locked')
    expect(service.calls.login).toBe(1)
    await vault.delete(credentialKey(account.record))
    broker.unlock()
    expect(await codeOf(ask())).toBe('login_required')
  })

  it('opens no lease if its only client is removed in the meantime', async () => {
    const { clock, service, account, client, issue, broker } = await signedIn()
    const tool = client('tool', account)
    await clock.advance(20 * MINUTE)
    const gate = service.hold('login', 'after')
    const caller = codeOf(issue(tool, account))
    await idle()
    await broker.removeClient(tool)
    gate.open()
    expect(await caller).toBe('invalid_client')
    expect(broker.leases.count).toBe(0)
  })

  it('with the old password does not affect a user who has logged in with the new one', async () => {
    const test = await signedIn()
    const { clock, service, ask, notified } = test
    await clock.advance(20 * MINUTE)
    const gate = service.hold('login')
    const caller = ask()
    await idle()
    gate.openBehind()
    service.password = markedSecret('password')
    await test.loginAgain()
    gate.open()
    expect(service.accepts(tokenOf(await caller))).toBe(true)
    expect(test.state()).toBe('signed_in')
    expect(notified).toEqual([])
    await clock.advance(40 * MINUTE)
    await ask()
  })

  it('revokes its token if the user has logged in meanwhile, and its callers get the new token', async () => {
    const test = await signedIn()
    const { clock, service, ask } = test
    await clock.advance(20 * MINUTE)
    const gate = service.hold('login', 'after')
    const caller = ask()
    await idle()
    gate.openBehind()
    await test.loginAgain()
    gate.open()
    expect(service.alive).toContain(tokenOf(await caller))
    await idle()
    expect(service.alive).toHaveLength(1)
  })

  it('is abandoned when the account switches to dedicated leases', async () => {
    const { clock, service, ask, broker, account } = await signedIn()
    await clock.advance(20 * MINUTE)
    const gate = service.hold('login', 'after')
    const caller = ask()
    await idle()
    broker.changeAccount(account, { leaseKind: 'dedicated' })
    gate.open()
    expect((await caller).lease.kind).toBe('dedicated')
    await idle()
    expect(service.alive).toHaveLength(1)
    expect(account.session.current).toBeNull()
  })
})

describe('storing a login', () => {
  it('waits for the previous one, and delays reads of the credential, even if it fails', async () => {
    const { session } = (await signedIn()).account
    const order: string[] = []
    const keep = (name: string) =>
      session.withExclusive(async () => {
        order.push(`${name} begins`)
        await idle()
        order.push(`${name} ends`)
        if (name === 'second') throw new Error('It could not be stored.')
      })
    const first = keep('first')
    const second = keep('second').catch(() => undefined)
    const read = session
      .storedCredential()
      .then((credential) => order.push(credential ? 'read' : 'nothing'))
    await Promise.all([first, second, read])
    expect(order).toEqual([
      ...['first begins', 'first ends', 'second begins', 'second ends', 'read'],
    ])
  })
})
