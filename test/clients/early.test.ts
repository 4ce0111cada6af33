import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { logInTo } from '../helpers/log-in-to.ts'
import { makeLoopback, type TestLoopback } from '../helpers/make-loopback.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { patience } from '../helpers/waiting.ts'
import { startKoyebSimulator } from '../simulators/koyeb-simulator.ts'
import { type ClientProgram, programsHere, runSteps } from './programs.ts'

/** The clients that cache a token and fetch the next one by themselves, with their packages. */
const keepers = programsHere.flatMap((program) =>
  program.renewsEarlySeconds === undefined ? [] : [[program.name, program] as const],
)
const LIMIT = patience(120_000)

let endpoint: TestLoopback
const stops: (() => Promise<void>)[] = []
beforeEach(async () => {
  endpoint = await makeLoopback()
  stops.push(endpoint.close)
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** How often the client requests a token that it uses twice in a row, by its lifetime in seconds. */
async function requestsFor(program: ClientProgram, lifeSeconds: number): Promise<number> {
  const organization = { id: randomUUID(), name: 'Acme' }
  const [email, password] = ['demo@example.com', markedSecret('koyeb')]
  const koyeb = await startKoyebSimulator({
    organizations: [organization],
    accounts: [{ email, password, organizationId: organization.id }],
    loginLifetimeSeconds: lifeSeconds,
    now: () => endpoint.clock.now(),
    onToken: registerSecret,
  })
  stops.unshift(koyeb.close)
  const values = { way: 'password', email, url: koyeb.url }
  const form = { provider: 'koyeb', values, secrets: { password } } as const
  const name = `life-${lifeSeconds}`
  const { id } = await logInTo(endpoint.broker, form, name)
  await runSteps(program, 'twice', endpoint.issuer, endpoint.addClient(name, id))
  const issued = endpoint.events.filter(({ event, client }) => event === 'issue' && client === name)
  return issued.length
}

describe.runIf(keepers.length > 0)('before its token ends, and not sooner than it says,', () => {
  it.each(keepers)(
    '%s asks for the next one',
    async (_name, program) => {
      const early = program.renewsEarlySeconds ?? 0

      expect(await requestsFor(program, early - 5)).toBe(2)
      expect(await requestsFor(program, early + 10)).toBe(1)
    },
    LIMIT,
  )
})
