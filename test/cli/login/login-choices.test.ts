import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { markedSecret } from '../../helpers/marks.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { again, converse, runCli } from '../run-cli.ts'
import { account } from '../samples.ts'

const ADD = 'POST /v1/accounts'
const CHECK = 'POST /v1/accounts/check'
const AGAIN = 'POST /v1/accounts/*/login'

let endpoint: PlayedEndpoint
let password: string
let pin: string
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
  password = markedSecret('password')
  pin = markedSecret('pin')
})
afterEach(() => endpoint.close())

const login = (args: string, stdin = '') =>
  runCli(endpoint.directories, ['login', ...args.split(' ')], { stdin })
const talk = (args: string, ...lines: (readonly [string, string])[]) =>
  converse(endpoint.directories, ['login', ...args.split(' ')], lines)

describe('without a terminal', () => {
  test('only what goes with the default of a choice is sent and read', async () => {
    const { exit } = await login('twoway', `${password}\n`)
    expect(exit).toBe(0)
    const values = { way: 'key' }
    expect(endpoint.bodies(CHECK)).toEqual([{ provider: 'twoway', values }])
    expect(endpoint.bodies(ADD)).toEqual([
      { provider: 'twoway', values, secrets: { key: password } },
    ])
  })

  test('the secrets that go with the choices stand in the order of the form', async () => {
    const set = '--set way=password --set email=a@b --set factor=pin --set device=d'
    await login(`twoway ${set}`, `${password}\n${pin}\n`)
    expect(endpoint.bodies(ADD)).toEqual([
      {
        provider: 'twoway',
        values: { way: 'password', email: 'a@b', factor: 'pin', device: 'd' },
        secrets: { password, pin },
      },
    ])
  })

  test.each([
    ['twoway --set way=password', /Missing: email \(Email\)\.\nSet it with --set email=VALUE\./],
    ['twoway --set way=password --set factor=pin', /Missing: email \(Email\), device \(Device\)\./],
    [
      'twoway --set email=a@b',
      /"email" applies only with way=password\.\nAdd --set way=password, or leave "email" out\./,
    ],
    [
      'twoway --set device=d',
      /"device" applies only with factor=pin\.\nAdd --set way=password --set factor=pin, or/,
    ],
    ['sftpgo/work --set role=admin --set x=y', /Unknown field "x"/],
  ])('refuses "%s" before anything is sent', async (args, words) => {
    const { exit, stderr } = await login(args, `${password}\n${pin}\n`)
    expect(exit).toBe(2)
    expect(stderr).toMatch(words)
    expect(endpoint.requests.every(({ route }) => route.startsWith('GET '))).toBe(true)
  })

  test('names the secret that is missing, of those that apply', async () => {
    const { stderr } = await login('twoway --set way=password --set email=a@b')
    expect(stderr).toMatch(/Missing on standard input: Password\./)
  })

  test('a hint names only fields that apply', async () => {
    endpoint.refuse(ADD, 'wrong_credentials')
    const { stderr } = await login('twoway', `${password}\n`)
    expect(stderr).toMatch(/\nCheck "Key", then try again\.\n$/)
  })

  describe('a known account', () => {
    const known = { ...account, id: 'twoway/work', provider: 'twoway' }

    test.each([
      ['twoway/work', ['password', 'pin'], ['password', 'pin']],
      ['twoway/work', ['key'], ['key']],
      ['twoway/work --set way=key', ['password', 'pin'], ['key']],
      ['twoway/work --set factor=none', ['password', 'pin'], ['password']],
    ])('"%s" with the stored secrets %j takes %j', async (args, secret_fields, taken) => {
      endpoint.reply('GET /v1/accounts', { accounts: [{ ...known, secret_fields }] })
      const lines = [password, pin].slice(0, taken.length)
      const input = lines.map((line) => `${line}\n`).join('')
      expect((await login(args, input)).exit).toBe(0)
      const secrets = Object.fromEntries(taken.map((name, index) => [name, lines[index]]))
      expect(endpoint.bodies(AGAIN)).toMatchObject([{ secrets }])
      expect(Object.keys((endpoint.bodies(AGAIN)[0] as { secrets: object }).secrets)).toEqual(taken)
    })

    test('is refused a value that a choice given with it rules out', async () => {
      endpoint.reply('GET /v1/accounts', { accounts: [known] })
      const { exit, stderr } = await login('twoway/work --set way=key --set email=a@b')
      expect({ exit, stderr }).toMatchObject({
        exit: 2,
        stderr: expect.stringMatching(/only with way=password/),
      })
      expect(endpoint.bodies(AGAIN)).toEqual([])
    })

    test('is sent a value whose choice is stored, for the endpoint to judge', async () => {
      endpoint.reply('GET /v1/accounts', { accounts: [{ ...known, secret_fields: ['password'] }] })
      await login('twoway/work --set email=a@b', `${password}\n`)
      expect(endpoint.bodies(AGAIN)).toEqual([{ values: { email: 'a@b' }, secrets: { password } }])
    })
  })
})

describe('on a terminal', () => {
  test('asks for what goes with the defaults, and for nothing else', async () => {
    const run = await talk('twoway', ['Key: ', `${password}\r`])
    expect(run.stderr).not.toMatch(/Email|Password:|Log in with|factor \(|Note \(/)
    expect(endpoint.bodies(ADD)).toEqual([
      { provider: 'twoway', values: { way: 'key' }, secrets: { key: password } },
    ])
  })

  test('asks for what goes with the answers where everything is asked for', async () => {
    const run = await talk(
      'twoway --ask-all',
      ['Log in with (key, password) [key]: ', '\n'],
      ['Key: ', `${password}\r`],
      ['Note (optional, Enter to skip): ', '\n'],
    )
    expect(run.stderr).not.toMatch(/Email|Password:|factor \(/)
    expect(endpoint.bodies(ADD)).toMatchObject([
      { values: { way: 'key' }, secrets: { key: password } },
    ])
  })

  test('asks for what two choices lead to, each secret where it stands in the form', async () => {
    const run = await talk(
      'twoway --set way=password --set factor=pin',
      ['Email: ', 'a@b\n'],
      ['Email: a@b\nPassword: ', `${password}\r`],
      ['Device: ', 'd\n'],
      ['Device: d\nPIN: ', `${pin}\r`],
    )
    expect(run.exit).toBe(0)
    expect(run.stderr).not.toContain('Key: ')
    expect(endpoint.bodies(ADD)).toMatchObject([
      { values: { factor: 'pin', device: 'd' }, secrets: { password, pin } },
    ])
  })

  test('refuses what --set rules out before the first question', async () => {
    const run = await talk('twoway --set way=key --set email=a@b')
    expect(run.exit).toBe(2)
    expect(run.stderr).toMatch(/^tokentray: "email" applies only with way=password\.\n/)
  })

  test('refuses what a default rules out before a secret is typed', async () => {
    const run = await talk('twoway --set note=n --set device=d')
    expect(run.stderr).toMatch(/^tokentray: "device" applies only with factor=pin\./)
  })

  const refuseWay = () => {
    endpoint.refuse(ADD, 'invalid_request', {
      error_description: '"Log in with": not here.',
      field: 'way',
    })
    endpoint.reply(ADD, account)
  }

  test('when a choice is corrected, asks for what applies now and drops what does not', async () => {
    refuseWay()
    const run = await talk(
      'twoway --set way=password --set email=a@b --set factor=none --set note=n',
      ['Password: ', `${pin}\r`],
      [`not here.\n${again('Log in with')}`, '\r'],
      ['Log in with (key, password) [key]: ', '\n'],
      ['Key: ', `${password}\r`],
    )
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(ADD).at(-1)).toEqual({
      ...{ provider: 'twoway', values: { way: 'key', note: 'n' } },
      secrets: { key: password },
    })
  })

  test('when a choice is corrected the other way, asks for what was not needed before', async () => {
    refuseWay()
    await talk(
      'twoway --set way=key --set note=n',
      ['Key: ', `${pin}\r`],
      [`not here.\n${again('Log in with')}`, '\r'],
      ['Log in with (key, password) [key]: ', 'password\n'],
      ['Email: ', 'a@b\n'],
      ['Password: ', `${password}\r`],
    )
    expect(endpoint.bodies(ADD).at(-1)).toEqual({
      provider: 'twoway',
      values: { way: 'password', email: 'a@b', factor: 'none', note: 'n' },
      secrets: { password },
    })
  })
})
