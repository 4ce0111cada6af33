import { homedir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { markedSecret } from '../../helpers/marks.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { again, FakeOutput, FakeTerminal, runCli } from '../run-cli.ts'
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

  test('asks for what must be filled in, the password right behind the name, and for nothing else', async () => {
    const run = await converse(
      ['sftpgo'],
      ['Where the server is.\nAddress: ', 'https://files.example.com\n'],
      ['User name: ', 'alice\n'],
      ['User name: alice\nPassword: ', `${password}\r`],
    )
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(ADD)).toEqual([{ provider: 'sftpgo', values, secrets: { password } }])
    expect(run.stderr + run.stdout).not.toContain(password)
    expect(run.stderr).not.toMatch(/CA file:|Role \(/)
  })

  test('names the fields that were not asked for, and how to change one', async () => {
    const run = await converse(['sftpgo', ...SET], ['Password: ', `${password}\r`])
    expect(run.stderr).toBe(
      'Password: \nUsing the defaults for: role, caFile.\n' +
        'To change one: tokentray login sftpgo/work --set NAME=VALUE\n' +
        'To see what they are: tokentray login sftpgo --fields\n',
    )
  })

  test('asks for everything where that is wished for, in the order of the form', async () => {
    const run = await converse(
      ['sftpgo', '--ask-all'],
      ['Address: ', 'https://files.example.com\n'],
      ['Role (user, admin) [user]: ', '\n'],
      ['User name: ', 'alice\n'],
      ['Password: ', `${password}\r`],
      ['CA file (optional, Enter to skip): ', '/ca.pem\n'],
    )
    expect(run.exit).toBe(0)
    expect(run.stderr).not.toContain('Using the defaults')
    expect(endpoint.bodies(ADD)).toEqual([
      { provider: 'sftpgo', values: { ...values, caFile: '/ca.pem' }, secrets: { password } },
    ])
  })

  test('asks again for an answer that makes one further up wrong, and for no other', async () => {
    const fault = { error_description: 'Plain http needs an administrator.', field: 'url' }
    endpoint.reply(CHECK, {}, {})
    endpoint.refuse(CHECK, 'invalid_request', fault)
    endpoint.reply(CHECK, {})
    const run = await converse(
      ['sftpgo', '--ask-all'],
      ['Address: ', 'http://files.example.com\n'],
      ['Role (user, admin) [user]: ', 'user\n'],
      [`needs an administrator.\n${again('Role')}`, '\r'],
      ['Role (user, admin) [user]: ', 'admin\n'],
      ['User name: ', 'alice\n'],
      ['Password: ', `${password}\r`],
      ['CA file (optional, Enter to skip): ', '\n'],
    )
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(ADD)).toMatchObject([
      { values: { url: 'http://files.example.com', role: 'admin' } },
    ])
  })

  test('asks only for what --set did not give', async () => {
    const set = [...SET, '--set', 'role=admin', '--set', 'caFile=/ca.pem']
    const run = await converse(['sftpgo', ...set], ['Password: ', `${password}\r`])
    expect(run.stderr).toBe('Password: \n')
  })

  test('asks again if an answer is missing or not a valid choice', async () => {
    const run = await converse(
      ['sftpgo', '--ask-all'],
      ['Address: ', '\n'],
      [`Required.\n${again('Address')}`, '\r'],
      [': \nAddress: ', 'https://files.example.com\n'],
      ['Role', 'root\n'],
      [`Choose User or Administrator for "Role".\nEnter user or admin.\n${again('Role')}`, '\r'],
      [': \nRole (user, admin) [user]: ', 'admin\n'],
      ['User name: ', 'alice\n'],
      ['Password: ', '\r'],
      ['Password: \nRequired.\n', `${password}\r`],
      ['CA file', '\n'],
    )
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(ADD)).toMatchObject([
      { values: { role: 'admin' }, secrets: { password } },
    ])
  })

  const notAnAddress = {
    error_description: 'The address is not a URL.',
    field: 'url',
    hint: 'Enter it like https://files.example.com.',
  }
  /** What is known before the first question has no fault; the first answer has this one. */
  const refuseAnswer = (fault: Readonly<Record<'error_description' | 'field', string>>) => {
    endpoint.reply(CHECK, {})
    endpoint.refuse(CHECK, 'invalid_request', fault)
    endpoint.reply(CHECK, {})
  }

  test('a password that is typed after an answer that is refused is not shown, and thrown away', async () => {
    const run = await converse(
      ['sftpgo'],
      ['Address: ', 'alice\n'],
      [
        `Enter a web address, such as https://files.example.com.\n${again('Address')}`,
        `${password}\r`,
      ],
      [`Input discarded.\n${again('Address')}`, `${password}\r${code}\r`],
      [`Input discarded.\n${again('Address')}\nInput`, '\r'],
      [': \nAddress: ', 'https://files.example.com\n'],
      ['User name: ', 'alice\n'],
      ['alice\nPassword: ', `${password}\r`],
    )
    expect(run.exit).toBe(0)
    expect(run.stderr).not.toContain(password)
    expect(run.stderr).not.toContain(code)
    expect(JSON.stringify(endpoint.bodies(CHECK))).not.toContain(password)
    expect(endpoint.bodies(ADD)).toEqual([{ provider: 'sftpgo', values, secrets: { password } }])
  })

  test('what is wrong by the form alone is said without asking the running Tokentray', async () => {
    await converse(
      ['sftpgo'],
      ['Address: ', 'https://alice:secret@files.example.com\n'],
      [`must not contain a user name or password.\nEnter the user name`, '\r'],
      ['Address: ', 'https://files.example.com\n'],
      ['User name: ', 'alice\n'],
      ['Password: ', `${password}\r`],
    )
    expect(JSON.stringify(endpoint.bodies(CHECK))).not.toContain('secret')
    expect(endpoint.bodies(CHECK)).toHaveLength(3)
  })

  test('so it is when name and password are pasted before the first question is there', async () => {
    const release = endpoint.hold('GET /v1/providers')
    const run = runCli(endpoint.directories, ['login', 'sftpgo'], { stdin: terminal, stderr })
    await endpoint.asked('GET /v1/providers')
    expect(terminal.isRaw).toBe(true)
    terminal.write(`alice\r${password}\r`)
    release()
    await stderr.shows('Input discarded.')
    terminal.write('\u0003')
    expect((await run).exit).toBe(130)
    expect(stderr.text).not.toContain(password)
    expect(terminal.isRaw).toBe(false)
  })

  test('each answer is judged with what is known, before the next question', async () => {
    await converse(
      ['sftpgo', '--name', 'home'],
      ['Address: ', 'https://files.example.com\n'],
      ['User name: ', 'alice\n'],
      ['Password: ', `${password}\r`],
    )
    const known = { provider: 'sftpgo', name: 'home', unfinished: true }
    expect(endpoint.bodies(CHECK)).toEqual([
      { ...known, values: { role: 'user' } },
      { ...known, values: { url: 'https://files.example.com', role: 'user' } },
      { ...known, values },
    ])
  })

  test.each([
    ['invalid_request', notAnAddress, '--set url=VALUE.'],
    [
      'already_exists',
      { error_description: 'sftpgo/work already exists.', field: 'name' },
      'login sftpgo/work',
    ],
  ] as const)(
    '%s of what the arguments gave ends it before the first question',
    async (...fault) => {
      const [refusal, said, hint] = fault
      endpoint.refuse(CHECK, refusal, said)
      const run = await converse(['sftpgo', '--name', 'work', ...SET])
      expect(run.exit).toBe(2)
      expect(run.stderr).toContain(said.error_description)
      expect(run.stderr).toContain(hint)
      expect(run.stderr).not.toContain('Password')
    },
  )

  test('an answer that does not fit what was given before ends it, and no other answer is asked for', async () => {
    refuseAnswer({ error_description: '"CA file" is none.', field: 'caFile' })
    const run = await converse(['sftpgo'], ['Address: ', 'https://files.example.com\n'])
    expect(run).toMatchObject({ exit: 2, stderr: expect.stringContaining('--set caFile=VALUE') })
  })

  test('a value that is the password is asked for again, and never offered for Enter to keep', async () => {
    const typed = {
      error_description: '"User name" looks like your password or key.',
      field: 'username',
    }
    endpoint.refuse(ADD, 'invalid_request', typed)
    endpoint.reply(ADD, account)
    const run = await converse(
      ['sftpgo', '--set', 'url=https://files.example.com', '--set', `username=${password}`],
      ['Password: ', `${password}\r`],
      [`"User name" looks like your password or key.\n${again('User name')}`, '\r'],
      ['User name: ', 'alice\n'],
    )
    expect(run.exit).toBe(0)
    expect(run.stderr).not.toContain(password)
    expect(endpoint.bodies(ADD).at(-1)).toMatchObject({ values, secrets: { password } })
  })

  test('asks for nothing if the error is not about the form', async () => {
    endpoint.refuse(CHECK, 'vault_locked')
    const run = await converse(['sftpgo'])
    expect(run.exit).toBe(7)
    expect(run.stderr).not.toMatch(/Address|Password/)
  })

  test('takes the path of a file as a shell would', async () => {
    const set = [...SET, '--set', 'role=admin']
    const answers = [
      ['Password: ', `${password}\r`],
      ['CA file', '~/ca.pem\n'],
    ] as const
    await converse(['sftpgo', '--ask-all', ...set], ...answers)
    const caFile = path.join(homedir(), 'ca.pem')
    expect(endpoint.bodies(ADD)).toMatchObject([{ values: { caFile } }])
  })

  test('asks for password and code once more when a code is wanted', async () => {
    endpoint.refuse(AGAIN, 'otp_required')
    endpoint.reply(AGAIN, account)
    const run = await converse(
      ['sftpgo/work'],
      ['Password: ', 'first\r'],
      ['leave the code empty if you have none.\nPassword: ', `${password}\r`],
      ['One-time code (optional, Enter to skip): ', `${code}\r`],
    )
    expect(endpoint.bodies(AGAIN)).toEqual([
      { secrets: { password: 'first' } },
      { secrets: { password }, one_time_code: code },
    ])
    expect(run.stderr).not.toContain(password)
    expect(run.stderr).not.toContain(code)
    expect(terminal.isRaw).toBe(false)
  })

  describe('for an account that needs a code', () => {
    const ALONE = 'One-time code (Enter to type the password too): '
    beforeEach(() =>
      endpoint.reply('GET /v1/accounts', { accounts: [{ ...account, needs_code: true }] }),
    )

    test('asks for the code alone', async () => {
      const run = await converse(['sftpgo/work'], [ALONE, `${code}\r`])
      expect(endpoint.bodies(AGAIN)).toEqual([{ secrets: {}, one_time_code: code }])
      expect(run.stderr).not.toMatch(/Password:/)
      expect(run.stderr).not.toContain(code)
    })

    test('asks for both once the service refuses it', async () => {
      endpoint.refuse(AGAIN, 'wrong_credentials')
      endpoint.reply(AGAIN, account)
      const run = await converse(
        ['sftpgo/work'],
        [ALONE, `${markedSecret('old')}\r`],
        ['Password: ', `${password}\r`],
        ['One-time code (optional, Enter to skip): ', `${code}\r`],
      )
      expect(run.exit).toBe(0)
      expect(endpoint.bodies(AGAIN).at(-1)).toEqual({ secrets: { password }, one_time_code: code })
    })

    test('asks for the password that is kept no more, and keeps the code', async () => {
      endpoint.refuse(AGAIN, 'invalid_request', {
        error_description: '"Password" is required.',
        field: 'password',
      })
      endpoint.reply(AGAIN, account)
      await converse(['sftpgo/work'], [ALONE, `${code}\r`], ['Password: ', `${password}\r`])
      expect(endpoint.bodies(AGAIN).at(-1)).toEqual({ secrets: { password }, one_time_code: code })
    })

    test('accepts another password if the user wants to type one', async () => {
      await converse(
        ['sftpgo/work'],
        [ALONE, '\r'],
        ['Password: ', `${password}\r`],
        ['One-time code (optional, Enter to skip): ', `${code}\r`],
      )
      expect(endpoint.bodies(AGAIN)).toEqual([{ secrets: { password }, one_time_code: code }])
    })

    test('asks for the password where it is to go to another address', async () => {
      const set = ['--set', 'url=https://two.example']
      await converse(['sftpgo/work', ...set], ['Password: ', `${password}\r`])
      expect(endpoint.bodies(AGAIN)).toMatchObject([{ secrets: { password } }])
    })

    test.each([
      ['123456\n', { secrets: {}, one_time_code: '123456' }],
      ['123 456', { secrets: {}, one_time_code: '123 456' }],
      ['not six digits\n', { secrets: { password: 'not six digits' } }],
      ['123456\n654321\n', { secrets: { password: '123456' }, one_time_code: '654321' }],
    ])('takes %j on standard input for %j', async (stdin, body) => {
      await runCli(endpoint.directories, ['login', 'sftpgo/work'], { stdin })
      expect(endpoint.bodies(AGAIN)).toEqual([body])
    })
  })

  test('Ctrl-C ends it with 130, says nothing more, and sends nothing', async () => {
    const run = await converse(['sftpgo/work'], ['Password: ', 'half\u0003'])
    expect(run).toEqual({ exit: 130, stdout: '', stderr: 'Password: \n' })
    expect(endpoint.bodies(AGAIN)).toEqual([])
    expect(terminal.isRaw).toBe(false)
  })
})
