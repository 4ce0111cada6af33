import { expect, it } from 'vitest'
import { TokentrayError } from '../../main/base/errors.ts'
import { createActing } from '../../main/desktop/acting.ts'
import type { Handlers } from '../../main/desktop/ipc.ts'
import type { MenuAction } from '../../main/desktop/tray-menu.ts'
import type { Failure } from '../../preload/contract.ts'
import { idle } from '../helpers/make-broker.ts'
import { makeLog } from './fake-electron.ts'

function make(fails?: unknown) {
  const done: unknown[] = []
  const told: Failure[] = []
  const log = makeLog()
  const handlers = new Proxy({} as Handlers, {
    get:
      (_target, name) =>
      async (...args: unknown[]) => {
        done.push([name, ...args])
        if (fails !== undefined) throw fails
        return null
      },
  })
  const popover = { open: (place?: unknown) => done.push(['open', place]) }
  const act = createActing({ handlers, popover, log, tell: (failure) => told.push(failure) })
  return { act, done, told, log }
}

it.each<[MenuAction, unknown[]]>([
  [{ do: 'open' }, ['open', undefined]],
  [{ do: 'settings' }, ['open', { at: 'settings' }]],
  [{ do: 'login', account: 'koyeb/a' }, ['open', { at: 'login', account: 'koyeb/a' }]],
  [{ do: 'logout', account: 'koyeb/a' }, ['logout', 'koyeb/a']],
  [{ do: 'copy', account: 'koyeb/a', form: 'curl' }, ['copy', 'koyeb/a', 'curl']],
  [{ do: 'endLease', lease: 'l1' }, ['endLease', 'l1']],
  [{ do: 'endAll' }, ['endAll']],
  [{ do: 'lock' }, ['lock']],
  [{ do: 'unlock' }, ['unlock']],
  [{ do: 'startAtLogin', on: true }, ['setPreferences', { startAtLogin: true }]],
  [{ do: 'quit' }, ['quit']],
])('carries out %j', async (action, expected) => {
  const { act, done } = make()
  act(action)
  await idle()
  expect(done).toEqual([expected])
})

it('says what did not work', async () => {
  const { act, told, log } = make(new TokentrayError('login_required', 'Log in first.'))
  act({ do: 'copy', account: 'koyeb/a', form: 'token' })
  await idle()
  expect(told).toMatchObject([{ code: 'login_required', message: 'Log in first.' }])
  expect(log.lines).toEqual([])
})

it('keeps a mistake for the log, and says only that there was one', async () => {
  const { act, told, log } = make(new Error('the inside'))
  act({ do: 'lock' })
  await idle()
  expect(told).toMatchObject([{ code: 'server_error', message: 'Tokentray made a mistake.' }])
  expect(log.lines).toHaveLength(1)
})

it('says nothing of what the person cancelled', async () => {
  const { act, told } = make(new TokentrayError('cancelled'))
  act({ do: 'endAll' })
  await idle()
  expect(told).toEqual([])
})
