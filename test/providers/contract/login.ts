import { expect } from 'vitest'
import { Secret } from '../../../main/base/secret.ts'
import { checkForm } from '../../../main/providers/form.ts'
import { refusalOf } from '../calling.ts'
import { members, membersOf } from './activities.ts'
import { type ContractCase, caseOf } from './case.ts'
import type { NamedRig } from './rig.ts'
import { can, requestsOf } from './rules.ts'

/** What is true of a form and of the login that it leads to. */
export function loginCases(named: NamedRig): ContractCase[] {
  const { provider, tokens } = named
  const loginRequests = requestsOf(named, 'login')
  return [
    caseOf(named, 'rig: names the members that the driver has', async (scene) => {
      const { driver } = await scene.newAccount()
      expect(membersOf(driver)).toEqual(members.filter((member) => named.members.includes(member)))
    }),

    caseOf(named, 'rig: has no exception for what is never done', async () => {
      const never = (named.exceptions ?? []).filter(
        ({ at, step = 1 }) => !can(named, at) || step > requestsOf(named, at),
      )
      expect(never).toEqual([])
    }),

    caseOf(named, 'form: has names that are unique and choices with the default', async () => {
      const { fields } = provider
      expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length)
      for (const { choices, default: preset } of fields) {
        if (choices) expect(choices.map(({ value }) => value)).toContain(preset)
      }
    }),

    caseOf(named, 'form: makes fields depend on choices further up only', async () => {
      const { fields } = provider
      const astray = fields.filter(({ when }, at) => {
        const above = fields.slice(0, at).find(({ name }) => name === when?.field)
        return when && !above?.choices?.some(({ value }) => value === when.is)
      })
      expect(astray).toEqual([])
    }),

    caseOf(named, 'form: can be filled in as the rig has it', async (scene) => {
      const { values, secrets } = scene.rig.form
      const checked = checkForm(provider, values, secrets)
      expect(checked.values).toMatchObject(values)
      expect(Object.keys(checked.secrets)).toEqual(Object.keys(secrets))
    }),

    caseOf(named, 'login: gives label, credential and what token there is', async (scene) => {
      const login = await scene.login()
      expect(login.label).toBe(scene.rig.label)
      expect(login.usedCode).toBe(false)
      for (const [name, secret] of Object.entries(scene.rig.form.secrets)) {
        expect(login.credential[name]?.equals(secret)).toBe(true)
      }
      expect(scene.lines(0)).toHaveLength(loginRequests)
      expect(login.token !== undefined).toBe(tokens.login !== undefined)
      scene.outliveTrial()
      expect(scene.alive()).toEqual(login.token ? [login.token.value.reveal()] : [])
    }),

    caseOf(named, 'login: remembers nothing that is secret', async (scene) => {
      const { label, learned } = await scene.login()
      const remembered = JSON.stringify({ label, learned })
      for (const secret of scene.secrets()) expect(remembered).not.toContain(secret)
    }),

    caseOf(named, 'login: refuses wrong secrets, asked once', async (scene) => {
      const secrets = scene.rig.wrongSecrets
      // The user was asked for everything, so the refusal is final.
      const form = { ...scene.rig.form, secrets, oneTimeCode: new Secret('') }
      const wrong = Object.values(secrets).map((secret) => secret.reveal())
      const { field } = await refusalOf(scene.login(form), 'wrong_credentials', wrong)
      const secretFields = provider.fields.filter(({ kind }) => kind === 'secret')
      if (field !== undefined) expect(secretFields.map(({ name }) => name)).toContain(field)
      expect(scene.requests.length).toBeGreaterThan(0)
      expect(scene.requests.length).toBeLessThanOrEqual(loginRequests)
      expectNothingTwice(scene.lines(0))
      expect(scene.rig.simulator.counts.logins).toBe(0)
      expect(scene.alive()).toEqual([])
    }),

    caseOf(named, 'login: refuses an address that is no URL, asking nobody', async (scene) => {
      const attempt = scene.login(scene.formWith({ url: 'nonsense' }))
      expect((await refusalOf(attempt, 'invalid_request')).field).toBe('url')
      expect(scene.requests).toHaveLength(0)
    }),

    caseOf(named, 'login: refuses plain http to a far host, asking nobody', async (scene) => {
      const form = scene.formWith({ url: 'http://far.example.com' })
      const error = await refusalOf(scene.login(form), 'invalid_request')
      expect(error.hint).toContain('https')
      expect(error.field).toBe('url')
    }),

    caseOf(
      named,
      'login: is possible again when the service says so, and not tried before',
      async (scene) => {
        await scene.login()
        const error = await refusalOf(scene.login(), 'rate_limited', scene.secrets())
        expect(error.retryAt).toBe(scene.clock.now() + named.throttled.waitMs)
        expect(scene.lines(0)).toHaveLength(loginRequests + 1)
        scene.clock.jumpWall(named.throttled.waitMs)
        expect((await scene.login()).label).toBe(scene.rig.label)
      },
      { throttled: true },
    ),
  ]
}

/** No request line stands there twice. */
export function expectNothingTwice(lines: readonly string[]): void {
  expect(lines).toEqual([...new Set(lines)])
}
