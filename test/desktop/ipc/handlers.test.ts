import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { Precedence } from '../../../main/base/async/precedence.ts'
import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import { windowClient } from '../../../main/broker/clients.ts'
import { Host } from '../../../main/desktop/host.ts'
import { createHandlers } from '../../../main/desktop/ipc/handlers.ts'
import type { Handlers } from '../../../main/desktop/ipc/ipc.ts'
import { toAccountView } from '../../../main/desktop/ipc/views.ts'
import type { Running } from '../../../main/desktop/running.ts'
import { Preferences } from '../../../main/desktop/system/preferences.ts'
import { FreshSecrets } from '../../../main/desktop/tools/fresh-secrets.ts'
import { FakeClock } from '../../helpers/fake-clock.ts'
import { codeOf, makeBroker, prepareBroker, type TestBroker } from '../../helpers/make-broker.ts'
import { findLeaks, makeTestFolder, readRegister } from '../../helpers/marks.ts'
import { toRunning } from '../running.ts'
import { makeSnapshot } from '../samples.ts'

const ACCOUNT = 'sftpgo/work'
const services = [
  {
    leaseKinds: ['shared', 'dedicated'],
    with: ['listTokens', 'revokeById', 'revokeAll', 'portalLink', 'refresh'],
  },
] as const

const queries: object[] = []
const activity: Running['activity'] = {
  read: async (query) => {
    queries.push(query)
    const line = { seq: 7, at: 1, event: 'issue', lease: 'l1', isRefusal: false }
    const words = { what: 'Token handed out', who: 'backup · sftpgo/work' }
    return { lines: [{ ...line, ...words }], next: '1.1.7' }
  },
  on: () => () => undefined,
  precedence: new Precedence(new FakeClock()),
}

let test: TestBroker
let host: Host
let handlers: Handlers
let clipboard: string | null
let copiedForm: string | null
let canClear: boolean
let cleared: number
/** On a desktop that silently drops a copy. */
let drops: boolean
let visits: string[]
let done: string[]
let visitFails: TokentrayError | null
/** Runs while the clipboard accepts a text. */
let meanwhile: () => unknown

async function open(broker: TestBroker) {
  test = broker
  clipboard = null
  copiedForm = null
  cleared = 0
  canClear = true
  drops = false
  visits = []
  done = []
  visitFails = null
  meanwhile = () => undefined
  host = new Host({
    start: async (memory) => {
      done.push(memory ? 'start in memory' : 'start')
      return toRunning(test, {
        activity,
        stop: async () => ({ pending: 0, untilExpiry: 0 }),
      })
    },
    findOther: () => null,
    changed: () => undefined,
    fatal: () => done.push('fatal'),
    clock: test.clock,
  })
  await host.start()
  const preferences = new Preferences({
    settings: () => test.broker.settings,
    loginItem: {
      isOn: () => done.at(-1) === 'start at login: true',
      set: (on) => done.push(`start at login: ${on}`),
    },
    shortcut: { isOn: false, set: () => true },
    changed: () => undefined,
  })
  handlers = createHandlers({
    ...{ host, preferences, user: windowClient },
    autoClear: {
      requireTaken: () => {
        if (drops) throw new TokentrayError('temporarily_unavailable', 'No focus.')
      },
      put: async (text, what) => {
        await meanwhile()
        clipboard = text.reveal()
        copiedForm = what.form
        return { ...what, clearsAt: test.clock.now() + 30_000 }
      },
      clear: async () => {
        clipboard = null
        cleared += 1
        return canClear
      },
    },
    snapshots: {
      take: async () => makeSnapshot(),
      changed: () => undefined,
      dismiss: (text) => done.push(`read: ${text}`),
    },
    visit: async (url) => {
      if (visitFails) throw visitFails
      visits.push(url.reveal())
    },
    toolPorts: {
      freshSecrets: new FreshSecrets({ host, clock: test.clock, changed: () => undefined }),
      ask: async () => false,
    },
    stopOther: async () => {
      done.push('stop other')
    },
    chooseFile: async () => '/a/file',
    chooseNewFile: async () => chosen,
    chooseImport: async () => chosen,
    openDataFolder: async () => folderFault,
    copyText: async (text) => {
      clipboard = text
    },
    licenses: async () => [{ name: 'a', version: '1.0.0', license: 'MIT', text: 'MIT' }],
    closePopover: () => done.push('close'),
    quit: () => done.push('quit'),
  })
}

/** The file that the user chooses; `null` if they cancel. */
let chosen: string | null
let folderFault: string

beforeEach(async () => {
  chosen = null
  folderFault = ''
  await open(await makeBroker({ services }))
})

const uid = (id = ACCOUNT) => test.broker.accounts.get(id).uid

const add = async () =>
  await handlers.addAccount({
    provider: 'sftpgo',
    name: 'work',
    values: { url: 'https://service.example' },
    secrets: { password: new Secret(test.service.password) },
  })

describe('accounts', () => {
  it('are added, logged out, logged in again, changed and removed', async () => {
    expect(await add()).toEqual({ account: ACCOUNT })
    expect(await handlers.logout(uid())).toEqual({ ended: [] })
    const secrets = { password: new Secret(test.service.password) }
    expect(await handlers.login(uid(), { values: {}, secrets })).toEqual({ account: ACCOUNT })
    expect(await handlers.changeAccount(uid(), { name: 'home', leaseSeconds: 60 })).toEqual({
      account: 'sftpgo/home',
    })
    expect(test.broker.accounts.get('sftpgo/home').record.leaseSeconds).toBe(60)
    await handlers.removeAccount(uid('sftpgo/home'))
    expect(test.broker.accounts.all()).toEqual([])
  })

  it('are called what the user typed, in any script', async () => {
    const form = {
      ...{ provider: 'sftpgo', values: { url: 'https://service.example' } },
      secrets: { password: new Secret(test.service.password) },
    }
    const { account } = await handlers.addAccount({ ...form, name: 'Größe Kunde' })
    expect(account).toBe('sftpgo/grosse-kunde')
    expect(test.broker.accounts.get(account).record.displayName).toBe('Größe Kunde')
    await handlers.changeAccount(uid(account), { displayName: '', color: 'blue', pinned: true })
    expect(test.broker.accounts.get(account).record).toMatchObject({ color: 'blue', pinned: true })
    expect(test.broker.accounts.get(account).record.displayName).toBeUndefined()
  })

  it('ask for a code, and use it', async () => {
    test.service.code = '123456'
    expect(await codeOf(add())).toBe('otp_required')
    const account = await handlers.addAccount({
      provider: 'sftpgo',
      values: { url: 'https://service.example' },
      secrets: { password: new Secret(test.service.password) },
      oneTimeCode: new Secret('123456'),
    })
    expect(test.broker.accounts.get(account.account).record.needsCode).toBe(true)
  })

  it('are addressed by uid, even if another one has the name by then', async () => {
    await add()
    const asked = uid()
    test.broker.changeAccount(test.broker.accounts.get(ACCOUNT), { name: 'old' }, windowClient)
    await add()
    const other = uid()
    await handlers.logout(asked)
    const stateOf = (of: string) => test.broker.accounts.getByUid(of).record.state
    expect([stateOf(asked), stateOf(other)]).toEqual(['signed_out', 'signed_in'])
    await handlers.removeAccount(asked)
    const gone = Promise.resolve(handlers.removeAccount(asked))
    await expect(gone).rejects.toMatchObject({
      code: 'not_found',
      message: 'That account no longer exists, so nothing was done.',
    })
    expect(stateOf(other)).toBe('signed_in')
  })

  it('of an unknown service are refused', async () => {
    const form = { provider: 'none', values: {}, secrets: {} }
    expect(await codeOf(Promise.resolve(handlers.addAccount(form)))).toBe('not_found')
    expect(await codeOf(Promise.resolve(handlers.logout('a'.repeat(16))))).toBe('not_found')
  })
})

describe('copying', () => {
  beforeEach(async () => {
    await add()
    await test.idle()
    test.forgetRecords()
  })

  it('copies a token that is audited as requested in the window', async () => {
    const copied = await handlers.copy(uid(), 'token')
    const [lease] = test.broker.leases.list()
    const clearsAt = test.clock.now() + 30_000
    expect(copied).toEqual({ endsAt: lease?.lifetime.endsAt, clearsAt })
    expect(lease?.held.token.value.reveal() === clipboard).toBe(true)
    expect(test.recorded).toMatchObject([
      { event: 'issue', client: 'tray', account: ACCOUNT, route: 'window', lease: lease?.id },
    ])
  })

  it('returns no token to the page', async () => {
    const answer = JSON.stringify(await handlers.copy(uid(), 'header'))
    expect(findLeaks(answer, readRegister())).toEqual([])
    expect(clipboard).toMatch(/^Authorization: Bearer /)
  })

  it('copies a curl command for the address of the account', async () => {
    await handlers.copy(uid(), 'curl')
    expect(clipboard).toContain("'https://service.example/'")
  })

  describe('that fails', () => {
    beforeEach(() => {
      meanwhile = () => {
        throw new TokentrayError('server_error', 'The token could not be copied.')
      }
    })

    it('leaves no lease and no dedicated token; the session token stays', async () => {
      expect(await codeOf(Promise.resolve(handlers.copy(uid(), 'token')))).toBe('server_error')
      expect(test.broker.leases.list()).toEqual([])
      const shared = [...test.service.alive]
      expect(shared).toHaveLength(1)

      await handlers.changeAccount(uid(), { leaseKind: 'dedicated' })
      await test.idle()
      expect(await codeOf(Promise.resolve(handlers.copy(uid(), 'token')))).toBe('server_error')
      await test.idle()
      expect(test.broker.leases.list()).toEqual([])
      expect(test.service.alive.filter((token) => !shared.includes(token))).toEqual([])
    })

    it('leaves what the user had copied before', async () => {
      const fails = meanwhile
      meanwhile = () => undefined
      await handlers.copy(uid(), 'token')
      meanwhile = fails
      expect(await codeOf(Promise.resolve(handlers.copy(uid(), 'curl')))).toBe('server_error')
      expect(test.broker.leases.list()).toHaveLength(1)
    })
  })

  it('is refused before a token is issued if the desktop would drop it', async () => {
    drops = true
    expect(await codeOf(Promise.resolve(handlers.copy(uid(), 'token')))).toBe(
      'temporarily_unavailable',
    )
    expect([test.broker.leases.list(), clipboard]).toEqual([[], null])
  })

  it('is refused, and cleared, if Tokentray was locked meanwhile', async () => {
    meanwhile = () => test.broker.lock(windowClient)
    expect(await codeOf(Promise.resolve(handlers.copy(uid(), 'token')))).toBe('vault_locked')
    expect(clipboard).toBeNull()
  })

  it('is refused, and cleared, if its lease was closed meanwhile', async () => {
    meanwhile = () => test.broker.revokeAll({}, windowClient)
    const copying = Promise.resolve(handlers.copy(uid(), 'token'))
    expect(await codeOf(copying)).toBe('temporarily_unavailable')
    expect(clipboard).toBeNull()
  })

  it('is not reported as cleared if that failed', async () => {
    await handlers.copy(uid(), 'token')
    canClear = false
    expect(await codeOf(Promise.resolve(handlers.clearClipboard()))).toBe('server_error')
  })

  it('is refused while Tokentray is locked, and locking clears what was copied', async () => {
    await handlers.copy(uid(), 'token')
    await handlers.lock()
    expect([clipboard, cleared]).toEqual([null, 1])
    expect(await codeOf(Promise.resolve(handlers.copy(uid(), 'token')))).toBe('vault_locked')
    await handlers.unlock()
    await handlers.copy(uid(), 'token')
    expect(clipboard).not.toBeNull()
  })

  it('clears even if the lock cannot be stored', async () => {
    test.faults.settings = new TokentrayError('record_unavailable')
    expect(await codeOf(Promise.resolve(handlers.lock()))).toBe('record_unavailable')
    expect([cleared, test.broker.locked]).toEqual([1, true])
  })
})

describe('ending', () => {
  beforeEach(async () => {
    await add()
    await handlers.copy(uid(), 'token')
  })

  it.each(['endLease', 'endAccount', 'endAll'] as const)('by %s', async (how) => {
    const id = test.broker.leases.list()[0]?.id ?? ''
    const ask = {
      endLease: () => handlers.endLease(id),
      endAccount: () => handlers.endAccount(uid()),
      endAll: () => handlers.endAll(),
    }
    expect(await ask[how]()).toEqual({
      ended: [
        {
          client: 'tray',
          account: ACCOUNT,
          atService: 'ended',
          token: expect.any(String),
        },
      ],
    })
    expect(test.service.alive).toEqual([])
  })

  it('of a closed lease is refused', async () => {
    const end = async () => await handlers.endLease('lnone')
    expect(await codeOf(end())).toBe('not_found')
  })

  it('of everything at the service needs the account name typed', async () => {
    const ask = async (confirm: string) => await handlers.runOperation(uid(), 'revoke_all', confirm)
    expect(await codeOf(ask('sftpgo/other'))).toBe('invalid_request')
    expect(test.service.calls.revokeAll).toBe(0)
    expect(await ask(ACCOUNT)).toMatchObject({ ended: [{ client: 'tray', atService: 'ended' }] })
    expect(test.service.calls.revokeAll).toBe(1)
  })
})

it('lists the tokens of the service, and revokes one of them', async () => {
  await add()
  const { tokens } = await handlers.listTokens(uid())
  expect(tokens).toMatchObject([{ ours: 'yes', use: 'session', clients: [] }])
  const id = tokens[0]?.id ?? ''
  expect(await handlers.revokeToken(uid(), id)).toEqual({ revocation: 'revoked' })
  expect(test.service.alive).toEqual([])
})

it('tries a silent service once, and shows until when it is silent', async () => {
  let isBlocking = false
  let requests = 0
  const http = {
    send: async () => {
      requests += 1
      const status = isBlocking ? 403 : 200
      return { status, header: () => undefined, json: () => ({}), skewMs: 0 }
    },
  }
  await open(await makeBroker({ services, http }))
  const { provider, driver } = test.service
  provider.silence = ({ status }, now) =>
    status === 403 ? { until: now + 60_000, sentence: 'The server has blocked us' } : null
  driver.probe = async (_token, _values, context) => {
    const { signal } = context
    await context.http.send({ method: 'GET', url: 'https://service.example/', signal })
    return 'accepted'
  }
  await add()
  const account = () => test.broker.accounts.get(ACCOUNT)
  // There is nothing to try.
  expect(await handlers.tryNow(uid())).toBeNull()
  expect(requests).toBe(0)

  isBlocking = true
  account().session.tokenChecks.markAllUnknown()
  await handlers.copy(uid(), 'token')
  const [view] = [toAccountView(account(), test.broker)]
  expect(view.silentHost).toMatchObject({
    host: 'service.example',
    message: expect.stringMatching(
      /^service\.example has blocked us\. Tokentray leaves it alone until about \d\d:\d\d\.$/,
    ),
    brief: expect.stringMatching(/^Left alone until about \d\d:\d\d: service\.example$/),
  })
  expect(await codeOf(Promise.resolve(handlers.tryNow(uid())))).toBe('rate_limited')
  expect(requests).toBe(2)
  isBlocking = false
  expect(await handlers.tryNow(uid())).toBeNull()
  expect(requests).toBe(3)
  expect(toAccountView(account(), test.broker).silentHost).toBeUndefined()
})

it('rotates', async () => {
  await add()
  await handlers.copy(uid(), 'token')
  const before = test.service.alive
  await handlers.runOperation(uid(), 'rotate')
  expect(test.service.alive.filter((token) => before.includes(token))).toEqual([])
})

describe('a portal', () => {
  beforeEach(async () => {
    await add()
  })

  it('is opened without passing its link to the page', async () => {
    expect(await handlers.portal(uid(), 'open')).toBeNull()
    expect(visits).toHaveLength(1)
    expect(visits[0]).toMatch(/^https:\/\/portal\.example\//)
    expect(test.broker.leases.list()).toMatchObject([{ reason: 'portal' }])
  })

  it('is copied', async () => {
    expect(await handlers.portal(uid(), 'copy')).toBeNull()
    expect(copiedForm).toBe('link')
    expect(clipboard).toMatch(/^https:\/\/portal\.example\//)
  })

  it('that no browser opened is closed', async () => {
    visitFails = new TokentrayError('temporarily_unavailable')
    const ask = async () => await handlers.portal(uid(), 'open')
    expect(await codeOf(ask())).toBe('temporarily_unavailable')
    expect(test.broker.leases.list()).toEqual([])
  })

  it.each([
    ['Tokentray was locked', 'vault_locked', () => test.broker.lock(windowClient)],
    [
      'the clipboard refused it',
      'server_error',
      () => {
        throw new TokentrayError('server_error')
      },
    ],
  ] as const)('that was not copied because %s has ended', async (_why, code, happens) => {
    const before = test.service.alive.length
    meanwhile = happens
    expect(await codeOf(Promise.resolve(handlers.portal(uid(), 'copy')))).toBe(code)
    await test.idle()
    expect(clipboard).toBeNull()
    expect(test.broker.leases.list()).toEqual([])
    expect(test.service.alive).toHaveLength(before)
  })
})

it('stores preferences, and sets start at login in the system', async () => {
  await handlers.setPreferences({ clipboardSeconds: 60, startAtLogin: true })
  expect(test.settings.read().preferences).toMatchObject({
    clipboardSeconds: 60,
    leaseSeconds: 900,
  })
  expect(done).toContain('start at login: true')
})

describe('the keychain', () => {
  const broken = new TokentrayError('vault_unavailable')

  beforeEach(async () => {
    await open(prepareBroker())
    test.faults.vault = broken
    await test.broker.start()
  })

  it('is tried again when the user asks', async () => {
    const retry = async () => await handlers.retryVault()
    expect(await codeOf(retry())).toBe('vault_unavailable')
    test.faults.vault = null
    await test.clock.advance(1_000)
    expect(await retry()).toBeNull()
    expect(test.broker.startupRecovery.isOpen).toBe(true)
  })

  it('that fails later is tried again as well', async () => {
    test.faults.vault = null
    await test.clock.advance(1_000)
    await handlers.retryVault()
    test.faults.vault = broken
    await test.broker.vault.keys().catch(() => undefined)
    test.faults.vault = null
    await handlers.retryVault()
    expect(test.broker.vault.failure).toBeNull()
  })

  it('is replaced by memory only if the user says so', async () => {
    await handlers.useMemory()
    expect([host.memory, done]).toEqual([true, ['start', 'start in memory']])
  })

  it('is not replaced by memory while it works', async () => {
    await open(await makeBroker())
    const ask = async () => await handlers.useMemory()
    expect(await codeOf(ask())).toBe('not_supported')
    expect(host.memory).toBe(false)
  })
})

it('gives the page the activity as text, and nothing else of the audit log', async () => {
  queries.length = 0
  expect(await handlers.activity({ search: 'token out' }, '1.2.3')).toEqual({
    lines: [{ id: 7, at: 1, what: 'Token handed out', who: 'backup · sftpgo/work' }],
    next: '1.1.7',
  })
  expect(queries).toEqual([{ search: 'token out', before: '1.2.3', limit: 100 }])
})

it('passes on calls for the window and the program', async () => {
  expect(await handlers.chooseFile()).toEqual({ path: '/a/file' })
  await handlers.dismissNotice('a notice')
  await handlers.closePopover()
  await handlers.quit()
  await handlers.stopOtherBroker()
  expect(done).toEqual(['start', 'read: a notice', 'close', 'quit', 'stop other'])
})

describe('export and import', () => {
  const file = () => path.join(makeTestFolder('exported'), 'tokentray.json')

  it('write the file that the user chose, and read it again; the page learns names and counts', async () => {
    await add()
    chosen = file()
    expect(await handlers.exportSettings()).toEqual({ accounts: 1, tools: 0 })
    expect(statSync(chosen).mode & 0o777).toBe(0o600)
    expect(readFileSync(chosen, 'utf8')).not.toContain(test.service.password)

    await open(await makeBroker({ services }))
    expect(await handlers.importSettings()).toEqual({
      accounts: { added: [ACCOUNT], existing: [], refused: [] },
      tools: { added: [], existing: [], refused: [] },
      preferences: { changed: 0, kept: 0 },
    })
    expect(test.broker.accounts.get(ACCOUNT).record.state).toBe('signed_out')
    // The form of the next login is filled in with the imported values.
    const secrets = { password: new Secret(test.service.password) }
    expect(await handlers.login(uid(), { values: {}, secrets })).toEqual({ account: ACCOUNT })
  })

  it('do nothing if the user cancels', async () => {
    expect(await handlers.exportSettings()).toBeNull()
    expect(await handlers.importSettings()).toBeNull()
  })

  it('refuse a file without its content or path in the message', async () => {
    chosen = file()
    writeFileSync(chosen, '{"format":"tokentray-export","version":1,"secret":"MARK"}')
    const error = await Promise.resolve(handlers.importSettings()).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ code: 'invalid_request' })
    expect(JSON.stringify([error, String(error)])).not.toContain('MARK')
  })
})

describe('about', () => {
  it('copies the address for tools, and lists the licenses', async () => {
    await handlers.copyAddress()
    expect(clipboard).toBe(host.running?.issuer)
    expect(await handlers.licenses()).toEqual({
      licenses: [{ name: 'a', version: '1.0.0', license: 'MIT', text: 'MIT' }],
    })
  })

  it('says why the log folder could not be opened', async () => {
    expect(await handlers.openDataFolder()).toBeNull()
    folderFault = 'No application'
    await expect(handlers.openDataFolder()).rejects.toMatchObject({
      ...{ code: 'server_error', hint: 'The system says: No application' },
    })
  })

  it('resets only if the user typed so, and says how many tokens are left', async () => {
    await add()
    await expect(handlers.reset('rest')).rejects.toMatchObject({ code: 'invalid_request' })
    expect(test.broker.accounts.all()).toHaveLength(1)
    expect(await handlers.reset('reset')).toEqual({ left: 0 })
    expect(test.broker.accounts.all()).toEqual([])
  })
})
