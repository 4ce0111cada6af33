import { expect } from 'vitest'
import { refusalOf } from '../calling.ts'
import type { Account } from './account.ts'
import type { Activity } from './activities.ts'
import { type ContractCase, caseOf } from './case.ts'
import { type DriverCall, driverCallsOf, sessionCallsOf } from './driver-calls.ts'
import { expectNothingTwice } from './login.ts'
import type { NamedRig, TokenRefusal } from './rig.ts'
import { requestsOf } from './rules.ts'
import { DEADLINE_MS, type Scene } from './scene.ts'

const YEAR_MS = 366 * 86_400_000

/** What is true of every call that cannot succeed, whatever it is for. */
export function refusingCases(named: NamedRig): ContractCase[] {
  return [
    ...sessionCallsOf(named).map((driverCall) => spoiltCase(named, driverCall)),
    ...(named.tokenRefusals ?? []).flatMap((refusal) => refusedTokenCases(named, refusal)),
    ...driverCallsOf(named).flatMap((driverCall) => [
      unreachableCase(named, driverCall),
      goneBeforeCase(named, driverCall),
      ...stepsOf(named, driverCall).flatMap((step) => [
        throttledCase(named, driverCall, step),
        goneMeanwhileCase(named, driverCall, step),
      ]),
    ]),
  ]
}

/** The requests of a call, counted from 1. */
export function stepsOf(named: NamedRig, { activity }: DriverCall): number[] {
  return Array.from({ length: requestsOf(named, activity) }, (_, index) => index + 1)
}

/** How the request is called in the name of a case: not at all where there is one only. */
export function atStep(named: NamedRig, { activity }: DriverCall, step: number): string {
  return requestsOf(named, activity) === 1 ? '' : `, at request ${step}`
}

function spoiltCase(named: NamedRig, { title, activity, prepare }: DriverCall): ContractCase {
  const name = `${title}: says so when the session is worth nothing any more`
  return caseOf(named, name, async (scene) => {
    const account = await scene.newAccount()
    const call = await prepare(scene, account)
    await spoil(scene, account, activity)
    const before = [scene.alive(), scene.requests.length] as const
    await refusalOf(call(scene.context()), 'wrong_credentials', scene.secrets())
    expect(scene.alive()).toEqual(before[0])
    expectNothingTwice(scene.lines(before[1]))
  })
}

/** By every shape in which a service says it, a token is known for refused, and nothing else. */
function refusedTokenCases(named: NamedRig, { what, answer, at }: TokenRefusal): ContractCase[] {
  return driverCallsOf(named)
    .filter(({ activity }) => at.includes(activity))
    .map(({ title, activity, prepare }) =>
      caseOf(named, `${title}: knows a token for refused by ${what}`, async (scene) => {
        const call = await prepare(scene, await scene.newAccount())
        const before = scene.requests.length
        scene.rig.simulator.faults.next(Number.POSITIVE_INFINITY, answer)
        if (activity === 'probe') expect(await call(scene.context())).toBe('refused')
        else await refusalOf(call(scene.context()), 'wrong_credentials', scene.secrets())
        expectNothingTwice(scene.lines(before))
      }),
    )
}

/** The session's token has ended, or the credential is another one by now. */
async function spoil(scene: Scene, account: Account, activity: Activity): Promise<void> {
  const { token } = account.session
  if (account.driver.mintsFrom === 'credential' && activity !== 'refresh') {
    account.replaceCredential(scene.rig.wrongSecrets)
  } else if (token && account.driver.revoke) {
    await account.revoke(token)
  } else {
    scene.clock.jumpWall(YEAR_MS)
  }
}

function throttledCase(named: NamedRig, driverCall: DriverCall, step: number): ContractCase {
  const name = `${driverCall.title}: says until when it is throttled${atStep(named, driverCall, step)}`
  return caseOf(named, name, async (scene) => {
    const call = await driverCall.prepare(scene, await scene.newAccount())
    const before = scene.requests.length
    const { faults } = scene.rig.simulator
    const { answer, waitMs } = named.throttled
    faults.next(1, answer, () => scene.requests.length >= before + step)
    const error = await refusalOf(call(scene.context()), 'rate_limited', scene.secrets())
    expect(error.retryAt).toBe(scene.clock.now() + waitMs)
    expectNothingTwice(scene.lines(before))
  })
}

function unreachableCase(named: NamedRig, { title, prepare }: DriverCall): ContractCase {
  return caseOf(named, `${title}: is unavailable when nobody listens`, async (scene) => {
    const call = await prepare(scene, await scene.newAccount())
    await scene.rig.simulator.close()
    const refusal = refusalOf(call(scene.context()), 'temporarily_unavailable', scene.secrets())
    expect((await refusal).message).toContain('refused the connection')
  })
}

function goneBeforeCase(named: NamedRig, { title, prepare }: DriverCall): ContractCase {
  return caseOf(named, `${title}: does nothing when cancelled beforehand`, async (scene) => {
    const call = await prepare(scene, await scene.newAccount())
    const before = scene.requests.length
    const refusal = refusalOf(call(scene.context(AbortSignal.abort())), 'cancelled')
    await refusal
    expect(scene.requests).toHaveLength(before)
  })
}

function goneMeanwhileCase(named: NamedRig, driverCall: DriverCall, step: number): ContractCase {
  const name = `${driverCall.title}: stops waiting when cancelled${atStep(named, driverCall, step)}`
  return caseOf(named, name, async (scene) => {
    const call = await driverCall.prepare(scene, await scene.newAccount())
    const before = scene.requests.length
    const { faults } = scene.rig.simulator
    faults.next(1, { kind: 'hang' }, () => scene.requests.length >= before + step)
    const caller = new AbortController()
    const refusal = refusalOf(call(scene.context(caller.signal)), 'cancelled', scene.secrets())
    await scene.arrivedOrOver(before + step, refusal)
    caller.abort()
    // A driver that does not listen gets as far as its deadline, and no further.
    await scene.clock.advance(DEADLINE_MS)
    await refusal
    expectNothingTwice(scene.lines(before))
  })
}
