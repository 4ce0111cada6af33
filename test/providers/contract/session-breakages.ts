import type { Clock } from '../../../main/base/clock.ts'
import { TokentrayError } from '../../../main/base/errors.ts'
import type { HttpClient, HttpResponse } from '../../../main/providers/http/http.ts'
import type { AccessToken, ProviderContext } from '../../../main/providers/provider.ts'
import { type Breakage, fail, onError } from './breaking.ts'

const unheard = (context: ProviderContext): ProviderContext => {
  return { ...context, signal: new AbortController().signal }
}

/** What the last answer of a call was. */
interface Seen {
  status?: number
  body?: unknown
}

/** The wire, and what came over it. */
function watched({ http }: ProviderContext): readonly [HttpClient, Seen] {
  const seen: Seen = {}
  const send: HttpClient['send'] = async (call) => {
    const answer = await http.send(call)
    seen.status = answer.status
    return { ...answer, json: () => (seen.body = answer.json()) }
  }
  return [{ send }, seen]
}

/** True for the one answer with 200 that has an error in it. */
function hasFailure(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'detail' in body
}

/** Each case has a clock of its own. */
const sharedTokens = new WeakMap<Clock, AccessToken>()

/** Mistakes about tokens that a session makes and ends. */
export const sessionBreakages: readonly Breakage[] = [
  {
    mistake: 'it calls a second log-out the one that ended the token',
    fails: /^(revoke: ends exactly|expiry: knows)/,
    at: 'revoke',
    change: {
      driver: (right) => ({
        revoke: async (...call) => {
          await right.revoke?.(...call)
          return 'revoked'
        },
      }),
    },
  },
  {
    mistake: 'it believes a log-out done that was answered with 503',
    fails: /^revoke: .* says 503$/,
    at: 'revoke',
    change: {
      driver: (right) => ({
        revoke: (...call) =>
          onError(right.revoke?.(...call), (error) => {
            return error.message.includes('(503)') ? 'revoked' : fail(error)
          }),
      }),
    },
  },
  {
    mistake: 'it takes a token that is refused with 400 for a mistake in the request',
    fails: /^mint: (knows a token for refused by 400|says so when the session is worth nothing)/,
    at: 'mint',
    change: {
      driver: (right) => ({
        mint: (...call) =>
          onError(right.mint?.(...call), (error) =>
            fail(error.ofNewToken?.message.includes('(400)') ? error.ofNewToken : error),
          ),
      }),
    },
  },
  {
    mistake: 'it takes 200 for a token that is good, whatever is said beside it',
    fails: /^probe: (knows a token for refused by 200|is unexpected_answer .* 200 with a failure)/,
    at: 'probe',
    change: {
      driver: (right) => ({
        async probe(token, values, context) {
          const [http, seen] = watched(context)
          const asking = right.probe?.(token, values, { ...context, http })
          const said = await onError<'accepted' | 'refused'>(asking, (error) =>
            hasFailure(seen.body) ? 'accepted' : fail(error),
          )
          return seen.status === 200 ? 'accepted' : said
        },
      }),
    },
  },
  {
    mistake: 'it believes a log-out done that was answered with 200 and a failure',
    fails: /^revoke: .* answers 200 with a failure in its words$/,
    at: 'revoke',
    change: {
      driver: (right) => ({
        revoke(token, values, context) {
          const [http, seen] = watched(context)
          return onError(right.revoke?.(token, values, { ...context, http }), (error) =>
            hasFailure(seen.body) ? 'revoked' : fail(error),
          )
        },
      }),
    },
  },
  {
    mistake: 'it drops a token whose end it cannot read',
    fails: /^mint: ends the token of an answer that/,
    at: 'mint',
    change: {
      driver: (right) => ({
        mint: (session, request, context) => {
          const send: HttpClient['send'] = (call) =>
            call.method === 'DELETE'
              ? fail(new TokentrayError('cancelled'))
              : context.http.send(call)
          return onError(right.mint?.(session, request, { ...context, http: { send } }), fail)
        },
      }),
    },
  },
  {
    mistake: 'it does not look at the signal',
    fails: /^probe: (does nothing when cancelled beforehand|stops waiting when cancelled)$/,
    at: 'probe',
    change: {
      driver: (right) => ({
        probe: async (token, values, context) =>
          (await right.probe?.(token, values, unheard(context))) ?? 'refused',
      }),
    },
  },
  {
    mistake: 'it looks at the signal once, before it calls',
    fails: /^mint: stops waiting when cancelled$/,
    at: 'mint',
    change: {
      driver: (right) => ({
        mint: (session, request, context) =>
          context.signal.aborted
            ? fail(new TokentrayError('cancelled'))
            : onError(right.mint?.(session, request, unheard(context)), fail),
      }),
    },
  },
  {
    mistake: 'it takes a web page of status 401 for the end of a token',
    fails: /^revoke: .* page of status 401$/,
    at: 'revoke',
    change: {
      driver: (right) => ({
        revoke: (...call) =>
          onError(right.revoke?.(...call), (error) => {
            return error.message.includes('(401)') ? 'already_gone' : fail(error)
          }),
      }),
    },
  },
  {
    mistake: 'it takes an expired token for one that is accepted',
    fails: /^expiry: knows/,
    at: 'probe',
    change: {
      driver: (right) => ({
        async probe(token, values, context) {
          const said = await right.probe?.(token, values, context)
          return token.expiresAt === null || token.expiresAt > context.clock.now()
            ? (said ?? 'refused')
            : 'accepted'
        },
      }),
    },
  },
  {
    mistake: 'it does not say until when it is throttled',
    fails: /^refresh: (says until when it is throttled|is rate_limited)/,
    at: 'refresh',
    change: {
      driver: (right) => ({
        refresh: (...call) =>
          onError(right.refresh?.(...call), ({ code, message }) =>
            fail(new TokentrayError(code, message)),
          ),
      }),
    },
  },
  {
    mistake: 'it says that nobody listens as if the service had said something odd',
    fails: /^listTokens: is unavailable when nobody listens$/,
    at: 'listTokens',
    change: {
      driver: (right) => ({
        listTokens: (...call) =>
          onError(right.listTokens?.(...call), (error) =>
            fail(/refused the/.test(error.message) ? new TokentrayError('server_error') : error),
          ),
      }),
    },
  },
  {
    mistake: 'it gives two leases the same token',
    fails: /^(mint: makes a token of its own|revoke: ends exactly its token, made by mint)/,
    at: 'mint',
    change: {
      driver: (right) => ({
        async mint(session, request, context) {
          const token = sharedTokens.get(context.clock)
          if (token) return { token }
          const made = await onError(right.mint?.(session, request, context), fail)
          sharedTokens.set(context.clock, made.token)
          return made
        },
      }),
    },
  },
  {
    mistake: 'it quotes an answer that it cannot read',
    fails: /^mint: refuses a token that is a secret with blanks/,
    at: 'mint',
    change: {
      driver: (right) => ({
        async mint(session, request, context) {
          let body: unknown
          const http: ProviderContext['http'] = {
            async send(call) {
              const answer: HttpResponse = await context.http.send(call)
              return { ...answer, json: () => (body = answer.json()) }
            },
          }
          return onError(right.mint?.(session, request, { ...context, http }), (error) =>
            fail(
              error.message.includes('contains no usable') && JSON.stringify(body).includes(' ')
                ? new TokentrayError(error.code, `What is ${JSON.stringify(body)}?`)
                : error,
            ),
          )
        },
      }),
    },
  },
  {
    mistake: 'it asks twice to be sure',
    fails: /^probe: sends 1 request, none twice$/,
    at: 'probe',
    change: {
      driver: (right) => ({
        async probe(...call) {
          const said = await onError(right.probe?.(...call), fail)
          return said === 'accepted' ? onError(right.probe?.(...call), fail) : said
        },
      }),
    },
  },
  {
    mistake: 'it leaves out one of the headers of a token',
    fails: /^(refresh: (makes|gives)|revoke: .* made by refresh|expiry: .* token of refresh)/,
    at: 'refresh',
    change: {
      driver: (right) => ({
        async refresh(...call) {
          const { token, ...rest } = await onError(right.refresh?.(...call), fail)
          return { ...rest, token: { ...token, headers: { token: token.value } } }
        },
      }),
    },
  },
  {
    mistake: 'it ends the session with the token that it ends by id',
    fails: /^revokeById: (ends exactly|sends 1 request)/,
    at: 'revokeById',
    change: {
      driver: (right) => ({
        async revokeById(id, session, context) {
          const said = await onError(right.revokeById?.(id, session, context), fail)
          if (session.token) await right.revoke?.(session.token, session.values, context)
          return said
        },
      }),
    },
  },
  {
    mistake: 'it ends the token that it refreshes',
    fails: /^(refresh: (gives a token, and says truly|sends 1 request)|revoke: .* made by refresh)/,
    at: 'refresh',
    change: {
      driver: (right) => ({
        async refresh(session, context) {
          const fresh = await onError(right.refresh?.(session, context), fail)
          if (session.token) await right.revoke?.(session.token, session.values, context)
          return fresh
        },
      }),
    },
  },
]
