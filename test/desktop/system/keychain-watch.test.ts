import { setImmediate as endOfTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Bus, SignalRule } from '../../../main/desktop/system/dbus.ts'
import { watchKeychain } from '../../../main/desktop/system/keychain-watch.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { makeLog } from '../fake-electron.ts'

type Ports = Parameters<typeof watchKeychain>[0]

function start(platform: NodeJS.Platform = 'linux') {
  const clock = new FakeClock()
  const looks: (() => void)[] = []
  let outdated = 0
  const keychain = {
    refresh: () => new Promise<void>((resolve) => void looks.push(resolve)),
    invalidate: () => {
      outdated += 1
    },
    failure: null as unknown,
  }
  const heard: { rule: SignalRule; tell: () => void }[] = []
  let isClosed = false
  const bus = {
    listen: async (rule, hear) => {
      heard.push({ rule, tell: () => hear({ path: '/', body: [] }) })
    },
    call: () => Promise.reject(new Error('Nothing is asked here.')),
    closed: new Promise<void>(() => undefined),
    close: () => {
      isClosed = true
    },
  } satisfies Bus
  const host = { running: { broker: { keychain } } } as unknown as Ports['host']
  const connectBus = async () => bus
  return {
    ...{ clock, looks, keychain, heard },
    keychainLooks: watchKeychain({ host, clock, log: makeLog(), connectBus, platform }),
    isClosed: () => isClosed,
    outdated: () => outdated,
    /** Lets all checks in progress finish. */
    answer: async () => {
      for (const resolve of looks) resolve()
      await endOfTurn()
    },
  }
}

it('checks the keychain every five minutes, more often while it cannot be used, and before it is shown', async () => {
  const { clock, looks, keychain, keychainLooks, answer } = start('darwin')
  expect(looks).toHaveLength(0)
  for (let count = 0; count < 2; count += 1) {
    await clock.advance(300_000)
    await answer()
  }
  expect(looks).toHaveLength(2)
  keychainLooks.look()
  expect(looks).toHaveLength(3)
  await answer()
  keychain.failure = new Error('locked')
  await clock.advance(300_000)
  await answer()
  await clock.advance(5_000)
  expect(looks).toHaveLength(5)
  await answer()
  keychainLooks.stop()
  await clock.advance(900_000)
  expect(looks).toHaveLength(5)
})

it('checks when the system signals a change, and once more for signals during a check', async () => {
  const { clock, looks, heard, keychainLooks, answer, isClosed, outdated } = start()
  await endOfTurn()
  expect(heard.map(({ rule }) => rule.member)).toEqual([
    'NameOwnerChanged',
    'PropertiesChanged',
    'CollectionChanged',
    'CollectionCreated',
    'CollectionDeleted',
  ])
  // Once for changes before the subscription.
  expect(looks).toHaveLength(1)
  await answer()
  for (const { tell } of heard) tell()
  expect(looks).toHaveLength(2)
  await answer()
  expect(looks).toHaveLength(3)
  await answer()
  expect(looks).toHaveLength(3)
  // So soon after another check these may have reused its result.
  expect(outdated()).toBe(0)
  await clock.advance(3_000)
  expect([looks.length, outdated()]).toEqual([4, 1])
  keychainLooks.stop()
  expect(isClosed()).toBe(true)
})
