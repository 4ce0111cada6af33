import { homedir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { markedSecret } from '../helpers/marks.ts'
import { PlayedEndpoint } from './endpoint.ts'
import { FakeOutput, FakeTerminal, runCli } from './run-cli.ts'
import { account } from './samples.ts'

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

describe('on a terminal', () => {
  let terminal: FakeTerminal
  let stderr: FakeOutput
  beforeEach(() => {
    terminal = new FakeTerminal()
    stderr = new FakeOutput(true)
  })

  /** Starts a login; each answer is typed once its question is there. */
  async function converse(args: readonly string[], ...talk: (readonly [string, string])[]) {
    const run = runCli(endpoint.directories, ['login', ...args], { stdin: terminal, stderr })
    for (const [question, answer] of talk) {
      await stderr.shows(question)
      terminal.write(answer)
    }
    return run
  }

  test('asks for what is not secret in the order of the form, has it checked, then for secrets', async () => {
    const run = await converse(
      ['sftpgo'],
      ['Where the server is.\nAddress: ', 'https://files.example.com\n'],
      ['Role (user, admin) [user]: ', '\n'],
      ['User name: ', 'alice\n'],
      ['CA file (optional, Enter for none): ', '\n'],
      ['Password: ', `${password}\r`],
    )
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(CHECK)).toEqual([{ provider: 'sftpgo', values }])
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
      ['CA file', '\n'],
      ['Password: ', '\r'],
      ['Password: \nThis one is needed.\n', `${password}\r`],
    )
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(ADD)).toMatchObject([
      { values: { role: 'admin' }, secrets: { password } },
    ])
  })

  const ALL = [...SET, '--set', 'role=user', '--set', 'caFile=/ca.pem']

  test('says what is wrong with a value and asks for that one again', async () => {
    endpoint.refuse(CHECK, 'invalid_request', {
      error_description: "'Address': The address is not a URL.",
      hint: 'Enter it like https://files.example.com.',
    })
    endpoint.refuse(CHECK, 'invalid_request', {
      error_description: 'The CA file /ca.pem cannot be read.',
    })
    endpoint.reply(CHECK, {})
    const run = await converse(
      ['sftpgo', ...ALL],
      [
        '"Address": The address is not a URL.\nEnter it like https://files.example.com.\n' +
          'Where the server is.\nAddress: ',
        'https://two.example\n',
      ],
      ['The CA file cannot be read.\nCA file (optional, Enter for none): ', '\n'],
      ['Password: ', `${password}\r`],
    )
    expect(run.exit).toBe(0)
    expect(run.stderr).not.toContain('/ca.pem')
    const mended = { url: 'https://two.example', role: 'user', username: 'alice' }
    expect(endpoint.bodies(ADD)).toMatchObject([{ values: mended }])
    expect(endpoint.bodies(ADD)).not.toMatchObject([{ values: { caFile: '/ca.pem' } }])
  })

  test('asks for all again, Enter keeping each, where it is not clear which is wrong', async () => {
    endpoint.refuse(CHECK, 'invalid_request', { error_description: 'Plain http is not allowed.' })
    endpoint.reply(CHECK, {})
    const run = await converse(
      ['sftpgo', ...ALL],
      ['Address [https://files.example.com]: ', 'https://two.example\n'],
      ['Role (user, admin) [user]: ', '\n'],
      ['User name [alice]: ', '\n'],
      ['CA file [/ca.pem]: ', '\n'],
      ['Password: ', `${password}\r`],
    )
    expect(run.exit).toBe(0)
    const mended = { ...values, url: 'https://two.example', caFile: '/ca.pem' }
    expect(endpoint.bodies(ADD)).toMatchObject([{ values: mended }])
  })

  test('asks for another name where that one is taken', async () => {
    endpoint.refuse(CHECK, 'already_exists')
    endpoint.reply(CHECK, {})
    const run = await converse(
      ['sftpgo', '--name', 'work', ...ALL],
      ['There is one of that name already.\nName of the new account: ', 'a b\n'],
      ['Names are 1 to 64 of', 'home\n'],
      ['Password: ', `${password}\r`],
    )
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(ADD)).toMatchObject([{ name: 'home' }])
  })

  test('asks for nothing more where the form is not what is wrong', async () => {
    endpoint.refuse(CHECK, 'vault_locked')
    const run = await converse(['sftpgo', ...ALL])
    expect(run.exit).toBe(7)
    expect(run.stderr).not.toContain('Password')
  })

  test('takes the path of a file as a shell would', async () => {
    const set = [...SET, '--set', 'role=admin']
    const answers = [
      ['CA file', '~/ca.pem\n'],
      ['Password: ', `${password}\r`],
    ] as const
    await converse(['sftpgo', ...set], ...answers)
    const caFile = path.join(homedir(), 'ca.pem')
    expect(endpoint.bodies(ADD)).toMatchObject([{ values: { caFile } }])
  })

  test('asks for password and code once more when a code is wanted', async () => {
    endpoint.refuse(AGAIN, 'otp_required')
    endpoint.reply(AGAIN, account)
    const run = await converse(
      ['sftpgo/work'],
      ['Password: ', 'first\r'],
      ['no code if there is none.\nPassword: ', `${password}\r`],
      ['One-time code (optional, Enter for none): ', `${code}\r`],
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
