import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { markedSecret } from '../../helpers/marks.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { converse, runCli } from '../run-cli.ts'
import { account, listedToken, samples, svixAccount } from '../samples.ts'

const LIST = 'GET /v1/accounts/*/tokens'
const REVOKE = 'POST /v1/accounts/*/tokens/revoke'
const ALL = 'POST /v1/accounts/*/tokens/revoke-all'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

const cli = (line: string) => runCli(endpoint.directories, line.split(' '))
const talk = (line: string, ...lines: (readonly [string, string])[]) =>
  converse(endpoint.directories, line.split(' '), lines)

const { use: _, ...noUse } = listedToken
const { expires_at: __, framework: ___, ...foreign } = noUse
const ended = { lease_id: 'l1', account: 'svix/first', at_service: 'ended' }

describe('tokens', () => {
  test.each([
    'tokens svix/first',
    'tokens list svix/first',
    'tokens --json svix/first',
    'tokens svix/first --json',
  ])('"%s" requests those of the account', async (line) => {
    expect((await cli(line)).exit).toBe(0)
    expect(endpoint.requests.map(({ path }) => path)).toEqual(['/v1/accounts/svix/first/tokens'])
  })

  test('shows when each was created and expires, who uses it, and its id last', async () => {
    endpoint.reply(LIST, {
      tokens: [
        { ...listedToken, clients: ['backup', 'cli'] },
        { ...noUse, id: 't2', use: 'lease', clients: ['backup'] },
        { ...noUse, id: 't3', framework: 'v0-1' },
        { ...noUse, id: 't4', ours: 'maybe' },
        { ...foreign, id: 't5', ours: 'no' },
      ],
    })
    expect((await cli('tokens svix/first')).stdout.split('\n')).toEqual(
      [
        'CREATED  EXPIRES    FRAMEWORK  USED BY                                     ID',
        '2 h ago  in 13 min  v0-1       Tokentray: session, backup, you  t1',
        '2 h ago  in 13 min  v0-1       Tokentray: backup                t2',
        '2 h ago  in 13 min  v0-1       Tokentray                                   t3',
        '2 h ago  in 13 min  v0-1       Tokentray or another program                         t4',
        '2 h ago  never      -          another program                             t5',
        '',
      ].map((line) => expect.stringMatching(new RegExp(`^${line.replaceAll(/ {2,}/g, ' {2,}')}$`))),
    )
  })

  test('--json prints the response unchanged', async () => {
    expect(JSON.parse((await cli('tokens svix/first --json')).stdout)).toEqual(samples[LIST])
  })

  test('says on standard error that there are none', async () => {
    endpoint.reply(LIST, { tokens: [] })
    expect(await cli('tokens svix/first')).toEqual({
      exit: 0,
      stdout: '',
      stderr: 'The service lists no tokens for this account.\n',
    })
  })

  test('what a service says about a token cannot control the terminal', async () => {
    endpoint.reply(LIST, { tokens: [{ ...listedToken, framework: 'a\u001b[2J', id: 'b\nc' }] })
    expect((await cli('tokens svix/first')).stdout).toMatch(/a\?\[2J .* b\?c\n$/)
  })
})

describe('what the service of an account cannot do', () => {
  const words = { error_description: 'Svix cannot do it.', hint: 'See what it can.' }
  test.each([
    ['tokens svix/first', LIST],
    ['rotate svix/first', 'POST /v1/accounts/*/rotate'],
    ['portal svix/first', 'POST /v1/accounts/*/portal'],
  ] as const)('is reported by "%s" in the words of the endpoint', async (line, route) => {
    endpoint.refuse(route, 'not_supported', words)
    expect(await cli(line)).toEqual({
      exit: 2,
      stdout: '',
      stderr: 'tokentray: Svix cannot do it.\nSee what it can.\n',
    })
  })

  describe.each([
    ['tokens revoke sftpgo/work t1', 'revoke a single token by its ID'],
    ['tokens revoke-all sftpgo/work', 'revoke all tokens of an account at once'],
  ])('is reported by "%s" at once', (line, what) => {
    const said = {
      exit: 2,
      stdout: '',
      stderr:
        `tokentray: The service of sftpgo/work cannot ${what}.\n` +
        'To see what it can do, run "tokentray accounts show sftpgo/work".\n',
    }
    const ended = () => [...endpoint.bodies(REVOKE), ...endpoint.bodies(ALL)]

    test('at a terminal', async () => {
      expect(await talk(line)).toEqual(said)
      expect(ended()).toEqual([])
    })

    test.each(['', ' --yes'])('without one%s', async (option) => {
      expect(await cli(line + option)).toEqual(said)
      expect(ended()).toEqual([])
    })
  })

  test('is reported with the account instead of the placeholder', async () => {
    endpoint.refuse('POST /v1/accounts/*/rotate', 'not_supported')
    const { stderr } = await cli('rotate svix/first')
    expect(stderr).toMatch(/"tokentray accounts show svix\/first" to see what it supports\.\n$/)
  })
})

describe('tokens revoke', () => {
  test('shows the token, asks, and revokes it', async () => {
    endpoint.reply(REVOKE, { id: 't1', at_service: 'ended', leases: [ended] })
    const run = await talk('tokens revoke svix/first t1', ['[y/N] ', 'y\n'])
    expect(run.stderr).toBe(
      't1, v0-1: created 2 h ago, expires in 13 min; used by Tokentray: session\n' +
        'This is the session token: Tokentray logs in again when a token is next needed.\n' +
        'Revoke this token (Tokentray: session)? [y/N] y\n',
    )
    expect(run.stdout).toBe('Revoked: t1\nl1 for svix/first: revoked.\n')
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(REVOKE)).toEqual([{ id: 't1' }])
  })

  test.each([
    ['no', 'This token belongs to another program, which will stop working.'],
    ['maybe', 'This token may belong to another program, which would stop working.'],
  ])('for a token that is ours: %s, says who may be affected', async (ours, warning) => {
    endpoint.reply(LIST, { tokens: [{ ...foreign, ours }] })
    const run = await talk('tokens revoke svix/first t1', ['[y/N] ', 'YES\n'])
    expect(run.exit).toBe(0)
    expect(run.stderr).toContain(`\n${warning}\nRevoke this token (`)
  })

  test.each(['\n', 'n\n', 'yeah\n', 't1\n'])(
    'revokes nothing if the answer is %j',
    async (answer) => {
      const run = await talk('tokens revoke svix/first t1', ['[y/N] ', answer])
      expect(run).toMatchObject({
        exit: 130,
        stdout: '',
        stderr: expect.stringMatching(/Nothing was changed\.\n$/),
      })
      expect(endpoint.bodies(REVOKE)).toEqual([])
    },
  )

  test('does not repeat an id that is not listed, because it could be a token', async () => {
    const id = markedSecret('token')
    const run = await talk(`tokens revoke svix/first ${id}`)
    expect(run).toEqual({
      exit: 2,
      stdout: '',
      stderr:
        'tokentray: svix/first has no token with that ID.\n' +
        'To list its tokens, run "tokentray tokens svix/first".\n',
    })
    expect(endpoint.bodies(REVOKE)).toEqual([])
  })

  test('--yes asks nothing, and the endpoint reports an unknown id', async () => {
    expect(await cli('tokens revoke svix/first t1 --yes')).toMatchObject({ exit: 0, stderr: '' })
    expect(endpoint.requests.map(({ route }) => route)).toEqual(['GET /v1/accounts', REVOKE])
    endpoint.reply('GET /v1/accounts', { accounts: [{ ...svixAccount, id: 'svix/account' }] })
    endpoint.refuse(REVOKE, 'not_found', { error_description: 'svix/account has no such.' })
    endpoint.refuse(REVOKE, 'not_found', { error_description: 'svix/account has no such.' })
    await cli('tokens revoke svix/account t1 --yes')
    const { exit, stderr } = await cli('tokens revoke svix/account t1 --yes')
    expect({ exit, stderr }).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/^tokentray: svix\/account has no/),
    })
  })

  test('for the session token of an account that needs a code, says that the user must log in', async () => {
    endpoint.reply('GET /v1/accounts', { accounts: [{ ...svixAccount, needs_code: true }] })
    const run = await talk('tokens revoke svix/first t1', ['[y/N] ', '\n'])
    expect(run.stderr).toContain('you will need to log in again, with a one-time code.\n')
  })

  test('says that the token was invalid before', async () => {
    endpoint.reply(REVOKE, { id: 't1', at_service: 'already_gone', leases: [] })
    expect((await cli('tokens revoke svix/first t1 --yes')).stdout).toBe('Already invalid: t1\n')
  })
})

describe('tokens revoke-all', () => {
  const WHOM = 'This revokes every portal session of app_1, including those of customers.\n'
  const TYPE = 'Type "svix/first" to continue: '
  beforeEach(() => endpoint.reply('GET /v1/accounts', { accounts: [account, svixAccount] }))

  test('says who is affected, asks twice, and revokes all', async () => {
    endpoint.reply(ALL, { leases: [ended] })
    const run = await talk(
      'tokens revoke-all svix/first',
      [`${WHOM}Continue? [y/N] `, 'y\n'],
      [TYPE, 'svix/first\n'],
    )
    expect(run.stdout).toBe(
      'Revoked every portal session of app_1, including those of customers.\n' +
        'l1 for svix/first: revoked.\n',
    )
    expect(endpoint.bodies(ALL)).toEqual([{ confirm: 'svix/first' }])
  })

  test.each([
    ['the first answer is no yes', [['Continue? [y/N] ', '\n']]],
    [
      'the second is not the name',
      [
        ['Continue? [y/N] ', 'y\n'],
        [TYPE, 'y\n'],
      ],
    ],
    [
      'the second is only half of it',
      [
        ['Continue? [y/N] ', 'y\n'],
        [TYPE, 'first\n'],
      ],
    ],
  ] as const)('revokes nothing if %s', async (__, lines) => {
    const run = await talk('tokens revoke-all svix/first', ...lines)
    expect(run).toMatchObject({
      exit: 130,
      stdout: '',
      stderr: expect.stringMatching(/Nothing was changed\.\n$/),
    })
    expect(endpoint.bodies(ALL)).toEqual([])
  })

  test.each([
    ['--yes', TYPE, 'svix/first\n'],
    ['--confirm svix/first', 'Continue? [y/N] ', 'y\n'],
  ])('with only %s still asks the other question', async (option, question, answer) => {
    const run = await talk(`tokens revoke-all svix/first ${option}`, [question, answer])
    expect(run.exit).toBe(0)
    expect(run.stderr).toBe(`${WHOM}${question}${answer}`)
    expect(endpoint.bodies(ALL)).toEqual([{ confirm: 'svix/first' }])
  })

  test('revokes nothing of another account that has taken the name meanwhile', async () => {
    endpoint.refuse(ALL, 'not_found', {
      error_description: 'svix/first is a different account now, so nothing was done.',
    })
    const run = await talk(
      'tokens revoke-all svix/first',
      [`${WHOM}Continue? [y/N] `, 'y\n'],
      [TYPE, 'svix/first\n'],
    )
    expect(run).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('svix/first is a different account now'),
    })
  })

  test('with both asks nothing', async () => {
    const { exit } = await cli('tokens revoke-all svix/first --yes --confirm svix/first')
    expect(exit).toBe(0)
    expect(endpoint.requests.map(({ route }) => route)).toEqual(['GET /v1/accounts', ALL])
  })

  test('says that there is no such account', async () => {
    const run = await talk('tokens revoke-all svix/third')
    expect(run).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/No such account: svix\/third/),
    })
  })
})

describe('rotate', () => {
  const lease = {
    ...{ id: 'l9', client: 'backup', account: 'svix/first', kind: 'dedicated' as const },
    ...{ opened_at: 0, ends_at: 0, expires_in: 800 },
  }
  const { session_ends_at: ____, ...noSession } = svixAccount

  async function rotate(accounts: object[], leases: object[], before: object[], gone = [ended]) {
    endpoint.reply('POST /v1/accounts/*/rotate', { leases: gone })
    endpoint.reply('GET /v1/accounts', { accounts })
    endpoint.reply('GET /v1/leases', { leases: before }, { leases })
    const { stdout } = await cli('rotate svix/first')
    const lines = stdout.trimEnd().split('\n')
    expect(lines.slice(0, -1)).toEqual(gone.map(() => 'l1 for svix/first: revoked.'))
    return lines.at(-1)
  }

  test('prints what was revoked, and who has new tokens', async () => {
    const leases = [
      lease,
      { ...lease, id: 'l1', client: 'old' },
      { ...lease, id: 'l8', client: 'other', account: 'svix/second' },
      { ...lease, id: 'l7' },
    ]
    expect(await rotate([noSession], leases, [])).toBe('New tokens: backup.')
  })

  test.each([
    ['that has an end', svixAccount],
    ['that all leases share', { ...noSession, lease_kind: 'shared' }],
  ])('names the session if it has a token %s', async (_what, known) => {
    expect(await rotate([known], [lease], [])).toBe('New tokens: session, backup.')
  })

  test('says that there were no active tokens', async () => {
    expect(await rotate([noSession], [], [], [])).toBe(
      'No active tokens. New ones are created when tools ask for them.',
    )
  })

  test('does not say so if something was revoked', async () => {
    expect(await rotate([noSession], [], [{ ...lease, id: 'l1' }])).toBe(
      'New tokens are created when tools ask for them.',
    )
  })

  test('ignores the lease of a portal, which is not replaced', async () => {
    const visit = { ...lease, id: 'l3', client: 'cli', reason: 'portal' }
    expect(await rotate([noSession], [visit, lease], [visit])).toBe('New tokens: backup.')
  })

  test('is done although the lists cannot be fetched', async () => {
    endpoint.refuse('GET /v1/leases', 'server_error')
    expect(await cli('rotate svix/first')).toMatchObject({
      exit: 0,
      stdout: 'To see the new tokens: tokentray active\n',
    })
  })
})

test.each([
  ['tokens revoke svix/first t1 --yes', REVOKE],
  ['tokens revoke-all svix/first --yes --confirm svix/first', ALL],
  ['rotate svix/first', 'POST /v1/accounts/*/rotate'],
] as const)('"%s --json" prints the response unchanged', async (line, route) => {
  const { stdout, stderr } = await cli(`${line} --json`)
  expect(JSON.parse(stdout)).toEqual(samples[route])
  expect(stderr).toBe('')
})
