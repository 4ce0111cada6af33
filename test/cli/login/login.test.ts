import { homedir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { markedSecret } from '../../helpers/marks.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'
import { account } from '../samples.ts'

const ADD = 'POST /v1/accounts'
const CHECK = 'POST /v1/accounts/check'
const AGAIN = 'POST /v1/accounts/*/login'
const SET = ['--set', 'url=https://files.example.com', '--set', 'username=alice']
const values = { url: 'https://files.example.com', role: 'user', username: 'alice' }

let endpoint: PlayedEndpoint
let password: string
let code: string
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
  password = markedSecret('password')
  code = markedSecret('code')
})
afterEach(() => endpoint.close())

const login = (args: readonly string[], stdin: string) =>
  runCli(endpoint.directories, ['login', ...args], { stdin })

describe('without a terminal', () => {
  test('sends what --set gave, the defaults, and the secrets of standard input', async () => {
    const run = await login(['sftpgo', '--name', 'work', ...SET], `${password}\n`)
    expect(endpoint.bodies(ADD)).toEqual([
      { provider: 'sftpgo', name: 'work', values, secrets: { password } },
    ])
    expect(run).toEqual({
      exit: 0,
      stdout: 'Logged in: sftpgo/work (alice at files.example.com)\n',
      stderr: '',
    })
  })

  test('keeps a name in another script for display', async () => {
    await login(['sftpgo', '--name', 'Größe Kunde', ...SET], `${password}\n`)
    expect(endpoint.bodies(ADD)).toEqual([
      { provider: 'sftpgo', display_name: 'Größe Kunde', values, secrets: { password } },
    ])
  })

  test('takes everything behind the first = for the value, and the last --set of a field', async () => {
    await login(['sftpgo', ...SET, '--set', 'username=a=b'], `${password}\n`)
    expect(endpoint.bodies(ADD)).toMatchObject([{ values: { username: 'a=b' } }])
  })

  test.each([
    ['ca.pem', path.resolve('ca.pem')],
    ['~/ca.pem', path.join(homedir(), 'ca.pem')],
    ['~', homedir()],
    ['~ca.pem', path.resolve('~ca.pem')],
    ['/ca.pem', '/ca.pem'],
  ])('makes the path %s of a file absolute', async (given, absolute) => {
    await login(['sftpgo', ...SET, '--set', `caFile=${given}`], `${password}\n`)
    expect(endpoint.bodies(ADD)).toMatchObject([{ values: { caFile: absolute } }])
  })

  test('has everything else checked before it reads a secret', async () => {
    endpoint.refuse(CHECK, 'already_exists', { error_description: 'sftpgo/work already exists.' })
    const { exit, stderr } = await login(['sftpgo', '--name', 'work', ...SET], '')
    expect(exit).toBe(2)
    expect(stderr).toBe(
      'tokentray: sftpgo/work already exists.\n' +
        'Choose another name, or log in to that account again: tokentray login sftpgo/work\n',
    )
    expect(endpoint.bodies(CHECK)).toEqual([{ provider: 'sftpgo', name: 'work', values }])
    expect(endpoint.bodies(ADD)).toEqual([])
  })

  test.each([
    ['The address is not a URL.', 'url'],
    ['The CA file /ca.pem cannot be read.', 'caFile'],
    ['Without https, anyone on the network can read your password for x.example.', 'url'],
  ])('adds to %j the name for --set', async (error_description, name) => {
    endpoint.refuse(CHECK, 'invalid_request', { error_description, field: name })
    const general = await login(['sftpgo', ...SET], '')
    expect(general.stderr).toBe(
      `tokentray: ${error_description}\nSet it with --set ${name}=VALUE.\n`,
    )
  })

  test('adds it to what the service says about a value, and keeps an existing hint', async () => {
    endpoint.refuse(ADD, 'invalid_request', {
      error_description: 'The user name must not contain a colon.',
      field: 'username',
      hint: 'Leave it out.',
    })
    const { stderr } = await login(['sftpgo', ...SET], `${password}\n`)
    expect(stderr).toMatch(
      /colon\.\nLeave it out\. To enter another value, use --set username=VALUE\.\n$/,
    )
  })

  test('an error that is not about the form is passed on unchanged', async () => {
    endpoint.refuse(CHECK, 'vault_locked')
    expect((await login(['sftpgo', ...SET], '')).exit).toBe(7)
  })

  test('logs a known account in again with its secrets alone', async () => {
    const run = await login(['sftpgo/work'], `${password}\n`)
    expect(endpoint.requests.at(-1)).toMatchObject({
      path: '/v1/accounts/sftpgo/work/login',
      body: { secrets: { password } },
    })
    expect(run.exit).toBe(0)
  })

  test('changes the values of a known account with the login', async () => {
    const run = await login(['sftpgo/work', '--set', 'caFile=ca.pem'], `${password}\n`)
    expect(endpoint.bodies(AGAIN)).toEqual([
      { values: { caFile: path.resolve('ca.pem') }, secrets: { password } },
    ])
    expect(run.exit).toBe(0)
  })

  test('an empty value removes that of an existing account', async () => {
    await login(['sftpgo/work', '--set', 'caFile='], `${password}\n`)
    expect(endpoint.bodies(AGAIN)).toMatchObject([{ values: { caFile: '' } }])
  })

  test('says that an account with a code will need another login', async () => {
    endpoint.reply(ADD, { ...account, needs_code: true })
    const { stderr } = await login(['sftpgo', ...SET], `${password}\n`)
    expect(stderr).toMatch(/need to log in again/)
  })

  test('enters password and code once more from the next lines, when a code is wanted', async () => {
    endpoint.refuse(ADD, 'otp_required')
    endpoint.reply(ADD, account)
    const run = await login(['sftpgo', ...SET], `first\n${password}\n${code}\n`)
    expect(endpoint.bodies(ADD)).toEqual([
      { provider: 'sftpgo', values, secrets: { password: 'first' } },
      { provider: 'sftpgo', values, secrets: { password }, one_time_code: code },
    ])
    expect(run.exit).toBe(0)
  })

  test('sends an empty code where the line is empty', async () => {
    endpoint.refuse(AGAIN, 'otp_required')
    endpoint.reply(AGAIN, account)
    await login(['sftpgo/work'], `first\n${password}\n\n`)
    expect(endpoint.bodies(AGAIN).at(-1)).toEqual({ secrets: { password }, one_time_code: '' })
  })

  test.each(['\n', ''])(
    'sends a code given on standard input along with the password %j',
    async (end) => {
      const run = await login(['sftpgo', ...SET], `${password}\n${code}${end}`)
      expect(run.exit).toBe(0)
      expect(endpoint.bodies(ADD)).toEqual([
        { provider: 'sftpgo', values, secrets: { password }, one_time_code: code },
      ])
    },
  )

  test('sends the password with an empty code where the second line is empty', async () => {
    await login(['sftpgo/work'], `${password}\n\n`)
    expect(endpoint.bodies(AGAIN)).toEqual([{ secrets: { password }, one_time_code: '' }])
  })

  test('sends a code that comes later once it is wanted, with the same password', async () => {
    endpoint.refuse(AGAIN, 'otp_required')
    endpoint.reply(AGAIN, account)
    const stdin = new PassThrough()
    stdin.write(`${password}\n`)
    const run = runCli(endpoint.directories, ['login', 'sftpgo/work'], { stdin })
    await endpoint.asked(AGAIN)
    stdin.end(`${code}\n`)
    expect((await run).exit).toBe(0)
    expect(endpoint.bodies(AGAIN)).toEqual([
      { secrets: { password } },
      { secrets: { password }, one_time_code: code },
    ])
  })

  test('is otp_required after one try when no lines are left', async () => {
    endpoint.refuse(ADD, 'otp_required')
    expect(await login(['sftpgo', ...SET], `${password}\n`)).toEqual({
      exit: 6,
      stdout: '',
      stderr:
        'tokentray: The password is wrong, or a one-time code is needed.\n' +
        'Check the password. If the account has a one-time code, send 2 lines: Password, One-time code.\n',
    })
    expect(endpoint.bodies(ADD)).toHaveLength(1)
  })

  test.each(['otp_required', 'wrong_credentials'] as const)(
    'takes a second refusal, %s, for final',
    async (refusal) => {
      endpoint.refuse(ADD, 'otp_required')
      endpoint.refuse(ADD, refusal)
      const { exit } = await login(['sftpgo', ...SET], `a\nb\n${code}\n`)
      expect(exit).toBe(6)
      expect(endpoint.bodies(ADD)).toHaveLength(2)
    },
  )

  test('asks for no code where the form has none', async () => {
    endpoint.refuse(ADD, 'otp_required')
    expect((await login(['giantswarm'], 'a\n')).exit).toBe(6)
    expect(endpoint.bodies(ADD)).toHaveLength(1)
  })

  test.each(['wrong_credentials', 'otp_required'] as const)(
    'mentions no code in the hint of %s if the form has none',
    async (refusal) => {
      endpoint.refuse(ADD, refusal)
      const { stderr } = await login(['giantswarm'], 'a\n')
      expect(stderr).toMatch(/\nCheck "Password", then try again\.\n$/)
    },
  )

  test('mentions the code if the form has one', async () => {
    endpoint.refuse(ADD, 'wrong_credentials')
    const { stderr } = await login(['sftpgo', ...SET], `${password}\n${code}\n`)
    expect(stderr).toMatch(/\nCheck the user name, password and one-time code, and try again\.\n$/)
  })

  describe('that made an account with a number behind its name', () => {
    const twin = { ...account, id: 'sftpgo/alice-2' }

    test('says which account with the same label was there before', async () => {
      endpoint.reply(ADD, twin)
      endpoint.reply('GET /v1/accounts', { accounts: [account, twin] })
      const { exit, stderr } = await login(['sftpgo', ...SET], `${password}\n`)
      expect(exit).toBe(0)
      expect(stderr).toBe(
        'sftpgo/work has the same label. To log in to that account again: ' +
          'tokentray login sftpgo/work\n',
      )
    })

    test.each([
      ['the label is another', [], { ...account, label: 'alice elsewhere' }],
      ['the provider is another', [], { ...account, provider: 'koyeb' }],
      ['the person chose the name', ['--name', 'alice-2'], account],
    ])('says nothing where %s', async (_, args, other) => {
      endpoint.reply(ADD, twin)
      endpoint.reply('GET /v1/accounts', { accounts: [other, twin] })
      const { exit, stderr } = await login(['sftpgo', ...args, ...SET], `${password}\n`)
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    })

    test('is done although the list of accounts cannot be had', async () => {
      endpoint.reply(ADD, twin)
      endpoint.refuse('GET /v1/accounts', 'server_error')
      expect((await login(['sftpgo', ...SET], `${password}\n`)).exit).toBe(0)
    })
  })

  test.each([
    ['a missing value', ['sftpgo', '--set', 'username=alice'], /Missing: url \(Address\)/],
    ['a missing secret', ['sftpgo', ...SET], /Missing on standard input: Password/],
    [
      'an unknown field',
      ['sftpgo', '--set', 'colour=red'],
      /Unknown field "colour".*\n.*url, role/,
    ],
    [
      'a choice that is none',
      ['sftpgo', '--set', 'role=root'],
      /Choose User or Administrator for "Role".\n.*Enter user or admin\. .*--set role=VALUE/,
    ],
    [
      'what is no address',
      ['sftpgo', '--set', 'url=alice'],
      /Enter a web address, such as https:\/\/files\.example\.com\.\n.*--set url=VALUE/,
    ],
    ['a setting without =', ['sftpgo', '--set', 'url'], /name=value/],
    ['a new name for a known account', ['sftpgo/work', '--name', 'x'], /only for new accounts/],
    ['an unknown field of a known account', ['sftpgo/work', '--set', 'x=y'], /Unknown field "x"/],
    ['an unknown provider', ['koyeb'], /No such provider: koyeb.*\n.*sftpgo, giantswarm/],
    ['a name that is none', ['sftpgo', '--name', '', ...SET], /not a valid account name/],
    ['an unknown account', ['sftpgo/home'], /No such account: sftpgo\/home/],
  ])('refuses %s before anything is sent', async (_, args, words) => {
    const { exit, stderr, stdout } = await login(args, '')
    expect(exit).toBe(2)
    expect(stderr).toMatch(words)
    expect(stdout).toBe('')
    expect([...endpoint.bodies(ADD), ...endpoint.bodies(AGAIN)]).toEqual([])
  })

  test.each([
    ['--password', 'VALUE'],
    ['--password=VALUE'],
    ['-pVALUE'],
    ['--otp', 'VALUE'],
    ['--api-key', 'VALUE'],
    ['--set', 'password=VALUE'],
    ['--set', 'code=VALUE'],
  ])('refuses a secret in %s, says how, and does not repeat it', async (...args) => {
    const given = args.map((arg) => arg.replace('VALUE', password))
    const { exit, stderr } = await login(['sftpgo', ...SET, ...given], '')
    expect(exit).toBe(2)
    expect(stderr).toMatch(
      /cannot be passed as arguments.*\nEnter them when asked, or send them on standard/,
    )
    expect(stderr).not.toContain(password)
    expect(endpoint.bodies(ADD)).toEqual([])
  })

  test.each([
    ['an argument too many', 'VALUE'],
    ['an unknown option', '-uVALUE'],
    ['an unknown option', '--user=VALUE'],
    ['a setting that is none', '--set=VALUE'],
  ])('does not repeat a secret that stands in %s: %s', async (_, arg) => {
    const given = markedSecret('given')
    const { exit, stderr } = await login(['sftpgo', arg.replace('VALUE', given)], '')
    expect(exit).toBe(2)
    expect(stderr).not.toContain(given)
  })
})
