import { describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import {
  type BrokerOptions,
  codeOf,
  diskFull,
  idle,
  makeBroker,
  refusalOf,
  tokenOf,
} from '../../helpers/make-broker.ts'
import { signedIn } from '../set-ups.ts'

const shares: BrokerOptions = { services: [{ sharesCredential: true }] }
const url = 'https://service.example'

describe('what a login learns about its service', () => {
  const learning: BrokerOptions = {
    services: [
      {
        leaseKinds: ['dedicated'],
        learned: { login: { flavour: 'hosted' }, mint: { route: 'new' } },
      },
    ],
  }

  it('is stored apart from the form, and passed with it to the driver', async () => {
    const { account, settings, ask, service } = await signedIn(learning)
    expect(settings.read().accounts[0]).toMatchObject({
      values: { url },
      learned: { flavour: 'hosted' },
    })
    expect(account.values).toEqual({ url, flavour: 'hosted' })
    await ask()
    expect(service.lastValues).toEqual({ url, flavour: 'hosted' })
  })

  it('can be extended by a mint, whose lease is not treated as an earlier one', async () => {
    const { ask, settings, service } = await signedIn(learning)
    const first = await ask()
    expect(settings.read().accounts[0]?.learned).toEqual({ flavour: 'hosted', route: 'new' })
    expect(tokenOf(await ask())).toBe(tokenOf(first))
    expect(first.lease.held.values).toEqual({ url, flavour: 'hosted', route: 'new' })
    expect(service.calls.mint).toBe(1)
  })

  it('leaves no valid token that was made with it and cannot be used', async () => {
    const { ask, faults, service, listed } = await signedIn(learning)
    faults.settings = diskFull()
    expect(await codeOf(ask())).toBe('record_unavailable')
    await idle()
    expect(service.calls.mint).toBe(1)
    expect(service.alive).toEqual([])
    expect(listed()).toEqual([])
  })

  it('is learned again when the user logs in again', async () => {
    const { ask, settings, loginAgain } = await signedIn(learning)
    await ask()
    await loginAgain({ url: 'https://moved.example' })
    expect(settings.read().accounts[0]).toMatchObject({
      values: { url: 'https://moved.example' },
      learned: { flavour: 'hosted' },
    })
  })
})

describe('an account copied from another one', () => {
  it('takes its values and its secrets, except those that are entered', async () => {
    const { broker, account, service } = await signedIn(shares)
    const other = await broker.logins.add({
      ...{ provider: service.provider, name: 'other', copyFrom: account },
      ...{ values: { application: 'app_2' }, secrets: {} },
    })
    expect(other.record.values).toEqual({ url, application: 'app_2' })
    await broker.logins.logout(account)
    expect((await broker.logins.loginAgain(other, passwordOf(service))).id).toBe('sftpgo/other')
  })

  it('is checked with the copied values', async () => {
    const { broker, account, service } = await signedIn(shares)
    const { provider } = service
    const check = (values: Readonly<Record<string, string>>) =>
      broker.logins.check({ provider, values, copyFrom: account })
    await check({ application: 'app_2' })
    expect(await codeOf(check({ url: 'nonsense' }))).toBe('invalid_request')
  })

  it('does not send its secrets to another address', async () => {
    const { broker, account, service } = await signedIn(shares)
    const adding = broker.logins.add({
      ...{ provider: service.provider, name: 'other', copyFrom: account, secrets: {} },
      values: { url: 'https://elsewhere.example' },
    })
    const refusal = await refusalOf(adding)
    expect([refusal.code, refusal.message]).toEqual([
      'invalid_request',
      '"Address" is different from that of sftpgo/work.',
    ])
    expect(service.calls.login).toBe(1)
  })

  it('is refused if the service has one credential for each account', async () => {
    const { broker, account, service } = await signedIn()
    const adding = broker.logins.add({
      ...{ provider: service.provider, name: 'other', copyFrom: account, values: {}, secrets: {} },
    })
    expect(await codeOf(adding)).toBe('not_supported')
    const checking = broker.logins.check({
      provider: service.provider,
      values: {},
      copyFrom: account,
    })
    expect(await codeOf(checking)).toBe('not_supported')
  })

  it('is refused if the other account is logged out, and nothing is stored', async () => {
    const { broker, account, service } = await signedIn(shares)
    await broker.logins.logout(account)
    const adding = broker.logins.add({
      ...{ provider: service.provider, name: 'other', copyFrom: account, values: {}, secrets: {} },
    })
    expect(await codeOf(adding)).toBe('login_required')
    expect(broker.accounts.all()).toHaveLength(1)
  })
})

describe('the lease kind of an account', () => {
  it.each([
    ['what the user prefers', ['shared', 'dedicated'], undefined, 'dedicated'],
    ['what the service prefers, if it cannot support that', ['shared'], undefined, 'shared'],
    [
      'one that needs no login each, if each login needs a code',
      ['shared', 'dedicated'],
      '123456',
      'shared',
    ],
  ] as const)('is initially %s, however it was added', async (_, leaseKinds, code, kind) => {
    const test = await makeBroker({ services: [{ leaseKinds }] })
    if (code) test.service.code = code
    const preferences = { ...test.settings.read().preferences, leaseKind: 'dedicated' } as const
    test.broker.settings.update((all) => ({ ...all, preferences }), cliClient)
    test.forgetRecords()
    const account = await test.newAccount('work', 0, code)
    expect(account.record.leaseKind).toBe(kind)
    // It does not start with one kind and switch to another.
    expect(test.recorded.map(({ event }) => event)).not.toContain('account_changed')
  })

  it('follows its form when a new login makes other kinds possible', async () => {
    const { loginAgain, account, broker, service } = await signedIn()
    expect(account.record.leaseKind).toBe('shared')
    const { driver } = service
    service.provider.driver = ({ url: at }) =>
      at === url ? driver : { ...driver, leaseKinds: ['dedicated'] }
    await loginAgain({ url: 'https://moved.example' })
    expect(broker.accounts.get(account.id).record.leaseKind).toBe('dedicated')
  })

  it('stays what the user has chosen if a new login does not affect it', async () => {
    const { loginAgain, account, broker } = await signedIn()
    broker.changeAccount(account, { leaseKind: 'dedicated' })
    await loginAgain({ url: 'https://moved.example' })
    expect(broker.accounts.get(account.id).record.leaseKind).toBe('dedicated')
  })
})

const passwordOf = ({ password }: { readonly password: string }) => ({
  secrets: { password: new Secret(password) },
})
