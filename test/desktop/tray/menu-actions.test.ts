import { expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import type { Handlers } from '../../../main/desktop/ipc/ipc.ts'
import { createMenuActions } from '../../../main/desktop/tray/menu-actions.ts'
import type { MenuAction } from '../../../main/desktop/tray/menu-lines.ts'
import type { Failure } from '../../../preload/failure.ts'
import type { QuestionWords } from '../../../renderer/text/questions.ts'
import { idle } from '../../helpers/make-broker.ts'
import { makeLog } from '../fake-electron.ts'
import { makeAccount, makeLease, makeSnapshot } from '../samples.ts'

const ended = [
  { token: 't1', client: 'deploy', account: 'koyeb/work', atService: 'ended' },
  {
    token: 't2',
    client: 'backup',
    account: 'koyeb/work',
    atService: 'pending',
    why: 'It is down.',
  },
] as const
const snapshot = makeSnapshot({
  accounts: [makeAccount('koyeb/work', { displayName: 'Work apps' })],
  leases: [makeLease('l1'), makeLease('l2', { client: 'backup' })],
})
const answers: Readonly<Record<string, unknown>> = {
  ...{ snapshot, logout: { ended }, endLease: { ended }, endAll: { ended } },
  copy: { endsAt: 900_000, clearsAt: 30_000 },
}

function make(fails?: unknown, copiesInWindow = false) {
  const done: unknown[] = []
  const told: Failure[] = []
  const said: unknown[] = []
  const asked: QuestionWords[] = []
  const log = makeLog()
  const handlers = new Proxy({} as Handlers, {
    get:
      (_target, name: string) =>
      async (...args: unknown[]) => {
        if (name !== 'snapshot') done.push([name, ...args])
        if (fails !== undefined) throw fails
        return answers[name] ?? null
      },
  })
  const open = (place?: unknown) => done.push(['open', place])
  let decide: (wanted: boolean) => void = () => undefined
  const act = createMenuActions({
    ...{ handlers, open, log, now: () => 0, tell: (failure) => told.push(failure) },
    copiesInWindow,
    ask: (question) => {
      asked.push(question)
      return new Promise((resolve) => {
        decide = resolve
      })
    },
    notifier: {
      outcome: (...words) => said.push(words),
      copied: (...words) => said.push(words),
    },
  })
  return { act, done, told, said, asked, log, decide: (wanted: boolean) => decide(wanted) }
}

it.each<[MenuAction, unknown[]]>([
  [{ do: 'open' }, ['open', undefined]],
  [{ do: 'open', place: { at: 'search' } }, ['open', { at: 'search' }]],
  [
    { do: 'copy', uid: 'u1', account: 'koyeb/a', called: 'koyeb/a', form: 'curl' },
    ['copy', 'u1', 'curl'],
  ],
  [{ do: 'lock' }, ['lock']],
  [{ do: 'unlock' }, ['unlock']],
  [{ do: 'quit' }, ['quit']],
])('carries out %j', async (action, expected) => {
  const { act, done } = make()
  act(action)
  await idle()
  expect(done).toEqual([expected])
})

it('opens the window at the copy button if a menu cannot copy, and copies nothing', async () => {
  const { act, done, said } = make(undefined, true)
  act({ do: 'copy', uid: 'u1', account: 'koyeb/a', called: 'koyeb/a', form: 'curl' })
  await idle()
  expect(done).toEqual([['open', { at: 'copy', account: 'koyeb/a', form: 'curl' }]])
  expect(said).toEqual([])
})

const destructive: readonly [MenuAction, string, unknown[], string][] = [
  [
    { do: 'logout', uid: 'u1', account: 'koyeb/work', called: 'Work apps' },
    'Log out of Work apps?',
    ['logout', 'u1'],
    'Logged out of Work apps',
  ],
  [
    { do: 'endLease', lease: 'l1' },
    'Revoke the token of deploy for Work apps?',
    ['endLease', 'l1'],
    'The token of deploy for Work apps',
  ],
  [{ do: 'endAll' }, 'Revoke all 2 active tokens?', ['endAll'], 'Active tokens'],
]

it.each(destructive)(
  'asks before %j, and reports the result',
  async (action, title, call, said) => {
    const rig = make()
    rig.act(action)
    await idle()
    expect(rig.asked).toMatchObject([{ title }])
    expect([rig.done, rig.said]).toEqual([[], []])
    rig.decide(true)
    await idle()
    expect(rig.done).toEqual([call])
    expect(rig.said).toEqual([
      [
        said,
        [
          'Revoked the token of deploy for Work apps.',
          'The token of backup for Work apps is waiting to be revoked: It is down.',
        ],
      ],
    ])
  },
)

it.each(destructive)('does nothing for %j if the user declines', async (action) => {
  const { act, done, said, told, decide } = make()
  act(action)
  await idle()
  decide(false)
  await idle()
  expect([done, said, told]).toEqual([[], [], []])
})

it('asks one question at a time', async () => {
  const { act, asked, done, decide } = make()
  act({ do: 'endAll' })
  await idle()
  act({ do: 'logout', uid: 'u1', account: 'koyeb/work', called: 'Work apps' })
  await idle()
  expect(asked).toHaveLength(1)
  decide(false)
  await idle()
  act({ do: 'logout', uid: 'u1', account: 'koyeb/work', called: 'Work apps' })
  await idle()
  expect(asked).toHaveLength(2)
  expect(done).toEqual([])
})

it('reports that something was copied, and until when', async () => {
  const { act, said } = make()
  act({ do: 'copy', uid: 'u1', account: 'koyeb/work', called: 'Work apps', form: 'token' })
  await idle()
  expect(said).toEqual([['Work apps', 'token', { endsAt: 900_000, clearsAt: 30_000 }, 0]])
})

it('reports that a token was revoked already', async () => {
  const { act, told, asked } = make(new TokentrayError('not_found', 'It has ended already.'))
  act({ do: 'endLease', lease: 'gone' })
  await idle()
  expect(asked).toEqual([])
  expect(told).toMatchObject([{ message: 'It has ended already.' }])
})

it('reports a failure', async () => {
  const { act, told, log } = make(new TokentrayError('login_required', 'Log in first.'))
  act({ do: 'copy', uid: 'u1', account: 'koyeb/a', called: 'koyeb/a', form: 'token' })
  await idle()
  expect(told).toMatchObject([{ code: 'login_required', message: 'Log in first.' }])
  expect(log.lines).toEqual([])
})

it('logs an internal error, and shows only that there was one', async () => {
  const { act, told, log } = make(new Error('the inside'))
  act({ do: 'lock' })
  await idle()
  expect(told).toMatchObject([{ code: 'server_error', message: 'Internal error.' }])
  expect(log.lines).toHaveLength(1)
})

it('shows nothing for what the user cancelled', async () => {
  const { act, told } = make(new TokentrayError('cancelled'))
  act({ do: 'lock' })
  await idle()
  expect(told).toEqual([])
})
