import { expect } from 'vitest'
import { type Exchange, SOME_WORDS } from './sftpgo-exchange.ts'

const BASIC = { 'www-authenticate': 'Basic realm="SFTPGo"' }
const REFUSED = {
  status: 401,
  headers: BASIC,
  body: { message: 'Unauthorized', error: 'invalid credentials' },
}
const LET_IN = {
  status: 200,
  body: {
    access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  },
}
const barred = (error: unknown) => ({ status: 403, body: { message: 'Forbidden', error } })

/** SFTPGo's responses to logins. */
export const logins: readonly Exchange[] = [
  { says: 'a user', ask: (caller) => caller.login('alice'), ...LET_IN },
  { says: 'an administrator', ask: (caller) => caller.login('root', { role: 'admin' }), ...LET_IN },
  {
    says: 'a wrong password',
    ask: (caller) => caller.login('alice', { password: 'wrong' }),
    ...REFUSED,
  },
  { says: 'an unknown user', ask: (caller) => caller.login('nobody'), ...REFUSED },
  {
    says: 'an unknown administrator',
    ask: (caller) => caller.login('alice', { role: 'admin' }),
    ...REFUSED,
  },
  { says: 'an administrator as a user', ask: (caller) => caller.login('root'), ...REFUSED },
  {
    says: 'a user without credentials',
    ask: (caller) => caller.get('/api/v2/user/token'),
    ...{ status: 401, headers: BASIC, body: { message: 'Unauthorized' } },
  },
  {
    says: 'an administrator without credentials',
    ask: (caller) => caller.get('/api/v2/token'),
    ...{ status: 401, headers: BASIC, body: { message: 'Unauthorized' } },
  },
  {
    says: 'a user with a blank password',
    ask: (caller) => caller.login('alice', { password: ' ' }),
    ...{ status: 401, headers: BASIC, body: { message: 'Unauthorized' } },
  },
  {
    says: 'a user without a name',
    ask: (caller) => caller.login(''),
    ...{ status: 401, headers: BASIC, body: { message: 'Unauthorized' } },
  },
  {
    says: 'an administrator with a blank password',
    ask: (caller) => caller.login('root', { role: 'admin', password: ' ' }),
    ...REFUSED,
  },
  {
    says: 'a user with a bearer token instead of a password',
    ask: async (caller) => caller.get('/api/v2/user/token', await caller.bearerOf('alice')),
    ...{ status: 401, headers: BASIC, body: { message: 'Unauthorized' } },
  },
  {
    says: 'a user with blanks around the name',
    ask: (caller) => caller.login(' alice '),
    ...LET_IN,
  },
  {
    says: 'a scheme in lower case',
    ask: (caller) => caller.login('alice', { scheme: 'basic' }),
    ...LET_IN,
  },
  {
    says: 'a trailing slash',
    ask: (caller) => caller.login('alice', { path: '/api/v2/user/token/' }),
    ...LET_IN,
  },
  {
    says: 'HEAD, which logs in',
    ask: (caller) => caller.login('alice', { method: 'HEAD' }),
    ...{ status: 200, body: '' },
  },
  { says: 'a user without its code', ask: (caller) => caller.login('coded'), ...REFUSED },
  {
    says: 'a user with a wrong code',
    ask: (caller) => caller.login('coded', { code: '000000' }),
    ...REFUSED,
  },
  {
    says: 'a user with its code',
    ask: (caller) => caller.login('coded', { code: caller.codeNow('coded') }),
    ...LET_IN,
  },
  {
    says: 'a user with a used code',
    async ask(caller) {
      const code = caller.codeNow('codedtwice')
      await caller.bearerOf('codedtwice', 'user', code)
      return caller.login('codedtwice', { code })
    },
    ...REFUSED,
  },
  {
    says: 'an administrator without its code',
    ask: (caller) => caller.login('codedroot', { role: 'admin' }),
    ...REFUSED,
  },
  {
    says: 'an administrator with its code',
    ask: (caller) =>
      caller.login('codedroot', { role: 'admin', code: caller.codeNow('codedroot') }),
    ...LET_IN,
  },
  {
    says: 'a code where none is needed',
    ask: (caller) => caller.login('alice', { code: '123456' }),
    ...LET_IN,
  },
  {
    says: 'a user who must change the password',
    ask: (caller) => caller.login('stale'),
    ...LET_IN,
  },
  { says: 'a user who must enrol', ask: (caller) => caller.login('unenrolled'), ...LET_IN },
  {
    says: 'a user who may not use HTTP',
    ask: (caller) => caller.login('nohttp'),
    ...barred('protocol HTTP is not allowed for user "nohttp"'),
  },
  {
    says: 'a user who may not use a password',
    ask: (caller) => caller.login('nopassword'),
    ...barred('login method password is not allowed for user "nopassword"'),
  },
  {
    says: 'a user from a wrong address',
    ask: (caller) => caller.login('nofrom'),
    ...barred(
      expect.stringMatching(/^login for user "nofrom" is not allowed from this address: [\d.:]+$/),
    ),
  },
  {
    says: 'a wrong password of a barred user',
    ask: (caller) => caller.login('nohttp', { password: 'wrong' }),
    ...REFUSED,
  },
  { says: 'a disabled user', ask: (caller) => caller.login('off'), ...REFUSED },
  { says: 'an expired user', ask: (caller) => caller.login('expired'), ...REFUSED },
  {
    says: 'a disabled administrator',
    ask: (caller) => caller.login('offroot', { role: 'admin' }),
    ...REFUSED,
  },
  {
    says: 'an administrator from a wrong address',
    ask: (caller) => caller.login('nofromroot', { role: 'admin' }),
    ...REFUSED,
  },
]

const UNAUTHORIZED = { message: 'Unauthorized', error: 'no token found' }
const LOGGED_OUT = { status: 200, body: { message: SOME_WORDS } }
const ENDED = { status: 401, body: { message: 'Your token is no longer valid' } }

/** SFTPGo's responses to log-outs. */
export const logouts: readonly Exchange[] = [
  {
    says: 'a user',
    ask: async (caller) => caller.get('/api/v2/user/logout', await caller.bearerOf('alice')),
    ...LOGGED_OUT,
  },
  {
    says: 'an administrator',
    ask: async (caller) => caller.get('/api/v2/logout', await caller.bearerOf('root', 'admin')),
    ...LOGGED_OUT,
  },
  {
    says: 'a user twice',
    async ask(caller) {
      const bearer = await caller.bearerOf('alice')
      await caller.get('/api/v2/user/logout', bearer)
      return caller.get('/api/v2/user/logout', bearer)
    },
    ...ENDED,
  },
  {
    says: 'a user on the route of administrators',
    ask: async (caller) => caller.get('/api/v2/logout', await caller.bearerOf('alice')),
    ...{ status: 401, body: { message: 'Your token audience is not valid' } },
  },
  {
    says: 'a user who must change the password',
    ask: async (caller) => caller.get('/api/v2/user/logout', await caller.bearerOf('stale')),
    ...LOGGED_OUT,
  },
  {
    says: 'from another address',
    async ask(caller) {
      const bearer = await caller.bearerOf('alice')
      caller.server.moveAway()
      return caller.get('/api/v2/user/logout', bearer)
    },
    ...{ status: 401, body: { message: 'Your token is not valid' } },
  },
  {
    says: 'a request without a token',
    ask: (caller) => caller.get('/api/v2/user/logout'),
    ...{ status: 401, body: UNAUTHORIZED },
  },
  {
    says: 'an invalid token',
    ask: (caller) => caller.get('/api/v2/user/logout', { authorization: 'Bearer a.b.c' }),
    ...{ status: 401, body: { message: 'Unauthorized', error: SOME_WORDS } },
  },
  {
    says: 'an API key',
    async ask(caller) {
      const { key } = await caller.makeKey()
      return caller.get('/api/v2/user/logout', { 'x-sftpgo-api-key': key })
    },
    ...{ status: 403, body: { message: 'API key authentication is not allowed' } },
  },
]
