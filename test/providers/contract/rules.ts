import type { ErrorCode } from '../../../main/base/errors.ts'
import { type Activity, activities, type Maker, makers } from './activities.ts'
import type { Misbehaviour } from './misbehaviours.ts'
import type { NamedRig, TokenFacts } from './rig.ts'

/*
 * Which cases are left out where, and nowhere else:
 * - a member that the rig does not name has none (a case compares the names with the driver);
 * - a member that always says `not_supported` has the one case that it does;
 * - what makes no request meets no service, and so no fault of one;
 * - a token that `revoke` cannot end, by the facts of the rig, has the one case that it says so, and
 *   one that `probe` is not for is not brought to it;
 * - an answer can hold an unusable token only where an answer holds the token.
 */

/** All that can be done here and works. */
export function activitiesOf({ members, notSupported = [] }: NamedRig): Activity[] {
  return activities.filter((activity) => {
    if (activity === 'login') return true
    const member = activity === 'revokeLeaseById' ? 'revokeLease' : activity
    return members.includes(member) && !notSupported.includes(activity)
  })
}

export function can(named: NamedRig, activity: Activity): boolean {
  return activitiesOf(named).includes(activity)
}

export function requestsOf({ requests = {} }: NamedRig, activity: Activity): number {
  return requests[activity] ?? 1
}

/** What makes tokens here. */
export function makersOf(named: NamedRig): Maker[] {
  return makers.filter((maker) => named.tokens[maker] !== undefined && can(named, maker))
}

/** What makes tokens that live and end with a lease. */
export function leaseMakersOf(named: NamedRig): Maker[] {
  return makersOf(named).filter((maker) => maker === 'mint' || maker === 'portalLink')
}

export function revocableMakersOf(named: NamedRig): Maker[] {
  if (!can(named, 'revoke')) return []
  return makersOf(named).filter((maker) => factsOf(named, maker).revocable !== false)
}

/** What makes tokens that `revoke` is asked to end, and cannot. */
export function irrevocableMakersOf(named: NamedRig): Maker[] {
  if (!can(named, 'revoke')) return []
  return makersOf(named).filter((maker) => factsOf(named, maker).revocable === false)
}

export function probedMakersOf(named: NamedRig): Maker[] {
  if (!can(named, 'probe')) return []
  return makersOf(named).filter((maker) => factsOf(named, maker).probed !== false)
}

export function factsOf({ name, tokens }: NamedRig, maker: Maker): TokenFacts {
  const facts = tokens[maker]
  if (!facts) throw new Error(`The rig ${name} says nothing of the tokens of ${maker}.`)
  return facts
}

/** How an end that has nothing left to end is called. */
export function secondEndOf(
  { secondEnd = {} }: NamedRig,
  ender: keyof NonNullable<NamedRig['secondEnd']>,
): 'revoked' | 'already_gone' {
  return secondEnd[ender] ?? 'already_gone'
}

/** True where a call that met this is sent once more by itself. */
export function isRetried(
  { retries }: NamedRig,
  activity: Activity,
  { fault }: Misbehaviour,
): boolean {
  return (retries?.at.includes(activity) && retries.after.includes(fault.kind)) ?? false
}

/** What becomes of a misbehaviour at that request of the call, counted from 1. */
export function outcomeOf(
  { exceptions = [] }: NamedRig,
  at: Activity,
  step: number,
  { title, code }: Misbehaviour,
): ErrorCode | 'an answer' {
  const exception = exceptions.find(
    (candidate) =>
      candidate.at === at &&
      candidate.row === title &&
      (candidate.step === undefined || candidate.step === step),
  )
  return exception?.becomes ?? code
}
