import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import * as schemas from '../../main/loopback/schemas.ts'
import { basic, makeLoopback, type TestLoopback, toJson } from '../helpers/make-loopback.ts'
import { markedSecret, registerSecret } from '../helpers/marks.ts'
import { expectPrivate, expectRefusal } from './refused.ts'

let endpoint: TestLoopback
beforeAll(async () => {
  endpoint = await makeLoopback()
})
afterAll(() => endpoint.close())

interface Step {
  /** As the document writes it. */
  readonly route: string
  /** The path itself; left out where it is the route's. */
  readonly path?: string
  readonly body?: () => object
  readonly answer: z.ZodType
  readonly status?: number
  /** A call of the same route that is refused. */
  readonly refused: {
    readonly path?: string
    readonly body?: unknown
    readonly status: number
    readonly code: string
  }
}

const UNKNOWN = { status: 404, code: 'not_found' } as const
const INVALID = { status: 400, code: 'invalid_request' } as const
const ALICE = '/v1/accounts/sftpgo/alice'
const NOBODY = '/v1/accounts/sftpgo/nobody'
const alice = () => ({
  provider: 'sftpgo',
  name: 'alice',
  values: { url: endpoint.sftpgo.url, username: 'alice' },
  secrets: { password: endpoint.passwords.alice },
})

/** Every route once with success, in an order in which they can be called, and once refused. */
const steps: readonly Step[] = [
  {
    route: 'GET /v1/health',
    answer: schemas.healthAnswer,
    refused: { path: '/v1/health/', ...UNKNOWN },
  },
  {
    route: 'GET /v1/status',
    answer: schemas.statusAnswer,
    refused: { path: '/v1/status?x=1', ...INVALID },
  },
  {
    route: 'GET /v1/providers',
    answer: schemas.providersAnswer,
    refused: { path: '/v1/providers/sftpgo', ...UNKNOWN },
  },
  {
    route: 'POST /v1/accounts',
    body: alice,
    answer: schemas.accountAnswer,
    status: 201,
    refused: {
      body: { provider: 'nothing', values: {}, secrets: {} },
      ...INVALID,
    },
  },
  {
    route: 'POST /v1/accounts/check',
    body: () => ({
      provider: 'sftpgo',
      values: { url: endpoint.sftpgo.url, username: 'zoe' },
    }),
    answer: schemas.emptyAnswer,
    refused: { body: { provider: 'sftpgo', values: { url: 'http://far.example' } }, ...INVALID },
  },
  {
    route: 'GET /v1/accounts',
    answer: schemas.accountsAnswer,
    refused: { path: '/v1/accounts?all=1', ...INVALID },
  },
  {
    route: 'PATCH /v1/accounts/{provider}/{name}',
    path: ALICE,
    body: () => ({ lease_seconds: 600 }),
    answer: schemas.accountAnswer,
    refused: { path: ALICE, body: { lease_seconds: 29 }, ...INVALID },
  },
  {
    route: 'POST /v1/tokens',
    body: () => ({ account: 'sftpgo/alice', reason: 'to see', min_validity: 60 }),
    answer: schemas.tokenAnswer,
    refused: { body: { account: 'sftpgo/nobody' }, ...UNKNOWN },
  },
  {
    route: 'POST /v1/clients',
    body: () => ({ name: 'tool', accounts: ['sftpgo/alice', 'sftpgo/alice'] }),
    answer: schemas.addedClientAnswer,
    status: 201,
    refused: {
      body: { name: 'tool', accounts: ['sftpgo/alice'] },
      status: 409,
      code: 'already_exists',
    },
  },
  {
    route: 'GET /v1/clients',
    answer: schemas.clientsAnswer,
    refused: { path: '/v1/clients/tool', ...UNKNOWN },
  },
  {
    route: 'GET /v1/leases',
    answer: schemas.leasesAnswer,
    refused: { path: '/v1/leases/x', ...UNKNOWN },
  },
  {
    route: 'POST /v1/leases/end',
    body: () => ({ account: 'sftpgo/alice' }),
    answer: schemas.endAnswer,
    refused: { body: { lease: 'lnothing' }, ...UNKNOWN },
  },
  {
    route: 'POST /v1/lock',
    answer: schemas.emptyAnswer,
    refused: { body: { for: 'ever' }, ...INVALID },
  },
  {
    route: 'POST /v1/unlock',
    body: () => ({}),
    answer: schemas.emptyAnswer,
    refused: { body: [], ...INVALID },
  },
  {
    route: 'DELETE /v1/clients/{name}',
    path: '/v1/clients/tool',
    answer: schemas.endAnswer,
    refused: { path: '/v1/clients/cli', status: 400, code: 'not_supported' },
  },
  {
    route: 'POST /v1/accounts/{provider}/{name}/logout',
    path: `${ALICE}/logout`,
    answer: schemas.endAnswer,
    refused: { path: `${NOBODY}/logout`, ...UNKNOWN },
  },
  {
    route: 'POST /v1/accounts/{provider}/{name}/login',
    path: `${ALICE}/login`,
    body: () => ({ secrets: { password: endpoint.passwords.alice } }),
    answer: schemas.accountAnswer,
    refused: { path: `${NOBODY}/login`, body: {}, ...UNKNOWN },
  },
  {
    route: 'DELETE /v1/accounts/{provider}/{name}',
    path: ALICE,
    answer: schemas.endAnswer,
    refused: { path: NOBODY, ...UNKNOWN },
  },
  {
    route: 'POST /v1/reset',
    body: () => ({ confirm: 'reset' }),
    answer: schemas.emptyAnswer,
    refused: { body: {}, ...INVALID },
  },
]

const split = ({ route, path }: Step): [method: string, path: string] => {
  const [method = '', own = ''] = route.split(' ')
  return [method, path ?? own]
}

describe('management', () => {
  it('has a step for every route of /v1 in the document, and the reverse', async () => {
    const { body } = await toJson(fetch(`${endpoint.issuer}/openapi.json`))
    const documented = Object.entries(body['paths'] as Record<string, object>)
      .filter(([path]) => path.startsWith('/v1/'))
      .flatMap(([path, item]) =>
        Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
      )

    expect(steps.map(({ route }) => route).sort()).toEqual(documented.sort())
  })

  it.each(steps.map((step) => [step.route, step] as const))('serves %s', async (_route, step) => {
    const [method, path] = split(step)

    const answer = await endpoint.manage(method, path, step.body?.())

    expect(answer).toMatchObject({ status: step.status ?? 200 })
    expectPrivate(answer)
    step.answer.parse(answer.body)
    const { secret } = answer.body
    if (typeof secret === 'string') registerSecret(secret)
    const { path: refusedPath = path, body, status, code } = step.refused
    expectRefusal(await endpoint.manage(method, refusedPath, body), status, code)
  })

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
        ...(step.route === 'GET /v1/accounts' ? [] : [basic(client)]),
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
    'refuses a field that %s does not know, and names it',
    async (_route, step) => {
      const [method, path] = split(step)

      const answer = await endpoint.manage(method, path, { ...step.body?.(), colour: 'blue' })

      const { error_description: description } = expectRefusal(answer, 400, 'invalid_request')
      expect(description).toContain('colour')
      expect(description).not.toContain('blue')
    },
  )
})
