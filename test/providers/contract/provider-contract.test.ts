import { describe, expect, it } from 'vitest'
import { findProvider, providers } from '../../../main/providers/index.ts'
import type { FormValues, Provider } from '../../../main/providers/provider.ts'
import { rotatingRigs } from '../rotating/rig.ts'
import { type Activity, makers, members, membersOf } from './activities.ts'
import { contractCases } from './cases.ts'
import { driverCallsOf } from './driver-calls.ts'
import type { NamedRig } from './rig.ts'
import { rigs } from './rigs.ts'
import { makersOf } from './rules.ts'

/** With a service of the tests, for what none of the real ones does. */
const allRigs = [...rigs, ...rotatingRigs]

describe('the registry', () => {
  it('holds each id once and finds each provider by it', () => {
    expect(new Set(providers.map(({ id }) => id)).size).toBe(providers.length)
    for (const provider of providers) expect(findProvider(provider.id)).toBe(provider)
  })

  it('finds no provider under an unknown id', () => {
    for (const id of ['', 'sftp', 'constructor', '__proto__']) {
      expect(findProvider(id)).toBeUndefined()
    }
  })

  it('has a rig for each provider, each under a name of its own', () => {
    for (const { id } of providers) {
      expect(rigs.map(({ provider }) => provider.id)).toContain(id)
    }
    expect(new Set(rigs.map(({ name }) => name)).size).toBe(rigs.length)
  })

  it('has a rig for all that a driver can do, whatever is chosen in its form', () => {
    for (const provider of new Set([...providers, ...rigs.map((rig) => rig.provider)])) {
      const own = rigs.filter((rig) => rig.provider === provider)
      const exercised = new Set(own.flatMap(({ members }) => members))
      for (const values of choicesOf(provider)) {
        const can = membersOf(provider.driver(values))
        expect([...exercised], JSON.stringify(values)).toEqual(expect.arrayContaining(can))
      }
    }
  })
})

describe('the rigs', () => {
  it('exercise every member that there can be', () => {
    const exercised = allRigs.flatMap((rig) => rig.members)
    expect([...new Set(exercised)].toSorted()).toEqual(members.toSorted())
  })

  it('have a case of every kind for each call that asks a service', () => {
    for (const rig of allRigs) {
      const names = contractCases(rig).map(({ name }) => name)
      expect(new Set(names).size, rig.name).toBe(names.length)
      for (const maker of makersOf(rig)) {
        expect(names).toContain(`expiry: knows what became of a token of ${maker} a year later`)
      }
      for (const activity of new Set(driverCallsOf(rig).map((driverCall) => driverCall.activity))) {
        const own = names.filter((name) => /^\w+/.exec(name)?.[0] === activity)
        for (const kind of kindsOf(rig, activity)) {
          expect(
            own.some((name) => kind.test(name)),
            `${rig.name}, ${activity}, ${kind}`,
          ).toBe(true)
        }
      }
    }
  })
})

/** What the names of the cases of a call must say somewhere. */
function kindsOf({ tokens }: NamedRig, activity: Activity): RegExp[] {
  // A login need not give a token; what is there for nothing else must.
  const isMaker = makers.some((maker) => maker === activity && (maker !== 'login' || tokens.login))
  const goesBySession = !['login', 'revoke', 'endCredential', 'probe'].includes(activity)
  return [
    /sends \d requests?, none twice$/,
    /says until when it is throttled/,
    /is unavailable when nobody listens$/,
    /when the service says 503/,
    /when the service answers half a JSON text/,
    /when the service answers one byte a second/,
    /does nothing when cancelled beforehand$/,
    /stops waiting when cancelled/,
    ...(isMaker ? [/says when the token ends/, /refuses a token that is a number$/] : []),
    ...(goesBySession ? [/says so when the session is worth nothing any more$/] : []),
    ...(activity.startsWith('revoke') ? [/ends exactly|spares no token/] : []),
    ...(activity === 'endCredential' ? [/ends what renewals are made from/] : []),
    ...(activity === 'login' ? [/refuses wrong secrets/] : []),
    ...(activity === 'probe' ? [/accepted from one that has ended$/] : []),
  ]
}

/** Every way to fill in the choices of a form. */
function choicesOf({ fields }: Provider): FormValues[] {
  return fields.reduce<FormValues[]>(
    (all, { name, choices = [] }) =>
      choices.length === 0
        ? all
        : all.flatMap((values) => choices.map(({ value }) => ({ ...values, [name]: value }))),
    [{}],
  )
}

for (const rig of allRigs) {
  describe(`the provider contract, ${rig.name}`, () => {
    for (const { name, run } of contractCases(rig)) {
      it(name, async () => {
        // A case that looks at nothing would be true of every driver.
        expect.hasAssertions()
        await run()
      })
    }
  })
}
