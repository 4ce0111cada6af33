import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLoopback, type TestClient, type TestLoopback } from '../helpers/make-loopback.ts'
import { curl, describeWith } from '../helpers/needs.ts'
import {
  type ClientProgram,
  furtherPrograms,
  jdk,
  jdkProgram,
  pythonClients,
  pythonPrograms,
  wget,
} from './programs.ts'

const run = promisify(execFile)
const GRANT = 'grant_type=client_credentials'

let endpoint: TestLoopback
let client: TestClient
beforeAll(async () => {
  endpoint = await makeLoopback()
  await endpoint.signIn()
  // One account and one tool: no library has to be told of an audience.
  client = endpoint.addClient('tool', 'sftpgo/alice')
})
afterAll(() => endpoint.close())

type Line = Readonly<Record<string, unknown>>

/** What the program has printed, by step, as that tool. */
async function steps(
  { command }: ClientProgram,
  tool: TestClient,
): Promise<ReadonlyMap<unknown, Line>> {
  const [file = '', ...args] = command
  const { stdout } = await run(file, args, {
    env: {
      ...process.env,
      ...{ ISSUER: endpoint.issuer, CLIENT_ID: tool.id, CLIENT_SECRET: tool.secret },
      ...{ no_proxy: '*', NO_PROXY: '*', PYTHONDONTWRITEBYTECODE: '1' },
    },
  })
  const lines = stdout.trim().split('\n')
  return new Map(lines.map((line) => JSON.parse(line) as Line).map((line) => [line['step'], line]))
}

const text = (part: string) => expect.stringContaining(part)

/** The whole life of a token: got, got again, looked up, ended, gone, got anew, and what is refused. */
async function expectWholeLife(program: ClientProgram): Promise<void> {
  const told = await steps(program, client)

  const first = told.get('token')
  expect(first).toMatchObject({
    account: 'sftpgo/alice',
    lease: expect.stringMatching(/^l\w{21}$/),
  })
  expect(told.get('again')).toEqual({ ...first, step: 'again' })
  expect(told.get('introspect')).toMatchObject({ active: true })
  expect(told.get('revoke')).toMatchObject({ ok: true })
  expect(told.get('ended')).toMatchObject({ active: false })
  expect(told.get('renewed')).toMatchObject({ account: 'sftpgo/alice' })
  expect(told.get('renewed')?.['lease']).not.toBe(first?.['lease'])
  expect(told.get('wrong secret')).toMatchObject({
    error: program.unauthorized ?? 'invalid_client',
    description: text("make a new client with 'tokentray clients add'"),
  })
  expect(told.get('wrong account')).toMatchObject({
    error: 'invalid_target',
    description: text("Name a granted account with 'audience'"),
  })
  if (told.has('managed')) expect(told.get('managed')).toMatchObject({ ok: true })
}

describeWith([jdk], "the JDK's client, which offers HTTP/2 and waits for a challenge", () => {
  it('goes through the whole life of a token', () => expectWholeLife(jdkProgram), 120_000)
})

describeWith([pythonClients], 'a client of Python', () => {
  it.each(pythonPrograms.map((each) => [each.name, each] as const))(
    '%s goes through the whole life of a token',
    (_name, each) => expectWholeLife(each),
    120_000,
  )
})

const { found } = furtherPrograms()

describe.runIf(jdk.isThere() && pythonClients.isThere())('a token that is no Bearer token', () => {
  it.each([jdkProgram, ...pythonPrograms, ...found].map((each) => [each.name, each] as const))(
    'is what docs/clients.md says to %s',
    async (_name, program) => {
      const tool = endpoint.addClient(
        `other${endpoint.broker.clients.records().length}`,
        'giantswarm/bob',
      )

      const told = steps(program, tool)

      if (program.bearerOnly) await expect(told).rejects.toThrow('tokenType cannot be null')
      else expect((await told).get('token')).toMatchObject({ account: 'giantswarm/bob' })
    },
    120_000,
  )
})

describe.runIf(found.length > 0)('a client of another language', () => {
  it.each(found.map((each) => [each.name, each] as const))(
    '%s goes through the whole life of a token',
    (_name, each) => expectWholeLife(each),
    120_000,
  )
})

describeWith([curl], 'curl', () => {
  it.each([
    [['--http2']],
    [['--anyauth']],
    [['--http2', '--anyauth']],
    [['-H', 'Expect: 100-continue']],
    [['--http1.0']],
  ])('gets its token with %j', async (options) => {
    const user = `${client.id}:${client.secret}`
    const { stdout } = await run('curl', [
      ...['-sS', '--noproxy', '*', '--user', user, '-d', GRANT, ...options],
      `${endpoint.issuer}/oauth/token`,
    ])

    expect(JSON.parse(stdout)).toMatchObject({ account: 'sftpgo/alice' })
  })
})

describeWith([wget], 'wget', () => {
  it('gets its token with --user, for which it waits to be challenged', async () => {
    const { id, secret } = client
    const { stdout } = await run('wget', [
      ...['-q', '-O', '-', '--no-proxy', `--user=${id}`, `--password=${secret}`],
      ...[`--post-data=${GRANT}`, `${endpoint.issuer}/oauth/token`],
    ])

    expect(JSON.parse(stdout)).toMatchObject({ account: 'sftpgo/alice' })
  })
})
