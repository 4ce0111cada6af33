import { z } from 'zod'
import type { Served } from './allowed-methods.ts'
import type { Access, Route } from './route.ts'
import * as schemas from './schemas.ts'

const security: Record<Access, readonly Record<string, readonly string[]>[]> = {
  open: [],
  owner: [{ ownerKey: [] }],
  client: [{ ownerKey: [] }, { clientSecret: [] }],
}

const clientForm = {
  client_id: { type: 'string', description: 'Unless Basic authentication is used.' },
  client_secret: { type: 'string', description: 'Unless Basic authentication is used.' },
}

/** The OpenAPI 3.1 document of everything that is served, made from the schemas in use. */
export function openapi(
  routes: readonly Route[],
  version: string,
): { readonly paths: Served } & Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {
    '/.well-known/oauth-authorization-server': {
      get: {
        summary: 'Authorization server metadata (RFC 8414).',
        security: [],
        responses: { 200: { description: 'The metadata.' } },
      },
    },
    '/openapi.json': {
      get: {
        summary: 'This document.',
        security: [],
        responses: { 200: { description: 'The document.' } },
      },
    },
    '/oauth/token': oauthPath('A short-lived token (RFC 6749 4.4, RFC 8707).', tokenForm, {
      schema: schemas.tokenAnswer,
    }),
    '/oauth/revoke': oauthPath('Ends a lease by its token (RFC 7009).', oneTokenForm, {
      schema: schemas.revokeAnswer,
    }),
    '/oauth/introspect': oauthPath('Is a lease alive? (RFC 7662)', oneTokenForm, {
      schema: schemas.introspectAnswer,
    }),
  }
  for (const route of routes) {
    const operations = paths[route.path] ?? {}
    operations[route.method.toLowerCase()] = operation(route)
    paths[route.path] = operations
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tokentray', version },
    paths,
    components: {
      securitySchemes: {
        ownerKey: { type: 'http', scheme: 'bearer' },
        clientSecret: { type: 'http', scheme: 'basic' },
      },
    },
  }
}

const tokenForm = {
  type: 'object',
  required: ['grant_type'],
  properties: {
    ...clientForm,
    grant_type: { const: 'client_credentials' },
    audience: { type: 'string', description: 'The account, as provider/name.' },
    resource: { type: 'array', items: { type: 'string', format: 'uri' } },
    min_validity: { type: 'integer', minimum: 0, description: 'Seconds; 60 unless given.' },
    refused_lease: { type: 'string', description: 'A lease whose token the service refused.' },
    reason: { type: 'string', maxLength: 200, description: 'For the record.' },
  },
}

const oneTokenForm = {
  type: 'object',
  required: ['token'],
  properties: { ...clientForm, token: { type: 'string' } },
}

function oauthPath(
  summary: string,
  form: unknown,
  { schema }: { schema: z.ZodType },
): Record<string, unknown> {
  return {
    post: {
      summary,
      security: [{ clientSecret: [] }, {}],
      requestBody: {
        required: true,
        content: { 'application/x-www-form-urlencoded': { schema: form } },
      },
      responses: answers(200, schema),
    },
  }
}

function operation({ path, access, summary, body, answer, status }: Route): unknown {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
  return {
    summary,
    security: security[access],
    ...(names.length > 0 && {
      parameters: names.map((name) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      })),
    }),
    ...(body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: z.toJSONSchema(body, { io: 'input' }) } },
      },
    }),
    responses: answers(status, answer),
  }
}

function answers(status: number, schema: z.ZodType): unknown {
  const json = (described: z.ZodType) => ({
    'application/json': { schema: z.toJSONSchema(described) },
  })
  return {
    [status]: { description: 'Done.', content: json(schema) },
    default: { description: 'Refused, with the reason.', content: json(schemas.errorAnswer) },
  }
}
