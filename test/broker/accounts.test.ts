import { describe, expect, it } from 'vitest'
import { cliClient } from '../../main/broker/clients.ts'
import { codeOf, makeBroker, prepareBroker } from '../helpers/make-broker.ts'

describe('Accounts', () => {
  it('finds an account by its id and by its uid, under its new name after a rename', async () => {
    const { broker, signIn } = await makeBroker()
    const { accounts } = broker
    const { uid } = await signIn('work')
    expect(accounts.get('sftpgo/work').uid).toBe(uid)
    accounts.change(uid, { name: 'home' })
    expect(accounts.find('sftpgo/work')).toBeUndefined()
    expect(accounts.byUid(uid)?.id).toBe('sftpgo/home')
    expect(accounts.all().map(({ id }) => id)).toEqual(['sftpgo/home'])
  })

  it('says "not found" for one that is not there', async () => {
    const { accounts } = (await makeBroker()).broker
    expect(await codeOf((async () => accounts.get('sftpgo/work'))())).toBe('not_found')
    expect(await codeOf((async () => accounts.getByUid('unknown'))())).toBe('not_found')
  })

  it('keeps the session of an account whose record changes', async () => {
    const { broker, signIn } = await makeBroker()
    const { session, uid } = await signIn()
    broker.accounts.change(uid, { label: 'Alice' })
    expect(broker.accounts.byUid(uid)?.session).toBe(session)
  })

  it('does not store a second account of the same name', async () => {
    const { broker, signIn } = await makeBroker()
    const { record } = await signIn()
    const again = { ...record, uid: 'x'.repeat(20) }
    expect(await codeOf((async () => broker.accounts.insert(again))())).toBe('already_exists')
    expect(broker.accounts.all()).toHaveLength(1)
  })

  it('leaves an account of an unknown provider in the settings, and serves the others', async () => {
    const first = await makeBroker()
    const { record } = await first.signIn()
    const foreign = { ...record, uid: 'x'.repeat(20), provider: 'unheard-of' }
    first.settings.update((settings) => ({ ...settings, accounts: [foreign, record] }))
    const second = prepareBroker({ after: first })
    await second.broker.start()
    const [account, ...others] = second.broker.accounts.all()
    expect(others).toEqual([])
    if (!account) throw new Error('The account should have been stored.')
    await second.issue(cliClient, account)
    await second.broker.signing.rename(account, 'home')
    expect(second.settings.read().accounts).toContainEqual(foreign)
  })
})
