import type { FastifyInstance, FastifyRequest } from 'fastify'
import { TokentrayError } from '../../base/errors.ts'
import { Secret } from '../../base/secret.ts'
import type { Account } from '../../broker/account/accounts.ts'
import type { Broker } from '../../broker/broker.ts'
import type { Client } from '../../broker/clients.ts'
import type { Lease } from '../../broker/lease/leases.ts'
import type { RejectedRequests } from '../../broker/record/rejected-requests.ts'
import { disconnectSignal } from '../http/disconnect-signal.ts'
import { toSeconds } from '../schemas/to-body.ts'
import { toEndedLeases } from '../schemas/views.ts'
import type { Authentication } from './authentication.ts'
import { FormBody } from './form-body.ts'
import { findTarget } from './target.ts'
import type { TokenAnswers } from './token-response.ts'

const LONGEST_VALIDITY_SECONDS = 31_536_000
const JSON_TYPE = 'application/json; charset=utf-8'

/** RFC 8414; the issuer always has the IP address, whatever host name the request used. */
export function metadata(issuer: string): Record<string, unknown> {
  return {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    grant_types_supported: ['client_credentials'],
    // Required, so it is empty rather than absent.
    response_types_supported: [],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    service_documentation: `${issuer}/openapi.json`,
  }
}

interface OauthPorts {
  readonly authentication: Authentication
  readonly tokenAnswers: TokenAnswers
  readonly turnedAway: Pick<RejectedRequests, 'note'>
}

/** The token, revocation and introspection endpoints. */
export function addOauthRoutes(
  app: FastifyInstance,
  broker: Broker,
  { authentication, tokenAnswers, turnedAway }: OauthPorts,
): void {
  const authenticate = (request: FastifyRequest, form: FormBody): Client =>
    authentication.requireClient(request.headers.authorization, form)

  app.post('/oauth/token', async (request, reply) => {
    const form = readForm(request)
    const client = authenticate(request, form)
    requireGrantType(form)
    if (form.get('scope') !== undefined) throw new TokentrayError('invalid_scope')
    const account = findGranted(client, form, broker, turnedAway)
    const minValiditySeconds = form.getCount('min_validity', LONGEST_VALIDITY_SECONDS)
    const reason = form.getLine('reason', 200)
    const refusedLease = form.getLine('refused_lease', 64)
    const presence = disconnectSignal(reply.raw)
    const issued = await broker.issue({
      client,
      account,
      route: 'oauth',
      get signal() {
        return presence()
      },
      minValiditySeconds,
      reason,
      refusedLease,
    })
    reply.header('content-type', JSON_TYPE)
    return tokenAnswers.toBody(issued)
  })

  app.post('/oauth/revoke', async (request) => {
    const form = readForm(request)
    const client = authenticate(request, form)
    const own = ownLeases(broker, client, requireToken(form))
    const ended = await Promise.all(
      own.map((lease) => broker.closeLeases({ id: lease.id }, client)),
    )
    // RFC 7009 2.2: an unknown token gets the same answer, and so does one of another client.
    return { leases: toEndedLeases(ended.flat(), broker) }
  })

  app.post('/oauth/introspect', async (request) => {
    const form = readForm(request)
    const client = authenticate(request, form)
    const latest = ownLeases(broker, client, requireToken(form)).at(-1)
    const account = latest && broker.accounts.byUid(latest.accountUid)
    if (!latest || !account) return { active: false }
    return {
      active: true,
      client_id: client.id,
      token_type: latest.held.token.tokenType,
      exp: toSeconds(latest.lifetime.endsAt ?? 0),
      iat: toSeconds(latest.openedAt),
      aud: account.id,
      lease_id: latest.id,
    }
  })
}

/** The requested account; a request that gets none is recorded. */
function findGranted(
  client: Client,
  form: FormBody,
  { accounts, clients }: Broker,
  turnedAway: Pick<RejectedRequests, 'note'>,
): Account {
  const named = { audience: form.get('audience'), resources: form.getAll('resource') }
  const target = findTarget(named, client, accounts, clients)
  if ('account' in target) return target.account
  const { refusal, refusedFor: account } = target
  // Unknown names are not recorded: a tool could write anything into the record.
  turnedAway.note({
    ...{ code: 'invalid_target', client: client.name, route: 'oauth' },
    ...(refusal.recordedCause && { cause: refusal.recordedCause }),
    ...(account && { account: account.id, accountUid: account.uid }),
  })
  throw refusal
}

function readForm(request: FastifyRequest): FormBody {
  if (!isRecord(request.body)) {
    throw new TokentrayError(
      'invalid_request',
      'The body must be application/x-www-form-urlencoded.',
    )
  }
  return new FormBody(request.body)
}

/** The form parser returns only strings and lists of strings. */
function isRecord(value: unknown): value is Record<string, string | string[]> {
  return typeof value === 'object' && value !== null
}

function requireGrantType(form: FormBody): void {
  const grantType = form.get('grant_type')
  if (grantType === undefined) {
    throw new TokentrayError('invalid_request', '"grant_type" is missing.')
  }
  if (grantType !== 'client_credentials') throw new TokentrayError('unsupported_grant_type')
}

function requireToken(form: FormBody): Secret {
  const token = form.get('token')
  if (token === undefined) throw new TokentrayError('invalid_request', '"token" is missing.')
  return new Secret(token)
}

/** This client's open leases on this token. */
function ownLeases(broker: Broker, client: Client, token: Secret): Lease[] {
  return broker.leases
    .list({ client: client.id })
    .filter(({ lifetime, held }) => lifetime.remainingMs > 0 && held.token.value.equals(token))
}
