import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { markedSecret } from '../../helpers/marks.ts'
import { PlayedEndpoint } from '../endpoint.ts'
import { FakeOutput, runCli } from '../run-cli.ts'
import { account, NOW, token } from '../samples.ts'

const FIND = 'POST /v1/accounts/find'
const ISSUE = 'POST /v1/tokens'
const SECRET = markedSecret('cargo')
const INDEX = 'sparse+https://crates.example.com/index/'
const HELLO = '{"v":[1]}'

let endpoint: PlayedEndpoint
beforeEach(async () => {
  endpoint = await PlayedEndpoint.start()
})
afterEach(() => endpoint.close())

const issuing = (headers: Readonly<Record<string, string>>) =>
  endpoint.reply(ISSUE, { ...token, headers })

interface Change {
  readonly index?: unknown
  readonly [member: string]: unknown
}
const request = ({ index = INDEX, ...change }: Change = {}) =>
  JSON.stringify({
    ...{ v: 1, registry: { 'index-url': index, name: 'x', headers: ['WWW-Authenticate: Cargo'] } },
    ...{ kind: 'get', operation: 'read', args: [] },
    ...change,
  })

const cargo = async (...lines: readonly string[]) => {
  const stdin = `${lines.join('\n')}\n`
  const args = ['credential', 'cargo', '--cargo-plugin']
  const { exit, stdout, stderr } = await runCli(endpoint.directories, args, { stdin })
  const [hello, ...replies] = stdout.trimEnd().split('\n')
  expect({ exit, stderr, hello }).toEqual({ exit: 0, stderr: '', hello: HELLO })
  return replies.map((line) => JSON.parse(line))
}

const GIVEN = {
  Ok: {
    ...{ kind: 'get', token: `Bearer ${SECRET}`, cache: 'expires' },
    ...{ expiration: NOW / 1000 + token.expires_in, operation_independent: true },
  },
}

describe('cargo-credential-tokentray', () => {
  test('gives the token as it is sent, and when it ends', async () => {
    issuing({ Authorization: `Bearer ${SECRET}` })
    expect(await cargo(request())).toEqual([GIVEN])
    expect(endpoint.bodies(FIND)).toEqual([{ url: 'https://crates.example.com/index/' }])
    expect(endpoint.bodies(ISSUE)).toEqual([{ account: account.id, reason: 'cargo' }])
  })

  test('speaks first, and replies to each line while the input stays open', async () => {
    issuing({ Authorization: `Bearer ${SECRET}` })
    const stdin = new PassThrough()
    const stdout = new FakeOutput()
    const run = runCli(endpoint.directories, ['credential', 'cargo'], { stdin, stdout })
    await stdout.shows(`${HELLO}\n`)
    stdin.write(`${request()}\n`)
    await stdout.shows(`${JSON.stringify(GIVEN)}\n`)
    stdin.write(`${request({ kind: 'logout' })}\n`)
    await stdout.shows('{"Err":{"kind":"operation-not-supported"}}\n')
    stdin.end()
    expect(await run).toMatchObject({ exit: 0 })
  })

  test('gives the token of the account that the configuration names', async () => {
    issuing({ Authorization: `Bearer ${SECRET}` })
    expect(await cargo(request({ args: [account.id] }))).toEqual([GIVEN])
    expect(endpoint.bodies(FIND)[0]).toMatchObject({ username: account.id })
  })

  test('gives no token of another account than that', async () => {
    expect(await cargo(request({ args: ['sftpgo/other'] }))).toEqual([
      { Err: { kind: 'not-found' } },
    ])
    expect(endpoint.bodies(ISSUE)).toEqual([])
  })

  test('leaves other registries to other providers', async () => {
    endpoint.refuse(FIND, 'not_found')
    const others = [request(), request({ index: 'ssh://git@x.example/index' })]
    const reply = { Err: { kind: 'url-not-supported' } }
    expect(await cargo(...others)).toEqual([reply, reply])
    expect(endpoint.bodies(FIND)).toHaveLength(1)
  })

  test('says why there is no token', async () => {
    endpoint.refuse(ISSUE, 'vault_locked')
    const [reply] = await cargo(request())
    expect(reply).toEqual({
      Err: {
        ...{ kind: 'other', message: 'Tokentray is locked.' },
        'caused-by': [expect.stringContaining('nlock')],
      },
    })
  })

  test.each([
    ...['not JSON', 'null', '[]', '{}', '""', request({ v: 2 }), request({ index: 1 })],
    ...[request({ args: 'x' }), request({ args: [1] }), request({ registry: null })],
  ])('replies to %j that it is nothing of cargo', async (line) => {
    const [reply] = await cargo(line)
    expect(reply).toEqual({
      Err: {
        ...{ kind: 'other', message: 'The input is not what cargo sends to a provider.' },
        'caused-by': [expect.any(String)],
      },
    })
    expect(endpoint.bodies(FIND)).toEqual([])
  })
})
