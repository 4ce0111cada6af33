import { setImmediate as endOfTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { cliClient } from '../../main/broker/clients.ts'
import { makeLoopback, type TestLoopback } from '../helpers/make-loopback.ts'
import { patience } from '../helpers/waiting.ts'
import type { Rig } from '../providers/contract/rig.ts'
import { rigs } from '../providers/contract/rigs.ts'

const STEPS = 200
const DAY_MS = 86_400_000
const LONGEST_AWAKE_MS = 600_000
/** The validity that tools ask for, in seconds: in some cases more than an account can give. */
const WANTED = [0, 1, 60, 300, 899, 900, 1_199, 4_000, 100_000]

/** Pseudo-random numbers below one, the same in every run. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}

describe('at any age of the token, no response states a longer lifetime than the token has', () => {
  let endpoint: TestLoopback | undefined
  let rig: Rig | undefined

  afterEach(async () => {
    await endpoint?.close()
    await rig?.simulator.close()
  })

  for (const named of rigs) {
    it(
      `at ${named.name}`,
      async () => {
        const { provider } = named
        endpoint = await makeLoopback()
        const { clock, broker } = endpoint
        rig = await named.make(clock)
        const { simulator, form } = rig
        const account = await broker.logins.add({ provider, name: 'swept', ...form })
        const lives = Object.values(named.tokens).map(({ lifetimeMs }) => lifetimeMs(900) ?? DAY_MS)
        const stepMs = (2 * Math.min(Math.max(...lives), 8 * DAY_MS)) / STEPS
        const random = numbers(7)
        const promised: { readonly token: string; readonly until: number }[] = []
        const met = { yes: 0, no: 0 }

        for (let step = 0; step < STEPS; step += 1) {
          const wanted = WANTED[Math.floor(random() * WANTED.length)] ?? 60
          const request = { client: cliClient, account, route: 'test' }
          const issued = await broker.issue({ ...request, minValiditySeconds: wanted })
          const { lifetime, held } = issued.lease
          expect(issued.minValidityMet).toBe(lifetime.remainingMs >= wanted * 1_000)
          met[issued.minValidityMet ? 'yes' : 'no'] += 1
          const token = held.token.value.reveal()
          const until = clock.now() + Math.min(lifetime.remainingMs, wanted * 1_000)
          promised.push({ token, until })
          const alive = simulator.aliveTokens()
          expect(alive).toContain(token)
          for (const each of promised.filter((promise) => promise.until > clock.now())) {
            expect(alive).toContain(each.token)
          }
          const passingMs = Math.ceil(random() * 2 * stepMs)
          await clock.advance(Math.min(passingMs, LONGEST_AWAKE_MS))
          // Longer spans are slept through: running the half-minute timer would take too long.
          clock.sleep(Math.max(0, passingMs - LONGEST_AWAKE_MS))
          do await endOfTurn()
          while (simulator.counts.inFlight > 0)
        }
        expect(met.yes).toBeGreaterThan(0)
        expect(met.no).toBeGreaterThan(0)
      },
      patience(120_000),
    )
  }
})
