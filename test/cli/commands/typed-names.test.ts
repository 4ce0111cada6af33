import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { closestWord } from '../../../main/cli/commands/support/closest-word.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'
import { account, svixAccount } from '../samples.ts'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
  endpoint.reply('GET /v1/accounts', { accounts: [account, svixAccount] })
})
afterEach(() => endpoint.close())

const cli = (line: string) => runCli(endpoint.directories, line.split(' '))
const routes = () => endpoint.requests.map(({ route }) => route)

describe('a name without its provider', () => {
  test.each([
    ['token work', 'POST /v1/tokens'],
    ['accounts rename work home', 'PATCH /v1/accounts/*'],
    ['logout work', 'POST /v1/accounts/*/logout'],
    ['portal first', 'POST /v1/accounts/*/portal'],
    ['tokens revoke first t1 --yes', 'POST /v1/accounts/*/tokens/revoke'],
  ] as const)('is enough for "%s" where only one account has it', async (line, route) => {
    await cli(line)
    expect(routes()).toContain(route)
    const asked = endpoint.requests.find((request) => request.route === route)
    expect(`${asked?.path} ${JSON.stringify(asked?.body)}`).toMatch(/sftpgo\/work|svix\/first/)
  })

  test('of several accounts is refused, and they are listed', async () => {
    const other = { ...svixAccount, id: 'svix/work' }
    endpoint.clear('GET /v1/accounts')
    endpoint.reply('GET /v1/accounts', { accounts: [account, other] })
    expect(await cli('token work')).toEqual({
      exit: 2,
      stdout: '',
      stderr: 'tokentray: Several accounts are named work.\nGive one of: sftpgo/work, svix/work.\n',
    })
    expect(routes()).toEqual(['GET /v1/accounts'])
  })

  test('is not looked for where the name is whole', async () => {
    await cli('token sftpgo/work')
    expect(routes()).toEqual(['POST /v1/tokens'])
  })

  test('does not confirm what must be typed in full', async () => {
    const { exit, stderr } = await cli('tokens revoke-all first --yes --confirm first')
    expect(exit).toBe(2)
    expect(stderr).toMatch(/--confirm is not svix\/first\. Nothing was revoked/)
  })
})

describe('a slip', () => {
  test.each([
    ['token wrok', 'Did you mean work?'],
    ['token stfpgo/work', 'Did you mean sftpgo/work?'],
    ['accounts show svix/frist', 'Did you mean svix/first?'],
  ])('in "%s" is met with a suggestion', async (line, suggestion) => {
    const error_description = 'There is no such account.'
    endpoint.refuse('POST /v1/tokens', 'not_found', { error_description })
    const { exit, stderr } = await cli(line)
    expect(exit).toBe(2)
    expect(stderr.split('\n')[1]).toMatch(suggestion)
  })

  test('in the name of a tool is met with one, too', async () => {
    const error_description = 'There is no such client.'
    endpoint.refuse('DELETE /v1/clients/*', 'not_found', { error_description })
    const { stderr } = await cli('tools remove bakcup')
    expect(stderr).toMatch(/^tokentray: No such tool: bakcup\.\nDid you mean backup\?/)
  })

  test.each(['accounts show svix/unlike', 'token zzzz'])('no name is like "%s"', async (line) => {
    expect((await cli(line)).stderr).not.toMatch(/Did you mean/)
  })

  test.each([
    ['wrok', 'work'],
    ['wor', 'work'],
    ['wworkkk', undefined],
    ['w', undefined],
    ['ab', undefined],
    ['', undefined],
  ])('"%s" is one of: %s', (typed, meant) => {
    expect(closestWord(typed, ['work', 'first'])).toBe(meant)
  })
})

describe('an unknown command', () => {
  test.each([
    'nope --help',
    'nope -h',
    'nope --help --json',
    'accounts nope --help',
    'tools nope -h',
    'help nope',
  ])('is an error: %s', async (line) => {
    const { exit, stdout, stderr } = await cli(line)
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
    expect(stderr).toMatch(/Unknown command|Write an account as provider/)
  })

  test.each(['--help', 'accounts --help', 'accounts sftpgo/work --help', 'help accounts'])(
    'is not one that exists: %s',
    async (line) => {
      expect(await cli(line)).toMatchObject({ exit: 0, stderr: '' })
    },
  )
})

describe('errors as JSON', () => {
  test.each([
    ['status --json', { error: 'vault_locked' }],
    ['token sftpgo/work --format json', { error: 'vault_locked' }],
    ['nope --json', { error: 'invalid_request' }],
    ['accounts show sftpgo/wrok --json', { error: 'not_found' }],
  ])('%s', async (line, members) => {
    for (const route of ['GET /v1/status', 'POST /v1/tokens'] as const) {
      endpoint.refuse(route, 'vault_locked')
    }
    const { exit, stdout, stderr } = await cli(line)
    expect(exit).toBeGreaterThan(0)
    expect(stdout).toBe('')
    expect(JSON.parse(stderr)).toMatchObject({
      error_description: expect.any(String),
      hint: expect.any(String),
      ...members,
    })
    expect(stderr).toMatch(/^.*\n$/)
  })

  test('are only for those who ask for JSON', async () => {
    endpoint.refuse('POST /v1/tokens', 'vault_locked')
    expect((await cli('token sftpgo/work')).stderr).toMatch(/^tokentray: /)
  })
})
