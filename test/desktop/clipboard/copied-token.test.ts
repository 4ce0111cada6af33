import { beforeEach, expect, it } from 'vitest'
import { cliClient, trayClient } from '../../../main/broker/clients.ts'
import { watchCopied } from '../../../main/desktop/clipboard/copied-token.ts'
import { copyToken } from '../../../main/desktop/clipboard/copy-token.ts'
import { makeBroker, type TestBroker } from '../../helpers/make-broker.ts'
import { toRunning } from '../running.ts'
import { openAutoClear } from './open-auto-clear.ts'

const ACCOUNT = 'sftpgo/work'

let test: TestBroker
let rig: ReturnType<typeof openAutoClear>
let running: ReturnType<typeof toRunning> | null

beforeEach(async () => {
  test = await makeBroker({ services: [{ with: ['revokeAll', 'refresh'] }] })
  rig = openAutoClear()
  running = toRunning(test)
  await test.newAccount('work')
  const { autoClear } = rig
  const watch = watchCopied({
    host: {
      get running() {
        return running
      },
    },
    autoClear,
  })
  test.broker.changes.on(watch)
  const host = { broker: test.broker }
  await copyToken({ host, user: trayClient, autoClear }, account(), 'token')
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
  expect(rig.autoClear.current).toBeNull()
})

it('clears it when Tokentray is locked, however soon it is unlocked', async () => {
  test.broker.lock(cliClient)
  test.broker.unlock(cliClient)
  await test.idle()
  expect(rig.clipboard.paste()).toBeUndefined()
})

it('clears it when Tokentray restarts', async () => {
  running = null
  test.broker.changes.tell()
  await test.idle()
  expect(rig.clipboard.paste()).toBeUndefined()
})

it('keeps it through any other change', async () => {
  const token = rig.clipboard.paste()
  await test.newAccount('other')
  test.broker.changes.tell()
  await test.idle()
  expect(rig.clipboard.paste()).toBe(token)
})

it('leaves what another program has copied since', async () => {
  rig.clipboard.otherCopies('a shopping list')
  await test.broker.closeLeases({}, cliClient)
  await test.idle()
  expect(rig.clipboard.paste()).toBe('a shopping list')
})
