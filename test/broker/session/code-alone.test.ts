import { describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { credentialKey } from '../../../main/broker/account/keychain-items.ts'
import { createMemoryVault } from '../../../main/vault/memory-vault.ts'
import type { Vault } from '../../../main/vault/vault.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import {
  type BrokerOptions,
  codeOf,
  idle,
  makeBroker,
  refusalOf,
} from '../../helpers/make-broker.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { MINUTE } from '../set-ups.ts'

/** An account whose session has expired, and whose service needs a code for each login. */
async function codeNeeded(options: BrokerOptions = {}) {
  const test = await makeBroker(options)
  test.service.code = '123456'
  const account = await test.newAccount('work', 0, '123456')
  await test.clock.advance(20 * MINUTE)
  await idle()
  const { broker, service } = test
  service.code = '654321'
  const { password } = service
  return {
    ...test,
    account,
    password,
    record: () => broker.accounts.get('sftpgo/work').record,
    login: (code: string, more: { values?: Record<string, string>; password?: string } = {}) =>
      broker.logins.loginAgain(broker.accounts.get('sftpgo/work'), {
        secrets: more.password === undefined ? {} : { password: new Secret(more.password) },
        oneTimeCode: new Secret(code),
        ...(more.values && { values: more.values }),
      }),
  }
}

describe('an account that needs a one-time code', () => {
  it('can be logged in again with only the code and the stored password', async () => {
    const { login, record, service } = await codeNeeded()
    expect(record().state).toBe('login_required')
    await login('654321')
    expect(record()).toMatchObject({ state: 'signed_in', needsCode: true })
    expect(service.calls.login).toBe(2)
  })

  it('accepts a different password with the code', async () => {
    const { login, service, record } = await codeNeeded()
    service.password = markedSecret('password')
    expect(await codeOf(login('654321'))).toBe('wrong_credentials')
    await login('654321', { password: service.password })
    expect(record().state).toBe('signed_in')
  })

  it('needs the password if the code is empty', async () => {
    const { login, service } = await codeNeeded()
    expect((await refusalOf(login(''))).message).toBe('"Password" is required.')
    expect(service.calls.login).toBe(1)
  })

  it('needs the password for another user name: the stored one is not sent for another user', async () => {
    const { login, service } = await codeNeeded()
    const values = { application: 'another' }
    expect((await refusalOf(login('654321', { values }))).message).toBe('"Password" is required.')
    expect(service.calls.login).toBe(1)
  })

  it('needs the password if the code is only spaces', async () => {
    const { login, service } = await codeNeeded()
    expect((await refusalOf(login('  '))).message).toBe('"Password" is required.')
    expect(service.calls.login).toBe(1)
  })

  it('needs the password for another address: the stored one is not sent there', async () => {
    const { login, service, password, record } = await codeNeeded()
    const values = { url: 'https://moved.example' }
    expect((await refusalOf(login('654321', { values }))).message).toBe('"Password" is required.')
    expect(service.calls.login).toBe(1)
    await login('654321', { values, password })
    expect(record().values).toEqual(values)
  })

  it('does not send a password that another login has just stored for another address', async () => {
    const { login, service, password, broker } = await codeNeeded()
    // The record that the second login started with has the first address.
    const old = broker.accounts.get('sftpgo/work')
    await login('654321', { values: { url: 'https://moved.example' }, password })
    const late = broker.logins.loginAgain(old, {
      secrets: {},
      values: { url: 'https://service.example' },
      oneTimeCode: new Secret('654321'),
    })
    expect((await refusalOf(late)).message).toBe('"Password" is required.')
    expect(service.calls.login).toBe(2)
  })

  it('does not send the password that was stored for the previous address', async () => {
    const clock = new FakeClock()
    const memory = createMemoryVault(clock)
    let readable = Promise.resolve()
    const vault: Vault = {
      kind: 'memory',
      get: async (key) => {
        const secret = await memory.get(key)
        const held = readable
        readable = Promise.resolve()
        await held
        return secret
      },
      set: (key, secret) => memory.set(key, secret),
      delete: (key) => memory.delete(key),
      keys: () => memory.keys(),
      look: () => memory.look(),
    }
    const { login, service, password } = await codeNeeded({ clock, vault })
    let release = () => {}
    readable = new Promise((resolve) => {
      release = resolve
    })
    const values = { url: 'https://moved.example' }
    const late = refusalOf(login('654321', { values }))
    await idle()
    await login('654321', { values, password })
    release()
    expect((await late).message).toBe('"Password" is required.')
    expect(service.calls.login).toBe(2)
  })

  it('needs the password if none is stored', async () => {
    const { login, vault, record } = await codeNeeded()
    await vault.delete(credentialKey(record()))
    expect((await refusalOf(login('654321'))).message).toBe('"Password" is required.')
  })

  it('needs the password after a logout', async () => {
    const { login, broker } = await codeNeeded()
    await broker.logins.logout(broker.accounts.get('sftpgo/work'))
    expect((await refusalOf(login('654321'))).message).toBe('"Password" is required.')
  })
})
