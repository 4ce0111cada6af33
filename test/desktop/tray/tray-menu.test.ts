import { describe, expect, it } from 'vitest'
import { timeOfDay } from '../../../main/base/text/time-of-day.ts'
import type { MenuEntry, MenuLine } from '../../../main/desktop/tray/menu-lines.ts'
import { toMenu } from '../../../main/desktop/tray/tray-menu.ts'
import type { LingeringView, Snapshot } from '../../../preload/snapshot.ts'
import { makeAccount, makeLease, makeSnapshot } from '../samples.ts'

const NOW = 1_000_000

/** What the user can read at a glance. */
const MOST = 12

const isLine = (entry: MenuEntry): entry is MenuLine => entry !== 'line'

const linesOf = (entries: readonly MenuEntry[]): MenuLine[] =>
  entries.filter(isLine).flatMap((entry) => [entry, ...linesOf(entry.lines ?? [])])

type Change = Parameters<typeof makeSnapshot>[0]

const topOf = (change: Change = {}) => toMenu(makeSnapshot(change), NOW)
const menuOf = (change: Change = {}) => linesOf(topOf(change))
/** The top level as a user reads it: with `-` for each line between groups. */
const read = (entries: readonly MenuEntry[]) =>
  entries.map((entry) => (isLine(entry) ? entry.label : '-'))

const find = (lines: readonly MenuLine[], id: string) => lines.find((line) => line.id === id)
const labels = (lines: readonly MenuLine[]) => lines.map(({ label }) => label)

const many = (count: number, change: Parameters<typeof makeAccount>[1] = {}) =>
  Array.from({ length: count }, (_, index) => makeAccount(`koyeb/a${index}`, change))

const silent = (host: string) => ({
  silentHost: { host, until: NOW, message: '', brief: `${host} is left alone` },
})

const portTaken = { port: 4711, message: 'Port 4711 is in use.', hint: 'Stop that program.' }

/** Snapshots with everything that the menu shows, in all combinations. */
function everySnapshot(): Snapshot[] {
  const states = ['signed_in', 'login_required', 'signed_out'] as const
  const mixed = (count: number) =>
    many(count).map((account, index) => ({
      ...account,
      state: states[index % states.length] ?? 'signed_in',
      ...silent(`h${index % 3}`),
    }))
  const leases = Array.from({ length: 200 }, (_, index) => makeLease(`l${index}`))
  const sessions = Array.from({ length: 30 }, (_, index) => ({
    ...{ id: `s${index}`, account: 'koyeb/a0', mayBeOut: true, revocable: true },
  }))
  const statuses = [
    { vault: 'ready' as const },
    { vault: 'ready' as const, portTaken },
    { vault: 'vault_unavailable' as const, portTaken, memory: true },
  ].flatMap((status) => [false, true].map((locked) => ({ ...status, locked })))
  const tokens = [{}, { leases }, { sessions }, { leases, sessions }]
  return [0, 1, 4, 5, 60]
    .flatMap((count) => [many(count), mixed(count)])
    .flatMap((accounts) => statuses.map((status) => ({ accounts, status })))
    .flatMap((change) => tokens.map((some) => ({ ...change, ...some })))
    .flatMap((change) =>
      (['starting', 'running', 'blocked', 'stopping'] as const).map((phase) =>
        makeSnapshot({ ...change, phase }),
      ),
    )
}

describe('the top level', () => {
  it('offers to add an account where there is none', () => {
    expect(read(topOf())).toEqual([
      ...['No active tokens', '-', 'Open Tokentray', '-', 'Add account…', '-'],
      ...['Lock', 'Settings…', '-', 'Quit Tokentray'],
    ])
    expect(find(menuOf(), 'add')).toMatchObject({ action: { do: 'open', place: { at: 'add' } } })
    expect(find(menuOf({ status: { locked: true } }), 'add')?.enabled).toBe(false)
    expect(find(menuOf({ status: { vault: 'vault_locked' } }), 'add')?.enabled).toBe(false)
    expect(find(menuOf({ phase: 'starting' }), 'add')).toBeUndefined()
    expect(find(menuOf({ accounts: many(1) }), 'add')).toBeUndefined()
  })

  it('has four accounts, and a way to the others', () => {
    expect(read(topOf({ accounts: many(60), leases: [makeLease('l1')] }))).toEqual([
      ...['1 active token', '-', 'Open Tokentray', '-'],
      ...['koyeb/a0', 'koyeb/a1', 'koyeb/a2', 'koyeb/a3', 'All accounts…', '-'],
      ...['Lock', 'Settings…', '-', 'Quit Tokentray'],
    ])
    expect(find(menuOf({ accounts: many(5) }), 'all-accounts')).toMatchObject({
      action: { do: 'open', place: { at: 'search' } },
    })
    expect(find(menuOf({ accounts: many(4) }), 'all-accounts')).toBeUndefined()
  })

  it('has the accounts that were used last first', () => {
    const accounts = many(9).map((account, index) => ({ ...account, lastUsedAt: index }))
    const ids = labels(menuOf({ accounts })).filter((label) => label.startsWith('koyeb/'))
    expect(ids).toEqual(['koyeb/a8', 'koyeb/a7', 'koyeb/a6', 'koyeb/a5'])
  })

  it('has logged-out accounts last, because nothing can be copied from them', () => {
    const accounts = [...many(4, { state: 'signed_out' }), makeAccount('svix/in')]
    expect(labels(menuOf({ accounts })).filter((label) => label.includes('/'))[0]).toBe('svix/in')
  })

  it('has pinned accounts first, by the names that the user gave them', () => {
    const pinned = makeAccount('svix/out', { state: 'signed_out', pinned: true })
    const named = makeAccount('svix/prod', { displayName: 'Продакшн', lastUsedAt: 2 })
    const shown = read(topOf({ accounts: [...many(9), named, pinned] }))
    expect(shown.slice(4, 7)).toEqual(['svix/out – logged out', 'Продакшн', 'koyeb/a0'])
  })

  it('has at most twelve entries in every state', () => {
    const menus = everySnapshot().map((snapshot) => ({ snapshot, menu: toMenu(snapshot, NOW) }))
    const counts = menus.map(({ menu }) => menu.filter(isLine).length)
    expect(Math.max(...counts)).toBe(MOST)
    for (const { menu, snapshot } of menus) {
      const lines = linesOf(menu)
      const ids = new Set(lines.map(({ id }) => id))
      const isSound =
        ids.size === lines.length &&
        lines[0]?.id === 'status' &&
        lines.at(-1)?.id === 'quit' &&
        // One more for what the window has, and one for all of them.
        lines.every(({ lines: below = [] }) => below.filter(isLine).length <= MOST + 2)
      if (!isSound) expect.fail(`${read(menu).join('\n')}\n${JSON.stringify(snapshot.status)}`)
    }
  })

  it('has no line at its ends, and never two in a row', () => {
    for (const change of [{}, { accounts: many(5) }, { phase: 'blocked' }] as const) {
      expect(read(topOf(change)).join()).not.toMatch(/^-|-$|-,-/)
    }
  })
})

describe('the first line', () => {
  it.each<[string, Change, string]>([
    ['starting', { phase: 'starting' }, 'Starting…'],
    ['stopping', { phase: 'stopping' }, 'Revoking active tokens…'],
    [
      'blocked by an agent',
      { phase: 'blocked', otherBroker: { kind: 'agent', pid: 7 } },
      'The agent is running',
    ],
    ['blocked', { phase: 'blocked' }, 'Another Tokentray is running'],
    ['locked', { status: { locked: true } }, 'Locked'],
    ['idle', {}, 'No active tokens'],
    ['not ready', { status: { tokensUnknown: true } }, 'Active tokens not known yet'],
  ])('says that it is %s', (_case, change, label) => {
    expect(menuOf(change)[0]).toEqual({ id: 'status', label, enabled: false })
  })

  it('has the active tokens below it, to be revoked one by one or all', () => {
    const leases = [
      makeLease('l1', { endsAt: NOW + 120_000 }),
      makeLease('l2', { endsAt: NOW + 30_000, client: 'R&D' }),
    ]
    const lines = menuOf({ leases })
    expect(lines[0]).toMatchObject({ id: 'status', label: '2 active tokens' })
    expect(lines[0]?.enabled).toBeUndefined()
    expect(find(lines, 'end:l1')).toMatchObject({
      label: `Revoke deploy: koyeb/work, until ${timeOfDay(NOW + 120_000, NOW)}…`,
      action: { do: 'endLease', lease: 'l1' },
    })
    expect(find(lines, 'end:l2')?.label).toMatch(/^Revoke R&&D: koyeb\/work, until \d\d:\d\d…$/)
    expect(find(lines, 'end-all')).toMatchObject({ action: { do: 'endAll' } })
  })

  it('lets the user revoke while Tokentray is locked', () => {
    const [first] = menuOf({ leases: [makeLease('l1')], status: { locked: true } })
    expect(first?.label).toBe('Locked, 1 active token')
    const revokesAll = { id: 'end-all', label: 'Revoke all…', action: { do: 'endAll' } }
    expect(first?.lines?.at(-1)).toEqual(revokesAll)
  })

  it('counts a session token that a tool may have, which is revoked with the others', () => {
    const session = { id: 's1', account: 'koyeb/work', mayBeOut: true, revocable: true }
    const lines = menuOf({ sessions: [session], leases: [makeLease('l1')] })
    expect(lines[0]?.label).toBe('2 active tokens')
    const [status] = topOf({ sessions: [session], leases: [makeLease('l1')] }).filter(isLine)
    expect(read(status?.lines ?? [])).toEqual([
      'Session token of koyeb/work: a tool may have it',
      expect.stringMatching(/^Revoke deploy: /),
      '-',
      'Revoke all…',
    ])
    const inNobodysHands = menuOf({ sessions: [{ ...session, mayBeOut: false }] })
    expect(find(inNobodysHands, 'end-all')).toBeUndefined()
    expect(inNobodysHands[0]?.label).toBe('No active tokens')
  })

  it('counts unrevoked tokens separately', () => {
    const left: LingeringView = {
      ...{ id: 't1', uid: 'u1', account: 'koyeb/work', use: 'lease', madeAt: NOW },
      ...{ atService: 'until_expiry', why: 'Koyeb cannot revoke it.' },
    }
    expect(menuOf({ lingering: [left] })[0]?.label).toBe('No active tokens, 1 not revoked')
    const locked = menuOf({ lingering: [left], status: { locked: true } })
    expect(locked[0]?.label).toBe('Locked, no active tokens, 1 not revoked')
  })

  it('has twelve tokens below it, and leaves the others to the window', () => {
    const leases = Array.from({ length: 1_000 }, (_, index) => makeLease(`l${index}`))
    const sessions = leases.map(({ id, account }) => ({
      ...{ id, account, mayBeOut: true, revocable: true },
    }))
    const lines = menuOf({ leases, sessions })
    const count = (start: string) => lines.filter(({ id }) => id.startsWith(start)).length
    expect(['end:', 'session:'].map(count)).toEqual([12, 0])
    expect(find(lines, 'more-tokens')).toMatchObject({
      label: '1988 more in the window…',
      action: { do: 'open', place: { at: 'tokens' } },
    })
    expect(find(lines, 'end-all')?.action).toEqual({ do: 'endAll' })
    expect(find(menuOf({ leases: leases.slice(0, 12) }), 'more-tokens')).toBeUndefined()
  })

  it('shows a time of day, which does not become wrong as time passes', () => {
    const endsAt = NOW + 600_000
    const snapshot = makeSnapshot({
      leases: [makeLease('l1', { endsAt })],
      accounts: [makeAccount('koyeb/work', { sessionEndsAt: endsAt })],
    })
    // Nothing has changed since, so it was not built again.
    expect(toMenu(snapshot, endsAt - 1)).toEqual(toMenu(snapshot, NOW))
  })
})

describe('a warning', () => {
  const warnings = (change: Change) =>
    topOf(change)
      .filter(isLine)
      .filter(({ id }) => id.startsWith('says-'))

  it('shows what is wrong with the keychain', () => {
    expect(labels(warnings({ status: { vault: 'vault_locked' } }))).toEqual([
      'The keychain cannot be used',
    ])
    expect(labels(warnings({ status: { memory: true } }))).toEqual([
      'Not saved: accounts are forgotten when you quit',
    ])
  })

  it('shows that another program uses the port', () => {
    expect(labels(warnings({ status: { portTaken } }))).toEqual(['Another program uses port 4711'])
  })

  it('leads to the login of an account that needs one, even if the menu does not list it', () => {
    const accounts = [...many(9), makeAccount('svix/needy', { state: 'login_required' })]
    expect(warnings({ accounts })).toMatchObject([
      {
        label: 'svix/needy needs you to log in…',
        action: { do: 'open', place: { at: 'login', account: 'svix/needy' } },
      },
    ])
    expect(warnings({ accounts: many(3, { state: 'login_required' }) })).toMatchObject([
      {
        label: '3 accounts need you to log in…',
        action: { do: 'open', place: { at: 'accounts' } },
      },
    ])
  })

  it('shows once which service asked for no requests', () => {
    const accounts = many(2, silent('files.example.com'))
    expect(labels(warnings({ accounts }))).toEqual(['files.example.com is left alone'])
  })

  it('is one of at most two, the most important ones', () => {
    const accounts = [
      makeAccount('koyeb/a', { state: 'login_required', ...silent('h1') }),
      makeAccount('koyeb/b', silent('h2')),
    ]
    const status = { memory: true, portTaken }
    expect(labels(warnings({ accounts, status }))).toEqual([
      'Another program uses port 4711',
      'koyeb/a needs you to log in…',
    ])
    expect(labels(warnings({ accounts, status: { ...status, vault: 'vault_locked' } }))).toEqual([
      'The keychain cannot be used',
      'Another program uses port 4711',
    ])
    expect(labels(warnings({ accounts: many(1, silent('h1')), status: { memory: true } }))).toEqual(
      ['h1 is left alone', 'Not saved: accounts are forgotten when you quit'],
    )
  })
})

describe('an account', () => {
  const accounts = [makeAccount('koyeb/work', { sessionEndsAt: NOW + 12 * 60_000 + 1 })]
  const belowOf = (change: Change) =>
    topOf(change)
      .filter(isLine)
      .find(({ id }) => id.startsWith('account:'))?.lines ?? []

  it('begins with copying and ends with logging out', () => {
    expect(read(belowOf({ accounts }))).toEqual([
      ...['Copy token', 'Copy as header', 'Copy as curl', '-'],
      'alice at service.example: logged in',
      `Session until ${timeOfDay(NOW + 12 * 60_000, NOW)}`,
      ...['Log in again…', '-', 'Log out…'],
    ])
    const named = { uid: 'koyeb/work', account: 'koyeb/work', called: 'koyeb/work' }
    expect(linesOf(belowOf({ accounts })).flatMap(({ action }) => action ?? [])).toEqual([
      { do: 'copy', ...named, form: 'token' },
      { do: 'copy', ...named, form: 'header' },
      { do: 'copy', ...named, form: 'curl' },
      { do: 'open', place: { at: 'login', account: 'koyeb/work' } },
      { do: 'logout', ...named },
    ])
  })

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
    expect(read(belowOf({ accounts: [needy] })).slice(4, 6)).toEqual([
      'alice at service.example: login required',
      'Koyeb refused the API token.',
    ])
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

it('has what cannot be undone last in each menu, below a line, and with an ellipsis', () => {
  const accounts = [makeAccount('koyeb/work')]
  const isFinal = (entry: MenuEntry | undefined) =>
    entry !== undefined && isLine(entry) && ['logout', 'endAll'].includes(entry.action?.do ?? '')
  const menus = menuOf({ accounts, leases: [makeLease('l1')] })
    .flatMap(({ lines }) => (lines ? [lines] : []))
    .filter((lines) => lines.some(isFinal))
  expect(menus).toHaveLength(2)
  for (const lines of menus) {
    expect(lines.filter(isFinal)).toEqual([lines.at(-1)])
    expect(lines.at(-2)).toBe('line')
    expect(read(lines).at(-1)).toMatch(/…$/)
  }
})

it('can quit but not lock or unlock while another one runs', () => {
  const lines = menuOf({ phase: 'blocked' })
  expect(find(lines, 'lock')?.enabled).toBe(false)
  expect(find(lines, 'quit')?.action).toEqual({ do: 'quit' })
})
