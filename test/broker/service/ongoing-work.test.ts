import { describe, expect, it } from 'vitest'
import { cliClient } from '../../../main/broker/clients.ts'
import { toAccountView } from '../../../main/desktop/ipc/views.ts'
import { toAccountAnswer, toStatusAnswer } from '../../../main/loopback/schemas/views.ts'
import type { HttpResponse } from '../../../main/providers/http/http.ts'
import { createMemoryVault } from '../../../main/vault/memory-vault.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { idle, makeBroker, type TestBroker } from '../../helpers/make-broker.ts'

const answer: HttpResponse = { status: 200, header: () => undefined, json: () => ({}), skewMs: 0 }

/** A service that revokes a token with one request, and answers only when the test says so. */
async function withHangingService() {
  const clock = new FakeClock()
  let release = () => {}
  const answered = new Promise<HttpResponse>((resolve) => {
    release = () => resolve(answer)
  })
  const test = await makeBroker({ clock, http: { send: () => answered } })
  const { driver } = test.service
  const { revoke } = driver
  driver.revoke = async (token, values, context) => {
    const url = 'https://service.example/logout'
    await context.http.send({ method: 'POST', url, signal: context.signal })
    return (await revoke?.(token, values, context)) ?? 'revoked'
  }
  const account = await test.newAccount()
  const other = await test.newAccount('other')
  await test.issue(cliClient, account)
  return { ...test, account, other, release }
}

const identity = {
  ...{ version: '1.2.3', pid: 1, instance: 'test', issuer: 'http://127.0.0.1:1' },
  log_file: '/data/tokentray.log',
  portTrouble: () => null,
  socketTrouble: () => null,
}
const told = ({ broker }: TestBroker) => toStatusAnswer(broker, identity).under_way
/** What the command line, other programs and the window receive. */
const stateOf = ({ broker }: TestBroker, id: string) => {
  const account = broker.accounts.get(id)
  const { under_way: told } = toAccountAnswer(account, broker)
  expect(toAccountView(account, broker).underWay).toBe(told)
  return told
}

describe('an operation in progress', () => {
  it.each([
    ['logout', 'logout'],
    ['remove', 'removal'],
  ] as const)(
    'is reported for a %s with what it waits for, for its own account only',
    async (way, deed) => {
      const test = await withHangingService()
      const work = test.broker.logins[way](test.account)
      await idle()
      expect(told(test)).toEqual([{ deed, account: 'sftpgo/work', waits_for: 'service.example' }])
      expect(stateOf(test, 'sftpgo/work')).toBe(deed)
      expect(stateOf(test, 'sftpgo/other')).toBeUndefined()
      test.release()
      await work
      expect(told(test)).toBeUndefined()
    },
  )

  it('is reported for revoked tokens as no operation on their account', async () => {
    const test = await withHangingService()
    const work = test.broker.revokeAll({}, cliClient)
    await idle()
    expect(told(test)).toEqual([
      { deed: 'revocation', account: 'sftpgo/work', waits_for: 'service.example' },
    ])
    expect(stateOf(test, 'sftpgo/work')).toBeUndefined()
    test.release()
    await work
  })

  it('is reported when all tokens are revoked, with or without an open lease', async () => {
    const test = await withHangingService()
    await test.issue(cliClient, test.other)
    await test.clock.advance(16 * 60_000)
    expect(test.broker.leases.count).toBe(0)
    const work = test.broker.revokeAll({}, cliClient)
    await idle()
    expect(told(test)).toEqual([{ deed: 'revocation', waits_for: 'service.example' }])
    test.release()
    await work
    expect(told(test)).toBeUndefined()
  })

  it('is reported for a rotation, which does not change the account', async () => {
    const test = await withHangingService()
    const work = test.broker.tokenAdmin.rotate(test.account, cliClient)
    await idle()
    expect(told(test)).toMatchObject([{ deed: 'rotation', account: 'sftpgo/work' }])
    expect(stateOf(test, 'sftpgo/work')).toBe('rotation')
    test.release()
    await work
    expect(told(test)).toBeUndefined()
  })

  it('is reported for each account that a reset has not removed yet', async () => {
    const test = await withHangingService()
    const work = test.broker.reset()
    await idle()
    expect(['sftpgo/work', 'sftpgo/other'].map((id) => stateOf(test, id))).toEqual([
      ...['removal', 'removal'],
    ])
    test.release()
    await work
  })

  it('reports the keychain as the obstacle if that has not answered', async () => {
    const clock = new FakeClock()
    const vault = createMemoryVault(clock)
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const forget = vault.delete.bind(vault)
    vault.delete = async (key) => {
      await gate
      await forget(key)
    }
    const test = await makeBroker({ clock, vault })
    const account = await test.newAccount()
    const work = test.broker.logins.logout(account)
    await idle()
    expect(told(test)).toEqual([
      { deed: 'logout', account: 'sftpgo/work', waits_for: 'the keychain' },
    ])
    release()
    await work
  })
})
