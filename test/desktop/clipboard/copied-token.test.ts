import { beforeEach, expect, it } from 'vitest'
import { cliClient, trayClient } from '../../../main/broker/clients.ts'
import { watchCopied } from '../../../main/desktop/clipboard/copied-token.ts'
import { copyToken } from '../../../main/desktop/clipboard/copy-token.ts'
import { makeBroker, type TestBroker } from '../../helpers/make-broker.ts'
import { toRunning } from '../running.ts'
import { openCopying } from './open-copying.ts'

const ACCOUNT = 'sftpgo/work'

let test: TestBroker
let rig: ReturnType<typeof openCopying>
let running: ReturnType<typeof toRunning> | null

beforeEach(async () => {
  test = await makeBroker({ services: [{ with: ['revokeAll', 'refresh'] }] })
  rig = openCopying()
  running = toRunning(test)
  await test.signIn('work')
  const { copying } = rig
  const watch = watchCopied({
    host: {
      get running() {
        return running
      },
    },
    copying,
  })
  test.broker.changes.on(watch)
  const host = { broker: test.broker }
  await copyToken({ host, person: trayClient, copying }, account(), 'token')
  await test.idle()
  expect(rig.clipboard.paste()).toBe(test.service.alive.at(-1))
})

const account = () => test.broker.accounts.get(ACCOUNT)
it.each([
  ['it is revoked', () => test.broker.closeLeases({}, cliClient)],
  ['all tokens are ended', () => test.broker.revokeAll({}, cliClient)],
  ['its account is logged out', () => test.broker.logins.logout(account(), cliClient)],
  ['its account is removed', () => test.broker.logins.remove(account(), cliClient)],
  ['another one takes its place', () => test.broker.tokenAdmin.rotate(account(), cliClient)],
  ['its time is over', () => test.clock.advance(901_000)],
] as const)('takes a copied token out of the clipboard when %s', async (_what, end) => {
  await end()
  await test.idle()
  expect(rig.clipboard.paste()).toBeUndefined()
  expect(rig.copying.current).toBeNull()
})

it('takes it out when Tokentray is locked, whoever has locked and however soon it is unlocked', async () => {
  test.broker.lock(cliClient)
  test.broker.unlock(cliClient)
  await test.idle()
  expect(rig.clipboard.paste()).toBeUndefined()
})

it('takes it out when Tokentray starts anew', async () => {
  running = null
  test.broker.changes.tell()
  await test.idle()
  expect(rig.clipboard.paste()).toBeUndefined()
})

it('leaves it there whatever else changes', async () => {
  const token = rig.clipboard.paste()
  await test.signIn('other')
  test.broker.changes.tell()
  await test.idle()
  expect(rig.clipboard.paste()).toBe(token)
})

it('leaves alone what somebody else has copied since', async () => {
  rig.clipboard.otherCopies('a shopping list')
  await test.broker.closeLeases({}, cliClient)
  await test.idle()
  expect(rig.clipboard.paste()).toBe('a shopping list')
})
