import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { markedSecret } from '../../helpers/marks.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'
import { account, svixAccount, token } from '../samples.ts'

const FIND = 'POST /v1/accounts/find'
const ISSUE = 'POST /v1/tokens'
const SECRET = markedSecret('docker')
const NOT_FOUND = 'credentials not found in native keychain\n'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
  endpoint.reply(ISSUE, { ...token, headers: { Authorization: `Bearer ${SECRET}` } })
})
afterEach(() => endpoint.close())

const docker = (verb: string, stdin = '') =>
  runCli(endpoint.directories, ['credential', 'docker', verb], { stdin })
const asked = () => endpoint.bodies(FIND)

describe('docker-credential-tokentray get', () => {
  test.each([
    ['registry.example.com:5000', 'https://registry.example.com:5000'],
    ['https://index.docker.io/v1/', 'https://index.docker.io/v1/'],
    ['registry.example.com\n', 'https://registry.example.com'],
    ['registry.example.com/team', 'https://registry.example.com/team'],
  ])('gives the token for %j', async (stdin, url) => {
    const { exit, stdout, stderr } = await docker('get', stdin)
    const reply = { ServerURL: stdin.trim(), Username: 'work', Secret: SECRET }
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual(reply)
    expect(asked()).toEqual([{ url }])
    expect(endpoint.bodies(ISSUE)).toEqual([{ account: 'sftpgo/work', reason: 'docker' }])
  })

  test('asks for http after https, as docker does on this machine', async () => {
    endpoint.refuse(FIND, 'not_found')
    expect(await docker('get', '127.0.0.1:5000')).toEqual({
      ...{ exit: 1, stdout: NOT_FOUND, stderr: '' },
    })
    expect(asked()).toEqual([{ url: 'https://127.0.0.1:5000' }, { url: 'http://127.0.0.1:5000' }])
  })

  test.each(['ftp://x', '/x', '//x', 'a b', 'a\rb', 'a\0b', 'a\\b', 'x'.repeat(70_000)])(
    'finds nothing for %j',
    async (stdin) => {
      expect(await docker('get', stdin)).toEqual({ exit: 1, stdout: NOT_FOUND, stderr: '' })
      expect(asked()).toEqual([])
    },
  )

  test('wants an address', async () => {
    const stdout = 'no credentials server URL\n'
    expect(await docker('get', '\n')).toEqual({ exit: 1, stdout, stderr: '' })
  })

  test.each([
    [ISSUE, 'vault_locked'],
    [ISSUE, 'login_required'],
    [FIND, 'invalid_target'],
  ] as const)('says it in one line twice if %s answers %s', async (route, code) => {
    endpoint.clear(ISSUE)
    endpoint.refuse(route, code)
    const { exit, stdout, stderr } = await docker('get', 'registry.example.com')
    expect(exit).toBe(1)
    expect(stdout).toMatch(/^[^\n]+\n$/)
    expect(stderr.startsWith(`tokentray: ${stdout.trim()}`)).toBe(true)
    expect(stderr).toMatch(/^[^\n]+\n$/)
  })

  test('gives nothing of a token that needs two headers', async () => {
    endpoint.clear(ISSUE)
    const { exit, stdout } = await docker('get', 'registry.example.com')
    expect(exit).toBe(1)
    expect(stdout).toBe('Tokens of sftpgo/work do not fit here.\n')
  })
})

test('docker list names the addresses and the accounts', async () => {
  const accounts = [
    { ...account, addresses: ['https://a.example', 'https://b.example/x'] },
    { ...svixAccount },
  ]
  endpoint.reply('GET /v1/accounts', { accounts })
  const { exit, stdout } = await docker('list')
  expect(exit).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ 'https://a.example': 'work', 'https://b.example/x': 'work' })
})

test('docker version prints it', async () => {
  expect((await docker('version')).stdout).toMatch(/^docker-credential-tokentray \d+\.\d+\.\d+/)
})

test('docker store is refused in a sentence', async () => {
  const secret = markedSecret('stored')
  const stdin = JSON.stringify({ ServerURL: 'x.example', Username: 'a', Secret: secret })
  const { exit, stdout, stderr } = await docker('store', stdin)
  expect(exit).toBe(1)
  expect(stdout).toBe('Tokentray does not store passwords of docker.\n')
  expect(stdout + stderr).not.toContain(secret)
})

test('docker erase does nothing, and an unknown verb is refused', async () => {
  expect(await docker('erase', 'registry.example.com')).toEqual({ exit: 0, stdout: '', stderr: '' })
  expect(await docker('anything')).toMatchObject({ exit: 1 })
  expect(endpoint.bodies(ISSUE)).toEqual([])
})
