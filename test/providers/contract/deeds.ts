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
export interface Deed {
  readonly title: string
  readonly activity: Activity
  /** Sends what has to go before, and returns the call itself. */
  prepare(scene: Scene, account: Account): Promise<Call>
}

/** All that a rig can do. */
export function allDeedsOf(named: NamedRig): Deed[] {
  return activitiesOf(named).flatMap((activity) => deedsAt(named, activity))
}

/** The calls of a rig that make at least one request. */
export function deedsOf(named: NamedRig): Deed[] {
  return allDeedsOf(named).filter(({ activity }) => requestsOf(named, activity) > 0)
}

/** Those among them that go by the session. */
export function sessionDeedsOf(named: NamedRig): Deed[] {
  const others: readonly Activity[] = ['login', 'revoke', 'endCredential', 'probe']
  return deedsOf(named).filter(({ activity }) => !others.includes(activity))
}

/** Every way to call one member. */
export function deedsAt(named: NamedRig, activity: Activity): Deed[] {
  const deed = (prepare: Deed['prepare'], title: string = activity): Deed => {
    return { title, activity, prepare }
  }
  switch (activity) {
    case 'login':
      return [deed(async (scene) => (context) => scene.login(undefined, context))]
    case 'mint':
    case 'refresh':
    case 'renew':
    case 'portalLink':
      return [deed(async (_, account) => (context) => account.make(activity, undefined, context))]
    case 'revoke':
      return [deed((_, account) => withToken(account, subjectOf(revocableMakersOf(named), named)))]
    case 'probe':
      return [deed((_, account) => probing(account, subjectOf(probedMakersOf(named), named)))]
    case 'revokeLease':
    case 'revokeLeaseById':
      return leaseMakersOf(named).map((maker) =>
        deed((_, account) => ending(account, maker, activity), `${activity}, made by ${maker}`),
      )
    case 'endCredential':
      return [deed(async (_, account) => (context) => account.endCredential(context))]
    case 'listTokens':
      return [deed(async (_, account) => (context) => account.listTokens(context))]
    case 'revokeById':
      return [deed((scene, account) => endingListed(scene, account))]
    case 'revokeAll':
      return [deed(async (_, account) => (context) => account.revokeAll(context))]
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
