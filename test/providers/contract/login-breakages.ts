import { TokentrayError } from '../../../main/base/errors.ts'
import type { AccessToken } from '../../../main/providers/provider.ts'
import { type Breakage, fail, onError } from './breaking.ts'

/** Mistakes of a login. */
export const loginBreakages: readonly Breakage[] = [
  {
    mistake: 'it tries a login again when the service is not working',
    fails: /^login: is temporarily_unavailable after one try when/,
    at: 'login',
    change: {
      login: (login) => (form, context) =>
        onError(login(form, context), (error) =>
          error.code === 'temporarily_unavailable' ? login(form, context) : fail(error),
        ),
    },
  },
  {
    mistake: 'it repeats the password in the error',
    fails: /^login: refuses wrong secrets, asked once$/,
    at: 'login',
    change: {
      login: (login) => (form, context) =>
        onError(login(form, context), (error) => {
          const password = form.secrets['password']?.reveal()
          if (error.code !== 'wrong_credentials') throw error
          throw new TokentrayError('wrong_credentials', `${password} is not the password.`)
        }),
    },
  },
  {
    mistake: 'it repeats the password in the cause of the error',
    fails: /^login: .* says 500$/,
    at: 'login',
    change: {
      login: (login) => (form, context) =>
        onError(login(form, context), (error) => {
          if (!error.message.includes('(500)')) throw error
          const cause = { sent: { password: form.secrets['password']?.reveal() } }
          throw new TokentrayError(error.code, error.message, { cause })
        }),
    },
  },
  {
    mistake: 'it takes a throttled login for a wrong password',
    fails: /^login: (says until when it is throttled|is possible again when|is rate_limited)/,
    at: 'login',
    change: {
      login: (login) => (form, context) =>
        onError(login(form, context), (error) =>
          fail(error.code === 'rate_limited' ? new TokentrayError('wrong_credentials') : error),
        ),
    },
  },
  {
    mistake: 'it believes the clock of the service',
    fails: /^login: says when the token ends/,
    at: 'login',
    change: {
      login: (login) => async (form, context) => {
        const { token, ...rest } = await login(form, context)
        return { ...rest, ...(token && { token: { ...token, expiresAt: endWithin(token) } }) }
      },
    },
  },
  {
    mistake: 'it remembers the password among what it has learned',
    fails: /^login: remembers nothing that is secret$/,
    at: 'login',
    change: {
      login: (login) => async (form, context) => {
        const learned = { password: form.secrets['password']?.reveal() ?? '' }
        return { ...(await login(form, context)), learned }
      },
    },
  },
]

/** The end in the token itself, which is by the clock of the service. */
function endWithin({ value }: AccessToken): number {
  const payload = value.reveal().split('.')[1] ?? ''
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
  return typeof claims === 'object' && claims !== null && 'exp' in claims
    ? Number(claims.exp) * 1000
    : 0
}
