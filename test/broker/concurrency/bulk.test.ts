import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { Bulk, type Progress } from '../../../main/broker/concurrency/bulk.ts'
import type { HttpClient } from '../../../main/providers/http/http.ts'
import { createMemoryVault } from '../../../main/vault/memory-vault.ts'
import type { Vault } from '../../../main/vault/vault.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { idle, makeBroker, refusalOf, until } from '../../helpers/make-broker.ts'

const ACCOUNTS = 200
const DEADLINE_MS = 15_000
const URL = 'https://service.example/logout'

/** Each revocation is one request, which an unresponsive host delays until its deadline. */
async function setUp(more: { readonly vault?: (vault: Vault) => Vault } = {}) {
  const clock = new FakeClock()
  const host = { isDead: false, asked: 0 }
  const vault = createMemoryVault(clock)
  const test = await makeBroker({
    ...{ clock, vault: more.vault?.(vault) ?? vault },
    http: {
      async send() {
        host.asked += 1
        if (!host.isDead)
          return { status: 200, header: () => undefined, json: () => ({}), skewMs: 0 }
        await new Promise<void>((resolve) => clock.after(DEADLINE_MS, resolve))
        throw new TokentrayError('temporarily_unavailable', 'service.example did not answer.')
      },
    },
  })
  const { driver } = test.service
  const { revoke } = driver
  if (!revoke) throw new Error('It revokes.')
  driver.revoke = async (token, values, context) => {
    await context.http.send({ method: 'POST', url: URL, signal: context.signal })
    return await revoke(token, values, context)
  }
  /** The work is done after one deadline on the clock and no more. */
  const inOneDeadline = async (work: Promise<unknown>) => {
    let isOver = false
    const over = () => {
      isOver = true
    }
    work.then(over, over)
    await idle()
    await clock.advance(DEADLINE_MS)
    await until(() => isOver)
  }
  return { ...test, host, inOneDeadline }
}

async function withAccounts(more?: Parameters<typeof setUp>[0]) {
  const test = await setUp(more)
  for (let index = 0; index < ACCOUNTS; index += 1) await test.newAccount(`a${index}`)
  return test
}

describe('a reset of 200 accounts', () => {
  it('waits for an unresponsive service once, and reports every token as waiting to be revoked', async () => {
    const { broker, host, inOneDeadline, service } = await withAccounts()
    host.isDead = true
    await inOneDeadline(broker.reset())
    expect(host.asked).toBe(1)
    expect(broker.accounts.all()).toEqual([])
    expect(service.alive).toHaveLength(ACCOUNTS)
    const fates = broker.revoker.tracker.outstanding().map(({ status }) => status)
    expect(fates).toHaveLength(ACCOUNTS)
    for (const fate of fates) {
      expect(fate).toMatchObject({
        ...{ outcome: 'pending', waitsFor: 'service', why: 'service.example did not answer.' },
      })
    }
  })

  it('calls the service again once the reset is over', async () => {
    const { broker, host, inOneDeadline, service, clock } = await withAccounts()
    host.isDead = true
    await inOneDeadline(broker.reset())
    host.isDead = false
    await clock.advance(120_000)
    expect(service.alive).toEqual([])
    expect(broker.revoker.tracker.outstanding()).toEqual([])
  })

  it('never removes two accounts at once, and reports each', async () => {
    const { broker, service } = await withAccounts()
    const told: (Progress | null)[] = []
    broker.changes.on(() => {
      const progress = broker.bulk.progress('reset')
      if (progress?.done !== told.at(-1)?.done) told.push(progress)
    })
    await Promise.all([broker.reset(), broker.reset()])
    expect(service.calls.revoke).toBe(ACCOUNTS)
    expect(service.most.revoke).toBe(1)
    const steps = Array.from({ length: ACCOUNTS + 1 }, (_, done) => ({ done, total: ACCOUNTS }))
    expect(told).toEqual([...steps, null])
  })

  it('tries an unusable keychain once, and revokes the tokens anyway', async () => {
    const keychain = { isLocked: false, asked: 0 }
    const test = await withAccounts({
      vault: (vault) => ({
        ...{ kind: vault.kind, look: () => vault.look(), keys: () => vault.keys() },
        ...{ get: (key) => vault.get(key), set: (key, value) => vault.set(key, value) },
        delete: async (key) => {
          if (!keychain.isLocked) return await vault.delete(key)
          keychain.asked += 1
          throw new TokentrayError('vault_locked')
        },
      }),
    })
    keychain.isLocked = true
    expect(await refusalOf(test.broker.reset())).toMatchObject({
      code: 'vault_locked',
      message: expect.stringMatching(/^200 of 200 accounts could not be removed\./),
    })
    expect(keychain.asked).toBe(1)
    expect(test.service.alive).toEqual([])
    keychain.isLocked = false
    await test.broker.reset()
    expect(test.broker.accounts.all()).toEqual([])
  })

  it('stops early when Tokentray stops', async () => {
    const { broker, service } = await withAccounts()
    const gate = service.hold('revoke')
    const reset = refusalOf(broker.reset())
    await idle()
    const stop = broker.stop(DEADLINE_MS)
    gate.open()
    expect(await reset).toMatchObject({
      code: 'temporarily_unavailable',
      message: expect.stringMatching(/^199 of 200 .*Tokentray is stopping\.$/),
    })
    await stop
    expect(broker.accounts.all()).toHaveLength(199)
  })
})

describe('revoking the many tokens of one account', () => {
  async function withLeases() {
    const test = await setUp()
    const account = await test.newAccount()
    test.broker.changeAccount(account, { leaseKind: 'dedicated' })
    for (let index = 0; index < 40; index += 1) {
      await test.issue(test.client(`tool${index}`, account), account)
    }
    return { ...test, account }
  }

  it('waits for an unresponsive service once', async () => {
    const { broker, host, inOneDeadline, account, client } = await withLeases()
    host.isDead = true
    host.asked = 0
    const tool = client('tool', account)
    await inOneDeadline(broker.revokeAll({}, tool))
    // As many as were running before the first failed.
    expect(host.asked).toBeLessThanOrEqual(4)
    expect(broker.revoker.tracker.counts().pending).toBe(40)
  })

  it('reports its progress', async () => {
    const { broker, client, account } = await withLeases()
    const told = new Set<number>()
    broker.changes.on(() => {
      const progress = broker.bulk.progress('revoke')
      if (progress) told.add(progress.done)
    })
    await broker.revokeAll({}, client('tool', account))
    expect([...told]).toEqual(Array.from({ length: 41 }, (_, done) => done))
    expect(broker.bulk.progress('revoke')).toBeNull()
  })
})

describe('a host that could not be reached during bulk work', () => {
  const request = { method: 'GET', url: URL, signal: new AbortController().signal } as const
  const deadHost = (unsent?: TokentrayError['unsent']) => {
    const bulk = new Bulk(() => undefined)
    let asked = 0
    const http: HttpClient = {
      send: async () => {
        asked += 1
        const message = 'service.example did not answer.'
        throw new TokentrayError('temporarily_unavailable', message, { unsent })
      },
    }
    const { send } = bulk.guardHttp(http)
    const ask = () => send(request).catch(() => undefined)
    return { bulk, ask, asked: () => asked }
  }

  it('is still called by everything else, and by other bulk work', async () => {
    const { bulk, ask, asked } = deadHost()
    const over = gate()
    const first = bulk.sharingFailures(async () => {
      await ask()
      await over.opened
      await ask()
    })
    await idle()
    await ask()
    await bulk.sharingFailures(ask)
    over.open()
    await first
    expect(asked()).toBe(3)
  })

  it('is not called again by bulk work once it has refused the connection', async () => {
    const { bulk, ask, asked } = deadHost('unreached')
    await bulk.sharingFailures(async () => {
      await ask()
      await ask()
    })
    expect(asked()).toBe(1)
  })

  it('is called by bulk work after a request that was withdrawn', async () => {
    const { bulk, ask, asked } = deadHost('withdrawn')
    await bulk.sharingFailures(async () => {
      await ask()
      await ask()
    })
    expect(asked()).toBe(2)
  })

  it('is called by work that the bulk work started, once that is over', async () => {
    const { bulk, ask, asked } = deadHost()
    let later = Promise.resolve<unknown>(null)
    await bulk.sharingFailures(async () => {
      await ask()
      later = new Promise((resolve) => setTimeout(resolve, 1)).then(ask)
    })
    await later
    expect(asked()).toBe(2)
  })
})

function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), opened }
}
