import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { codeOf, diskFull, idle } from '../../helpers/make-broker.ts'
import { credentialsIn, expectNothing, MINUTE, records, signedIn } from '../set-ups.ts'

describe('logging out', () => {
  it('closes leases, revokes the token, deletes the credential, and keeps the account listed', async () => {
    const test = await signedIn()
    const { issue, account, broker, service, settings, recorded } = test
    const { lease } = await issue(cliClient, account)
    const ended = await broker.logins.logout(account)
    expect(ended).toEqual([{ lease, accountId: 'sftpgo/work', atService: 'ended' }])
    expect(service.alive).toEqual([])
    expect(await credentialsIn(test)).toEqual([])
    expect(settings.read().accounts[0]?.state).toBe('signed_out')
    expect(recorded.map(({ event, cause = '' }) => `${event} ${cause}`.trim())).toEqual(
      expect.arrayContaining(['logout', 'end logged_out']),
    )
    expect(await codeOf(issue(cliClient, account))).toBe('login_required')
    expect(service.calls.login).toBe(1)
    expect(test.notified).toEqual([])
  })

  it('is shown even if it could not be stored, and is stored with the next change', async () => {
    const { account, broker, faults, settings } = await signedIn()
    const state = () => broker.accounts.get('sftpgo/work').record.state
    faults.settings = diskFull()
    await expect(broker.logins.logout(account)).rejects.toMatchObject({
      code: 'record_unavailable',
    })
    expect(state()).toBe('signed_out')
    expect(settings.read().accounts[0]?.state).toBe('signed_in')
    faults.settings = null
    broker.changeAccount(account, { leaseSeconds: 600 })
    expect(settings.read().accounts[0]).toMatchObject({ state: 'signed_out', leaseSeconds: 600 })
  })

  it('revokes a token that no lease holds', async () => {
    const { account, broker, service } = await signedIn()
    expect(await broker.logins.logout(account)).toEqual([])
    expect(service.alive).toEqual([])
  })

  it('works while locked', async () => {
    const test = await signedIn()
    test.broker.lock()
    await test.broker.logins.logout(test.account)
    expect(test.service.alive).toEqual([])
    expect(await credentialsIn(test)).toEqual([])
    test.broker.unlock()
    expect(test.account.session.current).toBeNull()
  })

  it('reports "pending" while the service is down, and revokes the tokens later', async () => {
    const test = await signedIn()
    const { issue, account, broker, service, clock } = test
    await issue(cliClient, account)
    service.outage = new TokentrayError('temporarily_unavailable')
    expect(await broker.logins.logout(account)).toMatchObject([{ atService: 'pending' }])
    expect(await credentialsIn(test)).toEqual([])
    service.outage = null
    await clock.advance(MINUTE)
    expect(service.alive).toEqual([])
  })

  it.each(records)(
    'does all it can if $part fails, says so, and finishes when it is repeated',
    async ({ part, error }) => {
      const test = await signedIn()
      const { issue, account, broker, service, faults, settings } = test
      await issue(cliClient, account)
      faults[part] = error
      const outcome = await broker.logins.logout(account).catch((cause: unknown) => cause)
      // A ledger that cannot be written does not prevent revocation.
      expect(outcome).toMatchObject(
        part === 'ledger' ? [{ lease: expect.anything() }] : { code: error.code, cause: error },
      )
      expect(service.alive).toEqual([])
      expect(await credentialsIn(test).catch(() => ['unknown'])).toEqual(
        part === 'vault' ? ['unknown'] : [],
      )
      faults[part] = null
      await broker.logins.logout(account)
      expect(await credentialsIn(test)).toEqual([])
      expect(settings.read().accounts[0]?.state).toBe('signed_out')
    },
  )

  it('deletes the credential although the service is slow', async () => {
    const test = await signedIn()
    test.service.hold('revoke')
    void test.broker.logins.logout(test.account)
    await idle()
    expect(await credentialsIn(test)).toEqual([])
    expect(test.settings.read().accounts[0]?.state).toBe('signed_out')
  })
})

describe('removing', () => {
  it('deletes account, credential, token and the grants on it', async () => {
    const test = await signedIn()
    test.client('tool', test.account)
    await test.broker.logins.remove(test.account)
    await expectNothing(test)
    expect(test.settings.read().grants).toEqual([])
  })

  it('keeps the account, logged out, if the credential cannot be deleted', async () => {
    const test = await signedIn()
    test.faults.vault = new TokentrayError('vault_locked')
    expect(await codeOf(test.broker.logins.remove(test.account))).toBe('vault_locked')
    test.faults.vault = null
    await test.broker.logins.remove(test.broker.accounts.get('sftpgo/work'))
    await expectNothing(test)
  })
})

describe('renaming', () => {
  it('keeps leases, grants and credential', async () => {
    const { issue, account, broker, client, service, clock } = await signedIn()
    const tool = client('tool', account)
    const { lease } = await issue(tool, account)
    const renamed = broker.changeAccount(account, { name: 'home' })
    expect(renamed.id).toBe('sftpgo/home')
    expect(broker.accounts.find('sftpgo/work')).toBeUndefined()
    const again = await issue(tool, renamed)
    expect(again.lease).toBe(lease)
    expect(again.accountId).toBe('sftpgo/home')
    await clock.advance(30 * MINUTE)
    await issue(tool, renamed)
    expect(service.calls.login).toBeGreaterThan(1)
  })

  it('refuses a name that is taken or malformed, and accepts the current one', async () => {
    const { account, broker, newAccount } = await signedIn()
    await newAccount('home')
    const rename = (name: string) => codeOf((async () => broker.changeAccount(account, { name }))())
    expect(await rename('home')).toBe('already_exists')
    expect(await rename('No Name')).toBe('invalid_request')
    expect(broker.changeAccount(account, { name: 'work' }).id).toBe('sftpgo/work')
  })
})
