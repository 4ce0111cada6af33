import { setImmediate as endOfTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { logInTo } from '../helpers/log-in-to.ts'
import {
  basic,
  makeLoopback,
  type TestClient,
  type TestLoopback,
} from '../helpers/make-loopback.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { patience } from '../helpers/waiting.ts'
import { type FiveServices, startFiveServices } from '../simulators/five-services.ts'

const HOUR_SECONDS = 3_600
const LEASE_SECONDS = 900
const MIN_VALIDITY_SECONDS = 60
const TOOLS = ['one', 'two', 'three', 'four', 'five']
const ACCOUNTS = ['sftpgo', 'giantswarm', 'glowmarkt', 'koyeb', 'svix'].map((id) => `${id}/demo`)

/** A tool asks for a dedicated token again only when its current lease is too short. */
const leasesInAnHour = Math.ceil(HOUR_SECONDS / (LEASE_SECONDS - MIN_VALIDITY_SECONDS))

describe('five tools that fetch tokens for all five services every second for an hour', () => {
  let endpoint: TestLoopback
  let services: FiveServices
  let tools: readonly TestClient[]
  const failures: unknown[] = []
  const shortLived: string[] = []
  let answers = 0

  beforeEach(async () => {
    endpoint = await makeLoopback()
    const now = () => endpoint.clock.now()
    services = await startFiveServices({ now, onToken: registerSecret }, markedSecret)
    for (const form of services.forms) await logInTo(endpoint.broker, form)
    tools = TOOLS.map((name) => endpoint.addClient(name, ...ACCOUNTS))
  })

  afterEach(async () => {
    await endpoint.close()
    await services.close()
  })

  async function fetchToken(tool: TestClient, account: string): Promise<void> {
    const body = new URLSearchParams({ grant_type: 'client_credentials', audience: account })
    const answer = await fetch(`${endpoint.issuer}/oauth/token`, {
      ...{ method: 'POST', body, headers: basic(tool) },
    })
    const token: unknown = await answer.json()
    answers += 1
    if (answer.status !== 200) failures.push([account, token])
    if (!isLongEnough(token))
      shortLived.push(`${account}: ${JSON.stringify(Object.keys(token ?? {}))}`)
  }

  /** Lets the broker's background work finish before the clock advances. */
  async function settled(): Promise<void> {
    const busy = () => Object.values(services.all).some(({ counts }) => counts.inFlight > 0)
    do await endOfTurn()
    while (busy())
  }

  it(
    'cause no failure and no needless login, and leave no revocable token valid',
    async () => {
      const { sftpgo, giantswarm, glowmarkt, koyeb, svix } = services
      for (let second = 0; second < HOUR_SECONDS; second += 1) {
        await Promise.all(tools.flatMap((tool) => ACCOUNTS.map((id) => fetchToken(tool, id))))
        await settled()
        await endpoint.clock.advance(1_000)
      }
      expect(failures).toEqual([])
      expect(shortLived).toEqual([])
      expect(answers).toBe(HOUR_SECONDS * TOOLS.length * ACCOUNTS.length)
      // One by the user, and one per token, which is renewed after at most four fifths of its lifetime.
      expect(sftpgo.counts.logins).toBe(1 + Math.floor(HOUR_SECONDS / (1_200 - 240 + 12)))
      // One login by the user, then one for each lease.
      expect(giantswarm.counts.logins).toBeLessThanOrEqual(1 + leasesInAnHour * TOOLS.length)
      expect(glowmarkt.counts.logins).toBe(1)
      const asked = (
        path: RegExp,
        { requests }: { readonly requests: readonly { path: string }[] },
      ) => requests.filter((request) => path.test(request.path)).length
      const most = leasesInAnHour * TOOLS.length
      expect(asked(/newToken$/, glowmarkt)).toBeLessThanOrEqual(most)
      // One at login, to check that the credential may create tokens.
      expect(asked(/access_token$/, koyeb)).toBeLessThanOrEqual(1 + most)
      expect(asked(/app-portal-access/, svix)).toBeLessThanOrEqual(1 + most)

      const left = await endpoint.broker.stop(10_000)
      expect(left).toMatchObject({ pending: 0, untilExpiry: koyeb.aliveTokens().length })
      const alive = Object.entries(services.all).map(([id, each]) => [
        id,
        each.aliveTokens().length,
      ])
      // Koyeb cannot revoke an access token, which expires after a quarter of an hour.
      expect(alive.filter(([id, count]) => id !== 'koyeb' && count !== 0)).toEqual([])
      await endpoint.clock.advance(LEASE_SECONDS * 1_000)
      expect(koyeb.aliveTokens()).toEqual([])
    },
    patience(300_000),
  )
})

function isLongEnough(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !('expires_in' in answer)) return false
  if (!('min_validity_met' in answer) || answer.min_validity_met !== true) return false
  return typeof answer.expires_in === 'number' && answer.expires_in >= MIN_VALIDITY_SECONDS
}
