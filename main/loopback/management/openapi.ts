import { type ErrorCode, errorTable } from '../../base/errors.ts'
import type { Served } from '../http/allowed-methods.ts'
import { comesWith, statusOf } from '../http/answers.ts'
import * as schemas from '../schemas/schemas.ts'
import { forms } from './openapi-forms.ts'
import { bodySchemas, refTo, toUri } from './openapi-schemas.ts'
import { tags, tagsOf } from './openapi-tags.ts'
import type { Access, Reach, Route } from './route.ts'

const security: Record<Access, readonly Record<string, readonly string[]>[]> = {
  open: [],
  owner: [{ ownerKey: [] }],
  client: [{ ownerKey: [] }, { clientSecret: [] }],
}

/** Errors that any request may get: from the guard, the parser, or an internal error. */
const ALWAYS: readonly ErrorCode[] = [
  ...(['invalid_request', 'request_refused', 'payload_too_large', 'expectation_failed'] as const),
  'server_error',
]
const AUTHENTICATED: readonly ErrorCode[] = ['invalid_client', 'rate_limited']
const RECORDS: readonly ErrorCode[] = [
  ...(['vault_locked', 'vault_unavailable', 'record_unavailable', 'newer_version'] as const),
  ...(['cancelled', 'temporarily_unavailable'] as const),
]
const reached: Record<Reach, readonly ErrorCode[]> = {
  memory: [],
  records: RECORDS,
  service: [
    ...RECORDS,
    ...(['access_denied', 'login_required', 'wrong_credentials', 'otp_required'] as const),
    ...(['not_supported', 'rate_limited', 'unexpected_answer'] as const),
  ],
}

/** The OpenAPI 3.1 document of all routes, built from the schemas that they use. */
export function openapi(
  routes: readonly Route[],
  version: string,
): { readonly paths: Served } & Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, object>> = {
    '/.well-known/oauth-authorization-server': fixed(
      { operationId: 'getMetadata', summary: 'Authorization server metadata (RFC 8414).' },
      schemas.metadataAnswer,
    ),
    '/openapi.json': fixed(
      { operationId: 'getOpenapi', summary: 'This document.' },
      schemas.openapiAnswer,
    ),
    '/oauth/token': oauthPath(
      {
        operationId: 'requestToken',
        summary: 'Issues a short-lived token (RFC 6749 4.4, RFC 8707).',
      },
      { form: 'TokenForm', answer: schemas.tokenAnswer },
    ),
    '/oauth/revoke': oauthPath(
      { operationId: 'revokeLease', summary: 'Closes a lease by its token (RFC 7009).' },
      { form: 'HeldTokenForm', answer: schemas.revokeAnswer },
    ),
    '/oauth/introspect': oauthPath(
      { operationId: 'introspectLease', summary: 'Says whether a lease is active (RFC 7662).' },
      { form: 'HeldTokenForm', answer: schemas.introspectAnswer },
    ),
  }
  for (const route of routes) {
    const operations = paths[route.path] ?? {}
    operations[route.method.toLowerCase()] = operation(route)
    paths[route.path] = operations
  }
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, each] of Object.entries(operations)) {
      operations[method] = { tags: tagsOf(path), ...each }
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tokentray', version },
    tags,
    paths,
    components: {
      schemas: { ...bodySchemas(), ...forms },
      headers,
      securitySchemes: {
        ownerKey: { type: 'http', scheme: 'bearer' },
        clientSecret: { type: 'http', scheme: 'basic' },
      },
    },
  }
}

type Named = Pick<Route, 'operationId' | 'summary'>

function fixed(named: Named, answer: Route['answer']): Record<string, object> {
  return {
    get: {
      ...{ ...named, security: [] },
      responses: {
        200: { description: 'Done.', content: content(answer) },
        ...refusals(ALWAYS, false),
      },
    },
  }
}

function oauthPath(
  named: Named,
  { form, answer }: { readonly form: keyof typeof forms; readonly answer: Route['answer'] },
): Record<string, object> {
  const codes = [...ALWAYS, ...AUTHENTICATED, ...reached.service]
  const own: readonly ErrorCode[] = ['invalid_target', 'invalid_scope', 'unsupported_grant_type']
  const isToken = answer === schemas.tokenAnswer
  return {
    post: {
      ...named,
      security: [{ clientSecret: [] }, {}],
      requestBody: {
        required: true,
        content: { 'application/x-www-form-urlencoded': { schema: { $ref: toUri(form) } } },
      },
      responses: {
        200: { description: 'Done.', content: content(answer) },
        ...refusals(isToken ? [...codes, ...own] : codes, true),
      },
    },
  }
}

function operation(route: Route): object {
  const { path, access, operationId, reach, also, summary, body, answer, status } = route
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
  const codes = [
    ...ALWAYS,
    ...(access === 'open' ? [] : AUTHENTICATED),
    ...(names.length > 0 ? (['not_found'] as const) : []),
    ...reached[reach],
    ...also,
  ]
  return {
    ...{ operationId, summary, security: security[access] },
    ...(names.length > 0 && {
      parameters: names.map((name) => ({
        ...{ name, in: 'path', required: true },
        schema: { type: 'string' },
      })),
    }),
    ...(body && { requestBody: { required: true, content: content(body) } }),
    responses: {
      [status]: { description: 'Done.', content: content(answer) },
      ...refusals(codes, false),
    },
  }
}

const content = (schema: Route['answer']) => ({ 'application/json': { schema: refTo(schema) } })

/** The meanings of each status, in the words of the table of errors. */
function refusals(codes: readonly ErrorCode[], onOauth: boolean): Record<string, unknown> {
  const byStatus = new Map<number, Refusal>()
  for (const code of new Set(codes)) {
    const status = statusOf(code, onOauth)
    const { meanings, headers } = byStatus.get(status) ?? { meanings: [], headers: [] }
    byStatus.set(status, {
      meanings: [...meanings, `\`${code}\`: ${errorTable[code].sentence}`],
      headers: [...headers, ...comesWith(code)],
    })
  }
  // The parser answers this before the path is known.
  byStatus.set(413, { meanings: [errorTable.payload_too_large.sentence], headers: [] })
  return Object.fromEntries(
    [...byStatus].map(([status, { meanings, headers }]) => [
      status,
      {
        description: meanings.join('\n'),
        ...(headers.length > 0 && { headers: Object.fromEntries(headers.map(toHeader)) }),
        content: content(schemas.errorAnswer),
      },
    ]),
  )
}

/** The meanings of a status, and its possible headers. */
interface Refusal {
  readonly meanings: readonly string[]
  readonly headers: readonly (keyof typeof headers)[]
}

const headers = {
  'Retry-After': {
    description: 'Seconds to wait before trying again; the same as `retry_after` of the body.',
    schema: { type: 'integer', format: 'int64', minimum: 1 },
  },
  'WWW-Authenticate': {
    description: 'How to authenticate; only if the request had no credentials.',
    schema: { type: 'string' },
  },
} as const

const toHeader = (name: keyof typeof headers) =>
  [name, { $ref: `#/components/headers/${name}` }] as const
