import { describe, expect, it } from 'vitest'
import { rotatingRigs } from '../rotating/rig.ts'
import { type Breakage, breakRig } from './breaking.ts'
import { contractCases } from './cases.ts'
import { leaseBreakages } from './lease-breakages.ts'
import { loginBreakages } from './login-breakages.ts'
import { pollBreakages, renewalBreakages } from './renewal-breakages.ts'
import type { NamedRig } from './rig.ts'
import { rigs } from './rigs.ts'
import { sessionBreakages } from './session-breakages.ts'

/** The first rig that can do all of this. */
function rigWith(...members: NamedRig['members']): NamedRig {
  const rig = rigs.find((candidate) =>
    members.every((member) => candidate.members.includes(member)),
  )
  if (!rig) throw new Error(`No rig can ${members.join(', ')}.`)
  return rig
}

/** The first of the tests' own rigs of which this is true. */
function ownRig(isWanted: (rig: NamedRig) => boolean): NamedRig {
  const rig = rotatingRigs.find(isWanted)
  if (!rig) throw new Error('There is no such rig.')
  return rig
}

/** The cases that fail for a driver with the mistake, and those that should. */
async function hold(rig: NamedRig, { at, change, fails }: Breakage) {
  // What a call becomes at a bad service is left out for the calls that are as they were.
  const cases = contractCases(breakRig(rig, change)).filter(
    ({ about = at }) => about === at || (at === 'revokeLease' && about === 'revokeLeaseById'),
  )
  const failed: string[] = []
  for (const { name, run } of cases) await run().catch(() => failed.push(name))
  return { failed, meant: cases.map(({ name }) => name).filter((name) => fails.test(name)) }
}

describe('the provider contract, held against a driver with a mistake', () => {
  it.each([...loginBreakages, ...sessionBreakages])(
    'finds by the cases about it alone: $mistake',
    async (breakage) => {
      const { failed, meant } = await hold(rigWith('refresh', 'revokeById'), breakage)
      expect(meant).not.toEqual([])
      expect(failed).toEqual(meant)
    },
  )

  it.each(leaseBreakages)('finds by the cases about it alone: $mistake', async (breakage) => {
    const { failed, meant } = await hold(rigWith('revokeLease', 'portalLink'), breakage)
    expect(meant).not.toEqual([])
    expect(failed).toEqual(meant)
  })

  it.each(renewalBreakages)('finds by the cases about it alone: $mistake', async (breakage) => {
    const rig = ownRig(({ members }) => members.includes('renew'))
    const { failed, meant } = await hold(rig, breakage)
    expect(meant).not.toEqual([])
    expect(failed).toEqual(meant)
  })

  it.each(pollBreakages)('finds by the cases about it alone: $mistake', async (breakage) => {
    const { failed, meant } = await hold(
      ownRig(({ polls }) => polls !== undefined),
      breakage,
    )
    expect(meant).not.toEqual([])
    expect(failed).toEqual(meant)
  })
})
