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
 * Svix's application portals: an environment's key makes a token for one application and one lease,
 * which bounds it in time and names it, so that it can be ended even if its answer was lost.
 */
export const svix: Provider = {
  id: 'svix',
  title: 'Svix',
  summary: 'Webhooks; tokens for the portal of one application, hosted or on your own server.',
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
    // Where nothing ends a token, none is made to learn by.
    const canEnd = server.flavour === 'hosted'
    if (!canEnd) await requireKey(session.values, key, context)
    const tried = canEnd && (await tryPortal(session, context))
    return {
      label: `${name} at ${placeOf(place)}`,
      credential: { key },
      usedCode: false,
      learned: { base, ...server, ...tried },
    }
  },

  driver(values) {
    if (values['flavour'] === 'oss') return openSource
    return knowsSessionIds(values) ? hosted : hostedOnce
  },
}

/** What all servers can do. */
const common = {
  leaseKinds: ['dedicated'],
  mintsFrom: 'credential',

  async mint(session, request, context) {
    const { token, learned } = await openPortal(session, request, context)
    // The magic link that came with it is a credential too, and nobody has asked for one.
    return { token, ...(learned && { learned }) }
  },

  async probe(token, values, context) {
    const route = `/app/${applicationOf(values)}`
    const answer = await callSvix(values, { method: 'GET', route, token: token.value }, context)
    if (answer.status === 200) {
      readText(readObject(answer), 'id')
      return 'accepted'
    }
    if (isRefusedToken(answer)) return 'refused'
    throw refusal(answer, values, context)
  },
} as const satisfies Driver

/** Nothing ends a token there, so there is no member that would. */
const openSource: Driver = {
  ...common,
  caution: 'Tokens of this server live for 28 days, and nothing can end one sooner.',
}

/** Servers that are not known to know session ids: each token is ended by itself. */
const hostedOnce: Driver = {
  ...common,

  revoke: (token, values, context) => logOut(token.value, values, context),

  revokeAll: {
    hits({ application = '', ...values }) {
      const grace = graceOf(values)
      const when = grace === 0 ? '' : ` (after a grace period of ${grace} s)`
      return `every portal session of ${application.trim()}, those of customers included${when}`
    },
    graceSeconds: graceOf,
    async run(session, context) {
      const answer = await expireAll(session, { expiry: graceOf(session.values) }, context)
      if (answer.status !== 204) throw refusal(answer, session.values, context)
    },
  },

  portalField: 'application',
  async portalLink(session, request, context) {
    const { token, members, learned } = await openPortal(session, request, context)
    const { values } = session
    const url = await takeOrRevoke(
      () => readLink(members, values),
      () => discard(token.value, values, context),
    )
    return { url, token, ...(learned && { learned }) }
  },
}

const hosted: Driver = {
  ...hostedOnce,

  async revokeLease({ leaseId, token }, session, context) {
    const answer = await expireAll(session, { expiry: 0, sessionIds: [leaseId] }, context)
    if (answer.status === 204) return 'revoked'
    // Of an application that is gone, or at a server that has lost the route, it still ends itself.
    if (token && isMissing(answer)) return logOut(token.value, session.values, context)
    throw refusal(answer, session.values, context)
  },
}

/**
 * Security: a server that does not know session ids would take a call that names one for a call to
 * end everything, customers' sessions included. What was not proven is not believed.
 */
const knowsSessionIds = ({ sessions }: FormValues) => sessions === 'yes'

/** The seconds that sessions of others stay valid when all are ended. */
function graceOf({ graceSeconds = '' }: FormValues): number {
  return Number(graceSeconds)
}

/** Ends the portal tokens of the application `expiry` seconds from now: those of some sessions, or all. */
function expireAll(
  { values, credential }: ProviderSession,
  which: { readonly expiry: number; readonly sessionIds?: readonly [string] },
  context: ProviderContext,
): Promise<HttpResponse> {
  const route = `/auth/app/${applicationOf(values)}/expire-all`
  const post = { route, token: keyOf(credential), body: JSON.stringify(which) }
  return postSvix(values, post, context)
}
