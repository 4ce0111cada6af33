import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLoopback, type TestClient, type TestLoopback } from '../helpers/make-loopback.ts'
import { curl, describeWith } from '../helpers/needs.ts'
import { patience } from '../helpers/waiting.ts'
import {
  type ClientProgram,
  furtherPrograms,
  jdk,
  jdkProgram,
  nodeProgram,
  pythonClients,
  pythonPrograms,
  runSteps,
  shellPrograms,
} from './programs.ts'

const run = promisify(execFile)
const LIMIT = patience(120_000)
const GRANT = 'grant_type=client_credentials'

let endpoint: TestLoopback
let client: TestClient
beforeAll(async () => {
  endpoint = await makeLoopback()
  await endpoint.newAccount()
  // One account and one tool, so that no library needs an audience.
  client = endpoint.addClient('tool', 'sftpgo/alice')
})
afterAll(() => endpoint.close())

const text = (part: string) => expect.stringContaining(part)

/** The whole life of a token: issued, issued again, introspected, revoked, replaced; and refused requests. */
async function expectWholeLife(program: ClientProgram): Promise<void> {
  const told = await runSteps(program, 'life', endpoint.issuer, client)

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
  const [error, description] = program.hides401
    ? ['', '']
    : ['invalid_client', text("add a tool with 'tokentray tools add'")]
  expect(told.get('wrong secret')).toMatchObject({
    error: program.unauthorized ?? error,
    description,
  })
  expect(told.get('wrong account')).toMatchObject({
    error: 'invalid_target',
    description: text("Set 'audience' to an account that this client may use"),
  })
  if (told.has('managed')) expect(told.get('managed')).toMatchObject({ ok: true })
  if (program.wantsTls !== undefined) {
    expect(told.get('no leave')).toMatchObject({ error: program.wantsTls })
  }
}

describe("Node's openid-client", () => {
  it('goes through the whole life of a token', () => expectWholeLife(nodeProgram), LIMIT)
})

describeWith([jdk], "the JDK's client, which offers HTTP/2 and waits for a challenge", () => {
  it('goes through the whole life of a token', () => expectWholeLife(jdkProgram), LIMIT)
})

describeWith([pythonClients], 'a Python client', () => {
  it.each(pythonPrograms.map((each) => [each.name, each] as const))(
    '%s goes through the whole life of a token',
    (_name, each) => expectWholeLife(each),
    LIMIT,
  )
})

const { found } = furtherPrograms()

describe.runIf(found.length > 0)('a client of another language', () => {
  it.each(found.map((each) => [each.name, each] as const))(
    '%s goes through the whole life of a token',
    (_name, each) => expectWholeLife(each),
    LIMIT,
  )
})

describeWith([curl], 'curl', () => {
  // They offer HTTP/2, wait for a challenge, or wait before sending the body.
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

for (const [component, program] of shellPrograms) {
  describeWith([component], `${program.name}, by hand,`, () => {
    it('goes through the whole life of a token', () => expectWholeLife(program), LIMIT)
  })
}
