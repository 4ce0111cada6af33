import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { Preferences } from '../../../main/desktop/system/preferences.ts'
import { createMemorySettings } from '../../../main/settings/memory-settings.ts'
import { defaultSettings } from '../../../main/settings/schema.ts'
import { GuardedVault } from '../../../main/vault/guarded-vault.ts'
import type { Keychain } from '../../../main/vault/keychain/keychain.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import {
  codeOf,
  idle,
  makeBroker,
  prepareBroker,
  refusalOf,
  until,
} from '../../helpers/make-broker.ts'
import { LyingKeychain } from '../../vault/keychain/lying-keychain.ts'

const ACCOUNTS = 200
const CALL_MS = 40

/** Settings with that many accounts, as an earlier run left them. */
const manyAccounts = () =>
  createMemorySettings({
    ...defaultSettings,
    accounts: Array.from({ length: ACCOUNTS }, (_, index) => ({
      ...{ uid: `account${String(index).padStart(12, '0')}`, provider: 'sftpgo' },
      ...{ name: `a${index}`, label: 'alice', values: {}, leaseKind: 'shared' as const },
      ...{ leaseSeconds: 900, state: 'signed_in' as const, needsCode: false, createdAt: 1 },
    })),
  })

describe('a reset of 200 accounts', () => {
  it('is not cut short by a slow keychain, and reports its progress', async () => {
    const clock = new FakeClock()
    const keychain = new LyingKeychain()
    const slowly = async <Value>(call: () => Promise<Value>): Promise<Value> => {
      await new Promise<void>((resolve) => clock.after(CALL_MS, resolve))
      return await call()
    }
    const slow: Keychain = {
      get: (key) => slowly(() => keychain.get(key)),
      set: (key, value) => slowly(() => keychain.set(key, value)),
      delete: (key) => slowly(() => keychain.delete(key)),
    }
    const vault = new GuardedVault('memory', slow, clock)
    const { broker, settings } = prepareBroker({ clock, vault, settings: manyAccounts() })
    const run = async <Value>(work: Promise<Value>): Promise<Value> => {
      let isOver = false
      const over = () => {
        isOver = true
      }
      work.then(over, over)
      while (!isOver) {
        const progress = broker.bulk.progress('reset')
        if (progress) told.add(progress.done)
        await clock.advance(CALL_MS)
      }
      return await work
    }
    const told = new Set<number>()
    await run(broker.start())
    expect(told).toEqual(new Set())
    const before = clock.now()
    await run(broker.reset())
    expect(clock.now() - before).toBeGreaterThan(5_000)
    expect(settings.read().accounts).toEqual([])
    expect(told.size).toBeGreaterThan(ACCOUNTS / 10)
    expect(broker.bulk.progress('reset')).toBeNull()
  })

  it('says how many accounts are left if it fails half-way, and continues with those', async () => {
    const test = await makeBroker({ settings: manyAccounts() })
    const { broker, settings, vault, faults } = test
    let deleted = 0
    const remove = vault.delete.bind(vault)
    vault.delete = async (key) => {
      deleted += 1
      if (deleted > 150) throw new TokentrayError('vault_unavailable', 'The keychain is gone.')
      await remove(key)
    }
    await expect(broker.reset()).rejects.toMatchObject({
      code: 'vault_unavailable',
      message: expect.stringMatching(/^50 of 200 accounts could not be removed\..*is gone\.$/),
      hint: expect.stringMatching(/Then reset again: it continues with the remaining accounts\.$/),
    })
    expect(settings.read().accounts).toHaveLength(50)
    expect(faults.vault).toBeNull()
    vault.delete = remove
    await broker.reset()
    expect(settings.read().accounts).toEqual([])
  })
})

/** Two accounts, and a reset that waits for the keychain with the first of them. */
async function heldReset({ asksBefore = false } = {}) {
  const test = await makeBroker({ services: [{ with: ['portalLink'] }] })
  const { broker, vault, newAccount, issue } = test
  const accounts = [await newAccount('one'), await newAccount('two')] as const
  const remove = vault.delete.bind(vault)
  let goOn = () => {}
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  vault.delete = async (key) => {
    await held
    await remove(key)
  }
  await issue(cliClient, accounts[1])
  // A token and a link of the second one, being recorded when the reset begins.
  const link = asksBefore ? codeOf(broker.tokenAdmin.portal(accounts[1], cliClient)) : null
  if (link) await until(() => broker.leases.count === 2)
  const asked = asksBefore ? codeOf(issue(cliClient, accounts[1])) : null
  await Promise.resolve()
  const reset = broker.reset()
  await idle()
  return { ...test, accounts, reset, asked, link, goOn: () => goOn() }
}

describe('a reset', () => {
  it('refuses a login to an account that is still to be removed', async () => {
    const { broker, service, accounts, reset, goOn } = await heldReset()
    const secrets = { password: new Secret(service.password) }
    const refusal = refusalOf(broker.logins.loginAgain(accounts[1], { secrets }))
    await idle()
    goOn()
    expect(await refusal).toMatchObject({
      ...{ code: 'not_found', message: 'sftpgo/two is being removed.' },
    })
    await reset
    expect(service.alive).toEqual([])
  })

  it('refuses logins until it is over, since it would delete the account without revoking its tokens', async () => {
    const { broker, service, settings, newAccount, reset, goOn } = await heldReset()
    const before = service.calls.login
    await expect(newAccount('three')).rejects.toMatchObject({
      code: 'temporarily_unavailable',
      message: 'Tokentray is being reset.',
    })
    await expect(
      broker.logins.check({ provider: service.provider, values: {} }),
    ).rejects.toMatchObject({
      message: 'Tokentray is being reset.',
    })
    goOn()
    await reset
    expect(service.calls.login).toBe(before)
    expect(service.alive).toEqual([])
    await newAccount('three')
    expect(settings.read().accounts).toHaveLength(1)
  })

  it('refuses tools, grants and settings until it is over, since it would delete them', async () => {
    const { broker, settings, accounts, reset, goOn } = await heldReset()
    const { clients } = broker
    const refusal = {
      code: 'temporarily_unavailable',
      message: 'Tokentray is being reset.',
      hint: 'Try again when the reset has finished.',
    }
    const preferences = new Preferences({
      ...{ settings: () => broker.settings, changed: () => undefined },
      loginItem: { isOn: () => false, set: () => undefined },
      shortcut: { isOn: false, set: () => true },
    })
    const refused = async (work: () => unknown) =>
      expect(refusalOf(Promise.resolve().then(work))).resolves.toMatchObject(refusal)
    await refused(() => clients.add('backup', { accountUids: [accounts[1].uid] }, cliClient))
    await refused(() => preferences.change({ clipboardSeconds: 60 }, cliClient))
    expect(settings.read()).toMatchObject({ clients: [], preferences: { clipboardSeconds: 30 } })
    goOn()
    await reset
    const { client } = clients.add('backup', {}, cliClient)
    preferences.change({ clipboardSeconds: 60 }, cliClient)
    expect(clients.isKnown(client)).toBe(true)
    expect(settings.read().preferences.clipboardSeconds).toBe(60)
  })

  it('removes an earlier lock, but not one that was set while it runs', async () => {
    const { broker, reset, goOn } = await heldReset()
    broker.lock(cliClient)
    goOn()
    await reset
    expect(broker.locked).toBe(true)
    await broker.reset()
    expect(broker.locked).toBe(false)
  })

  it('blocks tokens from the moment that it is requested', async () => {
    const { broker, service, accounts, reset, goOn, issue, recorded } = await heldReset()
    for (const account of accounts) {
      await expect(issue(cliClient, account)).rejects.toMatchObject({ code: 'not_found' })
      await expect(broker.tokenAdmin.rotate(account, cliClient)).rejects.toMatchObject({
        code: 'not_found',
      })
    }
    goOn()
    await reset
    expect(service.alive).toEqual([])
    expect(recorded.filter(({ event }) => event === 'issue')).toHaveLength(1)
  })

  it('blocks a link whose audit line is being written when it is requested', async () => {
    const { service, reset, link, goOn } = await heldReset({ asksBefore: true })
    expect(await link).toBe('temporarily_unavailable')
    goOn()
    await reset
    expect(service.alive).toEqual([])
  })

  it('blocks a token whose audit line is being written when it is requested', async () => {
    const { issue, accounts, reset, asked, goOn } = await heldReset({ asksBefore: true })
    expect(await asked).toBe('not_found')
    goOn()
    await reset
    expect(await codeOf(issue(cliClient, accounts[1]))).toBe('not_found')
  })

  it('says how many credentials without an account are left', async () => {
    const { broker, vault } = await makeBroker()
    for (const name of ['a', 'b', 'c']) await vault.set(`credential/${name}`, new Secret(name))
    const remove = vault.delete.bind(vault)
    vault.delete = async (key) => {
      if (key !== 'credential/a') throw new TokentrayError('vault_unavailable', 'It is gone.')
      await remove(key)
    }
    await expect(broker.reset()).rejects.toMatchObject({
      code: 'vault_unavailable',
      message: expect.stringMatching(
        /, but 2 credentials are still in the keychain: It is gone\.$/,
      ),
    })
    vault.delete = remove
    await broker.reset()
    expect((await vault.keys()).filter((key) => key.startsWith('credential/'))).toEqual([])
  })
})
