import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import type { Account } from '../../../main/broker/account/accounts.ts'
import type { Client } from '../../../main/broker/clients.ts'
import { diskFull, idle, makeBroker, type TestBroker } from '../../helpers/make-broker.ts'

const STEPS = 120

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A user acts at random moments and does not wait for the previous action to finish. */
class RandomOperations {
  readonly #test: TestBroker
  readonly #random: () => number
  readonly #clients: Client[]
  readonly #open = new Set<() => void>()
  readonly #underWay = new Set<Promise<unknown>>()
  #lastLease = 'none'
  #count = 0

  constructor(test: TestBroker, random: () => number) {
    this.#test = test
    this.#random = random
    this.#clients = [1, 2, 3].map(() => this.#newClient())
  }

  async step(): Promise<void> {
    const { broker, clock, service } = this.#test
    const account = this.#pick(broker.accounts.all())
    const client = this.#pick(this.#clients)
    const steps: readonly (() => unknown)[] = [
      ...Array.from({ length: 10 }, () => () => this.#issue(client, account)),
      () => this.#issue(client, account, this.#lastLease),
      () => this.#track(broker.closeLeases({ client: client.id }, client)),
      () => this.#track(broker.closeLeases({ accountUid: account.uid }, client)),
      () => this.#track(broker.logins.logout(account)),
      ...Array.from({ length: 3 }, () => () => this.#loginAgain(account)),
      () => broker.lock(),
      () => broker.unlock(),
      () => broker.unlock(),
      () => this.#changeKind(account),
      () => this.#replaceClient(client),
      () => clock.advance(this.#below(600_000)),
      ...Array.from({ length: 3 }, () => () => clock.sleep(this.#below(600_000))),
      () => clock.jumpWall(this.#below(20_000) - 10_000),
      ...Array.from({ length: 4 }, () => () => this.#hold()),
      ...Array.from({ length: 2 }, () => () => this.#letGo()),
      () => service.failNext(this.#pick(['login', 'mint', 'revoke', 'probe']), this.#error()),
    ]
    await this.#pick(steps)()
    for (let turn = this.#below(12); turn > 0; turn -= 1) await Promise.resolve()
    if (this.#random() < 0.5) await idle()
  }

  /** Lets all pending work finish. */
  async settle(): Promise<void> {
    this.#letGo()
    await idle()
    await Promise.allSettled(this.#underWay)
    await idle()
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end)
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[this.#below(items.length)]
    if (item === undefined) throw new Error('There is nothing to pick from.')
    return item
  }

  #error(): TokentrayError {
    const retryAt = this.#test.clock.now() + this.#below(120_000)
    return this.#pick([
      new TokentrayError('temporarily_unavailable'),
      new TokentrayError('unexpected_answer'),
      new TokentrayError('rate_limited', 'Slower.', { retryAt }),
    ])
  }

  /** Each action may be refused for many valid reasons, which are not tested here. */
  #track(work: Promise<unknown>): void {
    this.#underWay.add(work)
    const done = () => this.#underWay.delete(work)
    void work.then(done, done)
  }

  #issue(client: Client, account: Account, refusedLease?: string): void {
    const signal = this.#random() < 0.1 ? AbortSignal.abort() : undefined
    const asked = this.#test.issue(client, account, {
      minValiditySeconds: this.#below(1_500),
      ...(refusedLease !== undefined && { refusedLease }),
      ...(signal && { signal }),
    })
    this.#track(
      asked.then(({ lease }) => {
        this.#lastLease = lease.id
      }),
    )
  }

  #loginAgain(account: Account): void {
    const password = new Secret(this.#test.service.password)
    this.#track(this.#test.broker.logins.loginAgain(account, { secrets: { password } }))
  }

  #changeKind(account: Account): void {
    const leaseKind = this.#pick(['shared', 'dedicated'] as const)
    this.#test.broker.changeAccount(account, { leaseKind })
  }

  #newClient(): Client {
    this.#count += 1
    return this.#test.client(`tool-${this.#count}`, ...this.#test.broker.accounts.all())
  }

  #replaceClient(client: Client): void {
    this.#clients[this.#clients.indexOf(client)] = this.#newClient()
    this.#track(this.#test.broker.removeClient(client))
  }

  #hold(): void {
    const operation = this.#pick(['login', 'login', 'mint', 'revoke', 'probe'] as const)
    const gate = this.#test.service.hold(operation, this.#pick(['before', 'after', 'after']))
    this.#open.add(() => gate.open())
  }

  #letGo(): void {
    for (const open of this.#open) open()
    this.#open.clear()
  }
}

async function prepare(seed: number) {
  const test = await makeBroker({ services: [{ lifeMs: seed % 2 === 0 ? 1_200_000 : 60_000 }] })
  await test.newAccount('one')
  const other = await test.newAccount('two')
  test.broker.changeAccount(other, { leaseKind: 'dedicated' })
  return { ...test, commotion: new RandomOperations(test, createRandom(seed)) }
}

const seeds = Array.from({ length: 20 }, (_, seed) => seed)

describe('random concurrent actions', () => {
  it.each(seeds)(
    'keep every valid token in the ledger, and give no token to a client without a grant (%i)',
    async (seed) => {
      const { commotion, service, broker, listed } = await prepare(seed)
      for (let step = 0; step < STEPS; step += 1) {
        await commotion.step()
        if (step % 10 > 0) continue
        await commotion.settle()
        expect(listed()).toEqual(expect.arrayContaining([...service.alive]))
        for (const { uid, record, session } of broker.accounts.all()) {
          if (record.state === 'signed_out')
            expect(broker.leases.list({ accountUid: uid })).toEqual([])
          if (record.state === 'signed_out' || record.leaseKind === 'dedicated' || broker.locked) {
            expect(session.current).toBeNull()
          }
        }
      }
      // One for each of the two accounts.
      expect(service.most.mint).toBeLessThanOrEqual(2)
    },
  )

  it.each(seeds)(
    'leave no valid token once everything is closed, even if records fail (%i)',
    async (seed) => {
      const { commotion, service, broker, clock, faults } = await prepare(seed)
      const random = createRandom(seed + 1_000)
      for (let step = 0; step < STEPS; step += 1) {
        faults.ledger = random() < 0.1 ? diskFull() : null
        faults.audit = random() < 0.1 ? diskFull() : null
        await commotion.step()
      }
      faults.ledger = null
      faults.audit = null
      await commotion.settle()
      for (const account of broker.accounts.all()) await broker.logins.logout(account)
      await clock.advance(300_000)
      await commotion.settle()
      expect(service.alive).toEqual([])
      expect([broker.leases.count, broker.revoker.tracker.counts().pending]).toEqual([0, 0])
    },
  )

  it.each(seeds)(
    'leave no token but those it counts after a stop that has enough time (%i)',
    async (seed) => {
      const { commotion, service, broker, clock, listed } = await prepare(seed)
      for (let step = 0; step < STEPS; step += 1) await commotion.step()
      const stopping = broker.stop(600_000)
      await commotion.settle()
      await clock.advance(600_000)
      const { pending } = await stopping
      expect(service.alive.length).toBeLessThanOrEqual(pending)
      expect(listed()).toEqual(expect.arrayContaining([...service.alive]))
    },
  )
})
