import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { markedSecret } from '../helpers/marks.ts'
import { PlayedEndpoint } from './endpoint.ts'
import { FakeOutput, FakeTerminal, runCli } from './run-cli.ts'
import { account } from './samples.ts'

const ADD = 'POST /v1/accounts'
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

  test('takes everything behind the first = for the value, and the last --set of a field', async () => {
    await login(['sftpgo', ...SET, '--set', 'username=a=b'], `${password}\n`)
    expect(endpoint.bodies(ADD)).toMatchObject([{ values: { username: 'a=b' } }])
  })

  test('makes the path of a file absolute', async () => {
    await login(['sftpgo', ...SET, '--set', 'caFile=ca.pem'], `${password}\n`)
    expect(endpoint.bodies(ADD)).toMatchObject([{ values: { caFile: path.resolve('ca.pem') } }])
  })

  test('logs a known account in again with its secrets alone', async () => {
    const run = await login(['sftpgo/work'], `${password}\n`)
    expect(endpoint.requests.at(-1)).toMatchObject({
      path: '/v1/accounts/sftpgo/work/login',
      body: { secrets: { password } },
    })
    expect(run.exit).toBe(0)
  })

  test('says of an account that needed a code that it will need a person again', async () => {
    endpoint.reply(ADD, { ...account, needs_code: true })
    const { stderr } = await login(['sftpgo', ...SET], `${password}\n`)
    expect(stderr).toMatch(/must log in again/)
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
    await login(['sftpgo/work'], `${password}\n${password}\n\n`)
    expect(endpoint.bodies(AGAIN).at(-1)).toEqual({ secrets: { password }, one_time_code: '' })
  })

  test.each([
    ['no lines are left', ''],
    ['the code is not there', 'again\n'],
  ])('is otp_required after one try when %s', async (_, rest) => {
    endpoint.refuse(ADD, 'otp_required')
    const { exit, stderr } = await login(['sftpgo', ...SET], `${password}\n${rest}`)
    expect(exit).toBe(6)
    expect(stderr).toMatch(/one per line: Password, Password, One-time code\.\n$/)
    expect(endpoint.bodies(ADD)).toHaveLength(1)
  })

  test.each(['otp_required', 'wrong_credentials'] as const)(
    'takes a second refusal, %s, for final',
    async (refusal) => {
      endpoint.refuse(ADD, 'otp_required')
      endpoint.refuse(ADD, refusal)
      const { exit } = await login(['sftpgo', ...SET], `a\nb\n${code}\nc\n${code}\n`)
      expect(exit).toBe(6)
      expect(endpoint.bodies(ADD)).toHaveLength(2)
    },
  )

  test('asks for no code where the form has none', async () => {
    endpoint.refuse(ADD, 'otp_required')
    expect((await login(['giantswarm'], 'a\nb\nc\n')).exit).toBe(6)
    expect(endpoint.bodies(ADD)).toHaveLength(1)
  })

  test.each([
    ['a missing value', ['sftpgo', '--set', 'username=alice'], /Missing: url \(Address\)/],
    ['a missing secret', ['sftpgo', ...SET], /Missing on standard input: Password/],
    ['an unknown field', ['sftpgo', '--set', 'colour=red'], /no field "colour".*\n.*url, role/],
    ['a choice that is none', ['sftpgo', '--set', 'role=root'], /"role" is one of user, admin/],
    ['a setting without =', ['sftpgo', '--set', 'url'], /name=value/],
    ['a new name for a known account', ['sftpgo/work', '--name', 'x'], /keeps its name/],
    ['new values for a known account', ['sftpgo/work', ...SET], /keeps its name and its values/],
    ['an unknown provider', ['koyeb'], /no provider "koyeb".*\n.*sftpgo, giantswarm/],
    ['a name that is none', ['sftpgo', '--name', '', ...SET], /behind the slash/],
    ['an unknown account', ['sftpgo/home'], /no account sftpgo\/home/],
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
      /not taken as arguments.*\nType it at the prompt, or send it on standard/,
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

describe('on a terminal', () => {
  let terminal: FakeTerminal
  let stderr: FakeOutput
  beforeEach(() => {
    terminal = new FakeTerminal()
    stderr = new FakeOutput(true)
  })

  /** Starts a login; each answer is typed once its question is there. */
  async function converse(args: readonly string[], ...talk: readonly [string, string][]) {
    const run = runCli(endpoint.directories, ['login', ...args], { stdin: terminal, stderr })
    for (const [question, answer] of talk) {
      await stderr.shows(question)
      terminal.write(answer)
    }
    return run
  }

  test('asks for every field in the order of the form, with default, choices and help', async () => {
    const run = await converse(
      ['sftpgo'],
      ['Where the server is.\nAddress: ', 'https://files.example.com\n'],
      ['Role (user, admin) [user]: ', '\n'],
      ['User name: ', 'alice\n'],
      ['Password: ', `${password}\r`],
      ['CA file: ', '\n'],
    )
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(ADD)).toEqual([{ provider: 'sftpgo', values, secrets: { password } }])
    expect(run.stderr + run.stdout).not.toContain(password)
  })

  test('asks only for what --set did not give', async () => {
    const set = [...SET, '--set', 'role=admin', '--set', 'caFile=/ca.pem']
    const run = await converse(['sftpgo', ...set], ['Password: ', `${password}\r`])
    expect(run.stderr).toBe('Password: \n')
  })

  test('asks again where an answer is needed or is no choice', async () => {
    const run = await converse(
      ['sftpgo'],
      ['Address: ', '\n'],
      ['This one is needed.\n', 'https://files.example.com\n'],
      ['Role', 'root\n'],
      ['"role" is one of user, admin.\n', 'admin\n'],
      ['User name: ', 'alice\n'],
      ['Password: ', '\r'],
      ['Password: \nThis one is needed.\n', `${password}\r`],
      ['CA file: ', '\n'],
    )
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(ADD)).toMatchObject([
      { values: { role: 'admin' }, secrets: { password } },
    ])
  })

  test('asks for password and code once more when a code is wanted', async () => {
    endpoint.refuse(AGAIN, 'otp_required')
    endpoint.reply(AGAIN, account)
    const run = await converse(
      ['sftpgo/work'],
      ['Password: ', 'first\r'],
      ['no code if there is none.\nPassword: ', `${password}\r`],
      ['One-time code (empty if none): ', `${code}\r`],
    )
    expect(endpoint.bodies(AGAIN)).toEqual([
      { secrets: { password: 'first' } },
      { secrets: { password }, one_time_code: code },
    ])
    expect(run.stderr).not.toContain(password)
    expect(run.stderr).not.toContain(code)
    expect(terminal.isRaw).toBe(false)
  })

  test('Ctrl-C ends it with 130, says nothing more, and sends nothing', async () => {
    const run = await converse(['sftpgo/work'], ['Password: ', 'half\u0003'])
    expect(run).toEqual({ exit: 130, stdout: '', stderr: 'Password: \n' })
    expect(endpoint.bodies(AGAIN)).toEqual([])
    expect(terminal.isRaw).toBe(false)
  })
})
