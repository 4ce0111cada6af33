import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { errorTable } from '../../../../main/base/errors.ts'
import { PlayedEndpoint } from '../../endpoint.ts'
import { runCli } from '../../run-cli.ts'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

const cli = (...args: string[]) => runCli(endpoint.directories, args)

describe('refuses before it asks:', () => {
  test.each([
    ['tokn sftpgo/work', 'Unknown command "tokn".\nDid you mean token?'],
    ['status now', 'Too many arguments'],
    ['accounts rm sftpgo/work', 'Unknown command "rm".\nSee "tokentray accounts --help".'],
    ['accounts lst', 'Unknown command "lst".\nDid you mean list?'],
    ['tools rm backup', 'Unknown command "rm".\nSee "tokentray tools --help".'],
    ['help accounts rm', 'Unknown command "rm".\n'],
    ['help tokn', 'Unknown command "tokn".\nDid you mean token?'],
    ['accounts --loud', 'Unknown option --loud.\nSee "tokentray accounts list --help".'],
    ['tools remove x --loud', 'Unknown option --loud.\nSee "tokentray tools remove --help".'],
    ['status --loud=very', 'Unknown option --loud.\nSee "tokentray status --help".'],
    ['token', 'Missing required argument'],
    [
      'token sftpgo/work --min-validity soon',
      '"--min-validity <seconds>" is invalid. It must be a whole number from 0 to 31536000.',
    ],
    ['token sftpgo/work --min-validity -1', 'It must be a whole number'],
    ['token sftpgo/work --min-validity 31536001', 'from 0 to 31536000.'],
    [`header sftpgo/work --reason ${'x'.repeat(201)}`, 'one line of up to 200 characters.'],
    ['header sftpgo/work --reason a\nb', 'It must be one line of up to 200'],
    ['header sftpgo/work --reason a\u202eb', 'It must be one line of up to 200'],
    [
      'accounts rename sftpgo/work koyeb/home',
      'The new name must be a name alone, or sftpgo/NAME.\nAn account cannot move to another provider.',
    ],
    ['accounts set sftpgo/work --lifetime 29', 'from 30 seconds to 7 days'],
    ['accounts set sftpgo/work --lifetime 604801', 'from 30 seconds to 7 days'],
    ['accounts set sftpgo/work', 'Nothing to change.'],
    ['tools set backup', 'Nothing to change.'],
    ['accounts set sftpgo/work --sharing mine', 'It must be "shared" or "separate".'],
    ['tools add backup', 'Required option "--accounts <list>" not specified.'],
    ['tools add backup --accounts work', 'Write an account as provider/name.'],
    ['tools add backup --accounts ,', 'It must name 1 to 100 accounts.'],
    [`tools add backup --accounts ${'a/b,'.repeat(101)}`, 'It must name 1 to 100 accounts.'],
    ['tools add Backup --accounts a/b', 'That is not a valid tool name.\nNames have 1 to'],
    ['tools set backup --lifetime 29', 'It must be from 30 seconds to 7 days'],
    ['tools set backup --accounts ,', 'It must name 1 to 100 accounts.'],
    ['tools new-secret ../x', 'That is not a valid tool name.\nNames have 1 to'],
    ['revoke --tool a --client b', 'cannot be used with'],
    ['constructor', 'Unknown command "constructor".'],
    ['help __proto__', 'Unknown command "__proto__".'],
    ['tools toString', 'Unknown command "toString".'],
    ['tools remove ../x', 'That is not a valid tool name.\nNames have 1 to'],
    ['revoke --tool ../x', 'That is not a valid tool name.\nNames have 1 to'],
    ['revoke --account work', 'Write an account as provider/name.'],
    ['revoke', 'Say what to revoke.'],
    ['revoke l1 --tool backup', 'Say only one thing to revoke.'],
    ['revoke l1 --all', 'Say only one thing to revoke.'],
    ['end-all --account a/b', 'Say only one thing to revoke.'],
    ['reset', 'Confirmation is needed to reset.'],
    ['token Work', 'Write an account as provider/name.'],
    ['token ../x', 'Write an account as provider/name.'],
    [
      'token',
      'Missing required argument "account".\nTo list accounts, run "tokentray accounts". See "tokentray token --help".',
    ],
    [
      'tokens',
      'Missing required argument "account".\nTo list accounts, run "tokentray accounts". See "tokentray tokens list --help".',
    ],
    [
      'tokens work',
      'Write an account as provider/name.\nTo list accounts, run "tokentray accounts". See "tokentray tokens --help".',
    ],
    [
      'accounts alice',
      'Write an account as provider/name.\nTo list accounts, run "tokentray accounts". See "tokentray accounts --help".',
    ],
    ['tools a/b', 'Unknown command "a/b".'],
    ['tokens revoke a/b', 'To list tokens, run "tokentray tokens a/b".'],
    ['tokens revoke', 'Missing required argument "account".'],
    ['tokens revoke-all a/b --yes --confirm a/c', '--confirm is not a/b. Nothing was revoked.'],
    ['login svix/first --copy-from svix/second', '--copy-from is only for new accounts.'],
    ['login svix --copy-from second', 'Write an account as provider/name.'],
    ['serve --port 70000', 'It must be a whole number from 1 to 65535.'],
  ])('%s', async (line, words) => {
    const { exit, stdout, stderr } = await cli(...line.split(' ').filter(Boolean))
    expect(stderr).toContain(words)
    expect(stderr).toMatch(/^tokentray: .+\n.+\n$/)
    expect(stdout).toBe('')
    expect(exit).toBe(2)
    expect(endpoint.requests).toEqual([])
  })
})

describe('repeats the name of what there is not:', () => {
  const GONE = { account: 'account', client: 'client', lease: 'lease' } as const
  const CALLED = { account: 'account', client: 'tool', lease: 'active token' } as const
  test.each([
    ['token koyeb/x', 'POST /v1/tokens', GONE.account, 'koyeb/x', 'accounts'],
    ['token koyeb/x --refused-lease l9', 'POST /v1/tokens', GONE.account, 'koyeb/x', 'accounts'],
    ['token koyeb/x --refused-lease l9', 'POST /v1/tokens', GONE.lease, 'l9', 'active'],
    ['header koyeb/x', 'POST /v1/tokens', GONE.account, 'koyeb/x', 'accounts'],
    ['logout koyeb/x', 'POST /v1/accounts/*/logout', GONE.account, 'koyeb/x', 'accounts'],
    ['accounts rename koyeb/x y', 'PATCH /v1/accounts/*', GONE.account, 'koyeb/x', 'accounts'],
    ['accounts remove koyeb/x', 'DELETE /v1/accounts/*', GONE.account, 'koyeb/x', 'accounts'],
    [
      'accounts set koyeb/x --lifetime 60',
      ...(['PATCH /v1/accounts/*', GONE.account, 'koyeb/x', 'accounts'] as const),
    ],
    ['tokens koyeb/x', 'GET /v1/accounts/*/tokens', GONE.account, 'koyeb/x', 'accounts'],
    ['rotate koyeb/x', 'POST /v1/accounts/*/rotate', GONE.account, 'koyeb/x', 'accounts'],
    ['portal koyeb/x', 'POST /v1/accounts/*/portal', GONE.account, 'koyeb/x', 'accounts'],
    ['tools add a --accounts koyeb/x', 'POST /v1/clients', GONE.account, 'koyeb/x', 'accounts'],
    [
      'tools add a --accounts sftpgo/work,koyeb/x',
      ...(['POST /v1/clients', GONE.account, 'koyeb/x', 'accounts'] as const),
    ],
    ['tools remove a', 'DELETE /v1/clients/*', GONE.client, 'a', 'tools'],
    ['revoke l9', 'POST /v1/leases/end', GONE.lease, 'l9', 'active'],
    ['revoke --tool a', 'POST /v1/leases/end', GONE.client, 'a', 'tools'],
    ['revoke --account koyeb/x', 'POST /v1/leases/end', GONE.account, 'koyeb/x', 'accounts'],
  ] as const)('%s', async (line, route, kind, name, list) => {
    endpoint.refuse(route, 'not_found', { error_description: `There is no such ${kind}.` })
    expect(await cli(...line.split(' '))).toEqual({
      exit: 2,
      stdout: '',
      stderr:
        `tokentray: No such ${CALLED[kind]}: ${name}.\n` +
        `To list ${CALLED[kind]}s, run "tokentray ${list}".\n`,
    })
  })
})

describe('help', () => {
  test.each([
    ['help tools add', 'tools add --help'],
    ['help accounts', 'accounts --help'],
    ['help status anything', 'status --help'],
    ['help', '--help'],
    ['tools help add', 'tools add --help'],
    ['', '--help'],
  ])('"%s" is "%s"', async (line, same) => {
    const run = await cli(...line.split(' ').filter(Boolean))
    expect(run).toEqual(await cli(...same.split(' ')))
    expect(run).toMatchObject({ exit: 0, stderr: '' })
    expect(run.stdout).toMatch(/^Usage: /)
  })

  test('-V prints the version', async () => {
    expect(await cli('-V')).toEqual({ exit: 0, stdout: '1.2.3\n', stderr: '' })
  })

  test.each([
    ['accounts set', /shared +Tools share one token.*separate +Each tool gets its own token/s],
    ['login', /"tokentray login PROVIDER\s+--fields"\s+lists.*Add a line with the one-time code/s],
    ['tokens', /"tokentray tokens ACCOUNT" lists them\./],
    ['tokens revoke-all', /both --yes and --confirm ACCOUNT\./],
    ['tokens revoke-all', /portal of\s+another application .* stays valid\./s],
    ['rotate', /must ask\s+for\s+a\s+new\s+one\.\s+Open portals are not affected\./s],
    ['accounts set', /30s to 7d, .* up\s+to\s+the\s+limit\s+of\s+the\s+service/],
    [
      'login',
      /With --copy-from, the new account uses the key and the values of an existing\s+account/,
    ],
    [
      'reset',
      /tools, their permissions and saved passwords are deleted\. This includes .* of every other Tokentray .*\. Settings return .*is unlocked\. The activity record and the log are kept, .*\./s,
    ],
  ])('of "%s" explains what its options cannot', async (command, words) => {
    const { stdout } = await cli(...command.split(' '), '--help')
    // Wherever the lines are broken.
    expect(stdout.replace(/\s+/g, ' ')).toMatch(words)
  })
})

describe('refuses if it cannot ask for confirmation, and revokes nothing:', () => {
  const BOTH = 'Run this in a terminal, or add both --yes and --confirm svix/first.'
  const HITS = 'every portal session of app_1, including those of customers'
  test.each([
    ['revoke svix/first t1', 'needed to revoke this token.\nRun this in a terminal, or add --yes.'],
    ['revoke-all svix/first', `Confirmation is needed to revoke ${HITS}.\n${BOTH}`],
    ['revoke-all svix/first --yes', BOTH],
    ['revoke-all svix/first --confirm svix/first', BOTH],
  ])('tokens %s, also for a program that wants JSON', async (line, words) => {
    for (const json of [[], ['--json']]) {
      const { exit, stdout, stderr } = await cli('tokens', ...line.split(' '), ...json)
      expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
      const { error_description = '', hint = '' } = json.length > 0 ? JSON.parse(stderr) : {}
      expect(json.length > 0 ? `${error_description}\n${hint}` : stderr).toContain(words)
    }
    expect(endpoint.requests.every(({ route }) => route.startsWith('GET '))).toBe(true)
  })
})

test('tokens revoke says that there is no such account', async () => {
  const { exit, stderr } = await cli('tokens', 'revoke', 'koyeb/x', 't1', '--yes')
  expect(exit).toBe(2)
  expect(stderr).toMatch(/^tokentray: No such account: koyeb\/x\.\n/)
})

test('the help of the program tells what each exit code means', async () => {
  const { stdout } = await cli('--help')
  const told = stdout
    .split('Exit codes:')[1]
    ?.match(/^ +\d+(?= )/gm)
    ?.map(Number)
  const known = new Set([0, ...Object.values(errorTable).map(({ exit }) => exit)])
  expect(told).toEqual([...known].sort((a, b) => a - b))
})

test('login --fields prints the form of a provider, or of an account', async () => {
  const expected = [
    'NAME      LABEL          KIND                              REQUIRED  DEFAULT  ONLY WITH',
    'url       Address        url                               yes       -        -',
    'role      Role           choice: user, admin               yes       user     -',
    'username  User name      text                              yes       -        -',
    'password  Password       secret: prompt or standard input  yes       -        -',
    'code      One-time code  code: prompt or standard input    no        -        -',
    'caFile    CA file        file                              no        -        -',
    '',
  ]
  expect((await cli('login', 'sftpgo', '--fields')).stdout.split('\n')).toEqual(expected)
  expect((await cli('login', 'sftpgo/work', '--fields')).stdout.split('\n')).toEqual(expected)
})

test('login --fields --json prints the fields, and --json alone is refused', async () => {
  const refused = await cli('login', 'twoway', '--json')
  expect(refused.exit).toBe(2)
  expect(refused.stderr).toContain('--json requires --fields.')
  const { fields } = JSON.parse((await cli('login', 'twoway', '--fields', '--json')).stdout)
  expect(fields).toContainEqual(expect.objectContaining({ name: 'pin', kind: 'secret' }))
})

test('login --fields shows on which choice a field depends', async () => {
  const { stdout } = await cli('login', 'twoway', '--fields')
  expect(stdout).toMatch(/^email .* way=password$/m)
  expect(stdout).toMatch(/^pin .* factor=pin$/m)
  expect(stdout).toMatch(/^note .* -$/m)
})
