import { beforeEach, describe, expect, it } from 'vitest'
import { TokentrayError } from '../../../main/base/errors.ts'
import { Secret } from '../../../main/base/secret.ts'
import { type ExportDocument, parseDocument } from '../../../main/broker/transfer/document.ts'
import { exportAll } from '../../../main/broker/transfer/export.ts'
import { importAll } from '../../../main/broker/transfer/import.ts'
import { providers } from '../../../main/providers/index.ts'
import { makeBroker, type TestBroker } from '../../helpers/make-broker.ts'
import { markedSecret } from '../../helpers/marks.ts'

const HEAD = { format: 'tokentray-export', version: 1 } as const
const HOME = {
  ...{ provider: 'sftpgo', name: 'home' },
  values: { url: 'https://files.example.com', username: 'alice' },
}

let test: TestBroker
beforeEach(async () => {
  test = await makeBroker({ providers })
})

const load = (document: Omit<ExportDocument, 'format' | 'version'>, into = test) =>
  importAll({ ...HEAD, ...document }, into.broker)
const home = () => test.broker.accounts.get('sftpgo/home')
const whyOf = (values: Record<string, string>, more: object = {}) =>
  load({ accounts: [{ ...HOME, values, ...more }] }).accounts.refused.map(({ why }) => why)

describe('an export', () => {
  it('holds exactly the listed members, and no secret, id or time', async () => {
    const fake = await makeBroker()
    const account = await fake.newAccount('work')
    fake.client('backup', account)
    fake.broker.settings.update((settings) => ({
      ...settings,
      accounts: settings.accounts.map((record) => ({
        ...record,
        values: { ...record.values, password: markedSecret('password'), other: 'x' },
        learned: { server: markedSecret('learned') },
      })),
    }))

    const document = exportAll(fake.broker)

    expect(document).toEqual({
      ...HEAD,
      written_by: expect.stringMatching(/^\d+\.\d+\.\d+/),
      accounts: [
        {
          ...{ provider: account.provider.id, name: 'work', values: expect.any(Object) },
          ...{ lease_kind: account.record.leaseKind, lease_seconds: 900 },
        },
      ],
      tools: [{ name: 'backup', accounts: [account.id] }],
      preferences: exportAll(test.broker).preferences,
    })
    const text = JSON.stringify(document)
    for (const word of ['MARK', 'password', 'learned', 'other', account.uid]) {
      expect(text).not.toContain(word)
    }
  })

  it('is read again by an import, which adds the accounts logged out and the tools without a secret', async () => {
    load({
      accounts: [{ ...HOME, lease_kind: 'dedicated', lease_seconds: 120 }],
      tools: [{ name: 'backup', accounts: ['sftpgo/home'], lease_seconds: 300 }],
      preferences: { lease_seconds: 600, lease_kind: 'shared' },
    })
    const other = await makeBroker({ providers })

    const done = importAll(parseDocument(JSON.stringify(exportAll(test.broker))), other.broker)

    expect(done).toEqual({
      accounts: { added: ['sftpgo/home'], existing: [], refused: [] },
      tools: { added: ['backup'], existing: [], refused: [] },
      preferences: { changed: ['lease_seconds', 'lease_kind'], kept: [] },
    })
    const { record } = other.broker.accounts.get('sftpgo/home')
    expect(record).toMatchObject({
      ...{ state: 'signed_out', label: 'alice at files.example.com', needsCode: false },
      ...{ leaseKind: 'dedicated', leaseSeconds: 120, values: home().record.values },
    })
    expect(record.uid).not.toBe(home().uid)
    expect(exportAll(other.broker)).toEqual(exportAll(test.broker))
    expect(other.broker.clients.records()).toMatchObject([{ name: 'backup', leaseSeconds: 300 }])
  })
})

describe('an import', () => {
  it('keeps only addresses at the own service, because a file may come from a stranger', () => {
    const addresses = ['https://files.example.com/team', 'https://evil.example']
    load({ accounts: [{ ...HOME, addresses }] })

    expect(home().record.addresses).toEqual(['https://files.example.com/team'])
    expect(exportAll(test.broker).accounts?.[0]?.addresses).toEqual(home().record.addresses)
  })

  it('changes no existing account or tool, and gives no tool an account that was there before', async () => {
    load({ accounts: [HOME], tools: [{ name: 'backup', accounts: [] }] })
    const before = test.broker.settings.read()

    const done = load({
      accounts: [{ ...HOME, values: { url: 'https://evil.example', username: 'alice' } }],
      tools: [
        { name: 'backup', accounts: ['sftpgo/home'] },
        { name: 'thief', accounts: ['sftpgo/home'] },
      ],
    })

    expect(done.accounts).toEqual({ added: [], existing: ['sftpgo/home'], refused: [] })
    expect(done.tools).toEqual({ added: ['thief'], existing: ['backup'], refused: [] })
    const after = test.broker.settings.read()
    expect(after.accounts).toEqual(before.accounts)
    expect(after.grants).toEqual([])
    expect(after.clients.slice(0, 1)).toEqual(before.clients)
  })

  it('refuses a value in a secret field by its label, without storing or repeating it', () => {
    const password = markedSecret('password')

    const why = whyOf({ ...HOME.values, password })

    expect(why).toEqual(['"Password" is a secret, which no file may contain.'])
    expect(test.broker.accounts.all()).toEqual([])
    expect(JSON.stringify(test.broker.settings.read())).not.toContain(password)
  })

  it.each([
    ['an address of another kind', { url: 'file:///etc/passwd', username: 'a' }, 'web address'],
    ['a password in an address', { url: 'https://a:b@files.example', username: 'a' }, 'password'],
    ['a missing value', { url: 'https://files.example' }, '"User name" is required.'],
    ['an unknown field', { ...HOME.values, color: 'red' }, 'has no field "color"'],
    ['a field of another choice', { ...HOME.values, keyUser: 'x' }, 'has no field "keyUser"'],
    ['a relative file', { ...HOME.values, caFile: '../ca.pem' }, 'absolute path'],
    ['a control character', { ...HOME.values, username: 'a\u0007' }, 'cannot be seen'],
    ['text that runs backwards', { ...HOME.values, username: 'a\u202eb' }, 'cannot be seen'],
  ])('refuses %s as a login form does, and says why', (_what, values, says) => {
    expect(whyOf(values)).toEqual([expect.stringContaining(says)])
    expect(test.broker.accounts.all()).toEqual([])
  })

  it('names a refused entry by its place if its name is not valid', () => {
    const { accounts, tools } = load({
      accounts: [
        { ...HOME, name: '../home' },
        { ...HOME, provider: '__proto__' },
      ],
      tools: [
        { name: 'A\u001b[31m', accounts: [] },
        { name: 'you', accounts: [] },
      ],
    })
    const placesOf = (refused: readonly { readonly entry: string }[]) =>
      refused.map(({ entry }) => entry)
    expect(placesOf(accounts.refused)).toEqual(['account 1', 'account 2'])
    expect(placesOf(tools.refused)).toEqual(['tool 1', 'tool 2'])
  })

  it('does not take over the permission to send a password without encryption, or command lines', () => {
    const url = 'https://files.example.com'
    const values = { url, email: 'a@example.com', sendCommandLine: 'yes', allowPlainHttp: 'yes' }
    const { refused } = load({
      accounts: [
        { ...HOME, values: { ...HOME.values, allowPlainHttp: 'yes' } },
        { provider: 'giantswarm', name: 'home', values },
      ],
    }).accounts
    expect(refused).toEqual([])
    const given = test.broker.accounts.all().map(({ record }) => record.values)
    expect(given).toEqual([
      expect.objectContaining({ allowPlainHttp: 'no' }),
      expect.objectContaining({ allowPlainHttp: 'no', sendCommandLine: 'no' }),
    ])
  })

  it('does not take a name from a tool that uses it for another account', () => {
    load({ accounts: [HOME], tools: [{ name: 'backup', accounts: ['sftpgo/home'] }] })
    test.broker.changeAccount(home(), { name: 'office' })

    const { accounts } = load({ accounts: [HOME] })

    expect(accounts.added).toEqual([])
    expect(accounts.refused).toEqual([
      { entry: 'sftpgo/home', why: 'A tool still uses this name for another account.' },
    ])
  })

  it('switches no protection off, and says which', () => {
    const { preferences } = load({
      preferences: { lock_on_sleep: false, clipboard_seconds: 300, lease_seconds: 600 },
    })
    expect(preferences).toEqual({
      changed: ['lease_seconds'],
      kept: ['clipboard_seconds', 'lock_on_sleep'],
    })
    expect(test.broker.settings.read().preferences).toMatchObject({
      ...{ lockOnSleep: true, clipboardSeconds: 30, leaseSeconds: 600 },
    })
    expect(load({ preferences: { clipboard_seconds: 10 } }).preferences.changed).toEqual([
      'clipboard_seconds',
    ])
  })

  it('cannot revive a credential that is in the keychain', async () => {
    await test.vault.set('credential/AAAAAAAAAAAAAAAAAAAA', new Secret('{"password":"x"}'))
    load({ accounts: [HOME] })
    await test.broker.accounts.recoverCredentials()
    expect(home().record.state).toBe('signed_out')
  })

  it('turns no notification off, and makes no token last longer', () => {
    const switches = ['notify_copied', 'notify_login_required', 'notify_service_limits'] as const
    const off = Object.fromEntries(switches.map((name) => [name, false]))
    const { changed, kept } = load({ preferences: { ...off, lease_seconds: 604_800 } }).preferences
    expect(changed).toEqual([])
    expect([...kept].sort()).toEqual(['lease_seconds', ...switches])
    expect(test.broker.settings.read().preferences).toMatchObject({
      ...{ leaseSeconds: 900, notifyCopied: true, notifyServiceLimits: true },
    })
  })

  it('gives tools so many accounts at most that it takes no time', () => {
    const names = Array.from({ length: 101 }, (_, at) => `a${at}`)
    const accounts = names.map((name) => ({ ...HOME, name }))
    const tools = names.map((name) => ({ name, accounts: names.map((each) => `sftpgo/${each}`) }))
    expect(() => load({ accounts, tools })).toThrow('more than 10000 accounts')
    expect(test.broker.accounts.all()).toEqual([])
    load({ accounts, tools: tools.slice(0, 99) })
    expect(test.broker.settings.read().grants).toHaveLength(9_999)
  })

  it('is recorded, and stores nothing if it cannot be', async () => {
    test.forgetRecords()
    load({ accounts: [HOME], tools: [{ name: 'backup', accounts: ['sftpgo/home'] }] })
    await test.broker.recorded()
    const events = test.recorded.map(({ event }) => event)
    expect(events).toEqual(['account_added', 'client_added', 'grant_added', 'settings_imported'])

    test.faults.settings = new TokentrayError('record_unavailable')
    expect(() => load({ accounts: [{ ...HOME, name: 'other' }] })).toThrow()
    expect(test.broker.accounts.find('sftpgo/other')).toBeUndefined()
  })

  it('is refused while Tokentray is locked', () => {
    test.broker.lock()
    expect(() => load({ accounts: [HOME] })).toThrow('Tokentray is locked.')
    expect(test.broker.accounts.all()).toEqual([])
  })
})

describe('the file', () => {
  const whole = { ...HEAD, accounts: [HOME] }

  it.each([
    ['text', 'hello', 'was not written by "Export"'],
    ['a list', '[]', 'was not written by "Export"'],
    ['another format', JSON.stringify({ ...whole, format: 'x' }), 'not written by "Export"'],
    ['a later version', JSON.stringify({ ...whole, version: 2 }), 'another version'],
    ['an unknown member', JSON.stringify({ ...whole, secrets: 'MARK' }), 'member: "secrets"'],
    [
      'secrets of an account',
      JSON.stringify({ ...HEAD, accounts: [{ ...HOME, secrets: { password: 'MARK' } }] }),
      'in "accounts.0": "secrets"',
    ],
    [
      'a secret of a tool',
      JSON.stringify({ ...HEAD, tools: [{ name: 'a', accounts: [], secretHash: 'MARK' }] }),
      'in "tools.0": "secretHash"',
    ],
    [
      'a value of another type',
      JSON.stringify({ ...HEAD, accounts: [{ ...HOME, name: ['MARK'] }] }),
      '"accounts.0.name"',
    ],
    [
      'too many values',
      JSON.stringify({
        ...HEAD,
        accounts: [{ ...HOME, values: Object.fromEntries(Array(33).fill('x').entries()) }],
      }),
      '"accounts.0.values',
    ],
    ['a prototype', `{"format":"tokentray-export","version":1,"__proto__":{"a":1}}`, '__proto__'],
  ])('is refused if it is or has %s, without repeating a value', (_what, text, says) => {
    let message = ''
    try {
      parseDocument(text)
    } catch (error) {
      message = error instanceof TokentrayError ? error.message : ''
    }
    expect(message).toContain(says)
    expect(message).not.toContain('MARK')
  })

  it('may begin with a byte order mark', () => {
    expect(parseDocument(`\uFEFF${JSON.stringify(whole)}`)).toEqual(whole)
  })
})
