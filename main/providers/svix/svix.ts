import type { HttpResponse } from '../http/http.ts'
import type { Driver, FormValues, Provider, ProviderContext, ProviderSession } from '../provider.ts'
import { readObject, readText } from '../wire/json-object.ts'
import { takeOrRevoke } from '../wire/received-token.ts'
import { findBase, placeOf } from './address.ts'
import { isMissing, isRefusedToken, refusal } from './answers.ts'
import { applicationOf, callSvix, keyOf, parseKey, postSvix } from './call.ts'
import { svixFields } from './fields.ts'
import { discard, logOut } from './logout.ts'
import { openPortal, readLink } from './portal.ts'
import { tryPortal } from './portal-trial.ts'
import { findApplication, findServer, requireKey } from './server.ts'

/**
 * Svix's application portals: an environment's key creates a token for one application and one lease. The
 * lease sets its lifetime and its session id, so that it can be revoked even if the response was lost.
 */
export const svix: Provider = {
  id: 'svix',
  title: 'Svix',
  summary: 'Webhooks. Tokens for the portal of one application, hosted or on your own server.',
  fields: svixFields,
  sharesCredential: true,
  place: ['url', 'region', 'base'],

  async login({ values, secrets }, context) {
    const key = parseKey(secrets['key'])
    const base = findBase(values, key)
    const place = { ...values, base }
    const { name, slash } = await findApplication(place, key, context)
    const server = await findServer({ ...place, slash }, context)
    const session = { values: { ...place, ...server }, credential: { key } }
    // If tokens cannot be revoked, none is created just for a trial.
    const canRevoke = server.flavour === 'hosted'
    if (!canRevoke) await requireKey(session.values, key, context)
    const tried = canRevoke && (await tryPortal(session, context))
    return {
      label: `${name} at ${placeOf(place)}`,
      credential: { key },
      usedCode: false,
      learned: { base, ...server, ...tried },
    }
  },

  driver(values) {
    if (values['flavour'] === 'oss') return openSource
    return supportsSessionIds(values) ? hosted : hostedWithoutSessionIds
  },
}

/** Operations of all servers. */
const common = {
  leaseKinds: ['dedicated'],
  mintsFrom: 'credential',

  async mint(session, request, context) {
    const { token, learned } = await openPortal(session, request, context)
    // The magic link in the response is a credential too, and is dropped.
    return { token, ...(learned && { learned }) }
  },

  async probe(token, values, context) {
    const route = `/app/${applicationOf(values)}`
    const response = await callSvix(values, { method: 'GET', route, token: token.value }, context)
    if (response.status === 200) {
      readText(readObject(response), 'id')
      return 'accepted'
    }
    if (isRefusedToken(response)) return 'refused'
    throw refusal(response, values, context)
  },
} as const satisfies Driver

/** Cannot revoke tokens. */
const openSource: Driver = {
  ...common,
  caution: 'Tokens of this server are valid for 28 days and cannot be revoked earlier.',
}

/** For servers that may not support session ids: each token is revoked by itself. */
const hostedWithoutSessionIds: Driver = {
  ...common,

  revoke: (token, values, context) => logOut(token.value, values, context),

  revokeAll: {
    hits({ application = '', ...values }) {
      const grace = graceOf(values)
      const when = grace === 0 ? '' : ` (after a grace period of ${grace} s)`
      return `every portal session of ${application.trim()}, including those of customers${when}`
    },
    graceSeconds: graceOf,
    async run(session, context) {
      const response = await expireAll(session, { expiry: graceOf(session.values) }, context)
      if (response.status !== 204) throw refusal(response, session.values, context)
    },
  },

  portalField: 'application',
  async portalLink(session, request, context) {
    const { token, body, learned } = await openPortal(session, request, context)
    const { values } = session
    const url = await takeOrRevoke(
      () => readLink(body, values),
      () => discard(token.value, values, context),
    )
    return { url, token, ...(learned && { learned }) }
  },
}

const hosted: Driver = {
  ...hostedWithoutSessionIds,

  async revokeLease({ leaseId, token }, session, context) {
    const response = await expireAll(session, { expiry: 0, sessionIds: [leaseId] }, context)
    if (response.status === 204) return 'revoked'
    // If the application or the route is gone, the token can still revoke itself.
    if (token && isMissing(response)) return logOut(token.value, session.values, context)
    throw refusal(response, session.values, context)
  },
}

/**
 * Security: a server without session ids would ignore them and expire all sessions, including those of
 * customers. So this is true only if a trial has shown that the server supports them.
 */
const supportsSessionIds = ({ sessions }: FormValues) => sessions === 'yes'

/** Seconds that the sessions of other users stay valid after all tokens are revoked. */
function graceOf({ graceSeconds = '' }: FormValues): number {
  return Number(graceSeconds)
}

/** Expires portal tokens of the application in `expiry` seconds: those of some sessions, or all. */
function expireAll(
  { values, credential }: ProviderSession,
  which: { readonly expiry: number; readonly sessionIds?: readonly [string] },
  context: ProviderContext,
): Promise<HttpResponse> {
  const route = `/auth/app/${applicationOf(values)}/expire-all`
  const post = { route, token: keyOf(credential), body: JSON.stringify(which) }
  return postSvix(values, post, context)
}
