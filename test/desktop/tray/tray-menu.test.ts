import { describe, expect, it } from 'vitest'
import { timeOfDay } from '../../../main/base/text/time-of-day.ts'
import { type MenuEntry, type MenuLine, toMenu } from '../../../main/desktop/tray/tray-menu.ts'
import type { LingeringView, Snapshot } from '../../../preload/snapshot.ts'
import { makeAccount, makeLease, makeSnapshot } from '../samples.ts'

const NOW = 1_000_000

const linesOf = (entries: readonly MenuEntry[]): MenuLine[] =>
  entries.flatMap((entry) => (entry === 'line' ? [] : [entry, ...linesOf(entry.lines ?? [])]))

const menuOf = (change: Parameters<typeof makeSnapshot>[0] = {}) =>
  linesOf(toMenu(makeSnapshot(change), NOW))

const find = (lines: readonly MenuLine[], id: string) => lines.find((line) => line.id === id)
const labels = (lines: readonly MenuLine[]) => lines.map(({ label }) => label)

it('offers open, lock, settings and quit without accounts', () => {
  expect(labels(menuOf())).toEqual([
    ...['Open Tokentray', 'No accounts yet', 'No active tokens', 'Lock'],
    ...['Settings…', 'Start at login', 'Quit Tokentray'],
  ])
})

describe('an account', () => {
  const accounts = [makeAccount('koyeb/work', { sessionEndsAt: NOW + 12 * 60_000 + 1 })]

  it('has copy lines that open the window if the menu cannot copy', () => {
    const lines = labels(linesOf(toMenu(makeSnapshot({ accounts }), NOW, true)))
    expect(lines).toEqual(
      expect.arrayContaining(['Copy token…', 'Copy as header…', 'Copy as curl…']),
    )
    expect(labels(menuOf({ accounts }))).toContain('Copy token')
  })

  it('shows below its state why it needs a login', () => {
    const loginRequiredReason = { description: 'Koyeb refused the API token.' }
    const needy = makeAccount('koyeb/work', { state: 'login_required', loginRequiredReason })
    const line = find(menuOf({ accounts: [needy] }), 'account:koyeb/work')
    expect(labels(linesOf(line?.lines ?? [])).slice(0, 2)).toEqual([
      'alice at service.example: login required',
      'Koyeb refused the API token.',
    ])
  })

  it('can be copied in three forms, logged in again and logged out', () => {
    const line = find(menuOf({ accounts }), 'account:koyeb/work')
    expect(linesOf(line?.lines ?? []).map(({ label, action }) => [label, action])).toEqual([
      ['alice at service.example: logged in', undefined],
      [`Session until ${timeOfDay(NOW + 12 * 60_000, NOW)}`, undefined],
      ['Copy token', { do: 'copy', uid: 'koyeb/work', account: 'koyeb/work', form: 'token' }],
      ['Copy as header', { do: 'copy', uid: 'koyeb/work', account: 'koyeb/work', form: 'header' }],
      ['Copy as curl', { do: 'copy', uid: 'koyeb/work', account: 'koyeb/work', form: 'curl' }],
      ['Log in again…', { do: 'login', account: 'koyeb/work' }],
      ['Log out…', { do: 'logout', uid: 'koyeb/work', account: 'koyeb/work' }],
    ])
  })

  it('has the actions that cannot be undone last, separated from the rest', () => {
    const isDestructive = (entry: MenuEntry | undefined) =>
      entry !== undefined &&
      entry !== 'line' &&
      ['logout', 'endAll'].includes(entry.action?.do ?? '')
    const menus = linesOf(toMenu(makeSnapshot({ accounts, leases: [makeLease('l1')] }), NOW))
      .flatMap(({ lines }) => (lines ? [lines] : []))
      .filter((lines) => lines.some(isDestructive))
    expect(menus).toHaveLength(2)
    for (const lines of menus) {
      expect(lines.filter(isDestructive)).toEqual([lines.at(-1)])
      expect(lines.at(-2)).toBe('line')
    }
  })

  it.each([
    ['signed_out', 'koyeb/work – logged out', 'logout:koyeb/work'],
    ['login_required', 'koyeb/work – login required', 'copy-token:koyeb/work'],
  ] as const)('says that it is %s, and offers what is left', (state, label, off) => {
    const lines = menuOf({ accounts: [makeAccount('koyeb/work', { state })] })
    expect(find(lines, 'account:koyeb/work')?.label).toBe(label)
    expect(find(lines, off)?.enabled).toBe(false)
    expect(find(lines, 'copy-curl:koyeb/work')?.enabled).toBe(false)
    expect(find(lines, 'login:koyeb/work')).toMatchObject({ label: 'Log in…' })
  })

  it('cannot be copied while Tokentray is locked, but can be logged out', () => {
    const lines = menuOf({ accounts, status: { locked: true } })
    for (const form of ['token', 'header', 'curl']) {
      expect(find(lines, `copy-${form}:koyeb/work`)?.enabled).toBe(false)
    }
    expect(find(lines, 'logout:koyeb/work')?.enabled).toBeUndefined()
    expect(find(lines, 'unlock')?.action).toEqual({ do: 'unlock' })
    expect(find(lines, 'lock')).toBeUndefined()
  })

  it('has a label that cannot break the menu', () => {
    const label = 'a&b \u202Eevil\nsecond line\u0000'
    const lines = menuOf({ accounts: [makeAccount('koyeb/work', { label })] })
    expect(find(lines, 'state:koyeb/work')?.label).toBe('a&&b evil second line : logged in')
  })
})

describe('active tokens', () => {
  it('are counted and can be revoked, one by one or all', () => {
    const leases = [
      makeLease('l1', { endsAt: NOW + 120_000 }),
      makeLease('l2', { endsAt: NOW + 30_000, client: 'R&D' }),
    ]
    const lines = menuOf({ leases })
    expect(find(lines, 'out')?.label).toBe('2 active tokens')
    expect(find(lines, 'end:l1')).toMatchObject({
      label: `Revoke deploy: koyeb/work, until ${timeOfDay(NOW + 120_000, NOW)}…`,
      action: { do: 'endLease', lease: 'l1' },
    })
    expect(find(lines, 'end:l2')?.label).toMatch(/^Revoke R&&D: koyeb\/work, until \d\d:\d\d…$/)
    expect(find(lines, 'end-all')).toMatchObject({ action: { do: 'endAll' } })
  })

  it('show a time of day, which does not become wrong as time passes', () => {
    const endsAt = NOW + 600_000
    const snapshot = makeSnapshot({
      leases: [makeLease('l1', { endsAt })],
      accounts: [makeAccount('koyeb/work', { sessionEndsAt: endsAt })],
    })
    // Nothing has changed since, so it was not built again.
    expect(toMenu(snapshot, endsAt - 1)).toEqual(toMenu(snapshot, NOW))
  })

  it('cannot be revoked if there are none', () => {
    expect(find(menuOf(), 'out')).toMatchObject({ label: 'No active tokens', enabled: false })
    expect(find(menuOf(), 'end-all')).toBeUndefined()
  })

  it('include a session token that a tool may have, which is revoked with the others', () => {
    const session = { id: 's1', account: 'koyeb/work', mayBeOut: true, revocable: true }
    const lines = menuOf({ sessions: [session] })
    expect(find(lines, 'out')?.label).toBe('1 active token')
    expect(find(lines, 'session:s1')?.label).toBe('Session token of koyeb/work: a tool may have it')
    expect(find(lines, 'end-all')?.action).toEqual({ do: 'endAll' })
    const inNobodysHands = menuOf({ sessions: [{ ...session, mayBeOut: false }] })
    expect(find(inNobodysHands, 'end-all')).toBeUndefined()
    expect(find(inNobodysHands, 'out')?.label).toBe('No active tokens')
  })

  it('count unrevoked tokens separately, and are unknown before the list was read', () => {
    const left: LingeringView = {
      ...{ id: 't1', uid: 'u1', account: 'koyeb/work', use: 'lease', madeAt: NOW },
      ...{ atService: 'until_expiry', why: 'Koyeb cannot revoke it.' },
    }
    expect(find(menuOf({ lingering: [left] }), 'out')?.label).toBe(
      'No active tokens, 1 not revoked',
    )
    expect(find(menuOf({ status: { tokensUnknown: true } }), 'out')?.label).toBe(
      'Active tokens not known yet',
    )
  })
})

it.each([
  [true, { checked: true, action: { do: 'startAtLogin', on: false } }],
  [false, { checked: false, action: { do: 'startAtLogin', on: true } }],
] as const)('turns the start at login around: %s', (startAtLogin, expected) => {
  const { preferences } = makeSnapshot()
  const lines = menuOf({ preferences: { ...preferences, startAtLogin } })
  expect(find(lines, 'start-at-login')).toMatchObject(expected)
})

it.each<[string, Partial<Snapshot>, string]>([
  ['starting', { phase: 'starting' }, 'Starting…'],
  ['stopping', { phase: 'stopping' }, 'Revoking active tokens…'],
  [
    'blocked by an agent',
    { phase: 'blocked', otherBroker: { kind: 'agent', pid: 7 } },
    'The agent is running',
  ],
  ['blocked', { phase: 'blocked' }, 'Another Tokentray is running'],
])('shows that it is %s', (_case, change, label) => {
  expect(labels(menuOf(change))).toContain(label)
})

it('can quit but not lock or unlock while another one runs', () => {
  const lines = menuOf({ phase: 'blocked' })
  expect(find(lines, 'lock')?.enabled).toBe(false)
  expect(find(lines, 'quit')?.action).toEqual({ do: 'quit' })
})

it('shows what is wrong with the keychain', () => {
  expect(labels(menuOf({ status: { vault: 'vault_locked' } }))).toContain(
    'The keychain cannot be used',
  )
  expect(labels(menuOf({ status: { memory: true } }))).toContain(
    'Not saved: accounts are forgotten when you quit',
  )
})

it('shows that another program uses the port', () => {
  const portTaken = { port: 4711, message: 'Port 4711 is in use.', hint: 'Stop that program.' }
  expect(labels(menuOf({ status: { portTaken } }))).toContain('Another program uses port 4711')
})

it('shows once which service asked for no requests', () => {
  const brief = 'Left alone until about 15:31: files.example.com'
  const silentHost = { host: 'files.example.com', until: 0, message: 'It is banned.', brief }
  const accounts = ['sftpgo/one', 'sftpgo/two'].map((id) => makeAccount(id, { silentHost }))
  expect(labels(menuOf({ accounts })).filter((label) => label === brief)).toHaveLength(1)
})

it('gives every line its own id', () => {
  const ids = menuOf({
    accounts: [makeAccount('koyeb/work'), makeAccount('koyeb/home')],
    leases: [makeLease('l1'), makeLease('l2')],
    status: { vault: 'vault_locked', memory: true },
  }).map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

describe('with many entries', () => {
  const many = (state: 'signed_in' | 'signed_out', from: number, count: number) =>
    Array.from({ length: count }, (_, index) => makeAccount(`koyeb/a${from + index}`, { state }))

  it('the menu has fifty accounts, logged-in ones first, and a line for the others', () => {
    const accounts = [...many('signed_out', 0, 960), ...many('signed_in', 960, 40)]
    const lines = menuOf({ accounts })
    const shown = lines.flatMap(({ id }) => (id.startsWith('account:') ? [id.slice(8)] : []))
    const expected = [...accounts.slice(0, 10), ...accounts.slice(960)].map(({ id }) => id)
    expect(shown).toEqual(expected)
    expect(find(lines, 'more-accounts')).toEqual({
      ...{ id: 'more-accounts', label: '950 more in the window…', action: { do: 'open' } },
    })
    expect(find(menuOf({ accounts: accounts.slice(0, 50) }), 'more-accounts')).toBeUndefined()
  })

  it('it has fifty tokens and fifty silent services', () => {
    const numbers = Array.from({ length: 1_000 }, (_, index) => index)
    const leases = numbers.map((number) => makeLease(`l${number}`))
    const sessions = numbers.map((number) => {
      return { id: `s${number}`, account: 'koyeb/a', mayBeOut: true, revocable: true }
    })
    const accounts = numbers.map((number) => {
      const silentHost = {
        host: `h${number}`,
        until: NOW,
        message: '',
        brief: `h${number} is left alone`,
      }
      return makeAccount(`koyeb/a${number}`, { silentHost })
    })
    const lines = menuOf({ leases, sessions, accounts })
    const count = (start: string) => lines.filter(({ id }) => id.startsWith(start)).length
    expect(['end:', 'session:', 'says-silent:'].map(count)).toEqual([50, 50, 50])
    expect(find(lines, 'more-leases')?.label).toBe('950 more in the window…')
    expect(find(lines, 'more-sessions')?.label).toBe('950 more in the window…')
    expect(find(lines, 'end-all')?.action).toEqual({ do: 'endAll' })
  })
})
