import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addTool, type Installation, install, type Serving } from '../flows/real-agent.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { patience } from '../helpers/waiting.ts'
import { type KoyebSimulator, startKoyebSimulator } from '../simulators/koyeb-simulator.ts'
import { programsHere, runSteps } from './programs.ts'

/** Within half of it, a program must ask twice, for which it gets the same token. */
const LIFE_SECONDS = Math.ceil(patience(24_000) / 1_000)

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

describe('an expired token', () => {
  it.concurrent.each(programsHere.map((each, index) => [each.name, each, index] as const))(
    'is followed by a good one, which %s fetches then and not before',
    async (_name, program, index) => {
      const tool = await addTool(installation, `tool${index}`, ['koyeb/demo'])
      const told = await runSteps(program, 'expiry', issuer, tool)

      expect(told.get('kept')).toMatchObject({ ok: true })
      expect(told.get('expired')).toMatchObject({ active: true })
    },
    patience(120_000),
  )
})
