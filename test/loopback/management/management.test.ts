import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { basic, makeLoopback, toJson } from '../../helpers/make-loopback.ts'
import { markedSecret, registerSecret } from '../../helpers/marks.ts'
import { expectPrivate, expectRefusal } from '../refused.ts'
import { addTokenAccounts, type TokenAccounts } from '../token-accounts.ts'
import { type Scene, type Step, steps } from './management-steps.ts'

let endpoint: Scene['endpoint']
let services: TokenAccounts
let scene: Scene
beforeAll(async () => {
  endpoint = await makeLoopback()
  services = await addTokenAccounts(endpoint)
  scene = { endpoint, phone: services.glowmarkt.addPhone('alice') }
})
afterAll(async () => {
  await endpoint.close()
  await services.close()
})

const split = ({ route, path }: Step): [method: string, path: string] => {
  const [method = '', own = ''] = route.split(' ')
  return [method, path ?? own]
}

describe('management', () => {
  it('has a step for every route of /v1 in the document, and vice versa', async () => {
    const { body } = await toJson(fetch(`${endpoint.issuer}/openapi.json`))
    const documented = Object.entries(body['paths'] as Record<string, object>)
      .filter(([path]) => path.startsWith('/v1/'))
      .flatMap(([path, item]) =>
        Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
      )

    expect(steps.map(({ route }) => route).sort()).toEqual(documented.sort())
  })

  it.each(steps.map((step) => [step.route, step] as const))(
    'serves %s, and records what it changes',
    async (_route, step) => {
      const [method, path] = split(step)

      const before = endpoint.events.length
      const answer = await endpoint.manage(method, path, step.body?.(scene))

      const lines = endpoint.events.slice(before).filter(({ route }) => route === 'v1')
      expect(lines.map(({ event }) => event)).toEqual(expect.arrayContaining([...step.records]))
      expect(lines.length > 0).toBe(step.records.length > 0)
      expect(answer).toMatchObject({ status: step.status ?? 200 })
      expectPrivate(answer)
      step.answer.parse(answer.body)
      expect(answer.body).toMatchObject(step.says?.(scene) ?? {})
      const { secret } = answer.body
      if (typeof secret === 'string') registerSecret(secret)
      const { path: refusedPath = path, body, status, code } = step.refused
      expectRefusal(await endpoint.manage(method, refusedPath, body), status, code)
    },
  )

  it('checks the response of each route that only reads', () => {
    const silent = steps.filter(({ route, says }) => route.startsWith('GET ') && !says)
    expect(silent).toEqual([])
  })

  const FOR_CLIENTS = ['GET /v1/accounts', 'POST /v1/accounts/find']
  const guarded = steps.filter(({ route }) => route !== 'GET /v1/health')

  it.each(guarded.map((step) => [step.route, step] as const))(
    'refuses %s without the owner key, with a wrong one, and from a client',
    async (_route, step) => {
      const client = endpoint.addClient(`c${guarded.indexOf(step)}`)
      const [method, path] = split(step)
      const attempts: readonly Readonly<Record<string, string>>[] = [
        {},
        { authorization: `Bearer ${markedSecret('owner').replaceAll('-', '')}` },
        { authorization: `Bearer ${client.secret}` },
        ...(FOR_CLIENTS.includes(step.route) ? [] : [basic(client)]),
      ]
      await endpoint.clock.advance(60_000)

      for (const headers of attempts) {
        const answer = await toJson(fetch(endpoint.issuer + path, { method, headers }))
        expectRefusal(answer, 401, 'invalid_client')
      }
    },
  )

  const withBodies = steps.filter(({ route }) => /^(POST|PATCH|DELETE)/.test(route))

  it.each(withBodies.map((step) => [step.route, step] as const))(
    'refuses and names an unknown field of %s',
    async (_route, step) => {
      const [method, path] = split(step)

      const answer = await endpoint.manage(method, path, { ...step.body?.(scene), colour: 'blue' })

      const { error_description: description } = expectRefusal(answer, 400, 'invalid_request')
      expect(description).toContain('colour')
      expect(description).not.toContain('blue')
    },
  )
})
