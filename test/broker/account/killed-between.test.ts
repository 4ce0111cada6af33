import { describe, expect, it } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { type Account, readCredential } from '../../../main/broker/account/accounts.ts'
import { credentialKey } from '../../../main/broker/account/keychain-items.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { createMemorySettings } from '../../../main/settings/memory-settings.ts'
import type { Settings } from '../../../main/settings/schema.ts'
import type { SettingsStore } from '../../../main/settings/settings.ts'
import { GuardedVault } from '../../../main/vault/guarded-vault.ts'
import type { Keychain } from '../../../main/vault/keychain/keychain.ts'
import { createMemoryKeychain } from '../../../main/vault/memory-vault.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { idle, makeBroker, type TestBroker } from '../../helpers/make-broker.ts'
import { markedSecret } from '../../helpers/marks.ts'

const here = 'https://service.example'
const moved = 'https://moved.example'

/** The state of a process killed during one of its writes: everything it had written by then. */
interface Death {
  /** The number of the write, from 1. */
  readonly at: number
  /** Whether that write still happens. */
  readonly when: 'before' | 'after'
}

const never = () => new Promise<never>(() => undefined)

/** Counts writes to the keychain and the settings, and blocks all writes after the kill. */
class Mortal {
  writes = 0
  isDead = false
  readonly #death: Death | null

  constructor(death: Death | null) {
    this.#death = death
  }

  /** False if the process is killed before this write. */
  #begins(): boolean {
    if (this.isDead) return false
    this.writes += 1
    if (this.writes !== this.#death?.at) return true
    this.isDead = true
    return this.#death.when === 'after'
  }

  keychain(items: Map<string, string>): Keychain {
    const inner = createMemoryKeychain(items)
    const write = async <Value>(work: () => Promise<Value>): Promise<Value> => {
      if (!this.#begins()) return await never()
      const value = await work()
      return this.isDead ? await never() : value
    }
    return {
      get: (key) => (this.isDead ? never() : inner.get(key)),
      set: (key, value) => write(() => inner.set(key, value)),
      delete: (key) => write(() => inner.delete(key)),
    }
  }

  settings(stored: Settings | undefined): SettingsStore {
    const inner = createMemorySettings(stored)
    return {
      ...inner,
      update: (change) => {
        if (this.#begins()) inner.update(change)
        if (this.isDead) throw new Error('The process is dead.')
      },
    }
  }
}

interface Life {
  readonly test: TestBroker
  readonly mortal: Mortal
  readonly items: Map<string, string>
}

/** A broker that starts with the state of an earlier one. */
async function live(death: Death | null, before?: Life, stored?: Settings): Promise<Life> {
  const mortal = new Mortal(death)
  const items = before?.items ?? new Map<string, string>()
  const clock = before?.test.clock ?? new FakeClock()
  const vault = new GuardedVault('memory', mortal.keychain(items), clock)
  const settings = mortal.settings(stored ?? before?.test.settings.read())
  const test = await makeBroker({ ...(before && { after: before.test }), clock, vault, settings })
  await idle()
  return { test, mortal, items }
}

const passwords = { [here]: markedSecret('here'), [moved]: markedSecret('moved') }

const credentialsIn = ({ items }: Life) =>
  [...items.keys()].filter((key) => key.startsWith('credential/')).sort()

const listedIn = ({ test }: Life) =>
  (test.settings.read().keychain ?? []).filter((key) => key.startsWith('credential/')).sort()

/** Every stored credential belongs to an account, and every account that needs one has one. */
async function expectWhole(life: Life): Promise<void> {
  const { broker, service, settings, vault, issue } = life.test
  const loggedIn = broker.accounts.all().filter(({ record }) => record.state === 'signed_in')
  const keys = loggedIn.map(({ record }) => credentialKey(record)).sort()
  expect(credentialsIn(life)).toEqual(keys)
  expect(listedIn(life)).toEqual(keys)
  expect((await vault.keys()).filter((key) => key.startsWith('credential/')).sort()).toEqual(keys)
  expect(settings.read().accounts.every(({ state }) => state !== 'login_required')).toBe(true)
  for (const account of loggedIn) {
    const url = account.record.values['url'] as keyof typeof passwords
    const credential = await readCredential(vault, account.record)
    expect(credential?.['password']?.reveal()).toBe(passwords[url])
    service.password = passwords[url] ?? ''
    await issue(cliClient, account)
  }
}

const theAccount = ({ broker }: TestBroker): Account => broker.accounts.get('sftpgo/work')

const deeds: Readonly<Record<string, (test: TestBroker) => Promise<unknown>>> = {
  'an account is added': (test) => test.newAccount('second'),
  'an account is added with copied secrets': ({ broker, service }) =>
    broker.logins.add({
      ...{ provider: service.provider, name: 'second', values: {}, secrets: {} },
      copyFrom: broker.accounts.get('sftpgo/work'),
    }),
  'an account is logged in again': (test) => {
    test.service.password = passwords[moved] ?? ''
    return test.broker.logins.loginAgain(theAccount(test), {
      secrets: { password: new Secret(test.service.password) },
      values: { url: moved },
    })
  },
  'an account is logged out': (test) => test.broker.logins.logout(theAccount(test)),
  'an account is logged out and in again': async (test) => {
    await test.broker.logins.logout(theAccount(test))
    const secrets = { password: new Secret(test.service.password) }
    await test.broker.logins.loginAgain(theAccount(test), { secrets })
  },
  'an account is removed': (test) => test.broker.logins.remove(theAccount(test)),
  'an account is renamed': async (test) =>
    test.broker.changeAccount(theAccount(test), { name: 'other' }),
  'everything is reset': (test) => test.broker.reset(),
}

/** An account, and one action in a process that may be killed during it. */
async function run(deed: (test: TestBroker) => Promise<unknown>, death: Death | null) {
  const first = await live(null)
  first.test.service.provider.sharesCredential = true
  first.test.service.password = passwords[here] ?? ''
  await first.test.newAccount()
  const second = await live(death, first)
  const done = deed(second.test).catch((error: unknown) => {
    if (!second.mortal.isDead) throw error
  })
  // A killed process never finishes.
  await Promise.race([done, second.mortal.isDead ? undefined : idle()])
  if (!death) await done
  await idle()
  return second
}

describe('a process killed between writes leaves no orphaned credential', () => {
  it.each(Object.entries(deeds))('while %s', async (_name, deed) => {
    const whole = await run(deed, null)
    await expectWhole(whole)
    const { writes } = whole.mortal
    expect(writes).toBeGreaterThan(0)
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; at <= writes; at += 1) {
        const killed = await run(deed, { at, when })
        // It is killed again during the cleanup, and then left to finish.
        const again = await live({ at: 1, when }, killed)
        await expectWhole(await live(null, again))
      }
    }
  })

  it('even if the settings are from a version that kept no list', async () => {
    const before = await live(null)
    const { vault, settings, service } = before.test
    passwords[here] = service.password
    await before.test.newAccount('out')
    await before.test.newAccount()
    const accounts = []
    for (const { credential, ...account } of settings.read().accounts) {
      const text = await vault.get(credentialKey({ ...account, credential }))
      await vault.delete(credentialKey({ ...account, credential }))
      await vault.set(credentialKey(account), text ?? new Secret(''))
      accounts.push(account.name === 'out' ? { ...account, state: 'signed_out' as const } : account)
    }
    const { keychain, ...older } = { ...settings.read(), accounts }
    expect(keychain).toHaveLength(3)
    const after = await live(null, before, older)
    expect(after.items.has(credentialKey(theAccount(after.test).record))).toBe(true)
    await expectWhole(after)
    await after.test.broker.logins.remove(theAccount(after.test))
    await expectWhole(after)
    expect(credentialsIn(after)).toEqual([])
  })
})
