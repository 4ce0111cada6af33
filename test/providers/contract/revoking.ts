import { expect } from 'vitest'
import { newLeaseId } from '../../../main/base/ids.ts'
import type { AccessToken, MintedLease } from '../../../main/providers/provider.ts'
import { refusalOf } from '../calling.ts'
import type { Maker } from './activities.ts'
import { type ContractCase, caseOf } from './case.ts'
import { driverCallsAt } from './driver-calls.ts'
import type { Misbehaviour } from './misbehaviours.ts'
import type { NamedRig } from './rig.ts'
import {
  can,
  factsOf,
  irrevocableMakersOf,
  isRetried,
  leaseMakersOf,
  makersOf,
  probedMakersOf,
  revocableMakersOf,
  secondEndOf,
} from './rules.ts'
import type { Scene } from './scene.ts'

const YEAR_MS = 365 * 86_400_000

/** A service that has done it and could not say so. */
const lost: Misbehaviour = {
  title: 'serves and loses the answer',
  fault: { kind: 'lost' },
  code: 'temporarily_unavailable',
}

/** What is true of tokens that are ended, or have ended by themselves. */
export function endingCases(named: NamedRig): ContractCase[] {
  return [
    ...revocableMakersOf(named).map((maker) => revokeCase(named, maker)),
    ...irrevocableMakersOf(named).map((maker) => irrevocableCase(named, maker)),
    ...leaseMakersOf(named).flatMap((maker) => [
      ...(can(named, 'revokeLease') ? [leaseCase(named, maker, 'revokeLease')] : []),
      ...(can(named, 'revokeLeaseById') ? [leaseCase(named, maker, 'revokeLeaseById')] : []),
      ...(can(named, 'revokeLeaseById') ? unknownLeaseCases(named, maker) : []),
    ]),
    ...(can(named, 'listTokens') && can(named, 'revokeById') ? [listCase(named)] : []),
    ...(can(named, 'revokeAll') ? [allCase(named)] : []),
    ...(can(named, 'endCredential') ? [credentialCase(named)] : []),
    ...probedMakersOf(named).map((maker) => probeCase(named, maker)),
    ...makersOf(named).map((maker) => yearCase(named, maker)),
    ...(named.notSupported ?? []).flatMap((member) =>
      driverCallsAt(named, member).map(({ title, prepare }) =>
        caseOf(named, `${title}: says that the service cannot do it`, async (scene) => {
          const call = await prepare(scene, await scene.newAccount())
          const before = scene.alive()
          const said = await call(scene.context()).catch((error: unknown) => codeOf(error))
          expect(said).toBe('not_supported')
          expect(scene.alive()).toEqual(before)
        }),
      ),
    ),
  ]
}

function revokeCase(named: NamedRig, maker: Maker): ContractCase {
  const name = `revoke: ends exactly its token, made by ${maker}, and says so the second time`
  return caseOf(named, name, async (scene) => {
    const account = await scene.newAccount()
    const others = await withForeignTokens(scene)
    const isRenewal = maker === 'refresh' || maker === 'renew'
    const first = isRenewal ? await account.renewal(maker) : { token: await account.make(maker) }
    const { token } = first
    // A renewal may end the token before it: then the other one is of another session.
    const isApart = 'old' in first && first.old !== 'lives'
    const other = await (isApart ? await scene.newAccount() : account).make(maker)
    const { counts } = scene.rig.simulator
    const ended = counts.logouts
    const made = token.value.reveal()
    expect(scene.alive()).toContain(made)
    const left = isApart
      ? scene.alive().filter((each) => each !== made)
      : [...others, other.value.reveal()].toSorted()
    expect(await account.revoke(token)).toBe('revoked')
    expect(scene.alive()).toEqual(left)
    expect(await scene.use(token, maker)).toBe(factsOf(named, maker).refusedStatus ?? 401)
    expect(await scene.use(other, maker)).toBe(200)
    expect(await account.revoke(token)).toBe(secondEndOf(named, 'revoke'))
    expect(scene.alive()).toEqual(left)
    expect(counts.logouts - ended).toBe(1)
  })
}

function irrevocableCase(named: NamedRig, maker: Maker): ContractCase {
  return caseOf(named, `revoke: says that it cannot end a token of ${maker}`, async (scene) => {
    const account = await scene.newAccount()
    const token = await account.make(maker)
    const before = scene.alive()
    expect(await account.revoke(token)).toBe('not_supported')
    expect(scene.alive()).toEqual(before)
  })
}

function leaseCase(
  named: NamedRig,
  maker: Maker,
  how: 'revokeLease' | 'revokeLeaseById',
): ContractCase {
  return caseOf(named, `${how}: ends exactly what ${maker} made for that lease`, async (scene) => {
    const account = await scene.newAccount()
    const others = await withForeignTokens(scene)
    const leases: (MintedLease & { readonly token: AccessToken })[] = []
    for (const leaseId of [newLeaseId(), newLeaseId(), newLeaseId()]) {
      leases.push({ leaseId, token: await account.make(maker, leaseId) })
    }
    const alive = (...left: MintedLease[]) =>
      [...others, ...left.map(({ token }) => token?.value.reveal() ?? '')].toSorted()
    const end = ({ leaseId, token }: (typeof leases)[number]) =>
      account.revokeLease(how === 'revokeLease' ? { leaseId, token } : { leaseId })
    const [first, second, third] = leases
    if (!first || !second || !third) throw new Error('There are three leases.')
    expect(await end(first)).toBe('revoked')
    expect(scene.alive()).toEqual(alive(second, third))
    expect(await end(second)).toBe('revoked')
    expect(scene.alive()).toEqual(alive(third))
    expect(await scene.use(first.token, maker)).toBe(factsOf(named, maker).refusedStatus ?? 401)
    expect(await scene.use(third.token, maker)).toBe(200)
    expect(await end(first)).toBe(secondEndOf(named, how))
    expect(scene.alive()).toEqual(alive(third))
  })
}

function unknownLeaseCases(named: NamedRig, maker: Maker): ContractCase[] {
  return [
    caseOf(named, `revokeLeaseById: ends nothing for a lease without ${maker}`, async (scene) => {
      const account = await scene.newAccount()
      await account.make(maker)
      const before = scene.alive()
      const ended = await account.revokeLease({ leaseId: newLeaseId() })
      expect(ended).toBe(secondEndOf(named, 'revokeLeaseById'))
      expect(scene.alive()).toEqual(before)
    }),

    caseOf(
      named,
      `revokeLeaseById: ends what ${maker} made when the answer was lost`,
      async (scene) => {
        const account = await scene.newAccount()
        const before = await withForeignTokens(scene)
        const leaseId = newLeaseId()
        const at = scene.requests.length + (factsOf(named, maker).step ?? 1)
        const times = isRetried(named, maker, lost) ? 2 : 1
        scene.rig.simulator.faults.next(times, lost.fault, () => scene.requests.length >= at)
        await refusalOf(account.make(maker, leaseId), lost.code, scene.secrets())
        expect(scene.alive()).toHaveLength(before.length + 1)
        expect(await account.revokeLease({ leaseId })).toBe('revoked')
        expect(scene.alive()).toEqual(before)
      },
    ),
  ]
}

function listCase(named: NamedRig): ContractCase {
  const name = 'revokeById: ends exactly the token that the list has under that id, once'
  return caseOf(named, name, async (scene) => {
    const account = await scene.newAccount()
    const maker = named.lists ?? 'login'
    await scene.rig.foreignToken('same account')
    const before = await account.listTokens()
    const alive = scene.alive()
    const made = await account.make(maker)
    await scene.rig.foreignToken('other account')
    const added = (await account.listTokens()).filter((item) =>
      before.every(({ id }) => id !== item.id),
    )
    expect(added).toMatchObject([{ createdAt: scene.clock.now(), expiresAt: made.expiresAt }])
    const id = added[0]?.id ?? ''
    const others = scene.alive().filter((token) => token !== made.value.reveal())
    expect(others).toEqual(expect.arrayContaining(alive))
    expect(await account.revokeById(id)).toBe('revoked')
    expect(scene.alive()).toEqual(others)
    expect(await scene.use(made, maker)).toBe(factsOf(named, maker).refusedStatus ?? 401)
    expect(await account.listTokens()).toEqual(before)
    expect(await account.revokeById(id)).toBe(secondEndOf(named, 'revokeById'))
    expect(scene.alive()).toEqual(others)
  })
}

function allCase(named: NamedRig): ContractCase {
  const name = 'revokeAll: spares no token of the account and ends none of another'
  return caseOf(named, name, async (scene) => {
    const account = await scene.newAccount()
    for (const maker of leaseMakersOf(named)) {
      await account.make(maker)
      await account.make(maker)
    }
    await scene.rig.foreignToken('same account')
    const spared = await scene.rig.foreignToken('other account')
    expect(account.driver.revokeAll?.hits(account.values)).toMatch(/^\S.*[^.\s]$/)
    await account.revokeAll()
    expect(scene.alive()).toEqual([spared])
    // A second time there is nothing left, which is no failure; and it is not an echo of the first.
    await account.revokeAll()
    await scene.rig.foreignToken('same account')
    await account.revokeAll()
    expect(scene.alive()).toEqual([spared])
  })
}

function credentialCase(named: NamedRig): ContractCase {
  const name = 'endCredential: ends what renewals are made from, and says so the second time'
  return caseOf(named, name, async (scene) => {
    const account = await scene.newAccount()
    const other = await scene.newAccount()
    expect(await account.endCredential()).toBe('revoked')
    if (can(named, 'renew')) {
      await refusalOf(account.make('renew'), 'wrong_credentials', scene.secrets())
      expect(await scene.use(await other.make('renew'), 'renew')).toBe(200)
    }
    expect(await account.endCredential()).toBe(secondEndOf(named, 'endCredential'))
  })
}

function probeCase(named: NamedRig, maker: Maker): ContractCase {
  const name = `probe: tells a token of ${maker} that is accepted from one that has ended`
  return caseOf(named, name, async (scene) => {
    const account = await scene.newAccount()
    const token = await account.make(maker)
    expect(await account.probe(token)).toBe('accepted')
    if (revocableMakersOf(named).includes(maker)) await account.revoke(token)
    else scene.clock.jumpWall(YEAR_MS)
    expect(await account.probe(token)).toBe('refused')
  })
}

function yearCase(named: NamedRig, maker: Maker): ContractCase {
  const name = `expiry: knows what became of a token of ${maker} a year later`
  return caseOf(named, name, async (scene) => {
    const account = await scene.newAccount()
    const leaseId = newLeaseId()
    const token = await account.make(maker, leaseId)
    scene.clock.jumpWall(YEAR_MS)
    const lives = token.expiresAt === null
    expect(await scene.use(token, maker)).toBe(
      lives ? 200 : (factsOf(named, maker).expiredStatus ?? 401),
    )
    if (probedMakersOf(named).includes(maker)) {
      expect(await account.probe(token)).toBe(lives ? 'accepted' : 'refused')
    }
    if (revocableMakersOf(named).includes(maker)) {
      const second = secondEndOf(named, 'revoke')
      expect(await account.revoke(token)).toBe(lives ? 'revoked' : second)
    } else if (can(named, 'revokeLease') && leaseMakersOf(named).includes(maker)) {
      const later = await scene.newAccount()
      const ended = await later.revokeLease({ leaseId, token })
      // A record of what has expired may be there still, and be taken away by this.
      expect(lives ? ['revoked'] : ['revoked', 'already_gone']).toContain(ended)
      const again = await later.revokeLease({ leaseId, token })
      expect(again).toBe(secondEndOf(named, 'revokeLease'))
    }
  })
}

/** Two more tokens that must not be affected; returns all that are valid. */
async function withForeignTokens(scene: Scene): Promise<string[]> {
  await scene.rig.foreignToken('same account')
  await scene.rig.foreignToken('other account')
  return scene.alive()
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : error
}
