import { expect } from 'vitest'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import { refusalOf } from '../calling.ts'
import { LIFETIME_SECONDS, missing } from './account.ts'
import type { Maker } from './activities.ts'
import { type ContractCase, caseOf } from './case.ts'
import { allDriverCallsOf, driverCallsAt } from './driver-calls.ts'
import { expectNothingTwice } from './login.ts'
import type { NamedRig } from './rig.ts'
import { can, factsOf, leaseMakersOf, makersOf, requestsOf } from './rules.ts'

const AHEAD_MS = 7_200_000
const LONGEST_LINK = 65_536

/** What is no token, in an answer that is otherwise right. */
const notTokens: readonly { readonly what: string; readonly token: () => unknown }[] = [
  { what: 'a number', token: () => 7 },
  { what: 'empty', token: () => '' },
  { what: 'split by a line break', token: () => 'abc\r\nx-injected: yes' },
  { what: 'not ASCII', token: () => 'abc\u00e9' },
  { what: 'endless', token: () => 'x'.repeat(10_000) },
  { what: 'a secret with blanks, which it does not quote', token: secretWithBlanks },
]

/** What is true of calls that succeed, and of the tokens that they make. */
export function makingCases(named: NamedRig): ContractCase[] {
  return [
    ...allDriverCallsOf(named).map(({ title, activity, prepare }) => {
      const count = requestsOf(named, activity)
      const name = `${title}: sends ${count} request${count === 1 ? '' : 's'}, none twice`
      return caseOf(named, name, async (scene) => {
        const call = await prepare(scene, await scene.newAccount())
        const before = scene.requests.length
        await call(scene.context())
        expect(scene.lines(before)).toHaveLength(count)
        expectNothingTwice(scene.lines(before))
      })
    }),
    ...makersOf(named).flatMap((maker) => tokenCases(named, maker)),
    ...leaseMakersOf(named).map((maker) =>
      caseOf(named, `${maker}: makes a token of its own for each lease`, async (scene) => {
        const account = await scene.newAccount()
        const [first, second] = [await account.make(maker), await account.make(maker)]
        expect(first.value.equals(second.value)).toBe(false)
        expect(scene.alive()).toEqual(
          expect.arrayContaining([first.value.reveal(), second.value.reveal()]),
        )
      }),
    ),
    ...(['refresh', 'renew'] as const)
      .filter((maker) => can(named, maker))
      .flatMap((maker) => renewalCases(named, maker)),
    ...(can(named, 'portalLink') ? portalCases(named) : []),
  ]
}

function tokenCases(named: NamedRig, maker: Maker): ContractCase[] {
  const {
    lifetimeMs,
    step = 1,
    status = 200,
    successWith,
    unusableAnswers = [],
  } = factsOf(named, maker)
  return [
    caseOf(
      named,
      `${maker}: makes a token that the service takes, as it is sent`,
      async (scene) => {
        const account = await scene.newAccount()
        const token = await account.make(maker)
        expect(scene.alive()).toContain(token.value.reveal())
        expect(await scene.use(token, maker)).toBe(200)
      },
    ),

    caseOf(
      named,
      `${maker}: says when the token ends, by our clock although the service is two hours ahead`,
      async (scene) => {
        scene.rig.simulator.clock.advance(AHEAD_MS)
        const account = await scene.newAccount()
        const { expiresAt } = await account.make(maker)
        const lifetime = lifetimeMs(LIFETIME_SECONDS)
        expect(expiresAt).toBe(lifetime === null ? null : scene.clock.now() + lifetime)
      },
    ),

    ...unusableAnswers.map(({ what, change }) =>
      caseOf(named, `${maker}: ends the token of an answer that ${what}`, async (scene) => {
        const [driverCall] = driverCallsAt(named, maker)
        const call = await driverCall?.prepare(scene, await scene.newAccount())
        const before = scene.alive()
        const at = scene.requests.length + step
        const { faults, answeredLogins } = scene.rig.simulator
        const made = answeredLogins.length
        faults.next(1, { kind: 'altered', change }, () => scene.requests.length >= at)
        await refusalOf(Promise.resolve(call?.(scene.context())), 'unexpected_answer')
        expect(answeredLogins.length).toBe(made + 1)
        expect(scene.alive()).toEqual(before)
      }),
    ),

    ...(successWith === undefined ? [] : notTokens).map(({ what, token }) =>
      caseOf(named, `${maker}: refuses a token that is ${what}`, async (scene) => {
        const unusable = token()
        const [driverCall] = driverCallsAt(named, maker)
        const call = await driverCall?.prepare(scene, await scene.newAccount())
        const at = scene.requests.length + step
        const fault = { kind: 'status', status, body: successWith?.(unusable) } as const
        scene.rig.simulator.faults.next(1, fault, () => scene.requests.length >= at)
        const quoted = typeof unusable === 'string' && unusable !== '' ? [unusable] : []
        await refusalOf(Promise.resolve(call?.(scene.context())), 'unexpected_answer', quoted)
      }),
    ),
  ]
}

function renewalCases(named: NamedRig, maker: 'refresh' | 'renew'): ContractCase[] {
  const truth = `${maker}: gives a token, and says truly what became of the one before`
  return [
    caseOf(named, truth, async (scene) => {
      const account = await scene.newAccount()
      const before = account.session.token ?? missing('token of the session')
      const { token, old } = await account.renewal(maker)
      expect(token.value.equals(before.value)).toBe(old === 'same')
      expect(await scene.use(token, maker)).toBe(200)
      const refused = factsOf(named, maker).refusedStatus ?? 401
      const stillUsed = await scene.use(before, maker)
      const expected = { lives: 200, same: 200, ends: refused, unknown: stillUsed }[old]
      expect(stillUsed).toBe(expected)
    }),

    caseOf(named, `${maker}: gives the credential that the next one takes`, async (scene) => {
      const account = await scene.newAccount()
      await account.renewal(maker)
      const { token } = await account.renewal(maker)
      expect(await scene.use(token, maker)).toBe(200)
    }),
  ]
}

function portalCases(named: NamedRig): ContractCase[] {
  return [
    caseOf(named, 'portalLink: gives a link of its own for each visit', async (scene) => {
      const account = await scene.newAccount()
      const links = [await account.portalLink(), await account.portalLink()]
      const urls = links.map(({ url }) => url.reveal())
      expect(new Set(urls).size).toBe(2)
      for (const url of urls) expect(new URL(url).protocol).toMatch(/^https?:$/)
    }),

    caseOf(named, `portalLink: takes a link of ${LONGEST_LINK} characters`, async (scene) => {
      const account = await scene.newAccount()
      const url = 'https://app.example.com/login#key='.padEnd(LONGEST_LINK, 'x')
      scene.rig.simulator.faults.next(1, {
        kind: 'altered',
        change: (answer) => ({ ...answer, url }),
      })
      expect((await account.portalLink()).url.reveal()).toBe(url)
    }),
  ]
}

function secretWithBlanks(): string {
  const token = `${markedSecret('token')} with blanks`
  registerSecret(token)
  return token
}
