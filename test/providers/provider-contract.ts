import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../../main/base/secret.ts'
import type { ClosableHttpClient } from '../../main/providers/http.ts'
import { createHttpClient } from '../../main/providers/http-client.ts'
import type {
  AccessToken,
  LoginForm,
  Provider,
  ProviderSession,
} from '../../main/providers/provider.ts'
import { FakeClock } from '../helpers/fake-clock.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { makeContext, refusalOf, revealHeaders } from './calling.ts'
import { commonActivities, misbehaviours, rareActivities } from './misbehaviours.ts'
import type { MakeRig, Rig, RigOptions } from './rigs.ts'

const DEADLINE_MS = 15_000

/** What is no token, in an answer that is otherwise right. */
const notTokens: readonly { readonly what: string; readonly token: unknown }[] = [
  { what: 'a number', token: 7 },
  { what: 'empty', token: '' },
  { what: 'split by a line break', token: 'abc\r\nx-injected: yes' },
  { what: 'not ASCII', token: 'abc\u00e9' },
  { what: 'endless', token: 'x'.repeat(10_000) },
]

/** What is true of every provider, held against its simulated service. */
export function describeProvider(provider: Provider, makeRig: MakeRig): void {
  describe(`the provider ${provider.id}`, () => {
    let clock: FakeClock
    let http: ClosableHttpClient
    let rig: Rig

    beforeEach(async () => {
      clock = new FakeClock()
      http = createHttpClient({ clock, env: {}, deadlineMs: DEADLINE_MS })
      rig = await makeRig(clock)
    })
    afterEach(async () => {
      await http.close()
      await rig.simulator.close()
    })

    const context = (signal?: AbortSignal) => makeContext(http, clock, signal ? { signal } : {})
    const sessionOf = (token: AccessToken): ProviderSession => ({
      values: rig.form.values,
      credential: rig.form.secrets,
      token,
    })
    const secretsOf = (form: LoginForm) =>
      Object.values(form.secrets).map((secret) => secret.reveal())

    async function restartWith(options: RigOptions): Promise<void> {
      await rig.simulator.close()
      rig = await makeRig(clock, options)
    }

    async function use(token: AccessToken): Promise<number> {
      const url = `${rig.simulator.url}${rig.usefulPath}`
      const answer = await fetch(url, { headers: revealHeaders(token) })
      await answer.arrayBuffer()
      return answer.status
    }

    it('declares a form whose names are unique and whose choices include the default', () => {
      const { fields } = rig.provider
      expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length)
      for (const { choices, default: preset } of fields) {
        if (choices) expect(choices.map(({ value }) => value)).toContain(preset)
      }
    })

    it('logs in with one request and gives label, credential and a token that the service takes', async () => {
      const login = await rig.provider.login(rig.form, context())
      expect(login.label).toBe(rig.label)
      expect(login.usedCode).toBe(false)
      for (const [name, secret] of Object.entries(rig.form.secrets)) {
        expect(login.credential[name]?.equals(secret)).toBe(true)
      }
      expect(rig.simulator.requests).toHaveLength(1)
      expect(rig.simulator.aliveTokens()).toEqual([login.token.value.reveal()])
      expect(await use(login.token)).toBe(200)
    })

    it('says when the token ends, by our clock even if the service is two hours ahead', async () => {
      rig.simulator.clock.advance(7_200_000)
      const { token } = await rig.provider.login(rig.form, context())
      expect(token.expiresAt).toBe(rig.lifetimeMs === null ? null : clock.now() + rig.lifetimeMs)
    })

    it('refuses a wrong password once the person was asked for everything', async () => {
      const password = markedSecret('wrong')
      const form: LoginForm = {
        ...rig.form,
        secrets: { password: new Secret(password) },
        oneTimeCode: new Secret(''),
      }
      await refusalOf(rig.provider.login(form, context()), 'wrong_credentials', [password])
      expect(rig.simulator.requests).toHaveLength(1)
      expect(rig.simulator.counts.logins).toBe(0)
    })

    it('refuses an address that is not a URL without calling anybody', async () => {
      const form = { ...rig.form, values: { ...rig.form.values, url: 'nonsense' } }
      await refusalOf(rig.provider.login(form, context()), 'invalid_request')
      expect(rig.simulator.requests).toHaveLength(0)
    })

    it('refuses plain http to a far host without calling anybody', async () => {
      const form = { ...rig.form, values: { ...rig.form.values, url: 'http://far.example.com' } }
      const error = await refusalOf(rig.provider.login(form, context()), 'invalid_request')
      expect(error.hint).toContain('https')
    })

    it('mints a token of its own for each lease', async () => {
      const session = sessionOf((await rig.provider.login(rig.form, context())).token)
      const request = { leaseId: 'l1', lifetimeSeconds: 900 }
      const first = await rig.provider.mint?.(session, request, context())
      const second = await rig.provider.mint?.(session, { ...request, leaseId: 'l2' }, context())
      if (!first || !second) throw new Error('It cannot mint.')
      expect(first.value.equals(second.value)).toBe(false)
      await rig.provider.revoke?.(first, rig.form.values, context())
      expect([await use(first), await use(second)]).toEqual([401, 200])
    })

    it('ends exactly the token that it is given, and calls a second end already gone', async () => {
      const { token } = await rig.provider.login(rig.form, context())
      const other = await rig.provider.login(rig.form, context())
      expect(await rig.provider.revoke?.(token, rig.form.values, context())).toBe('revoked')
      expect(rig.simulator.aliveTokens()).toEqual([other.token.value.reveal()])
      expect(await rig.provider.revoke?.(token, rig.form.values, context())).toBe('already_gone')
      expect(rig.simulator.counts.logouts).toBe(1)
    })

    it('tells a token that is accepted from one that is refused', async () => {
      const { token } = await rig.provider.login(rig.form, context())
      expect(await rig.provider.probe?.(token, rig.form.values, context())).toBe('accepted')
      await rig.provider.revoke?.(token, rig.form.values, context())
      expect(await rig.provider.probe?.(token, rig.form.values, context())).toBe('refused')
    })

    if (provider.refresh) {
      it('gives the session another token and leaves the old one alive', async () => {
        const { token } = await rig.provider.login(rig.form, context())
        const other = await rig.provider.refresh?.(sessionOf(token), context())
        if (!other) throw new Error('It cannot refresh.')
        expect(other.value.equals(token.value)).toBe(false)
        expect([await use(token), await use(other)]).toEqual([200, 200])
      })
    }

    if (provider.listTokens && provider.revokeById) {
      it('lists tokens, and ends exactly the one whose id it is given, once', async () => {
        const listed = async (token: AccessToken) =>
          (await rig.provider.listTokens?.(sessionOf(token), context())) ?? []
        const { token } = await rig.provider.login(rig.form, context())
        const before = await listed(token)
        const other = await rig.provider.login(rig.form, context())
        const added = (await listed(token)).filter((item) =>
          before.every(({ id }) => id !== item.id),
        )
        expect(added).toMatchObject([{ createdAt: clock.now(), expiresAt: other.token.expiresAt }])
        const id = added[0]?.id ?? ''
        const end = () => rig.provider.revokeById?.(id, sessionOf(token), context())
        expect(await end()).toBe('revoked')
        expect([await use(token), await use(other.token)]).toEqual([200, 401])
        expect(await listed(token)).toEqual(before)
        expect(await end()).toBe('already_gone')
      })
    }

    it('knows what became of a token a year later', async () => {
      const { token } = await rig.provider.login(rig.form, context())
      clock.jumpWall(365 * 86_400_000)
      const lives = rig.lifetimeMs === null
      const probed = await rig.provider.probe?.(token, rig.form.values, context())
      expect(probed).toBe(lives ? 'accepted' : 'refused')
      const ended = await rig.provider.revoke?.(token, rig.form.values, context())
      expect(ended).toBe(lives ? 'revoked' : 'already_gone')
    })

    it('says until when it is throttled, and does not try again by itself', async () => {
      await restartWith({ throttled: true })
      await rig.provider.login(rig.form, context())
      const error = await refusalOf(rig.provider.login(rig.form, context()), 'rate_limited')
      expect(error.retryAt).toBe(clock.now() + rig.throttledMs)
      expect(rig.simulator.requests).toHaveLength(2)
      clock.jumpWall(rig.throttledMs)
      expect((await rig.provider.login(rig.form, context())).label).toBe(rig.label)
    })

    it('is temporarily unavailable when nobody listens', async () => {
      await rig.simulator.close()
      const error = await refusalOf(
        rig.provider.login(rig.form, context()),
        'temporarily_unavailable',
        secretsOf(rig.form),
      )
      expect(error.message).toContain('refused the connection')
    })

    it('does nothing when it was cancelled beforehand', async () => {
      const gone = AbortSignal.abort()
      await refusalOf(rig.provider.login(rig.form, context(gone)), 'cancelled')
      expect(rig.simulator.requests).toHaveLength(0)
    })

    it('stops waiting when it is cancelled', async () => {
      rig.simulator.faults.next(1, { kind: 'hang' })
      const caller = new AbortController()
      const refusal = refusalOf(rig.provider.login(rig.form, context(caller.signal)), 'cancelled')
      await rig.simulator.arrived(1)
      caller.abort()
      await refusal
      expect(rig.simulator.requests).toHaveLength(1)
    })

    it.each(notTokens)('refuses a token that is $what', async ({ token }) => {
      const body = rig.successWith(token)
      rig.simulator.faults.next(1, { kind: 'status', status: 200, body })
      await refusalOf(rig.provider.login(rig.form, context()), 'unexpected_answer')
    })

    it('does not quote a token that it cannot use', async () => {
      const token = `${markedSecret('token')} with blanks`
      registerSecret(token)
      const body = rig.successWith(token)
      rig.simulator.faults.next(1, { kind: 'status', status: 200, body })
      await refusalOf(rig.provider.login(rig.form, context()), 'unexpected_answer', [token])
    })

    const activities = [
      ...commonActivities,
      ...rareActivities.filter((activity) => provider[activity] !== undefined),
    ]
    for (const activity of activities) {
      describe(`at ${activity}`, () => {
        let token: AccessToken
        beforeEach(async () => {
          token = (await rig.provider.login(rig.form, context())).token
        })

        function act(): Promise<unknown> | undefined {
          const { form } = rig
          const session = sessionOf(token)
          switch (activity) {
            case 'login':
              return provider.login(form, context())
            case 'mint':
              return provider.mint?.(session, { leaseId: 'l1', lifetimeSeconds: 900 }, context())
            case 'revoke':
              return provider.revoke?.(token, form.values, context())
            case 'probe':
              return provider.probe?.(token, form.values, context())
            case 'refresh':
              return provider.refresh?.(session, context())
            case 'listTokens':
              return provider.listTokens?.(session, context())
            case 'revokeById':
              return provider.revokeById?.(randomUUID(), session, context())
            default:
              return activity satisfies never
          }
        }

        const rows = misbehaviours.filter(({ fineAt }) => !fineAt?.includes(activity))
        for (const { title, fault, code, endless } of rows) {
          it(`is ${code} after one try when the service ${title}`, async () => {
            rig.simulator.faults.next(1, fault)
            const acting = act()
            if (!acting) throw new Error('It has no such member.')
            const secrets = [...secretsOf(rig.form), token.value.reveal()]
            const refusal = refusalOf(acting, code, secrets)
            await rig.simulator.arrived(2)
            if (endless) await clock.advance(DEADLINE_MS)
            const error = await refusal
            expect(`${error.message} ${error.hint}`).not.toMatch(/\?t=1|Welcome/)
            expect(rig.simulator.requests).toHaveLength(2)
          })
        }
      })
    }
  })
}
