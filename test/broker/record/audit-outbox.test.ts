import { describe, expect, it } from 'vitest'
import { cliClient } from '../../../main/broker/clients.ts'
import { MAX_OUTBOX_LINES } from '../../../main/broker/record/audit-outbox.ts'
import { createMemorySettings } from '../../../main/settings/memory-settings.ts'
import { defaultSettings } from '../../../main/settings/schema.ts'
import {
  codeOf,
  diskFull,
  idle,
  makeBroker,
  prepareBroker,
  type TestBroker,
  tokenOf,
} from '../../helpers/make-broker.ts'

const account = ({ broker }: TestBroker) => broker.accounts.get('sftpgo/work')
const eventsIn = ({ recorded }: TestBroker) => recorded.map(({ event }) => event)

/** A broker with an account and a tool, with stored settings. */
async function begin(): Promise<TestBroker> {
  const test = await makeBroker()
  test.client('backup', await test.newAccount())
  await idle()
  test.forgetRecords()
  return test
}

/** Each changes who could get which tokens, with the audit events that record it. */
const changes: Readonly<Record<string, readonly [(test: TestBroker) => unknown, ...string[]]>> = {
  'a tool is added': [
    (test) => test.client('editor', account(test)),
    ...['client_added', 'grant_added'],
  ],
  'a tool is removed': [
    ({ broker }) => {
      const tool = broker.clients.findByName('backup')
      if (tool) void broker.removeClient(tool, cliClient)
    },
    ...['client_removed', 'grant_removed'],
  ],
  'an account is renamed': [
    (test) => test.broker.changeAccount(account(test), { name: 'other' }),
    'account_renamed',
  ],
  'the lifetime of tokens is changed': [
    (test) => test.broker.changeAccount(account(test), { leaseSeconds: 60 }),
    'account_changed',
  ],
  'a preference is changed': [
    ({ broker }) =>
      broker.settings.update((all) => ({
        ...all,
        preferences: { ...all.preferences, lockOnSleep: false },
      })),
    'settings_changed',
  ],
  'what the system keeps is changed': [
    ({ broker }) =>
      broker.settings.note({ event: 'settings_changed', setting: 'startAtLogin' }, cliClient),
    'settings_changed',
  ],
  'it is locked': [({ broker }) => broker.lock(cliClient), 'lock'],
  'it is unlocked': [
    ({ broker }) => {
      broker.lock(cliClient)
      broker.unlock(cliClient)
    },
    ...['lock', 'unlock'],
  ],
}

describe.each(Object.entries(changes))('when %s', (_, [change, ...events]) => {
  it('a kill before its audit line is written leaves the line to the next start', async () => {
    const first = await begin()
    void change(first)
    first.crash()
    const at = first.clock.now()
    await first.clock.advance(60_000)
    const second = await makeBroker({ after: first })
    await idle()
    expect(eventsIn(first)).toEqual([])
    expect(second.recorded.map(({ event, at }) => [event, at])).toEqual(
      events.map((event) => [event, at]),
    )
  })

  it('an audit log that cannot be written in this run gets the line in the next one', async () => {
    const first = await begin()
    first.faults.audit = diskFull()
    void change(first)
    await idle()
    await first.broker.stop(1_000)
    const second = await makeBroker({ after: first })
    await idle()
    expect(eventsIn(second)).toEqual(events)
    expect(second.settings.read().unrecorded).toBeUndefined()
  })
})

describe('a change that is not yet recorded', () => {
  it('blocks tokens, also after a restart', async () => {
    const first = await begin()
    first.faults.audit = diskFull()
    const tool = first.client('editor', account(first))
    first.crash()
    const second = prepareBroker({ after: first })
    second.faults.audit = diskFull()
    await second.broker.start()
    expect(await codeOf(second.issue(tool, account(second)))).toBe('record_unavailable')
    second.faults.audit = null
    tokenOf(await second.issue(tool, account(second)))
    expect(eventsIn(second).slice(-3)).toEqual(['client_added', 'grant_added', 'issue'])
  })

  it('is recorded once, and is then removed from the settings', async () => {
    const test = await begin()
    test.faults.audit = diskFull()
    test.client('editor', account(test))
    await idle()
    expect(test.settings.read().unrecorded?.map(({ event }) => event)).toEqual([
      'client_added',
      'grant_added',
    ])
    test.faults.audit = null
    test.broker.lock(cliClient)
    await idle()
    expect(eventsIn(test)).toEqual(['client_added', 'grant_added', 'lock'])
    expect(test.settings.read().unrecorded).toBeUndefined()
    const next = await makeBroker({ after: test })
    await idle()
    expect(eventsIn(next)).toEqual([])
  })

  it('is removed from the settings with the next change if they could not be written in between', async () => {
    const test = await begin()
    test.broker.lock(cliClient)
    test.faults.settings = diskFull()
    await idle()
    expect(test.settings.read().unrecorded).toHaveLength(1)
    test.faults.settings = null
    test.faults.audit = diskFull()
    test.broker.unlock(cliClient)
    await idle()
    expect(test.settings.read().unrecorded?.map(({ event }) => event)).toEqual(['unlock'])
  })

  it('that applies to this run only is recorded in this run', async () => {
    const test = await begin()
    test.faults.settings = diskFull()
    expect(await codeOf((async () => test.broker.lock(cliClient))())).toBe('record_unavailable')
    await idle()
    expect(eventsIn(test)).toEqual(['lock'])
    expect(test.settings.read().unrecorded).toBeUndefined()
  })

  it('can also be a reset', async () => {
    const test = await makeBroker()
    test.client('backup')
    await idle()
    test.faults.audit = diskFull()
    expect(await codeOf(test.broker.reset(cliClient))).toBe('record_unavailable')
    expect(test.settings.read().clients).toEqual([])
    test.crash()
    const next = await makeBroker({ after: test })
    await idle()
    expect(eventsIn(next)).toEqual(['client_removed', 'reset'])
  })

  it('stores no more of an external text than the audit log will', async () => {
    const test = await begin()
    test.faults.audit = diskFull()
    test.broker.lock(cliClient, `${'x'.repeat(10_000)}\n`)
    expect(test.settings.read().unrecorded?.[0]?.reason).toBe('x'.repeat(200))
  })
})

it('while a thousand changes are unrecorded no other change is accepted, but a lock works', async () => {
  const unrecorded = Array.from({ length: MAX_OUTBOX_LINES }, (_, n) => ({
    ...{ id: `line${n}`, at: 1, event: 'lock' },
  }))
  const settings = createMemorySettings({ ...defaultSettings, unrecorded })
  const test = prepareBroker({ settings })
  test.faults.audit = diskFull()
  await test.broker.start()
  await idle()
  expect(await codeOf((async () => test.client('editor'))())).toBe('record_unavailable')
  expect(test.settings.read().clients).toEqual([])
  expect(await codeOf((async () => test.broker.lock(cliClient))())).toBe('record_unavailable')
  expect(test.broker.locked).toBe(true)
  test.faults.audit = null
  test.broker.lock(cliClient)
  await idle()
  test.client('editor')
  await idle()
  expect(eventsIn(test).filter((event) => event === 'lock')).toHaveLength(MAX_OUTBOX_LINES + 1)
  expect(eventsIn(test).at(-1)).toBe('client_added')
})
