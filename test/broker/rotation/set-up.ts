import { afterEach } from 'vitest'
import type { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import { type Account, readCredential } from '../../../main/broker/account/accounts.ts'
import { cliClient } from '../../../main/broker/clients.ts'
import { createHttpClient } from '../../../main/providers/http/client.ts'
import type { HttpClient } from '../../../main/providers/http/http.ts'
import { createMemoryVault } from '../../../main/vault/memory-vault.ts'
import type { Vault } from '../../../main/vault/vault.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeBroker, type TestBroker, until } from '../../helpers/make-broker.ts'
import { makeTestFolder, markedSecret, registerSecret } from '../../helpers/marks.ts'
import { createRotating } from '../../providers/rotating/rotating.ts'
import {
  type RotatingOptions,
  type RotatingSimulator,
  startRotatingSimulator,
} from '../../simulators/rotating-simulator.ts'

export const MINUTE = 60_000

/** A broker over a real service whose credential rotates, with a ledger on disk. */
export interface Rotating {
  readonly simulator: RotatingSimulator
  readonly clock: FakeClock
  test: TestBroker
  /** What happened, in order: requests, writes to the keychain, lines in the ledger, lines on record. */
  readonly order: string[]
  /** While set, every write to the keychain fails with it. */
  readonly keychain: { failure: TokentrayError | null; held?: Promise<void> }
  /** While set, what the service answers from then on arrives only after this. */
  readonly answers: { held?: Promise<void> | undefined }
  readonly password: Secret
  account(): Account
  /** A token that is valid for at least ten more minutes. */
  issue(): ReturnType<TestBroker['issue']>
  /** What the keychain has for the account. */
  stored(): Promise<string | undefined>
  kill(): void
  /** The process is killed, and another one starts, which may be of a version without this provider. */
  restart(next?: { readonly isKnown: boolean }): Promise<void>
  /** How often the service was asked for this. */
  count(line: string): number
}

const open: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

type Options = Partial<RotatingOptions> & Parameters<typeof createRotating>[0]

export async function startRotating({
  says,
  refreshes,
  ...service
}: Options = {}): Promise<Rotating> {
  const clock = new FakeClock()
  const password = markedSecret('rotating')
  const simulator = await startRotatingSimulator({
    ...{ accounts: [{ username: 'frank', password }], onToken: registerSecret },
    ...{ now: () => clock.now(), ...service },
  })
  const client = createHttpClient({ clock, env: {} })
  open.push(async () => {
    await client.close()
    await simulator.close()
  })
  const order: string[] = []
  const keychain: Rotating['keychain'] = { failure: null }
  const answers: Rotating['answers'] = {}
  let life = { isOver: false }
  /** That of one process: once it is killed, it sends nothing and gets no answer. */
  const httpOf = (own: { readonly isOver: boolean }): HttpClient => ({
    async send(request) {
      if (own.isOver) await new Promise(() => undefined)
      order.push(`${request.method} ${new URL(request.url).pathname}`)
      const { held } = answers
      const response = await client.send(request)
      await held
      if (own.isOver) await new Promise(() => undefined)
      return response
    },
  })
  const provider = createRotating({ ...(says && { says }), ...(refreshes && { refreshes }) })
  const ledgerFolder = makeTestFolder('rotating')
  const shared = { clock, ledgerFolder, providers: [provider], journal: order }
  const vault = noting(createMemoryVault(clock), order, keychain)
  const start = (after?: TestBroker, isKnown = true) =>
    makeBroker({
      ...{ ...shared, http: httpOf(life) },
      ...(after ? { after } : { vault }),
      ...(!isKnown && { providers: [] }),
    })
  const rotating: Rotating = {
    ...{ simulator, clock, order, keychain, answers, test: await start() },
    password: new Secret(password),
    account: () => rotating.test.broker.accounts.get('rotating/work'),
    issue: () => rotating.test.issue(cliClient, rotating.account(), { minValiditySeconds: 600 }),
    stored: async () => {
      const credential = await readCredential(rotating.test.vault, rotating.account().record)
      return credential?.['refresh']?.reveal()
    },
    kill() {
      rotating.test.crash()
      life.isOver = true
      life = { isOver: false }
    },
    async restart({ isKnown } = { isKnown: true }) {
      rotating.kill()
      rotating.test = await start(rotating.test, isKnown)
      // What a start does in the background begins with the next tick.
      await clock.advance(1)
    },
    count: (line) =>
      simulator.requests.filter(({ method, path }) => `${method} ${path}` === line).length,
  }
  await rotating.test.broker.logins.add({
    ...{ provider, name: 'work', values: { url: simulator.url, username: 'frank' } },
    secrets: { password: rotating.password },
  })
  return rotating
}

/** With fifteen of twenty minutes gone, so that ten more take another token. */
export async function startAged(options?: Options): Promise<Rotating> {
  const rotating = await startRotating(options)
  await rotating.issue()
  rotating.clock.stall(15 * MINUTE)
  rotating.order.length = 0
  return rotating
}

/** Gives whatever does not wait for an answer that is held back the time to happen, disk included. */
export async function turns(): Promise<void> {
  let passed = 0
  await until(() => {
    passed += 1
    return passed > 5_000
  })
}

/** The ledger has so many lines on disk that were added and not ended. */
export const listed = (rotating: Rotating, count: number): Promise<void> =>
  until(() => rotating.test.listed().length === count)

function noting(vault: Vault, order: string[], keychain: Rotating['keychain']): Vault {
  return {
    kind: vault.kind,
    get: (key) => vault.get(key),
    delete: (key) => vault.delete(key),
    keys: () => vault.keys(),
    look: () => vault.look(),
    async set(key, secret) {
      if (key.startsWith('credential/')) order.push('keychain')
      await keychain.held
      if (keychain.failure) throw keychain.failure
      await vault.set(key, secret)
    },
  }
}
