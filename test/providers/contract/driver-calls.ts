import { newLeaseId } from '../../../main/base/ids.ts'
import type { ProviderContext } from '../../../main/providers/provider.ts'
import { type Account, missing } from './account.ts'
import type { Activity, Maker } from './activities.ts'
import type { NamedRig } from './rig.ts'
import {
  activitiesOf,
  leaseMakersOf,
  makersOf,
  probedMakersOf,
  requestsOf,
  revocableMakersOf,
} from './rules.ts'
import type { Scene } from './scene.ts'

type Call = (context: ProviderContext) => Promise<unknown>

/** One call of one member, as the broker makes it. */
export interface DriverCall {
  readonly title: string
  readonly activity: Activity
  /** Sends what has to go before, and returns the call itself. */
  prepare(scene: Scene, account: Account): Promise<Call>
}

/** All that a rig can do. */
export function allDriverCallsOf(named: NamedRig): DriverCall[] {
  return activitiesOf(named).flatMap((activity) => driverCallsAt(named, activity))
}

/** The calls of a rig that make at least one request. */
export function driverCallsOf(named: NamedRig): DriverCall[] {
  return allDriverCallsOf(named).filter(({ activity }) => requestsOf(named, activity) > 0)
}

/** Those among them that go by the session. */
export function sessionCallsOf(named: NamedRig): DriverCall[] {
  const others: readonly Activity[] = ['login', 'revoke', 'endCredential', 'probe']
  return driverCallsOf(named).filter(({ activity }) => !others.includes(activity))
}

/** Every way to call one member. */
export function driverCallsAt(named: NamedRig, activity: Activity): DriverCall[] {
  const driverCall = (prepare: DriverCall['prepare'], title: string = activity): DriverCall => {
    return { title, activity, prepare }
  }
  switch (activity) {
    case 'login':
      return [driverCall(async (scene) => (context) => scene.login(undefined, context))]
    case 'mint':
    case 'refresh':
    case 'renew':
    case 'portalLink':
      return [
        driverCall(async (_, account) => (context) => account.make(activity, undefined, context)),
      ]
    case 'revoke':
      return [
        driverCall((_, account) => withToken(account, subjectOf(revocableMakersOf(named), named))),
      ]
    case 'probe':
      return [driverCall((_, account) => probing(account, subjectOf(probedMakersOf(named), named)))]
    case 'revokeLease':
    case 'revokeLeaseById':
      return leaseMakersOf(named).map((maker) =>
        driverCall(
          (_, account) => ending(account, maker, activity),
          `${activity}, made by ${maker}`,
        ),
      )
    case 'endCredential':
      return [driverCall(async (_, account) => (context) => account.endCredential(context))]
    case 'listTokens':
      return [driverCall(async (_, account) => (context) => account.listTokens(context))]
    case 'revokeById':
      return [driverCall((scene, account) => endingListed(scene, account))]
    case 'revokeAll':
      return [driverCall(async (_, account) => (context) => account.revokeAll(context))]
    default:
      return activity satisfies never
  }
}

function subjectOf([first]: readonly Maker[], named: NamedRig): Maker {
  // A member that always refuses is given what there is.
  return first ?? makersOf(named)[0] ?? missing('maker of tokens')
}

async function withToken(account: Account, maker: Maker): Promise<Call> {
  const token = await account.make(maker)
  return (context) => account.revoke(token, context)
}

async function probing(account: Account, maker: Maker): Promise<Call> {
  const token = await account.make(maker)
  return (context) => account.probe(token, context)
}

async function ending(
  account: Account,
  maker: Maker,
  how: 'revokeLease' | 'revokeLeaseById',
): Promise<Call> {
  const leaseId = newLeaseId()
  const token = await account.make(maker, leaseId)
  const lease = how === 'revokeLease' ? { leaseId, token } : { leaseId }
  return (context) => account.revokeLease(lease, context)
}

async function endingListed(scene: Scene, account: Account): Promise<Call> {
  const before = await account.listTokens()
  await account.make(scene.named.lists ?? 'login')
  const ids = new Set(before.map(({ id }) => id))
  const added = (await account.listTokens()).find(({ id }) => !ids.has(id))
  const { id } = added ?? missing('token that the list did not have')
  return (context) => account.revokeById(id, context)
}
