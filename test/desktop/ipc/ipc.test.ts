import { describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import { type Handlers, serveCalls, withoutChannel } from '../../../main/desktop/ipc/ipc.ts'
import type { SentArguments } from '../../../main/desktop/ipc/ipc-schemas.ts'
import {
  type AddAccountRequest,
  type Calls,
  type Channel,
  channels,
  toWireName,
} from '../../../preload/contract.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { FakeContents, FakeIpcMain, makeLog } from '../fake-electron.ts'

const ACCOUNT = 'koyeb/work'
const UID = 'Ab1'.repeat(8)

/** Valid arguments for each channel. */
const good: { readonly [Name in Channel]: Parameters<Calls[Name]> } = {
  snapshot: [],
  addAccount: [
    { provider: 'koyeb', values: { url: 'https://x.example' }, secrets: {}, name: '本番' },
  ],
  login: [UID, { values: {}, secrets: {}, oneTimeCode: '' }],
  logout: [UID],
  removeAccount: [UID],
  changeAccount: [
    UID,
    {
      ...{ name: 'home', leaseKind: 'shared', leaseSeconds: 604_800 },
      ...{ displayName: 'Größe', color: 'none', pinned: false },
    },
  ],
  copy: [UID, 'curl'],
  clearClipboard: [],
  endLease: ['l123'],
  endAccount: [UID],
  endHolder: ['you'],
  endAll: [],
  listTokens: [UID],
  revokeToken: [UID, '17'],
  runOperation: [UID, 'revoke_all', ACCOUNT],
  tryNow: [UID],
  portal: [UID, 'open'],
  activity: [{}],
  exportActivity: [{ account: 'koyeb/work', kind: 'tokens', since: 5 }],
  connectTool: ['backup', [UID], 0],
  setToolAccounts: ['Tool1', [UID]],
  setToolLifetime: ['Tool1', 300],
  newToolSecret: ['Tool1'],
  copyToolSecret: ['Tool1', 'python'],
  saveToolSecret: ['Tool1'],
  dropToolSecret: ['Tool1'],
  removeTool: ['Tool1'],
  setPreferences: [{ clipboardSeconds: 10, startAtLogin: true }],
  lock: [],
  unlock: [],
  retryVault: [],
  useMemory: [],
  dismissNotice: ['a notice'],
  stopOtherBroker: [],
  chooseFile: [],
  exportSettings: [],
  importSettings: [],
  openDataFolder: [],
  copyAddress: [],
  licenses: [],
  reset: ['reset'],
  closePopover: [],
  quit: [],
}

/** Invalid arguments for each channel. */
const bad: { readonly [Name in Channel]?: readonly (readonly unknown[])[] } = {
  addAccount: [
    [],
    [null],
    [{ provider: 'koyeb', values: {} }],
    [{ provider: 'koyeb', values: { url: 1 }, secrets: {} }],
    [{ provider: 'koyeb', values: {}, secrets: { password: { reveal: 'x' } } }],
    [{ provider: 'koyeb', values: {}, secrets: {}, extra: true }],
    [{ provider: '../koyeb', values: {}, secrets: {} }],
    [{ provider: 'koyeb', values: {}, secrets: {}, name: 'a\nb' }],
    [{ provider: 'koyeb', values: {}, secrets: {}, name: undefined }],
    [{ provider: 'koyeb', values: {}, secrets: {}, copyFrom: 'koyeb' }],
    [{ provider: 'koyeb', values: manyFields(33), secrets: {} }],
  ],
  login: [[UID], ['koyeb', { values: {}, secrets: {} }], [{}, { values: {}, secrets: {} }]],
  logout: [[], [1], ['koyeb/a/b'], ['koyeb/..'], [`koyeb/${'x'.repeat(200)}`]],
  changeAccount: [
    [UID, { leaseSeconds: 29 }],
    [UID, { leaseSeconds: 60.5 }],
    [UID, { leaseSeconds: 604_801 }],
    [UID, { leaseKind: 'eternal' }],
    [UID, { displayName: 'x\u202ey' }],
    [UID, { color: 'ultraviolet' }],
    [UID, { pinned: 1 }],
    [UID, { state: 'signed_in' }],
  ],
  copy: [[UID], [UID, 'password'], [UID, 'token', 'more']],
  connectTool: [
    ['Backup', [UID], 0],
    ['backup', [], 0],
    ['backup', ['koyeb/work'], 0],
    ['backup', UID, 0],
    ['backup', [UID]],
    ['backup', [UID], 29],
  ],
  setToolAccounts: [
    ['Tool1', []],
    ['a/b', [UID]],
    ['Tool1', [UID, 1]],
  ],
  setToolLifetime: [['Tool1'], ['Tool1', 29], ['Tool1', 604_801], ['Tool1', -1], ['Tool1', 300.5]],
  copyToolSecret: [['Tool1'], ['Tool1', 'ruby'], ['', 'secret']],
  saveToolSecret: [[], ['Tool1', '/a/file']],
  removeTool: [[''], ['a b']],
  endHolder: [[], ['the others']],
  endLease: [[''], ['l 1'], [{ id: 'l1' }]],
  revokeToken: [
    [UID, ''],
    [UID, 'x'.repeat(1_025)],
  ],
  runOperation: [[UID], [UID, 'portal'], [UID, 'rotate', 7]],
  portal: [[UID], [UID, 'steal'], [UID, 'open', '']],
  activity: [
    [],
    [{ search: 'x'.repeat(201) }],
    [{ kind: 'secrets' }],
    [{ since: -1 }],
    [{ tool: '../x' }],
    [{ account: 'x'.repeat(131) }],
    [{ accountUid: 'x' }],
    ['x'],
  ],
  exportActivity: [[], [{ kind: 'secrets' }], [{}, '/a/file'], [{ file: '/a/file' }]],
  setPreferences: [
    [{ clipboardSeconds: 9 }],
    [{ clipboardSeconds: 301 }],
    [{ leaseSeconds: Number.NaN }],
    [{ locked: false }],
    [{ lockAfterIdleMinutes: -1 }],
    [{ theme: 'sepia' }],
    [{ zoom: 79 }],
    [{ zoom: 201 }],
    [{ notifyCopied: 'no' }],
  ],
  reset: [[], [true], ['x'.repeat(17)]],
  dismissNotice: [[7], ['x'.repeat(16_385)]],
}

function manyFields(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, 'x']))
}

function serve(handle: (channel: Channel, args: readonly unknown[]) => unknown = () => null) {
  const ipcMain = new FakeIpcMain()
  const page = new FakeContents()
  const log = makeLog()
  const called: { channel: Channel; args: readonly unknown[] }[] = []
  const handlers = Object.fromEntries(
    channels.map((channel) => [
      channel,
      async (...args: readonly unknown[]) => {
        called.push({ channel, args })
        return await handle(channel, args)
      },
    ]),
  ) as unknown as Handlers
  serveCalls({ ipcMain: ipcMain.asIpcMain, handlers, page: () => page.asContents, log })
  const frame = { url: 'tokentray://ui/index.html', parent: null }
  const ours = { sender: page, senderFrame: frame }
  const invoke = (channel: Channel, args: readonly unknown[], event: unknown = ours) =>
    ipcMain.invoke(toWireName(channel), event, args)
  return { ipcMain, page, frame, log, called, invoke }
}

const ok = { ok: true, value: null }
const refused = { ok: false, error: { code: 'request_refused' } }

it('answers every channel, and no other', () => {
  const { ipcMain } = serve()
  expect([...ipcMain.handlers.keys()]).toEqual(channels.map(toWireName))
})

describe.each([...channels])('%s', (channel) => {
  it('is answered to our page', async () => {
    const { invoke, called } = serve()
    expect(await invoke(channel, good[channel])).toEqual(ok)
    expect(called.map((call) => call.channel)).toEqual([channel])
  })

  it.each([
    ['no frame', (it: ReturnType<typeof serve>) => ({ sender: it.page, senderFrame: null })],
    [
      'a frame inside our page',
      ({ page, frame }: ReturnType<typeof serve>) => ({
        sender: page,
        senderFrame: { ...frame, parent: frame },
      }),
    ],
    [
      'another page in our window',
      ({ page, frame }: ReturnType<typeof serve>) => ({
        sender: page,
        senderFrame: { ...frame, url: 'https://ui/index.html' },
      }),
    ],
    [
      'a page without an address',
      ({ page, frame }: ReturnType<typeof serve>) => ({
        sender: page,
        senderFrame: { ...frame, url: '' },
      }),
    ],
    [
      'our page in another window',
      ({ frame }: ReturnType<typeof serve>) => ({ sender: new FakeContents(), senderFrame: frame }),
    ],
    [
      'a frame that goes away while it is looked at',
      ({ page }: ReturnType<typeof serve>) => ({
        sender: page,
        senderFrame: {
          get parent() {
            throw new Error('Render frame was disposed')
          },
        },
      }),
    ],
  ])('is refused for %s', async (_who, from) => {
    const it = serve()
    expect(await it.invoke(channel, good[channel], from(it))).toMatchObject(refused)
    expect(it.called).toEqual([])
    expect(it.log.lines).toHaveLength(1)
  })

  it.each([...(bad[channel] ?? []), [...good[channel], 'one more'].concat(['and more'])])(
    'refuses malformed arguments: %j',
    async (...args) => {
      const { invoke, called } = serve()
      expect(await invoke(channel, args)).toMatchObject({
        ok: false,
        error: { code: 'invalid_request' },
      })
      expect(called).toEqual([])
    },
  )
})

it('refuses all senders while there is no window', async () => {
  const ipcMain = new FakeIpcMain()
  const handlers = {} as Handlers
  serveCalls({ ipcMain: ipcMain.asIpcMain, handlers, page: () => null, log: makeLog() })
  const event = { sender: null, senderFrame: { url: 'tokentray://ui/', parent: null } }
  expect(await ipcMain.invoke(toWireName('quit'), event, [])).toMatchObject(refused)
})

it('wraps secrets before a handler sees them', async () => {
  const { invoke, called } = serve()
  const password = markedSecret('password')
  const code = markedSecret('code')
  const request: AddAccountRequest = {
    ...{ provider: 'koyeb', values: { url: 'https://x.example' } },
    ...{ secrets: { password }, oneTimeCode: code },
  }
  await invoke('addAccount', [request])
  const [args] = called.map((call) => call.args as [{ secrets: object; oneTimeCode: unknown }])
  expect(args?.[0].oneTimeCode).toBeInstanceOf(Secret)
  expect(Object.values(args?.[0].secrets ?? {})).toEqual([expect.any(Secret)])
  expect(JSON.stringify(args).includes(password) || JSON.stringify(args).includes(code)).toBe(false)
})

it('leaves a text that is too long to the form, which knows its label', async () => {
  const { invoke, called } = serve()
  const long = 'x'.repeat(70_000)
  const form = { provider: 'koyeb', values: { url: long }, secrets: { token: long } }
  await invoke('addAccount', [{ ...form, oneTimeCode: long }])
  expect(called).toMatchObject([{ args: [{ values: { url: long } }] }])
})

it('names the malformed argument, not its value', async () => {
  const { invoke, log } = serve()
  const password = markedSecret('password')
  const answer = await invoke('addAccount', [
    { provider: 'koyeb', values: {}, secrets: { password: [password] } },
  ])
  expect(answer).toMatchObject({
    error: { message: '"secrets.password" is not valid.' },
  })
  expect(`${JSON.stringify(answer)} ${log.lines.join()}`.includes(password)).toBe(false)
})

it.each([
  [
    'changeAccount',
    [UID, { name: 'n'.repeat(65) }],
    'That is not a valid account name. Names have 1 to 64 characters: a-z, 0-9, dot, underscore and hyphen.',
  ],
  [
    'addAccount',
    [{ provider: 'koyeb', values: {}, secrets: {}, name: 'n'.repeat(65) }],
    'That is not a valid account name. Display names have 1 to 60 characters of any script, on one line.',
  ],
  [
    'changeAccount',
    [UID, { displayName: 'n'.repeat(61) }],
    'Display names have 1 to 60 characters of any script, on one line.',
  ],
  ['changeAccount', [UID, { leaseSeconds: 29 }], '"leaseSeconds" must be at least 30.'],
  ['changeAccount', [UID, { leaseSeconds: 604_801 }], '"leaseSeconds" must be at most 604800.'],
  ['setPreferences', [{ clipboardSeconds: 301 }], '"clipboardSeconds" must be at most 300.'],
  ['activity', [{ search: 'x'.repeat(201) }], '"Search" is too long (at most 200 characters).'],
  [
    'portal',
    [UID, 'open', 'x'.repeat(1_025)],
    '"Another application" is too long (at most 1024 characters).',
  ],
  ['revokeToken', [UID, ''], '"revokeToken" is missing.'],
  ['revokeToken', [UID, 'x'.repeat(1_025)], '"revokeToken" is too long (at most 1024 characters).'],
  [
    'addAccount',
    [{ provider: 'koyeb', values: manyFields(33), secrets: {} }],
    'The form has too many fields.',
  ],
] as const)('names the limit that is exceeded (%s %j)', async (channel, args, message) => {
  const { invoke, log } = serve()
  expect(await invoke(channel, args)).toMatchObject({
    error: { code: 'invalid_request', message },
  })
  expect(log.lines).toEqual([])
})

it('describes every malformed call in a sentence', async () => {
  const { invoke } = serve()
  for (const channel of channels) {
    for (const args of bad[channel] ?? []) {
      expect(await invoke(channel, args)).toMatchObject({
        error: { message: expect.stringMatching(/^("?[A-Z]|"[a-z]).{10,}\.$/) },
      })
    }
  }
})

it('passes on an error with its account and hint', async () => {
  const { invoke, log } = serve(() => {
    throw new TokentrayError('login_required', 'koyeb/work must be logged in.', {
      account: ACCOUNT,
    })
  })
  expect(await invoke('copy', [UID, 'token'])).toEqual({
    ok: false,
    error: {
      code: 'login_required',
      message: 'koyeb/work must be logged in.',
      hint: 'Tools get no tokens for this account until you log in.',
      account: ACCOUNT,
    },
  })
  expect(log.lines).toEqual([])
})

it('hides internal errors, except in the log', async () => {
  const { invoke, log } = serve(() => {
    throw new Error('details of the inside')
  })
  const answer = await invoke('lock', [])
  expect(answer).toMatchObject({ ok: false, error: { code: 'server_error' } })
  expect(JSON.stringify(answer)).not.toContain('inside')
  expect(log.lines).toHaveLength(1)
})

it('removes the channel of the settings library, and keeps its own', () => {
  const { ipcMain } = serve()
  ipcMain.on('electron-store-get-data', () => undefined)
  const store = {}
  expect(withoutChannel(ipcMain.asIpcMain, store)).toBe(store)
  expect(ipcMain.listenerCount('electron-store-get-data')).toBe(0)
  expect(ipcMain.handlers.size).toBe(channels.length)
})

/** True if the schemas take exactly what the contract says that the page sends. */
type SameArguments = {
  [Name in Channel]: Parameters<Calls[Name]> extends SentArguments<Name>
    ? SentArguments<Name> extends Parameters<Calls[Name]>
      ? true
      : [Name, 'the schema takes more']
    : [Name, 'the schema takes less']
}[Channel]

it('takes exactly what the contract says', () => {
  const same: SameArguments = true
  expect(same).toBe(true)
})
