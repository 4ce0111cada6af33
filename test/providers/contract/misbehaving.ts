import { expect } from 'vitest'
import { refusalOf } from '../calling.ts'
import { type ContractCase, caseOf } from './case.ts'
import { type DriverCall, driverCallsOf } from './driver-calls.ts'
import { expectNothingTwice } from './login.ts'
import { type Misbehaviour, misbehaviours } from './misbehaviours.ts'
import { atStep, stepsOf } from './refusing.ts'
import type { NamedRig } from './rig.ts'
import { isRetried, makersOf, outcomeOf, requestsOf } from './rules.ts'
import { DEADLINE_MS, type Scene } from './scene.ts'

/** What becomes of every call at a service, or behind a gateway, that does not do as it should. */
export function misbehavingCases(named: NamedRig): ContractCase[] {
  return driverCallsOf(named).flatMap((driverCall) =>
    stepsOf(named, driverCall)
      .flatMap((step) =>
        misbehaviours.flatMap((row) =>
          isRetried(named, driverCall.activity, row)
            ? retriedCases(named, driverCall, step, row)
            : [onceCase(named, driverCall, step, row)],
        ),
      )
      .map((one) => ({ ...one, about: driverCall.activity })),
  )
}

function onceCase(
  named: NamedRig,
  driverCall: DriverCall,
  step: number,
  row: Misbehaviour,
): ContractCase {
  const outcome = outcomeOf(named, driverCall.activity, step, row)
  const what = `${outcome === 'an answer' ? 'takes it' : `is ${outcome} after one try`}`
  const name = `${driverCall.title}: ${what} when the service ${row.title}${atStep(named, driverCall, step)}`
  return caseOf(named, name, async (scene) => {
    const call = await driverCall.prepare(scene, await scene.newAccount())
    const before = scene.requests.length
    const acting = meet(scene, call(scene.context()), row, before + step, 1)
    if (outcome === 'an answer') {
      const said = await acting
      // An HTML page does not confirm that a token has ended.
      const notSaid = row.fault.kind === 'html' ? ['revoked', 'already_gone', 'refused'] : []
      expect(notSaid).not.toContain(said)
    } else {
      const error = await refusalOf(acting, outcome, scene.secrets())
      expect(`${error.message} ${error.hint}`).not.toMatch(/\?t=1|Welcome/)
      if (outcome === 'rate_limited') expect(error.retryAt).toBeGreaterThan(scene.clock.now())
    }
    expectNothingTwice(scene.lines(before))
    // What takes several requests may tidy up, and a 404 may be looked into.
    const isStatus404 = row.fault.kind === 'html' && row.fault.status === 404
    if (requestsOf(named, driverCall.activity) === 1 && !isStatus404) {
      expect(scene.requests).toHaveLength(before + 1)
    }
  })
}

function retriedCases(
  named: NamedRig,
  driverCall: DriverCall,
  step: number,
  row: Misbehaviour,
): ContractCase[] {
  const at = `when the service ${row.title}${atStep(named, driverCall, step)}`
  const isMaker = makersOf(named).some((maker) => maker === driverCall.activity)
  return [
    caseOf(named, `${driverCall.title}: sends once more, by the same key, ${at}`, async (scene) => {
      const call = await driverCall.prepare(scene, await scene.newAccount())
      const before = scene.requests.length
      const alive = scene.alive().length
      await meet(scene, call(scene.context()), row, before + step, 1)
      const [first, second] = scene.requests.slice(before + step - 1)
      const key = first?.headers['idempotency-key']
      expect(key).toMatch(/^\S{16,}$/)
      expect(second).toMatchObject({
        method: first?.method,
        path: first?.path,
        body: first?.body,
        headers: { 'idempotency-key': key },
      })
      expect(scene.requests).toHaveLength(before + requestsOf(named, driverCall.activity) + 1)
      if (isMaker) expect(scene.alive()).toHaveLength(alive + 1)
    }),

    caseOf(named, `${driverCall.title}: is ${row.code} after two tries ${at}`, async (scene) => {
      const call = await driverCall.prepare(scene, await scene.newAccount())
      const before = scene.requests.length
      const acting = meet(scene, call(scene.context()), row, before + step, 2)
      await refusalOf(acting, row.code, scene.secrets())
      expect(scene.requests).toHaveLength(before + step + 1)
    }),
  ]
}

/** The call meets the misbehaviour from its request number `at` on, so many times. */
async function meet(
  scene: Scene,
  acting: Promise<unknown>,
  { fault, endless }: Misbehaviour,
  at: number,
  times: number,
): Promise<unknown> {
  scene.rig.simulator.faults.next(times, fault, () => scene.requests.length >= at)
  for (let time = 0; endless && time < times; time += 1) {
    await scene.arrivedOrOver(at + time, acting)
    await scene.clock.advance(DEADLINE_MS)
  }
  return acting
}
