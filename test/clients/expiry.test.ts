import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import * as oauth from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  addTool,
  type Installation,
  install,
  type Serving,
  type Tool,
} from '../flows/real-agent.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { patience } from '../helpers/waiting.ts'
import { type KoyebSimulator, startKoyebSimulator } from '../simulators/koyeb-simulator.ts'
import {
  furtherPrograms,
  jdk,
  jdkProgram,
  pythonClients,
  pythonPrograms,
  runSteps,
  shellPrograms,
} from './programs.ts'

/** Half of it is for a program to ask twice, for which it gets the same token. */
const LIFE_SECONDS = Math.ceil(patience(8_000) / 1_000)

let koyeb: KoyebSimulator
let installation: Installation
let agent: Serving
let issuer: string
beforeAll(async () => {
  const [email, password] = ['demo@example.com', markedSecret('koyeb')]
  const organization = { id: randomUUID(), name: 'Acme' }
  koyeb = await startKoyebSimulator({
    organizations: [organization],
    accounts: [{ email, password, organizationId: organization.id }],
    loginLifetimeSeconds: LIFE_SECONDS,
    onToken: registerSecret,
  })
  installation = install()
  agent = installation.serve(['--memory'])
  issuer = await agent.issuer()
  const values = ['way=password', `email=${email}`, `url=${koyeb.url}`]
  const options = values.flatMap((value) => ['--set', value])
  await installation.mustDo(['login', 'koyeb', '--name', 'demo', ...options], `${password}\n`)
})
afterAll(async () => {
  await agent.stop()
  await koyeb.close()
})

const newTool = (name: string): Promise<Tool> => addTool(installation, name, ['koyeb/demo'])

const programs = [
  ...(jdk.isThere() ? [jdkProgram] : []),
  ...(pythonClients.isThere() ? pythonPrograms : []),
  ...furtherPrograms().found,
  ...shellPrograms.flatMap(([component, each]) => (component.isThere() ? [each] : [])),
]

describe.runIf(programs.length > 0)('a token whose time is over', () => {
  it.concurrent.each(programs.map((each, index) => [each.name, each, index] as const))(
    'is followed by a good one, which %s fetches then and not before',
    async (_name, program, index) => {
      const told = await runSteps(program, 'expiry', issuer, await newTool(`tool${index}`))

      expect(told.get('kept')).toMatchObject({ ok: true })
      expect(told.get('expired')).toMatchObject({ active: true })
    },
    patience(120_000),
  )

  it.concurrent(
    'is followed by a good one, which openid-client is asked for',
    async () => {
      const { id, secret } = await newTool('node')
      const config = await oauth.discovery(new URL(issuer), id, secret, undefined, {
        ...{ algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] },
      })
      const first = await oauth.clientCredentialsGrant(config)
      const kept = await oauth.clientCredentialsGrant(config)
      expect(kept.access_token === first.access_token).toBe(true)

      while ((first.expiresIn() ?? 0) > 0) await sleep(200)
      const next = await oauth.clientCredentialsGrant(config)

      expect(next.access_token === first.access_token).toBe(false)
      expect(await oauth.tokenIntrospection(config, next.access_token)).toMatchObject({
        active: true,
      })
    },
    patience(120_000),
  )
})
