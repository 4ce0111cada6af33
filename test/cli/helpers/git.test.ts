import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { markedSecret } from '../../helpers/marks.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { runCli } from '../run-cli.ts'
import { NOW, token } from '../samples.ts'

const FIND = 'POST /v1/accounts/find'
const ISSUE = 'POST /v1/tokens'
const SECRET = markedSecret('git')
const HOST = 'protocol=https\nhost=files.example.com\n'
const NEW_GIT = `capability[]=authtype\ncapability[]=state\n${HOST}`
const EXPIRY = Math.floor(NOW / 1000) + token.expires_in

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
  endpoint.reply(ISSUE, bearing({ Authorization: `Bearer ${SECRET}` }))
})
afterEach(() => endpoint.close())

const bearing = (headers: Record<string, string>) => ({ ...token, headers })
const git = (verb: string, stdin: string) =>
  runCli(endpoint.directories, ['credential', 'git', verb], { stdin })
const nothing = { exit: 0, stdout: '', stderr: '' }
const basic = (user: string) =>
  `username=${user}\npassword=${SECRET}\npassword_expiry_utc=${EXPIRY}\n`

describe('git-credential-tokentray get', () => {
  test('gives user name and password to a git that knows nothing else', async () => {
    expect(await git('get', `${HOST}\n`)).toEqual({ ...nothing, stdout: basic('work') })
    expect(endpoint.bodies(FIND)).toEqual([{ url: 'https://files.example.com' }])
    expect(endpoint.bodies(ISSUE)).toEqual([{ account: 'sftpgo/work', reason: 'git' }])
  })

  test('keeps the user name that git has, and passes it on', async () => {
    const { stdout } = await git('get', `${HOST}username=alice\npath=a b/c?d#e%2F.git\n\n`)
    expect(stdout).toBe(basic('alice'))
    const url = 'https://files.example.com/a%20b/c%3Fd%23e%252F.git'
    expect(endpoint.bodies(FIND)).toEqual([{ url, username: 'alice' }])
  })

  test.each(['Bearer', 'giantswarm'])('gives %s to a git that knows schemes', async (scheme) => {
    endpoint.clear(ISSUE)
    endpoint.reply(ISSUE, bearing({ Authorization: `${scheme} ${SECRET}` }))
    const stdout = `capability[]=authtype\nauthtype=${scheme}\ncredential=${SECRET}\nephemeral=1\n`
    expect(await git('get', `${NEW_GIT}\n`)).toEqual({ ...nothing, stdout })
  })

  test('gives what the server asks for', async () => {
    const asking = (...schemes: string[]) =>
      NEW_GIT + schemes.map((scheme) => `wwwauth[]=${scheme} realm="x"\n`).join('')
    expect((await git('get', asking('Basic'))).stdout).toBe(basic('work'))
    expect((await git('get', asking('Basic', 'bearer'))).stdout).toMatch(/^authtype=Bearer$/m)
    expect((await git('get', asking('Digest'))).stdout).toMatch(/^authtype=Bearer$/m)
  })

  test('takes a Basic header apart', async () => {
    endpoint.clear(ISSUE)
    const pair = Buffer.from(`alice:${SECRET}`).toString('base64')
    endpoint.reply(ISSUE, bearing({ Authorization: `Basic ${pair}` }))
    expect((await git('get', NEW_GIT)).stdout).toBe(basic('alice'))
  })

  test.each([
    ['two headers', { Authorization: `Bearer ${SECRET}`, 'X-Second': 'two' }],
    ['another header', { 'X-Api-Key': SECRET }],
    ['a line break', { Authorization: `Bearer ${SECRET}\nusername=x` }],
  ])('gives nothing of a token in %s', async (_what, headers) => {
    endpoint.clear(ISSUE)
    endpoint.reply(ISSUE, bearing(headers as Record<string, string>))
    const { exit, stdout, stderr } = await git('get', NEW_GIT)
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: '' })
    expect(stderr).toMatch(/^tokentray: Tokens of sftpgo\/work do not fit here\. [^\n]+\n$/)
  })

  test.each(['not_found', 'invalid_request'] as const)(
    'gives nothing where no account answers (%s)',
    async (code) => {
      endpoint.refuse(FIND, code)
      expect(await git('get', HOST)).toEqual(nothing)
      expect(endpoint.bodies(ISSUE)).toEqual([])
    },
  )

  test.each([
    [ISSUE, 'vault_locked'],
    [ISSUE, 'login_required'],
    [ISSUE, 'access_denied'],
    [FIND, 'invalid_target'],
  ] as const)('stops git if %s answers %s', async (route, code) => {
    endpoint.clear(ISSUE)
    endpoint.refuse(route, code)
    const { exit, stdout, stderr } = await git('get', HOST)
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: 'quit=1\n' })
    expect(stderr).toMatch(/^tokentray: [^\n]+\n$/)
  })

  test('leaves git to itself if Tokentray does not run', async () => {
    await endpoint.close()
    const { exit, stdout, stderr } = await git('get', HOST)
    expect({ exit, stdout }).toEqual({ exit: 3, stdout: '' })
    expect(stderr).toMatch(/^tokentray: [^\n]+\n$/)
    endpoint = await PlayedEndpoint.start()
  })

  test.each([
    ['no host', 'protocol=https\n'],
    ['an empty host', 'protocol=https\nhost=\n'],
    ['no protocol', 'host=files.example.com\n'],
    ['an empty protocol', 'protocol=\nhost=files.example.com\n'],
    ['ssh', 'protocol=ssh\nhost=files.example.com\n'],
    ['a path in the host', 'protocol=https\nhost=files.example.com/x\n'],
    ['a user in the host', 'protocol=https\nhost=evil@files.example.com\n'],
    ['another request behind the blank line', `protocol=https\n\n${HOST}`],
    ['nothing at all', ''],
  ])('asks for nothing with %s', async (_what, stdin) => {
    expect(await git('get', stdin)).toEqual(nothing)
    expect(endpoint.bodies(FIND)).toEqual([])
  })

  test.each([
    ['a NUL', `${HOST}path=a\0b\n`],
    ['a carriage return', 'protocol=https\nhost=files.example.com\rhost=evil\n'],
    ['CRLF', HOST.replaceAll('\n', '\r\n')],
    ['a line without =', `${HOST}nothing\n`],
    ['a line without a key', `${HOST}=x\n`],
    ['a line of 65,536 bytes', `${HOST}path=${'é'.repeat(32_766)}\n`],
    ['two megabytes', `${HOST}${`a=${'x'.repeat(60_000)}\n`.repeat(34)}`],
  ])('refuses %s without repeating it', async (_what, stdin) => {
    const { exit, stdout, stderr } = await git('get', stdin)
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
    expect(stderr).toMatch(/^tokentray: [^\n]+\n$/)
    expect(stderr).not.toContain('evil')
    expect(endpoint.bodies(FIND)).toEqual([])
  })

  test('takes a line of 65,535 bytes', async () => {
    expect((await git('get', `${HOST}x=${'y'.repeat(65_533)}\n`)).stdout).toBe(basic('work'))
  })
})

describe('git-credential-tokentray erase', () => {
  const refusals = () => endpoint.bodies(ISSUE).filter((body) => 'refused_lease' in Object(body))
  const reported = [{ account: 'sftpgo/work', reason: 'git', refused_lease: token.lease_id }]

  test.each([
    ['password', `${HOST}username=work\npassword=${SECRET}\n`],
    ['credential', `${NEW_GIT}authtype=Bearer\ncredential=${SECRET}\n`],
  ])('reports the %s that it has given as refused', async (_what, stdin) => {
    expect(await git('erase', stdin)).toEqual(nothing)
    expect(refusals()).toEqual(reported)
  })

  test.each([`${HOST}username=work\npassword=another\n`, HOST, `${HOST}password=\n`])(
    'reports nothing of another password',
    async (stdin) => {
      expect(await git('erase', stdin)).toEqual(nothing)
      expect(refusals()).toEqual([])
    },
  )
})

test.each(['store', 'capability', 'anything'])('git "%s" does nothing', async (verb) => {
  expect(await git(verb, `${HOST}username=a\npassword=b\n`)).toEqual(nothing)
  expect(endpoint.bodies(FIND)).toEqual([])
  expect(endpoint.bodies(ISSUE)).toEqual([])
})
