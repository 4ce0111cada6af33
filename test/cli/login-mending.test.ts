import { afterEach, beforeEach, expect, test } from 'vitest'
import { markedSecret } from '../helpers/marks.ts'
import { PlayedEndpoint } from './endpoint.ts'
import { again, type CliRun, converse, runCli } from './run-cli.ts'

const ADD = 'POST /v1/accounts'
const SET = ['--set', 'url=https://files.example.com', '--set', 'username=alice']

let endpoint: PlayedEndpoint
let password: string
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
  password = markedSecret('password')
})
afterEach(() => endpoint.close())

const logIn = (
  args: readonly string[],
  ...talk: (readonly [question: string, answer: string])[]
): Promise<CliRun> => converse(endpoint.directories, ['login', ...args], talk)

test('an answer that is too long is asked for again by its label, also a secret', async () => {
  const run = await logIn(
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
  const run = logIn(
    ['sftpgo', ...SET],
    ['Password: ', `${password}\r`],
    ['none.\nPassword', `${password}\r`],
    ['One-time code (optional, Enter for none): ', `${'1'.repeat(200)}\r`],
    ['"One-time code" is too long (at most 64 characters).\nOne-time code', '\u0003'],
  )
  expect((await run).exit).toBe(130)
})

test('what --set gives, and a line of standard input, is too long by its label as well', async () => {
  const { stderr } = await logIn(['sftpgo', '--set', `username=${'a'.repeat(5000)}`])
  expect(stderr).toContain('"User name" is too long (at most 4096 characters).')
  expect(stderr).toContain('Give it with --set username=VALUE.')
  const stdin = `${'p'.repeat(9000)}\n`
  const piped = await runCli(endpoint.directories, ['login', 'sftpgo', ...SET], { stdin })
  expect(piped.stderr).toContain('"Password" is too long (at most 8192 characters).')
  expect(endpoint.bodies(ADD)).toEqual([])
})
