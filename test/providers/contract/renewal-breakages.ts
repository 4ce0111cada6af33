import { type Breakage, fail, onError } from './breaking.ts'

/** Mistakes of renewals that change the credential, and of its end. */
export const renewalBreakages: readonly Breakage[] = [
  {
    mistake: 'it keeps the credential that the service has replaced',
    fails: /^renew: gives the credential that the next one takes/,
    at: 'renew',
    change: {
      driver: (right) => ({
        async renew(session, context) {
          const { token, old } = await onError(right.renew?.(session, context), fail)
          return { token, old, credential: session.credential }
        },
      }),
    },
  },
  {
    mistake: 'it says that the old token is still valid, which the service has ended',
    fails: /^(renew: gives a token, and says truly|revoke: ends exactly its token, made by renew)/,
    at: 'renew',
    change: {
      driver: (right) => ({
        async renew(session, context) {
          return { ...(await onError(right.renew?.(session, context), fail)), old: 'lives' }
        },
      }),
    },
  },
  {
    mistake: 'it renews twice to be sure',
    fails: /^renew: sends 1 request, none twice$/,
    at: 'renew',
    change: {
      driver: (right) => ({
        async renew(session, context) {
          const { credential = {} } = await onError(right.renew?.(session, context), fail)
          return await onError(right.renew?.({ ...session, credential }, context), fail)
        },
      }),
    },
  },
  {
    mistake: 'it says of a credential that was gone that it has ended it',
    fails: /^endCredential: ends what/,
    at: 'endCredential',
    change: {
      driver: (right) => ({
        async endCredential(...call) {
          await onError(right.endCredential?.(...call), fail)
          return 'revoked'
        },
      }),
    },
  },
  {
    mistake: 'it ends the token without what belongs to it',
    fails: /^(revoke: (ends exactly|sends)|probe: tells)/,
    at: 'revoke',
    change: {
      driver: (right) => ({
        revoke: ({ outputs: _, ...token }, ...rest) =>
          onError(right.revoke?.(token, ...rest), fail),
      }),
    },
  },
]

/** Mistakes of a login that polls until it is approved. */
export const pollBreakages: readonly Breakage[] = [
  {
    mistake: 'it starts the login again as well',
    fails: /^login: (gives label|sends 2 requests, none twice|is possible again)/,
    at: 'login',
    change: {
      login: (login) => async (form, context) => {
        const { http } = context
        const sent: Parameters<typeof http.send>[0][] = []
        const send: typeof http.send = (request) => {
          sent.push(request)
          return http.send(request)
        }
        const done = await login(form, { ...context, http: { send } })
        if (sent[0]) await http.send(sent[0])
        return done
      },
    },
  },
  {
    mistake: 'it asks for the approval more often than it may',
    fails: /^login: (gives label|sends 2 requests, none twice|is possible again)/,
    at: 'login',
    change: {
      login: (login) => async (form, context) => {
        const { http } = context
        return login(form, {
          ...context,
          http: {
            async send(request) {
              const answer = await http.send(request)
              return answer.status === 202 ? await sendAgain(request) : answer
            },
          },
        })
        async function sendAgain(request: Parameters<typeof http.send>[0]) {
          await http.send({ ...request, body: '{}' })
          return await http.send(request)
        }
      },
    },
  },
]
