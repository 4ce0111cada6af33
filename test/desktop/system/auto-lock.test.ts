import { beforeEach, describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import type { Running } from '../../../main/desktop/running.ts'
import { createAutoLock, watchSnapshots } from '../../../main/desktop/system/auto-lock.ts'
import { defaultSettings } from '../../../main/settings/schema.ts'
import { makeBroker, type TestBroker } from '../../helpers/make-broker.ts'
import { makeLog } from '../fake-electron.ts'
import { toRunning } from '../running.ts'
import { makeAccount, makeSnapshot } from '../samples.ts'

let cleared: number
const autoClear = {
  clear: async () => {
    cleared += 1
    return true
  },
}

beforeEach(() => {
  cleared = 0
})

describe('a screen lock and sleep', () => {
  let test: TestBroker
  let running: Running | null
  let changes: number
  const log = makeLog()

  beforeEach(async () => {
    test = await makeBroker()
    running = toRunning(test)
    changes = 0
    log.lines.length = 0
  })

  const make = (lockOnSleep = true) =>
    createAutoLock({
      host: { running },
      preferences: {
        view: () => ({ ...defaultSettings.preferences, lockOnSleep, startAtLogin: false }),
      },
      autoClear,
      changed: () => {
        changes += 1
      },
      log,
    })

  it.each(['locked', 'suspended'] as const)('%s: lock, and clear the clipboard', (event) => {
    make()[event]()
    expect([test.broker.locked, cleared]).toEqual([true, 1])
  })

  it.each(['locked', 'suspended'] as const)('%s: only clear, if the preference is off', (event) => {
    make(false)[event]()
    expect([test.broker.locked, cleared]).toEqual([false, 1])
  })

  it('an idle computer: lock and clear, whatever the preference for sleep', async () => {
    make(false).idle()
    expect([test.broker.locked, cleared]).toEqual([true, 1])
    await test.broker.recorded()
    expect(test.recorded).toContainEqual(
      expect.objectContaining({ event: 'lock', reason: 'The computer was not used for a while.' }),
    )
  })

  it('clear even if nothing runs', () => {
    running = null
    make().locked()
    expect(cleared).toBe(1)
  })

  it('lock even if that cannot be stored', () => {
    test.faults.settings = new TokentrayError('record_unavailable')
    make().suspended()
    expect([test.broker.locked, log.lines.length]).toEqual([true, 1])
  })

  it('redraw after waking up', () => {
    make().resumed()
    expect([changes, test.broker.locked]).toEqual([1, false])
  })
})

describe('a snapshot', () => {
  it('without a copied text removes its notification', () => {
    let takenBack = 0
    const watch = watchSnapshots({
      resolved: () => undefined,
      cleared: () => {
        takenBack += 1
      },
    })
    const copied = { account: 'koyeb/a', form: 'token', clearsAt: 1 } as const
    for (const snapshot of [makeSnapshot(), makeSnapshot({ copied })]) watch(snapshot)
    expect(takenBack).toBe(0)
    watch(makeSnapshot())
    watch(makeSnapshot())
    expect(takenBack).toBe(1)
  })

  it('in which an account is logged in again or removed removes its notification', () => {
    const resolved: string[] = []
    const watch = watchSnapshots({
      resolved: (account) => resolved.push(account),
      cleared: () => undefined,
    })
    const waiting = ['koyeb/a', 'koyeb/b', 'koyeb/c'].map((id) =>
      makeAccount(id, { state: 'login_required' }),
    )
    watch(makeSnapshot({ accounts: waiting }))
    watch(makeSnapshot({ accounts: waiting }))
    expect(resolved).toEqual([])
    const accounts = [makeAccount('koyeb/a'), makeAccount('koyeb/b', { state: 'login_required' })]
    watch(makeSnapshot({ accounts }))
    expect(resolved).toEqual(['koyeb/a', 'koyeb/c'])
  })
})
