import { randomUUID } from 'node:crypto'
import type { Clock } from '../../../main/base/clock.ts'
import { TokentrayError } from '../../../main/base/errors.ts'
import type { HttpClient, HttpRequest } from '../../../main/providers/http/http.ts'
import type { PortalLink, ProviderContext } from '../../../main/providers/provider.ts'
import { type Breakage, fail, onError } from './breaking.ts'

/** The same call with other requests on the wire. */
function withRequests(
  context: ProviderContext,
  change: (request: HttpRequest) => HttpRequest,
): ProviderContext {
  const http: HttpClient = { send: (request) => context.http.send(change(request)) }
  return { ...context, http }
}

const withKey = (key: () => string) => (request: HttpRequest) => {
  const headers = { ...request.headers, 'idempotency-key': key() }
  return request.method === 'POST' ? { ...request, headers } : request
}

const KEY = randomUUID()
const withOneKey = withKey(() => KEY)
/** Each case has a clock of its own. */
const links = new WeakMap<Clock, PortalLink>()

/** Mistakes of leases that are known by their id, of links, and of what is sent again. */
export const leaseBreakages: readonly Breakage[] = [
  {
    mistake: 'it sends again by another key',
    fails: /^(mint: sends once more, by the same key|revokeLeaseById: ends what mint made)/,
    at: 'mint',
    change: {
      driver: (right) => ({
        mint: (session, request, context) =>
          onError(right.mint?.(session, request, withRequests(context, withKey(randomUUID))), fail),
      }),
    },
  },
  {
    mistake: 'it sends by the same key for every lease',
    fails:
      /^(mint: makes a token of its own|revoke: .* made by mint|revokeLease(ById)?: ends exactly what mint)/,
    at: 'mint',
    change: {
      driver: (right) => ({
        mint: (session, request, context) =>
          onError(right.mint?.(session, request, withRequests(context, withOneKey)), fail),
      }),
    },
  },
  {
    mistake: 'it ends all by the same key, which the service takes for one call',
    fails: /^revokeAll: spares/,
    at: 'revokeAll',
    change: {
      driver: (right) => ({
        revokeAll: {
          hits: (values) => right.revokeAll?.hits(values) ?? '',
          run: (session, context) =>
            onError(right.revokeAll?.run(session, withRequests(context, withOneKey)), fail),
        },
      }),
    },
  },
  {
    mistake: 'it gives up after a lost answer',
    fails: /^mint: (sends once more|is temporarily_unavailable after two tries)/,
    at: 'mint',
    change: {
      driver: (right) => ({
        mint: (session, request, context) => {
          let answer: ReturnType<HttpClient['send']> | undefined
          const http: HttpClient = {
            send(call) {
              answer ??= context.http.send(call)
              return answer
            },
          }
          return onError(right.mint?.(session, request, { ...context, http }), fail)
        },
      }),
    },
  },
  {
    mistake: 'it ends the leases of everybody',
    fails: /^revokeLeaseById: ends/,
    at: 'revokeLease',
    change: {
      driver: (right) => ({
        async revokeLease(lease, session, context) {
          if (lease.token) return onError(right.revokeLease?.(lease, session, context), fail)
          await right.revokeAll?.run(session, context)
          return 'revoked'
        },
      }),
    },
  },
  {
    mistake: 'it does not find a lease again whose token it has not seen',
    fails: /^revokeLeaseById: ends (exactly|what)/,
    at: 'revokeLease',
    change: {
      driver: (right) => ({
        revokeLease: ({ leaseId, token }, session, context) => {
          const lease = token ? { leaseId, token } : { leaseId: `other-${leaseId.slice(6)}` }
          return onError(right.revokeLease?.(lease, session, context), fail)
        },
      }),
    },
  },
  {
    mistake: 'it spares the leases of others when it should end all',
    fails: /^revokeAll: spares/,
    at: 'revokeAll',
    change: {
      driver: (right) => ({
        revokeAll: {
          hits: (values) => right.revokeAll?.hits(values) ?? '',
          async run(session, context) {
            await right.revokeLease?.({ leaseId: 'ours' }, session, context)
          },
        },
      }),
    },
  },
  {
    mistake: 'it gives the same link twice',
    fails:
      /^(portalLink: (makes a token of its own|gives)|revoke: .* made by portalLink|revokeLease(ById)?: ends exactly what portalLink)/,
    at: 'portalLink',
    change: {
      driver: (right) => ({
        async portalLink(session, request, context) {
          const link = links.get(context.clock)
          if (link) return link
          const made = await onError(right.portalLink?.(session, request, context), fail)
          links.set(context.clock, made)
          return made
        },
      }),
    },
  },
  {
    mistake: 'it takes no link that would not be a token',
    fails: /^portalLink: takes a link of/,
    at: 'portalLink',
    change: {
      driver: (right) => ({
        async portalLink(session, request, context) {
          const link = await onError(right.portalLink?.(session, request, context), fail)
          return link.url.reveal().length > 8_192
            ? fail(new TokentrayError('unexpected_answer'))
            : link
        },
      }),
    },
  },
  {
    mistake: 'it has a member that nobody knows of',
    fails: /^rig: names the members that the driver has$/,
    at: 'listTokens',
    change: { driver: () => ({ listTokens: async () => [] }) },
  },
]
