import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logInTo } from '../helpers/log-in-to.ts'
import { makeLoopback, type TestClient, type TestLoopback } from '../helpers/make-loopback.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { patience } from '../helpers/waiting.ts'
import { type FilledForm, startFiveServices } from '../simulators/five-services.ts'
import { startSftpgoSimulator } from '../simulators/sftpgo-simulator.ts'
import { type ClientProgram, programsHere, runSteps } from './programs.ts'

const LIMIT = patience(120_000)

/** An account with a tool of its own, and a URL that accepts its tokens. */
interface Tried {
  readonly account: string
  readonly tool: TestClient
  readonly useful: string
  /** Its tokens are used by RFC 6750; the others have headers of their own. */
  readonly isBearer: boolean
}

let endpoint: TestLoopback
const tried: Tried[] = []
const stops: (() => Promise<void>)[] = []
beforeAll(async () => {
  endpoint = await makeLoopback()
  const shared = { now: () => endpoint.clock.now(), onToken: registerSecret }
  const services = await startFiveServices(shared, markedSecret)
  const password = markedSecret('administrator')
  const keys = await startSftpgoSimulator({
    ...shared,
    accounts: [{ username: 'root', password, role: 'admin', allowApiKeyAuth: true }],
  })
  stops.push(services.close, keys.close, endpoint.close)
  const add = async (form: FilledForm, useful: string, isBearer: boolean, name = 'demo') => {
    const { id } = await logInTo(endpoint.broker, form, name)
    tried.push({
      account: id,
      tool: endpoint.addClient(id.replace('/', '-'), id),
      useful,
      isBearer,
    })
  }
  const useful: Readonly<Record<string, readonly [string, boolean]>> = {
    sftpgo: [`${services.sftpgo.url}/api/v2/user/dirs`, true],
    giantswarm: [`${services.giantswarm.url}/v4/clusters/`, false],
    glowmarkt: [`${services.glowmarkt.apiUrl}/virtualentity`, false],
    koyeb: [`${services.koyeb.url}/v1/apps`, true],
    svix: [`${services.svix.url}/api/v1/app/app_demo`, true],
  }
  for (const form of services.forms) {
    const [address = '', isBearer = false] = useful[form.provider] ?? []
    await add(form, address, isBearer)
  }
  const byKey = { url: keys.url, role: 'admin', leaseBy: 'api_key', username: 'root' }
  const keyForm = { provider: 'sftpgo', values: byKey, secrets: { password } } as const
  await add(keyForm, `${keys.url}/api/v2/version`, false, 'keys')
})
afterAll(async () => {
  for (const stop of stops) await stop()
})

async function expectToken(program: ClientProgram, at: Tried): Promise<void> {
  const run = runSteps(program, 'token', endpoint.issuer, at.tool)
  if (program.bearerOnly !== undefined && !at.isBearer) {
    await expect(run, at.account).rejects.toThrow(program.bearerOnly)
    return
  }
  const { account, headers } = (await run).get('token') ?? {}
  expect(account).toBe(at.account)
  if (!program.hasHeaders) return
  const answer = await fetch(at.useful, { headers: headers as Record<string, string> })
  expect(answer.status, at.account).toBe(200)
}

describe('a token of each service, and an API key', () => {
  it.each(programsHere.map((each) => [each.name, each] as const))(
    'is what docs/clients.md says to %s, and the headers that come with it are good there',
    async (_name, program) => {
      expect(tried.map(({ account }) => account)).toHaveLength(6)
      for (const each of tried) await expectToken(program, each)
    },
    LIMIT,
  )
})
