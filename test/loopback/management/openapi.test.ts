import { METHODS } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { makeLoopback, type TestLoopback, toJson } from '../../helpers/make-loopback.ts'

/** JSON Schema as far as OpenAPI 3.1 requires: an object, or a boolean. */
const jsonSchema = z.union([z.boolean(), z.record(z.string(), z.unknown())])
const content = z.record(
  z.string().regex(/^[a-z]+\/[a-z-]+$/),
  z.strictObject({ schema: jsonSchema }),
)
const operation = z.strictObject({
  tags: z.array(z.string()).length(1),
  operationId: z.string().regex(/^[a-z][A-Za-z]{2,30}$/),
  summary: z.string().min(5),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z
    .array(
      z.strictObject({
        name: z.string(),
        in: z.literal('path'),
        required: z.literal(true),
        schema: jsonSchema,
      }),
    )
    .optional(),
  requestBody: z.strictObject({ required: z.boolean(), content }).optional(),
  responses: z.record(
    z.string().regex(/^[1-5]\d\d$/),
    z.strictObject({
      description: z.string().min(1),
      headers: z.record(z.string(), z.strictObject({ $ref: z.string() })).optional(),
      content: content.optional(),
    }),
  ),
})
const pathItem = z.partialRecord(z.enum(['get', 'post', 'patch', 'delete']), operation)
/** A strict schema of the parts of OpenAPI 3.1 in use. */
const openapi31 = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d$/),
  info: z.strictObject({ title: z.string(), version: z.string() }),
  tags: z.array(z.strictObject({ name: z.string(), description: z.string().min(5) })),
  servers: z.array(z.strictObject({ url: z.url() })).length(1),
  paths: z.record(z.string().startsWith('/'), pathItem),
  components: z.strictObject({
    schemas: z.record(z.string().regex(/^[A-Z][A-Za-z]+$/), jsonSchema),
    headers: z.record(
      z.string(),
      z.strictObject({ description: z.string().min(5), schema: jsonSchema }),
    ),
    securitySchemes: z.record(
      z.string(),
      z.strictObject({ type: z.literal('http'), scheme: z.enum(['basic', 'bearer']) }),
    ),
  }),
})

let endpoint: TestLoopback
let document: z.infer<typeof openapi31>
beforeAll(async () => {
  endpoint = await makeLoopback()
  const { body } = await toJson(fetch(`${endpoint.issuer}/openapi.json`))
  document = openapi31.parse(body)
})
afterAll(() => endpoint.close())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, each]) => ({ path, method, ...each })),
  )

/** The names of times and durations in the API (RFC 6749, RFC 7662). */
const TIME = /^(at|.*_at|exp|iat|since|until|wait|expires_in|retry_after|min_validity|.*_seconds)$/

const isInteger = (schema: unknown): boolean =>
  typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === 'integer'

/** The value, if it is an object, and all objects in it. */
function partsOf(value: unknown): Readonly<Record<string, unknown>>[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.values(value).flatMap(partsOf)
  return Array.isArray(value) ? inside : [{ ...value }, ...inside]
}

describe('the OpenAPI document', () => {
  it('has one tag for every operation, and describes each tag', () => {
    const used = new Set(operations().flatMap(({ tags }) => tags))
    expect(document.tags.map(({ name }) => name).sort()).toEqual([...used].sort())
  })

  it('declares the headers that say when and how to try again with their errors', () => {
    const token = document.paths['/oauth/token']?.post
    const headersOf = (status: string) => Object.keys(token?.responses[status]?.headers ?? {})
    expect(headersOf('401')).toEqual(['WWW-Authenticate'])
    expect(headersOf('400')).toEqual(['Retry-After'])
    expect(headersOf('429')).toEqual(['Retry-After'])
    expect(headersOf('200')).toEqual([])
    const known = Object.keys(document.components.headers).map(
      (name) => `#/components/headers/${name}`,
    )
    const named = operations().flatMap((each) =>
      Object.values(each.responses).flatMap(({ headers = {} }) =>
        Object.values(headers).map(({ $ref }) => $ref),
      ),
    )
    expect([...new Set(named)].sort()).toEqual(known.sort())
  })

  it('names the version and the server', () => {
    expect(document.info.version).toBe('1.2.3')
    expect(document.servers).toEqual([{ url: endpoint.issuer }])
  })

  it('declares the parameters in every path, and the schemes that it uses', () => {
    const schemes = Object.keys(document.components.securitySchemes)
    for (const { path, parameters = [], security } of operations()) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(parameters.map(({ name }) => name)).toEqual(named)
      for (const requirement of security) {
        for (const scheme of Object.keys(requirement)) expect(schemes).toContain(scheme)
      }
    }
  })

  it('has a unique name for each operation', () => {
    const names = operations().map(({ operationId }) => operationId)

    expect(new Set(names).size).toBe(names.length)
  })

  it('describes every error of every operation by the codes of the table', () => {
    for (const { operationId, responses } of operations()) {
      const refused = Object.entries(responses).filter(([status]) => status >= '400')
      const statuses = refused.map(([status]) => status)
      expect({ operationId, statuses }).toMatchObject({
        statuses: expect.arrayContaining(['400', '403', '413', '417', '500']),
      })
      for (const [, { description, content: body }] of refused) {
        expect(description).toMatch(/\.$/)
        expect(body).toEqual({
          'application/json': { schema: { $ref: '#/components/schemas/ErrorAnswer' } },
        })
      }
    }
    const conflict = operations().find(({ operationId }) => operationId === 'changeAccount')
    expect(conflict?.responses['409']?.description).toContain(
      '`already_exists`: That name is already in use',
    )
  })

  it('has every schema that it references', () => {
    const known = Object.keys(document.components.schemas)
    const named = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)]

    expect(named.length).toBeGreaterThan(known.length)
    for (const [, name] of named) expect(known).toContain(name)
  })

  it('names each model, so that generated clients do not create several types for one', () => {
    const { paths, components } = document
    const inside = Object.values(components.schemas).flatMap((schema) => partsOf(schema).slice(1))
    const models = [...inside, ...partsOf(paths)].filter(
      (part) => 'properties' in part || 'anyOf' in part || 'oneOf' in part || 'allOf' in part,
    )
    expect(models).toEqual([])

    const choices = inside.flatMap((part) => ('enum' in part ? [JSON.stringify(part['enum'])] : []))
    expect(choices.length).toBeGreaterThan(3)
    expect(choices).toEqual([...new Set(choices)])
  })

  it('has nothing that generators cannot handle', () => {
    const isSchema = (part: Record<string, unknown>) =>
      typeof part['type'] === 'string' || typeof part['$ref'] === 'string'
    const parts = partsOf(document).filter(isSchema)

    // Becomes a separate type in Go, and a default that does not compile in Java.
    for (const part of parts) {
      expect(typeof part['const']).not.toBe('boolean')
      expect(typeof part['default']).not.toBe('object')
    }
    // Go sends an array in a form as `resource[0]`.
    const isForm = (name: string) => name.endsWith('Form')
    const forms = Object.entries(document.components.schemas).filter(([name]) => isForm(name))
    expect(forms).toHaveLength(2)
    for (const part of partsOf(forms)) expect(part['type']).not.toBe('array')
  })

  it('says that all times are in seconds, which types cannot express', () => {
    const times = partsOf(document).flatMap((part) =>
      Object.entries(part).filter(([name, value]) => TIME.test(name) && isInteger(value)),
    )

    expect(times.length).toBeGreaterThan(20)
    for (const [name, time] of times) {
      expect({ name, time }).toMatchObject({
        time: { description: expect.stringMatching(/seconds/i) },
      })
    }
  })

  it('has patterns that mean the same in Python, Go and Java', () => {
    const patterns = [...JSON.stringify(document).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text = '""']) => String(JSON.parse(text)),
    )

    expect(patterns.some((pattern) => pattern.includes('\u2028'))).toBe(true)
    for (const pattern of patterns) {
      // No lookaround, no back references, no classes or escapes that one of them does not support.
      expect(pattern).not.toMatch(/\(\?|\\[^x.\\-]|\\x(?![0-9a-f]{2})/)
      // Everything else must be a whole character, not half of one.
      expect(pattern).not.toMatch(/\p{Cs}/u)
    }
  })

  it('has every route that is served, and no other', async () => {
    const paths = [
      ...Object.keys(document.paths),
      ...['/', '/v1', '/oauth', '/oauth/authorize', '/oauth/token/', '/oauth/register'],
      ...['/.well-known/openid-configuration', '/openapi.yaml', '/metrics', '/favicon.ico'],
      ...['/v1/leases/{id}', '/v1/clients/{name}/grants', '/v1/accounts/{provider}'],
      ...['/revoke', '/revoke-all', '/tokens/{id}', '/tokens/', '/portal/{application}'].map(
        (end) => `/v1/accounts/{provider}/{name}${end}`,
      ),
    ]
    const withoutRoutes = new Set(['CONNECT', 'TRACE', 'HEAD', 'QUERY'])
    const methods = METHODS.filter((method) => !withoutRoutes.has(method))
    const served: string[] = []
    for (const path of paths) {
      for (const method of methods) {
        const response = await fetch(endpoint.issuer + path.replaceAll(/\{\w+\}/g, 'x'), { method })
        if (response.status !== 404 && response.status !== 405)
          served.push(`${method.toLowerCase()} ${path}`)
        await response.arrayBuffer()
      }
    }

    const documented = operations().map(({ method, path }) => `${method} ${path}`)
    expect(served.sort()).toEqual(documented.sort())
  }, 60_000)

  it('requires the owner key where the server does', async () => {
    for (const { path, method, security } of operations()) {
      if (!path.startsWith('/v1/')) continue
      const url = endpoint.issuer + path.replaceAll(/\{\w+\}/g, 'x')
      // Otherwise the limit of wrong secrets would be reached.
      await endpoint.clock.advance(60_000)
      const { status } = await fetch(url, { method: method.toUpperCase() })
      expect({ path, refused: status === 401 }).toEqual({ path, refused: security.length > 0 })
    }
  })

  it.each(['HEAD', 'OPTIONS', 'PUT', 'QUERY', 'PROPFIND', 'PURGE'])(
    'has no operation for %s, and the answer names those that there are',
    async (method) => {
      for (const [path, item] of Object.entries(document.paths)) {
        const url = endpoint.issuer + path.replaceAll(/\{\w+\}/g, '%78')
        const response = await fetch(url, { method })

        expect({ path, status: response.status }).toEqual({ path, status: 405 })
        const documented = Object.keys(item).map((each) => each.toUpperCase())
        expect(response.headers.get('allow')?.split(', ')).toEqual(documented)
        expect(response.headers.get('cache-control')).toBe('no-store')
      }
    },
  )

  it.each(['/v1', '/v1/', '/v1/health/', '/v1/clients/', '/V1/health', '/v1/accounts/a'])(
    'has no %s, whatever the method',
    async (path) => {
      for (const method of ['GET', 'PUT']) {
        const response = await fetch(endpoint.issuer + path, { method })

        expect(response.status).toBe(404)
        expect(response.headers.has('allow')).toBe(false)
      }
    },
  )
})
