import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LingeringToken } from '../../../main/loopback/schemas/wire.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { FakeOutput, FakeTerminal, runCli } from '../run-cli.ts'
import { account, addedClient, NOW, samples, status, token } from '../samples.ts'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

const cli = (...args: string[]) => runCli(endpoint.directories, args)

test('a choice whose label equals its value is shown once', async () => {
  const { stdout } = await cli('accounts', 'show', 'sftpgo/work')
  expect(stdout).toMatch(/Role +user +role/)
})

const SHARED = { lease_kind: 'shared' }

describe('sends the request that belongs to the command:', () => {
  test.each([
    ['status', 'GET /v1/status', null],
    ['accounts', 'GET /v1/accounts', null],
    ['accounts list', 'GET /v1/accounts', null],
    ['accounts rename sftpgo/work home', 'PATCH /v1/accounts/sftpgo/work', { name: 'home' }],
    ['accounts rename sftpgo/work sftpgo/home', 'PATCH /v1/accounts/sftpgo/work', { name: 'home' }],
    ['accounts remove sftpgo/work', 'DELETE /v1/accounts/sftpgo/work', null],
    [
      'accounts set sftpgo/work --sharing separate --lifetime 1m',
      'PATCH /v1/accounts/sftpgo/work',
      { lease_kind: 'dedicated', lease_seconds: 60 },
    ],
    [
      'accounts set sftpgo/work --display-name Größe --color red --pin',
      'PATCH /v1/accounts/sftpgo/work',
      { display_name: 'Größe', color: 'red', pinned: true },
    ],
    [
      'accounts set sftpgo/work --color none --unpin',
      'PATCH /v1/accounts/sftpgo/work',
      { color: 'none', pinned: false },
    ],
    [
      'accounts set sftpgo/work --for https://git.example/a --for https://b.example',
      'PATCH /v1/accounts/sftpgo/work',
      { addresses: ['https://git.example/a', 'https://b.example'] },
    ],
    ['logout sftpgo/work', 'POST /v1/accounts/sftpgo/work/logout', {}],
    ['token sftpgo/work', 'POST /v1/tokens', { account: 'sftpgo/work' }],
    [
      'header sftpgo/work --min-validity 0 --refused-lease l1 --reason why',
      'POST /v1/tokens',
      { account: 'sftpgo/work', min_validity: 0, refused_lease: 'l1', reason: 'why' },
    ],
    ['accounts set sftpgo/work --sharing shared', 'PATCH /v1/accounts/sftpgo/work', SHARED],
    ['tools', 'GET /v1/clients', null],
    ['tools list', 'GET /v1/clients', null],
    ['accounts --json', 'GET /v1/accounts', null],
    ['login sftpgo --fields', 'GET /v1/providers', null],
    [
      'tools add backup --accounts sftpgo/work,koyeb/x',
      'POST /v1/clients',
      { name: 'backup', accounts: ['sftpgo/work', 'koyeb/x'] },
    ],
    [
      'tools set backup --accounts sftpgo/work',
      'PATCH /v1/clients/backup',
      { accounts: ['sftpgo/work'] },
    ],
    ['tools set backup --lifetime account', 'PATCH /v1/clients/backup', { lease_seconds: 0 }],
    [
      'tools add backup --accounts sftpgo/work --lifetime 5m',
      'POST /v1/clients',
      { name: 'backup', accounts: ['sftpgo/work'], lease_seconds: 300 },
    ],
    ['tools new-secret backup', 'POST /v1/clients/backup/secret', {}],
    ['tools remove backup', 'DELETE /v1/clients/backup', null],
    ['active', 'GET /v1/leases', null],
    ['revoke l1', 'POST /v1/leases/end', { lease: 'l1' }],
    ['revoke --tool backup', 'POST /v1/leases/end', { client: 'backup' }],
    ['revoke --account sftpgo/work', 'POST /v1/leases/end', { account: 'sftpgo/work' }],
    ['revoke --all', 'POST /v1/leases/end', { all: true }],
  ])('%s', async (line, request, body) => {
    const { exit } = await cli(...line.split(' '))
    // The sample response says that some tokens were not revoked.
    expect(exit).toBe(/^(revoke|logout)/.test(line) ? 9 : 0)
    const asked = endpoint.requests.map(({ route, path, body }) => [
      `${route.split(' ')[0]} ${path}`,
      body,
    ])
    // Adding a tool also checks whether this run has another port than the usual one.
    const more = line.startsWith('tools add') ? [['GET /v1/status', null]] : []
    expect(asked).toEqual([[request, body], ...more])
  })
})

describe('accepts a former name, and does the same:', () => {
  test.each([
    ['leases', 'active'],
    ['clients', 'tools'],
    ['clients list --json', 'tools list --json'],
    ['clients remove backup', 'tools remove backup'],
    ['clients add a --accounts sftpgo/work', 'tools add a --accounts sftpgo/work'],
    ['end-all', 'revoke --all'],
    ['end-all --json', 'revoke --all --json'],
    ['revoke --client backup', 'revoke --tool backup'],
    [
      'accounts set sftpgo/work --lease-kind dedicated',
      'accounts set sftpgo/work --sharing separate',
    ],
    ['accounts set sftpgo/work --lease-seconds 60', 'accounts set sftpgo/work --lifetime 60'],
    ['login svix --like svix/first', 'login svix --copy-from svix/first'],
    ['help leases', 'help active'],
    ['help end-all', 'revoke --all --help'],
    ['clients add --help', 'tools add --help'],
  ])('%s', async (former, now) => {
    const run = await cli(...former.split(' '))
    const asked = endpoint.requests.splice(0)
    expect(await cli(...now.split(' '))).toEqual(run)
    expect(endpoint.requests).toEqual(asked)
  })

  test('which no help shows', async () => {
    const commands = [[], ['accounts', 'set'], ['tools'], ['active'], ['revoke'], ['login']]
    for (const command of commands) {
      const { stdout } = await cli(...command, '--help')
      expect(stdout).not.toMatch(/\b(clients|leases|end-all)\b|--(client|like|lease-)/)
    }
  })
})

describe('token and header', () => {
  test('token prints the token and nothing else', async () => {
    expect(await cli('token', 'sftpgo/work')).toEqual({
      exit: 0,
      stdout: `${token.access_token}\n`,
      stderr: '',
    })
  })

  test('header prints one header per line', async () => {
    const { stdout } = await cli('header', 'sftpgo/work')
    expect(stdout).toBe(`Authorization: ${token.headers['Authorization']}\nX-Second: two\n`)
  })

  test('header rejects a value that would inject another header', async () => {
    endpoint.reply('POST /v1/tokens', { ...token, headers: { A: 'b\r\nX-Evil: c' } })
    expect(await cli('header', 'sftpgo/work')).toMatchObject({ exit: 8, stdout: '' })
  })

  test('warns if the token is valid for less than requested, and still prints it', async () => {
    endpoint.reply('POST /v1/tokens', { ...token, min_validity_met: false })
    expect(await cli('token', 'sftpgo/work', '--min-validity', '3600')).toEqual({
      exit: 0,
      stdout: `${token.access_token}\n`,
      stderr:
        'tokentray: warning: the token is valid for 600 s, less than requested; ' +
        'for a longer lifetime: tokentray accounts set sftpgo/work --lifetime 3600.\n',
    })
  })

  describe('suggests no longer lifetime if that would not help:', () => {
    const [lease] = (samples['GET /v1/leases'] as { readonly leases: readonly object[] }).leases
    const { opened_at: opened } = lease as { readonly opened_at: number }

    test.each([
      ['the token itself expires before the lease', { ends_at: opened + 600 }, {}, '3600'],
      ['the lifetime is that long already', {}, { lease_seconds: 7200 }, '3600'],
      ['no lifetime can be that long', {}, {}, '604801'],
      ['the lease no longer exists', { id: 'l2' }, {}, '3600'],
    ])('%s', async (_, changedLease, changedAccount, asked) => {
      endpoint.reply('POST /v1/tokens', { ...token, min_validity_met: false })
      endpoint.reply('GET /v1/leases', { leases: [{ ...lease, ...changedLease }] })
      endpoint.reply('GET /v1/accounts', { accounts: [{ ...account, ...changedAccount }] })
      const { stderr } = await cli('token', 'sftpgo/work', '--min-validity', asked)
      expect(stderr).toBe(
        'tokentray: warning: the token is valid for 600 s, less than requested.\n',
      )
    })

    test('the lists cannot be fetched', async () => {
      endpoint.reply('POST /v1/tokens', { ...token, min_validity_met: false })
      endpoint.refuse('GET /v1/leases', 'server_error')
      const run = await cli('token', 'sftpgo/work', '--min-validity', '3600')
      expect(run).toMatchObject({ exit: 0, stdout: `${token.access_token}\n` })
      expect(run.stderr).not.toContain('accounts set')
    })
  })

  test('says only how long the token is valid if nothing was requested', async () => {
    endpoint.reply('POST /v1/tokens', { ...token, min_validity_met: false })
    const { stderr } = await cli('token', 'sftpgo/work')
    expect(stderr).toBe('tokentray: warning: the token is valid for 600 s.\n')
  })
})

describe('accounts set', () => {
  test('says how the account is shown now', async () => {
    const looks = { display_name: 'Größe Kunde', color: 'red', pinned: true }
    endpoint.reply('PATCH /v1/accounts/*', { ...account, ...looks })
    const { stdout } = await cli('accounts', 'set', 'sftpgo/work', '--pin')
    expect(stdout).toBe('Changed: sftpgo/work is shown as "Größe Kunde", red, pinned\n')
    endpoint.clear('PATCH /v1/accounts/*')
    endpoint.reply('PATCH /v1/accounts/*', account)
    const plain = await cli('accounts', 'set', 'sftpgo/work', '--display-name', '')
    expect(plain.stdout).toBe('Changed: sftpgo/work is shown by its name, no color, not pinned\n')
  })

  test('says which addresses the account answers for, also after --for "" has removed them', async () => {
    endpoint.reply('PATCH /v1/accounts/*', {
      ...account,
      addresses: ['https://a.x', 'https://b.x'],
    })
    const { stdout } = await cli('accounts', 'set', 'sftpgo/work', '--for', '')
    expect(stdout).toBe('Changed: sftpgo/work answers for https://a.x, https://b.x\n')
    expect(endpoint.bodies('PATCH /v1/accounts/*')).toEqual([{ addresses: [] }])
  })

  test.each([
    [['--color', 'ultraviolet'], /Allowed choices are red, orange/],
    [['--display-name', 'a\u202eb'], /Display names have 1 to 60 characters/],
    [['--pin', '--unpin'], /Give --pin or --unpin, not both/],
    [[], /Nothing to change/],
  ])('refuses %j before anything is sent', async (options, words) => {
    const { exit, stderr } = await cli('accounts', 'set', 'sftpgo/work', ...options)
    expect(exit).toBe(2)
    expect(stderr).toMatch(words)
    expect(endpoint.requests).toEqual([])
  })
})

describe('lists', () => {
  test('accounts are aligned, with words for states and times', async () => {
    const second = { ...account, id: 'koyeb/x', state: 'login_required', needs_code: true }
    const { session_ends_at: _, ...without } = { ...second, lease_seconds: 90_000 }
    endpoint.reply('GET /v1/accounts', { accounts: [account, { ...without, lease_seconds: 45 }] })
    expect((await cli('accounts')).stdout.split('\n')).toEqual([
      'ACCOUNT      STATE                         TOKENS  SHARING  LIFETIME  SESSION ENDS  LABEL',
      'sftpgo/work  logged in                     2       shared   15 min    in 12 min     alice at files.example.com',
      'koyeb/x      login required, needs a code  2       shared   45 s      -             alice at files.example.com',
      '',
    ])
  })

  test('accounts have a column for display names once there is one', async () => {
    const named = { ...account, id: 'koyeb/x', display_name: 'Größe Kunde' }
    endpoint.reply('GET /v1/accounts', { accounts: [account, named] })
    const [head, one, other] = (await cli('accounts')).stdout.split('\n')
    expect(head).toMatch(/^ACCOUNT {6}NAME {9}STATE/)
    expect(one).toMatch(/^sftpgo\/work {2}- {12}logged in/)
    expect(other).toMatch(/^koyeb\/x {6}Größe Kunde {2}logged in/)
  })

  test('status says who has the port that tools are configured for', async () => {
    const port_taken = { port: 4711, message: 'Port 4711 is in use.', hint: 'Stop that program.' }
    endpoint.reply('GET /v1/status', { ...status, port_taken })
    expect((await cli('status')).stdout).toMatch(
      /^port: {11}Port 4711 is in use\. Stop that program\.$/m,
    )
  })

  test('tools are listed with the former account names that they may still use', async () => {
    const accounts = ['sftpgo/home', 'koyeb/x']
    const former_names = ['sftpgo/one', 'sftpgo/two'].map((name) => ({
      name,
      account: accounts[0],
    }))
    const client = { id: 'c1', name: 'backup', accounts, former_names, created_at: 0 }
    endpoint.reply('GET /v1/clients', { clients: [client] })

    const { stdout } = await cli('tools', 'list')

    expect(stdout).toContain('sftpgo/home (also as sftpgo/one, sftpgo/two), koyeb/x')
  })

  test('tools are listed with when they were added and last used', async () => {
    expect((await cli('tools', 'list')).stdout).toMatch(
      /^backup {2}c1 {2}2 h ago {2}- {10}- {9}sftpgo\/work$/m,
    )
    const { clients } = samples['GET /v1/clients'] as { readonly clients: readonly object[] }
    const used = clients.map((client) => ({
      ...client,
      last_used_at: NOW / 1000 - 300,
      lease_seconds: 600,
    }))
    endpoint.reply('GET /v1/clients', { clients: used })
    expect((await cli('tools', 'list')).stdout).toMatch(
      / {2}2 h ago {2}5 min ago {2}10 min {4}sftpgo\/work$/m,
    )
  })

  test('a change of a tool says what it has now', async () => {
    const { stdout } = await cli('tools', 'set', 'backup', '--accounts', 'sftpgo/work')
    expect(stdout).toBe('Changed: backup may use sftpgo/work.\n')
    expect((await cli('tools', 'set', 'backup', '--lifetime', 'account')).stdout).toBe(
      'Changed: new tokens of backup have the lifetime of the account.\n',
    )
    const changed = samples['PATCH /v1/clients/*'] as object
    endpoint.reply('PATCH /v1/clients/*', { ...changed, lease_seconds: 300 })
    expect((await cli('tools', 'set', 'backup', '--lifetime', '300')).stdout).toBe(
      'Changed: new tokens of backup have the lifetime 5 min.\n',
    )
  })

  test('a tool with several accounts must say which it wants', async () => {
    const one = samples['PATCH /v1/clients/*'] as object
    endpoint.reply('PATCH /v1/clients/*', { ...one, accounts: ['sftpgo/work', 'koyeb/x'] })
    expect((await cli('tools', 'set', 'backup', '--accounts', 'sftpgo/work,koyeb/x')).stdout).toBe(
      'Changed: backup may use sftpgo/work, koyeb/x.\nRequests must now say which: -d audience=sftpgo/work\n',
    )
  })

  test('active tokens show who holds them until when', async () => {
    const { stdout } = await cli('active')
    expect(stdout).toMatch(/^l1 +backup +sftpgo\/work +shared +in 13 min +nightly$/m)
  })

  test('active tokens that stay valid afterwards are marked, with the reason', async () => {
    const { leases } = samples['GET /v1/leases'] as { readonly leases: readonly object[] }
    const lives = { ...leases[0], id: 'l2', token_ends_at: NOW / 1000 + 7300 }
    endpoint.reply('GET /v1/leases', { leases: [...leases, lives] })
    const { stdout, stderr } = await cli('active')
    expect(stdout).toMatch(/^l1 .* in 13 min +revoked +nightly$/m)
    expect(stdout).toMatch(/^l2 .* in 13 min +valid, expires in 2 h +nightly$/m)
    expect(stderr).toMatch(/cannot be revoked before they expire/)
  })

  test('the label of an account cannot control the terminal', async () => {
    const label = 'evil\u001b]0;x\u0007\n\u202eresu'
    endpoint.reply('GET /v1/accounts', { accounts: [{ ...account, label }] })
    expect((await cli('accounts')).stdout).toContain('evil?]0;x???resu')
  })

  test.each([
    ['accounts', 'GET /v1/accounts', { accounts: [] }],
    ['tools', 'GET /v1/clients', { clients: [] }],
    ['active', 'GET /v1/leases', { leases: [] }],
  ] as const)('%s says on standard error that there are none', async (command, route, body) => {
    endpoint.reply(route, body)
    const { stdout, stderr } = await cli(command)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^No .+\n$/)
  })

  test.each([
    ['accounts', 'GET /v1/accounts'],
    ['tools', 'GET /v1/clients'],
    ['active', 'GET /v1/leases'],
    ['status', 'GET /v1/status'],
  ] as const)('%s --json prints the response unchanged', async (command, route) => {
    const { stdout } = await cli(command, '--json')
    expect(JSON.parse(stdout)).toEqual(samples[route])
  })
})

const recovery = { state: 'done', remaining: 0, revoked: 0, expired: 0, until_expiry: 0 }

test('status shows only the address and the numbers while nothing needs attention', async () => {
  expect((await cli('status')).stdout).toBe(
    `Tokentray ${status.version} is running at http://127.0.0.1:4711 (process 4711)\n` +
      'accounts:       1\n' +
      'active tokens:  2\n',
  )
})

test.each([
  [{ revoked: 2, expired: 1 }, {}, null, '2 revoked, 1 expired'],
  [
    { taken_up: 1 },
    { sessions: 1 },
    '1 session token; to list them: tokentray active --all',
    '1 session token that tools may still have',
  ],
  [
    { state: 'running', remaining: 3, until_expiry: 4 },
    { pending: 1, until_expiry: 4, expired: 2 },
    '1 token waiting to be revoked, 4 tokens valid until expiry, 2 expired tokens waiting to be deleted; to list them: tokentray active --all',
    '3 waiting to be revoked, 4 valid until expiry',
  ],
])('status tells tokens apart: %j and %j', async (ofLastRun, counts, others, lastRun) => {
  endpoint.reply('GET /v1/status', {
    ...status,
    ...counts,
    work_off: { ...recovery, ...ofLastRun },
  })
  const { stdout } = await cli('status')
  const shown = (label: string) => new RegExp(`^${label}: +(.+)$`, 'm').exec(stdout)?.[1] ?? null
  expect(shown('other tokens')).toBe(others)
  expect(shown('last run')).toBe(lastRun)
})

test('status shows the lock, the keychain, unknown tokens and notices', async () => {
  endpoint.reply('GET /v1/status', {
    ...status,
    locked: true,
    vault: { kind: 'keychain', state: 'vault_unavailable', message: 'no session bus' },
    work_off: { ...recovery, state: 'waiting' },
    notices: ['settings.json was set aside.'],
  })
  const { stdout } = await cli('status')
  expect(stdout).toMatch(/^lock: +locked; to unlock: tokentray unlock$/m)
  expect(stdout).toMatch(/^keychain: +no session bus$/m)
  expect(stdout).toMatch(/^other tokens: +unknown until the keychain can be read$/m)
  expect(stdout).toMatch(/^last run: +unknown until the keychain can be read$/m)
  expect(stdout).toMatch(/^note: +settings\.json was set aside\.$/m)
})

test('status says that accounts are not saved in memory mode, and nothing of earlier runs', async () => {
  const vault = { kind: 'memory', state: 'ready' }
  const work_off = { ...recovery, revoked: 1 }
  endpoint.reply('GET /v1/status', { ...status, vault, work_off })
  const { stdout } = await cli('status')
  expect(stdout).toMatch(/^not saved: +accounts are forgotten when Tokentray stops$/m)
  expect(stdout).not.toContain('last run')
})

describe('the session token without a lease', () => {
  const session = { id: 's1', account: 'sftpgo/work', made_at: NOW / 1000 - 7200 }
  const ends_at = NOW / 1000 + 900

  test('is listed by "active --all", with its expiry and who may have it', async () => {
    const own = { ...session, ends_at, may_be_out: false, revocable: true }
    const out = { ...own, id: 's2', may_be_out: true }
    const forGood = { ...session, id: 's3', may_be_out: true, revocable: false }
    endpoint.reply('GET /v1/leases', { leases: [], sessions: [own, out, forGood] })
    expect((await cli('active')).stderr).toBe(
      'No active tokens.\n3 session tokens stay valid until logout. To list them: tokentray active --all\n',
    )
    const { stdout } = await cli('active', '--all')
    expect(stdout).toMatch(
      /^session token +sftpgo\/work +2 h ago +valid until \d\d:\d\d; no tool has it; revoked on logout or when Tokentray stops\.$/m,
    )
    expect(stdout).toMatch(
      /a tool may have it; revoked by "tokentray revoke --all", on logout or when Tokentray stops\.$/m,
    )
    expect(stdout).toMatch(/never expires; a tool may have it; cannot be revoked\.$/m)
  })

  test('is named by "revoke --all", also if a login is needed afterwards', async () => {
    const ended = { id: 's1', account: 'sftpgo/work', at_service: 'ended', needs_login: true }
    endpoint.reply('POST /v1/leases/end', { leases: [], sessions: [ended] })
    const { stdout, stderr } = await cli('revoke', '--all')
    expect(stdout).toBe('session token for sftpgo/work: revoked.\n')
    expect(stderr).toContain('sftpgo/work needs you to log in again')
  })
})

test('active claims nothing while the keychain cannot be read', async () => {
  endpoint.reply('GET /v1/leases', { leases: [], not_known: true })
  expect((await cli('active')).stderr).toBe(
    'Which other tokens are still valid is unknown until the keychain can be read.\n',
  )
})

test('prints the outcome for each revoked lease', async () => {
  const { stdout } = await cli('revoke', '--all')
  expect(stdout.split('\n')).toEqual([
    'l1 for sftpgo/work: revoked.',
    'l2 for sftpgo/work: waiting to be revoked: It is down.',
    'l3 for sftpgo/work: released; others still use the same token, which expires in 1 min.',
    'l4 for sftpgo/work: valid, never expires: It cannot.',
    '',
  ])
})

const waiting: LingeringToken = {
  ...{ id: 't1', account: 'sftpgo/work', use: 'session', made_at: NOW / 1000 - 7200 },
  ...{ at_service: 'pending', waits_for: 'service', why: 'files.example.com is down.' },
  ...{ retry_at: NOW / 1000 + 4, ends_at: NOW / 1000 + 900 },
}

const done = { exit: 0, stderr: '' }
const inPart = {
  exit: 9,
  stderr:
    'tokentray: Not all tokens were revoked.\n' +
    'Run "tokentray active --all" to see what is still valid, and why.\n',
}

const fates: readonly (readonly [Partial<LingeringToken>, string])[] = [
  [{}, 'waiting to be revoked: files.example.com is down. Retrying in 4 s.'],
  [
    { why: 'It is down.', retry_at: NOW / 1000 },
    'waiting to be revoked: It is down. Retrying now.',
  ],
  [
    { why: 'It is down.', retry_at: NOW / 1000 - 9 },
    'waiting to be revoked: It is down. Retrying now.',
  ],
  [
    { why: 'It is down.', retry_at: NOW / 1000 + 1680 },
    'waiting to be revoked: It is down. It expires in 15 min, before the next attempt.',
  ],
  [
    { at_service: 'until_expiry', why: 'Svix cannot revoke it.' },
    'valid until it expires in 15 min: Svix cannot revoke it.',
  ],
  [
    { expired: true, waits_for: 'login', why: 'Log in to sftpgo/work again.' },
    'expired, waiting to be deleted at the service: Log in to sftpgo/work again.',
  ],
]

describe('a token that is still valid without a lease', () => {
  test.each(fates)('logout prints its state (%j)', async (change, words) => {
    const { retry_at: _, ...rest } = waiting
    const token = change.why === undefined ? waiting : { ...rest, ...change }
    endpoint.reply('POST /v1/accounts/*/logout', { leases: [], lingering: [token] })
    expect(await cli('logout', 'sftpgo/work')).toEqual({
      ...(token.expired ? done : inPart),
      stdout: `Logged out: sftpgo/work\nsession token for sftpgo/work: ${words}\n`,
    })
  })

  test('is counted by "active", and listed by "active --all"', async () => {
    const lease = { ...waiting, use: 'lease', client: 'backup' }
    const login = { ...waiting, use: 'login' }
    endpoint.reply('GET /v1/leases', { leases: [], lingering: [waiting, lease, login] })
    expect((await cli('active')).stderr).toBe(
      'No active tokens.\n3 closed tokens may still be valid. To list them: tokentray active --all\n',
    )
    const { stdout } = await cli('active', '--all')
    expect(stdout).toMatch(/^session token +sftpgo\/work +2 h ago +waiting to be revoked: files/m)
    expect(stdout).toMatch(/^token of backup +sftpgo\/work +2 h ago +waiting to be revoked: files/m)
    expect(stdout).toMatch(/^login token +sftpgo\/work +2 h ago +waiting to be revoked: files/m)
  })

  test('is shown by "accounts show"', async () => {
    const of = { ...account, pending: 1, until_expiry: 2, expired: 1 }
    endpoint.reply('GET /v1/accounts', { accounts: [of] })
    expect((await cli('accounts', 'show', account.id)).stdout).toMatch(
      /^other tokens: +1 token waiting to be revoked, 2 tokens valid until expiry, 1 expired token waiting to be deleted$/m,
    )
  })
})

test('revoking the token of an account that cannot log in by itself asks the user to log in', async () => {
  const lease = { lease_id: 'l1', account: 'sftpgo/work', at_service: 'ended', needs_login: true }
  endpoint.reply('POST /v1/leases/end', { leases: [lease, { ...lease, lease_id: 'l2' }] })
  expect((await cli('revoke', '--all')).stderr).toBe(
    'sftpgo/work needs you to log in again: tokentray login sftpgo/work\n',
  )
})

test.each(['revoke l1', 'revoke --all'])(
  '"%s --json" prints the response unchanged',
  async (line) => {
    const { exit, stdout, stderr } = await cli(...line.split(' '), '--json')
    expect(JSON.parse(stdout)).toEqual(samples['POST /v1/leases/end'])
    expect(exit).toBe(inPart.exit)
    expect(JSON.parse(stderr)).toMatchObject({ error: 'done_in_part' })
  },
)

test.each([
  ['sftpgo/work', ''],
  ['sftpgo/work,koyeb/work', '&audience=sftpgo/work'],
])(
  'tools add prints ID and secret, this once, and how to get tokens of %s',
  async (accounts, audience) => {
    expect(await cli('tools', 'add', 'backup', '--accounts', accounts)).toEqual({
      exit: 0,
      stdout: `client_id: c1\nclient_secret: ${addedClient.secret}\n`,
      stderr:
        'Save the secret now. It is not shown again.\n' +
        `To get a token, send grant_type=client_credentials${audience} to ${endpoint.issuer}/oauth/token\n` +
        'with the ID and the secret as HTTP Basic credentials.\n',
    })
  },
)

describe('lock and unlock', () => {
  const OUT = 'Active tokens stay valid. To revoke them now: tokentray revoke --all\n'
  test.each([
    ['lock', { locked: false, leases: 2 }, 'Locked.\n', OUT],
    ['lock', { locked: false, leases: 0 }, 'Locked.\n', ''],
    ['lock', { locked: true, leases: 2 }, 'Already locked.\n', OUT],
    ['unlock', { locked: true, leases: 2 }, 'Unlocked.\n', ''],
    ['unlock', { locked: false, leases: 2 }, 'Already unlocked.\n', ''],
  ])('%s says what it changed if the status was %j', async (command, was, stdout, stderr) => {
    endpoint.reply('GET /v1/status', { ...status, ...was })
    expect(await cli(command)).toEqual({ exit: 0, stdout, stderr })
    expect(endpoint.requests.map(({ route }) => route)).toEqual([
      'GET /v1/status',
      `POST /v1/${command}`,
    ])
  })
})

test('revoke --all reports its progress', async () => {
  const release = endpoint.hold('POST /v1/leases/end')
  endpoint.reply('GET /v1/status', { ...status, revoking: { done: 4, total: 40 } })
  const stderr = new FakeOutput(true)
  const run = runCli(endpoint.directories, ['revoke', '--all'], { stderr })
  await stderr.shows('Revoking token 5 of 40…\n')
  release()
  await run
})

describe('reset on a terminal', () => {
  async function reset(answer: string) {
    const terminal = new FakeTerminal()
    const stderr = new FakeOutput(true)
    const run = runCli(endpoint.directories, ['reset'], { stdin: terminal, stderr })
    await stderr.shows('Type "reset" to continue: ')
    terminal.write(answer)
    return run
  }

  test('resets when the user types it, after saying what is deleted and what is kept', async () => {
    const { exit, stdout, stderr } = await reset('reset\n')
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: 'Tokentray was reset.\n' })
    expect(stderr).toMatch(
      /^Tokens are revoked where the service allows it\. Accounts, tools, their permissions and saved passwords are deleted\./,
    )
    expect(stderr).toMatch(
      /\n.* every other Tokentray of yours \(TOKENTRAY_HOME\): they share the keychain\.\n/,
    )
    expect(stderr).toMatch(
      /\nSettings return to their defaults: .*lock on sleep\. Tokentray is unlocked\.\n/,
    )
    expect(stderr).toMatch(
      /\nThe activity record and the log are kept, with the names in them\. So are /,
    )
    expect(stderr).toMatch(/ the port, the list of tokens still valid and the keys /)
    expect(endpoint.bodies('POST /v1/reset')).toEqual([{ confirm: 'reset' }])
  })

  test('says that the keychain is not touched if passwords are in memory', async () => {
    endpoint.reply('GET /v1/status', { ...status, vault: { ...status.vault, kind: 'memory' } })
    const { stderr } = await reset('no\n')
    expect(stderr).toContain('\nThe keychain is not touched.\n')
    expect(stderr).not.toContain('share the keychain')
  })

  test('reports its progress', async () => {
    const release = endpoint.hold('POST /v1/reset')
    const at = (done: number) => ({ ...status, resetting: { done, total: 200 } })
    endpoint.reply('GET /v1/status', at(36), at(90))
    const stderr = new FakeOutput(true)
    const run = runCli(endpoint.directories, ['reset', '--yes'], { stderr })
    await stderr.shows('Removing account 37 of 200…\n')
    await stderr.shows('Removing account 91 of 200…\n')
    release()
    expect(await run).toMatchObject({ exit: 0, stdout: 'Tokentray was reset.\n' })
  })

  test('continues to do so after a failed status request', async () => {
    const release = endpoint.hold('POST /v1/reset')
    endpoint.refuse('GET /v1/status', 'server_error')
    const stderr = new FakeOutput(true)
    const run = runCli(endpoint.directories, ['reset', '--yes'], { stderr })
    endpoint.reply('GET /v1/status', { ...status, resetting: { done: 36, total: 200 } })
    await stderr.shows('Removing account 37 of 200…\n')
    release()
    expect(await run).toMatchObject({ exit: 0 })
  })

  test.each(['yes\n', '\n'])('does nothing when the user types %j', async (answer) => {
    const run = await reset(answer)
    expect(run).toMatchObject({ exit: 130, stdout: '' })
    expect(run.stderr).toMatch(/\nNothing was changed\.\n$/)
    expect(endpoint.bodies('POST /v1/reset')).toEqual([])
  })
})

test('serve passes its options to the agent and exits as it does', async () => {
  const options: unknown[] = []
  const serve = async (given: unknown) => options.push(given) + 6
  const run = (...args: string[]) => runCli(endpoint.directories, ['serve', ...args], { serve })
  expect((await run()).exit).toBe(7)
  expect((await run('--memory', '--port', '4711')).exit).toBe(8)
  expect(options).toEqual([{ memory: false }, { memory: true, port: 4711 }])
})
