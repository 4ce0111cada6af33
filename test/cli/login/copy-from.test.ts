import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { markedSecret } from '../../helpers/marks.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { again, converse, runCli } from '../run-cli.ts'
import { account, svixAccount } from '../samples.ts'

const ADD = 'POST /v1/accounts'
const CHECK = 'POST /v1/accounts/check'
const LIKE = 'svix --copy-from svix/first'
const OTHER = `${LIKE} --set application=app_2`

let endpoint: PlayedEndpoint
let key: string
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
  key = markedSecret('key')
})
afterEach(() => endpoint.close())

const login = (args: string, stdin = '') =>
  runCli(endpoint.directories, ['login', ...args.split(' ')], { stdin })
const talk = (args: string, ...lines: (readonly [string, string])[]) =>
  converse(endpoint.directories, ['login', ...args.split(' ')], lines)

const second = (values: object) => ({ provider: 'svix', values, like: 'svix/first' })

describe('--copy-from', () => {
  test('sends what --set gave, no default, and no secret', async () => {
    const run = await login(`${LIKE} --set application=app_2`, `${key}\n`)
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(CHECK)).toEqual([second({ application: 'app_2' })])
    expect(endpoint.bodies(ADD)).toEqual([{ ...second({ application: 'app_2' }), secrets: {} }])
  })

  test('without a terminal asks nothing of the values either', async () => {
    expect((await login(`${LIKE} --name twin`)).exit).toBe(0)
    expect(endpoint.bodies(ADD)).toMatchObject([{ ...second({}), name: 'twin' }])
  })

  test('says that there is no such account', async () => {
    const run = await login('svix --copy-from svix/third')
    expect(run.exit).toBe(2)
    expect(run.stderr).toMatch(/^tokentray: No such account: svix\/third\.\nTo list accounts/)
  })

  test('says that the refused key is that of the other account', async () => {
    endpoint.refuse(ADD, 'wrong_credentials')
    expect(await login(OTHER)).toMatchObject({
      exit: 6,
      stderr: expect.stringMatching(
        /\nThe refused key is that of svix\/first\. To enter another one, leave --copy-from out\.\n$/,
      ),
    })
  })

  test('passes on that a one-time code is needed', async () => {
    endpoint.refuse(ADD, 'otp_required')
    expect((await login(OTHER, `${key}\n${key}\n`)).exit).toBe(6)
    expect(endpoint.bodies(ADD)).toHaveLength(1)
  })

  test('on a terminal asks for required fields without a default', async () => {
    const run = await talk(LIKE, ['Application (Enter to use that of svix/first): ', 'app_2\n'])
    expect(run.exit).toBe(0)
    expect(run.stderr).not.toMatch(/API key|Region|Address|Use the key/)
    expect(endpoint.bodies(ADD)).toMatchObject([second({ application: 'app_2' })])
  })

  test('asks again for a value that is refused', async () => {
    endpoint.reply(CHECK, {})
    endpoint.refuse(CHECK, 'invalid_request', {
      error_description: '"Application" is no id.',
      field: 'application',
    })
    endpoint.reply(CHECK, {})
    const run = await talk(
      LIKE,
      ['svix/first): ', 'x y\n'],
      [`"Application" is no id.\n${again('Application')}`, `${key}\r`],
      [`Input discarded.\n${again('Application')}`, '\r'],
      ['svix/first): ', 'app_2\n'],
    )
    expect(run.exit).toBe(0)
    expect(run.stderr).not.toContain(key)
    expect(endpoint.bodies(ADD)).toMatchObject([second({ application: 'app_2' })])
  })

  test('refuses what --set gave before anything is asked', async () => {
    endpoint.refuse(CHECK, 'invalid_request', {
      error_description: '"Application" is no id.',
      field: 'application',
    })
    const run = await talk(`${LIKE} --set application=x`)
    expect(run).toMatchObject({
      exit: 2,
      stderr: 'tokentray: "Application" is no id.\nSet it with --set application=VALUE.\n',
    })
  })

  test('asks nothing where it is a stored value that is refused', async () => {
    endpoint.refuse(CHECK, 'invalid_request', {
      error_description: '"Address" is wrong.',
      field: 'url',
    })
    const run = await talk(LIKE)
    expect(run.exit).toBe(2)
    expect(run.stderr).not.toContain('svix/first): ')
    expect(endpoint.bodies(ADD)).toEqual([])
  })
})

describe('on a terminal', () => {
  const APPLICATION = ['Application: ', 'app_2\n'] as const
  const KEY = 'API key (Enter to use that of svix/first): '

  const oneOfThem = () => endpoint.reply('GET /v1/accounts', { accounts: [account, svixAccount] })

  test('offers the key of the existing account, at a hidden prompt', async () => {
    oneOfThem()
    const run = await talk('svix', APPLICATION, [KEY, '\r'])
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(ADD)).toEqual([{ ...second({ application: 'app_2' }), secrets: {} }])
  })

  test('accepts another key that is typed there', async () => {
    oneOfThem()
    const run = await talk('svix', APPLICATION, [KEY, `${key}\r`])
    expect(run.stderr).not.toContain(key)
    const values = { application: 'app_2', region: 'auto' }
    expect(endpoint.bodies(ADD)).toEqual([{ provider: 'svix', values, secrets: { key } }])
  })

  test('offers the key of the first of several, and names the others', async () => {
    const several = [
      svixAccount,
      { ...svixAccount, id: 'svix/second', label: 'app_2' },
      { ...svixAccount, id: 'svix/gone', state: 'login_required' },
    ]
    endpoint.reply('GET /v1/accounts', { accounts: several })
    const run = await talk('svix', APPLICATION, [KEY, '\r'])
    expect(run.stderr).toContain('with --copy-from and one of: svix/second.\n')
    expect(endpoint.bodies(ADD)).toMatchObject([{ like: 'svix/first' }])
  })

  test.each([
    ['of other providers', [account]],
    ['that are logged out', [{ ...svixAccount, state: 'signed_out' as const }]],
  ])('offers no key of accounts %s', async (_, accounts) => {
    endpoint.reply('GET /v1/accounts', { accounts })
    const run = await talk('svix', APPLICATION, ['API key: ', `${key}\r`])
    expect(run.stderr).toMatch(/^Application: app_2\nAPI key: \n/)
  })

  test.each(['region=eu', 'url=https://svix.example.com'])(
    'offers no key of accounts at another place than --set %s',
    async (given) => {
      oneOfThem()
      const run = await talk(`svix --set application=a --set ${given}`, ['API key: ', `${key}\r`])
      expect(run.stderr).toMatch(/^API key: \n/)
      expect(endpoint.bodies(ADD)).toMatchObject([{ secrets: { key } }])
    },
  )

  test('offers the key of an account at the same place', async () => {
    endpoint.reply('GET /v1/accounts', {
      accounts: [
        { ...svixAccount, values: { application: 'a', url: 'https://svix.example.com/x' } },
      ],
    })
    const run = await talk(
      'svix --set application=b --set region=auto --set url=https://svix.example.com/x/',
      [KEY, '\r'],
    )
    expect(run.exit).toBe(0)
  })

  test('asks again for a value that the service refuses', async () => {
    oneOfThem()
    endpoint.refuse(ADD, 'invalid_request', {
      error_description: 'svix.example.com has no such application for this key.',
      field: 'application',
    })
    endpoint.reply(ADD, svixAccount)
    const run = await talk(
      OTHER,
      [`has no such application for this key.\n${again('Application')}`, '\r'],
      ['Application: ', 'app_3\n'],
    )
    expect(run.exit).toBe(0)
    expect(endpoint.bodies(ADD)).toMatchObject([
      second({ application: 'app_2' }),
      second({ application: 'app_3' }),
    ])
  })

  test('offers none where a credential is for one account only', async () => {
    endpoint.reply('GET /v1/accounts', { accounts: [{ ...account, provider: 'twoway' }] })
    const run = await talk('twoway --set way=key --set note=n', ['Key: ', `${key}\r`])
    expect(run.stderr).toBe('Key: \n')
  })
})

test('without a terminal and without --copy-from no key is offered', async () => {
  endpoint.reply('GET /v1/accounts', { accounts: [svixAccount] })
  await login('svix --set application=app_2', `${key}\n`)
  expect(endpoint.bodies(ADD)).toMatchObject([{ secrets: { key } }])
  expect(endpoint.bodies(ADD)).not.toMatchObject([{ like: 'svix/first' }])
})

describe('refuses at once', () => {
  const asksNothing = () =>
    expect(endpoint.requests.every(({ route }) => route.startsWith('GET '))).toBe(true)

  test.each([
    'sftpgo --copy-from sftpgo/work',
    'sftpgo --copy-from svix/first',
    'twoway --copy-from a/b',
  ])('a service whose accounts lend no key: %s', async (line) => {
    const run = await talk(line)
    expect(run).toEqual({
      exit: 2,
      stdout: '',
      stderr:
        'tokentray: --copy-from works only for Svix.\n' +
        'Leave --copy-from out and enter the secrets.\n',
    })
    asksNothing()
  })

  test('an account of another service', async () => {
    const run = await talk('svix --copy-from sftpgo/work')
    expect(run.exit).toBe(2)
    expect(run.stderr).toMatch(/^tokentray: sftpgo\/work is an account of sftpgo, not of svix\.\n/)
    asksNothing()
  })
})

test('asks for all that may differ where that is wished for, and Enter takes that of the other', async () => {
  endpoint.reply('GET /v1/accounts', {
    accounts: [{ ...svixAccount, values: { application: 'app_1', region: 'eu' } }],
  })
  const run = await talk(
    `${LIKE} --ask-all`,
    ['Application (Enter to use that of svix/first): ', 'app_2\n'],
    ['Region (auto, eu) [eu]: ', '\n'],
    ['Address (optional, Enter to skip): ', '\n'],
  )
  expect(run.exit).toBe(0)
  expect(endpoint.bodies(ADD)).toMatchObject([
    { like: 'svix/first', values: { application: 'app_2', region: 'eu' } },
  ])
})

describe('if an existing account has all the same values', () => {
  const TWIN = /^tokentray: svix\/first already has these values\.\n.*--name.*login svix\/first\n$/

  test.each(['', ' --set application=app_1', ' --set region=auto'])(
    'refuses "login svix --copy-from svix/first%s"',
    async (set) => {
      const run = await login(LIKE + set)
      expect(run).toMatchObject({ exit: 2, stderr: expect.stringMatching(TWIN) })
      expect(endpoint.bodies(ADD)).toEqual([])
    },
  )

  test('refuses at a terminal, too', async () => {
    const run = await talk(LIKE, ['svix/first): ', '\n'])
    expect(run.exit).toBe(2)
    expect(run.stderr).toContain('svix/first already has these values.')
    expect(endpoint.bodies(ADD)).toEqual([])
  })

  test('refuses one that is like another', async () => {
    const other = { ...svixAccount, id: 'svix/second', values: { application: 'app_2' } }
    endpoint.reply('GET /v1/accounts', { accounts: [svixAccount, other] })
    const run = await login(OTHER)
    expect(run.stderr).toContain('svix/second already has these values.')
  })
})

test('names the account that is logged out in the hint', async () => {
  endpoint.refuse(CHECK, 'login_required')
  const { stderr } = await login(OTHER)
  expect(stderr).toMatch(/\nRun "tokentray login svix\/first"\.\n$/)
})
