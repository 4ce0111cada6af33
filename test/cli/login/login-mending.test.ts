import { afterEach, beforeEach, expect, test } from 'vitest'
import { roleHint } from '../../../main/providers/sftpgo/call.ts'
import { markedSecret } from '../../helpers/marks.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { again, type CliRun, converse, runCli } from '../run-cli.ts'
import { account } from '../samples.ts'

const ADD = 'POST /v1/accounts'
const SET = ['--set', 'url=https://files.example.com', '--set', 'username=alice']

let endpoint: PlayedEndpoint
let password: string
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
  password = markedSecret('password')
})
afterEach(() => endpoint.close())

const newAccount = (
  args: readonly string[],
  ...talk: (readonly [question: string, answer: string])[]
): Promise<CliRun> => converse(endpoint.directories, ['login', ...args], talk)

test('an answer that is too long is asked for again by its label, also a secret', async () => {
  const run = await newAccount(
    ['sftpgo', '--set', 'url=https://files.example.com'],
    ['User name: ', `${'a'.repeat(5000)}\r`],
    [`"User name" is too long (at most 4096 characters).\n${again('User name')}`, '\r'],
    [': \nUser name: ', 'alice\r'],
    ['alice\nPassword: ', `${'p'.repeat(70_000)}\r`],
    ['"Password" is too long (at most 8192 characters).\nPassword: ', `${password}\r`],
  )
  expect(run.exit).toBe(0)
  expect(run.stderr).not.toContain('pppp')
  expect(endpoint.bodies(ADD)).toMatchObject([
    { values: { username: 'alice' }, secrets: { password } },
  ])
})

test('a code that is too long is asked for again, and ends nothing', async () => {
  endpoint.refuse(ADD, 'otp_required')
  const run = newAccount(
    ['sftpgo', ...SET],
    ['Password: ', `${password}\r`],
    ['none.\nPassword (Enter to correct "User name" first): ', `${password}\r`],
    ['One-time code (optional, Enter to skip): ', `${'1'.repeat(200)}\r`],
    ['"One-time code" is too long (at most 64 characters).\nOne-time code', '\u0003'],
  )
  expect((await run).exit).toBe(130)
})

test('what --set gives, and a line of standard input, is too long by its label as well', async () => {
  const { stderr } = await newAccount(['sftpgo', '--set', `username=${'a'.repeat(5000)}`])
  expect(stderr).toContain('"User name" is too long (at most 4096 characters).')
  expect(stderr).toContain('Set it with --set username=VALUE.')
  const stdin = `${'p'.repeat(9000)}\n`
  const piped = await runCli(endpoint.directories, ['login', 'sftpgo', ...SET], { stdin })
  expect(piped.stderr).toContain('"Password" is too long (at most 8192 characters).')
  expect(endpoint.bodies(ADD)).toEqual([])
})

test('after the first refusal the user can correct the user name, and nothing is printed twice', async () => {
  const description = 'files.example.com did not accept the password, or it wants a code.'
  const hint = `Enter it again. ${roleHint({})}`
  endpoint.refuse(ADD, 'otp_required', { error_description: description, hint })
  endpoint.reply(ADD, account)
  const run = await newAccount(
    ['sftpgo', '--set', 'url=https://files.example.com'],
    ['User name: ', 'alicx\r'],
    ['alicx\nPassword: ', `${password}\r`],
    [
      `${description}\nEnter it again. If you are an administrator, start again with --set role=admin.\n` +
        'Password (Enter to correct "User name" first): ',
      '\r',
    ],
    ['User name [alicx]: ', 'alice\r'],
    ['alice\nPassword: ', `${password}\r`],
    ['One-time code (optional, Enter to skip): ', '\r'],
  )
  expect(run.exit).toBe(0)
  expect(endpoint.bodies(ADD).at(-1)).toMatchObject({ values: { username: 'alice' } })
})

test('with standard input a refusal says what to set as well', async () => {
  endpoint.refuse(ADD, 'otp_required', { hint: `Enter it again. ${roleHint({})}` })
  const stdin = `${password}\n`
  const { stderr } = await runCli(endpoint.directories, ['login', 'sftpgo', ...SET], { stdin })
  expect(stderr).toMatch(
    /One-time code\. If you are an administrator, start again with --set role=admin\.\n$/,
  )
})

const WRONG = 'https://wrong.example'
test.each([
  ['temporarily_unavailable', 'wrong.example could not be found: its name does not resolve.'],
  ['unexpected_answer', 'wrong.example returned an error (404).'],
] as const)(
  'an address where there is nothing (%s) is asked for again, and with another host the password as well',
  async (code, error_description) => {
    endpoint.refuse(ADD, code, { error_description, field: 'url' })
    endpoint.reply(ADD, account)
    const run = await newAccount(
      ['sftpgo'],
      ['Address: ', `${WRONG}\r`],
      ['User name: ', 'alice\r'],
      ['Password: ', `${markedSecret('of-the-other-host')}\r`],
      [`${error_description}\n${again('Address')}`, '\r'],
      [`Address [${WRONG}]: `, 'https://files.example.com\r'],
      ['files.example.com\nPassword: ', `${password}\r`],
    )
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(ADD).at(-1)).toMatchObject({
      values: { url: 'https://files.example.com', username: 'alice' },
      secrets: { password },
    })
  },
)

test('at the same host, or the same address once more, the password is kept', async () => {
  const refusal = { error_description: 'files.example.com could not be reached.', field: 'url' }
  endpoint.refuse(ADD, 'temporarily_unavailable', refusal)
  endpoint.refuse(ADD, 'temporarily_unavailable', refusal)
  endpoint.reply(ADD, account)
  const run = await newAccount(
    ['sftpgo', ...SET],
    ['Password: ', `${password}\r`],
    [again('Address'), '\r'],
    ['Address [https://files.example.com]: ', 'https://files.example.com/files\r'],
    [`reached.\n${again('Address')}`, '\r'],
    ['Address [https://files.example.com/files]: ', '\r'],
  )
  expect(run.exit).toBe(0)
  expect(run.stderr.split('Password: ')).toHaveLength(2)
  expect(endpoint.bodies(ADD)).toMatchObject(Array(3).fill({ secrets: { password } }))
})

test('what could not be reached and is not the address that was given ends it', async () => {
  endpoint.refuse(ADD, 'temporarily_unavailable', {
    error_description: 'The proxy in front of files.example.com could not be reached.',
  })
  const run = await newAccount(['sftpgo', ...SET], ['Password: ', `${password}\r`])
  expect(run.exit).toBe(8)
})

test('with standard input an address where there is nothing ends it', async () => {
  endpoint.refuse(ADD, 'unexpected_answer', {
    error_description: 'files.example.com returned an error (404).',
    field: 'url',
  })
  const stdin = `${password}\n`
  const run = await runCli(endpoint.directories, ['login', 'sftpgo', ...SET], { stdin })
  expect(run.exit).toBe(8)
})

test.each([
  ['sftpgo', 4, 'Password; or Password, One-time code; or Password, Password, One-time code.'],
  ['giantswarm', 2, 'Password.'],
])(
  'a line too many on standard input is said, and nothing is sent (%s, %i)',
  async (service, count, lines) => {
    const set = service === 'sftpgo' ? SET : []
    const stdin = `${password}\n`.repeat(count)
    const run = await runCli(endpoint.directories, ['login', service, ...set], { stdin })
    expect(run).toMatchObject({ exit: 2, stdout: '' })
    expect(run.stderr).toBe(
      `tokentray: Too many lines on standard input.\nSend one line each: ${lines}\n`,
    )
    expect(endpoint.bodies(ADD)).toEqual([])
  },
)
