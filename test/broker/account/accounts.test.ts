import { describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { credentialKey } from '../../../main/broker/account/keychain-items.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { codeOf, makeBroker, prepareBroker } from '../../helpers/make-broker.ts'

describe('Accounts', () => {
  it('finds an account by its id and by its uid, also after a rename', async () => {
    const { broker, newAccount } = await makeBroker()
    const { accounts } = broker
    const { uid } = await newAccount('work')
    expect(accounts.get('sftpgo/work').uid).toBe(uid)
    accounts.change(uid, { name: 'home' })
    expect(accounts.find('sftpgo/work')).toBeUndefined()
    expect(accounts.byUid(uid)?.id).toBe('sftpgo/home')
    expect(accounts.all().map(({ id }) => id)).toEqual(['sftpgo/home'])
  })

  it('rejects an unknown account with "not found"', async () => {
    const { accounts } = (await makeBroker()).broker
    expect(await codeOf((async () => accounts.get('sftpgo/work'))())).toBe('not_found')
    expect(await codeOf((async () => accounts.getByUid('unknown'))())).toBe('not_found')
  })

  it('keeps the session of an account whose record changes', async () => {
    const { broker, newAccount } = await makeBroker()
    const { session, uid } = await newAccount()
    broker.accounts.change(uid, { label: 'Alice' })
    expect(broker.accounts.byUid(uid)?.session).toBe(session)
  })

  it('does not store a second account with the same name', async () => {
    const { broker, newAccount } = await makeBroker()
    const { record } = await newAccount()
    const again = { ...record, uid: 'x'.repeat(20) }
    expect(await codeOf((async () => broker.accounts.insert(again))())).toBe('already_exists')
    expect(broker.accounts.all()).toHaveLength(1)
  })

  it('does not change a credential of a newer version until the user logs in', async () => {
    const first = await makeBroker()
    const { record } = await first.newAccount()
    const key = credentialKey(record)
    const newer = JSON.stringify({ version: 2, sealed: {} })
    await first.vault.set(key, new Secret(newer))
    const second = prepareBroker({ after: first })
    await second.broker.start()
    await second.clock.advance(60 * 60_000)
    const account = second.broker.accounts.getByUid(record.uid)
    const asked = second.issue(cliClient, account)
    await expect(asked).rejects.toMatchObject({
      code: 'newer_version',
      message: expect.stringContaining('The credential of sftpgo/work'),
    })
    expect(second.settings.read().accounts[0]?.state).toBe('signed_in')
    expect((await second.vault.get(key))?.reveal()).toBe(newer)
    await second.broker.logins.loginAgain(account, {
      secrets: { password: new Secret(second.service.password) },
    })
    await second.issue(cliClient, second.broker.accounts.getByUid(record.uid))
  })

  it('keeps an account of an unknown provider in the settings, and uses the others', async () => {
    const first = await makeBroker()
    const { record } = await first.newAccount()
    const foreign = { ...record, uid: 'x'.repeat(20), provider: 'unheard-of' }
    first.settings.update((settings) => ({ ...settings, accounts: [foreign, record] }))
    const second = prepareBroker({ after: first })
    await second.broker.start()
    const [account, ...others] = second.broker.accounts.all()
    expect(others).toEqual([])
    if (!account) throw new Error('The account should have been stored.')
    await second.issue(cliClient, account)
    await second.broker.changeAccount(account, { name: 'home' })
    expect(second.settings.read().accounts).toContainEqual(foreign)
  })
})
