import { expect } from 'vitest'
import { KEYS } from './sftpgo-caller.ts'
import { because, type Exchange } from './sftpgo-exchange.ts'

const PROFILE = '/api/v2/user/profile'
const DIRS = '/api/v2/user/dirs'
const VERSION = '/api/v2/version'
const NOT_FOUND = { status: 404, body: { message: 'Not Found' } }
const NO_RIGHTS = { status: 403, body: { message: 'Forbidden' } }
const PASSWORD_DUTY = {
  status: 403,
  body: because(expect.stringMatching(/^Password change required/)),
}
const FACTOR_DUTY = {
  status: 403,
  body: because(expect.stringMatching(/^Two-factor authentication requirements not met/)),
}
const SEEN = { status: 200, body: expect.any(Object) }
const FOLDERS = { status: 200, body: expect.any(Array) }

/** SFTPGo's responses to requests with a token, or without one. */
export const routes: readonly Exchange[] = [
  {
    says: 'the profile of a user',
    ask: async (caller) => caller.get(PROFILE, await caller.bearerOf('alice')),
    ...{ status: 200, body: { allow_api_key_auth: true } },
  },
  {
    says: 'a scheme in lower case',
    async ask(caller) {
      const { authorization = '' } = await caller.bearerOf('alice')
      return caller.get(PROFILE, { authorization: authorization.replace('Bearer', 'bearer') })
    },
    ...SEEN,
  },
  {
    says: 'a trailing slash',
    ask: async (caller) => caller.get(`${PROFILE}/`, await caller.bearerOf('alice')),
    ...SEEN,
  },
  {
    says: 'the folders of a user',
    ask: async (caller) => caller.get(DIRS, await caller.bearerOf('alice')),
    ...FOLDERS,
  },
  {
    says: 'the version',
    ask: async (caller) => caller.get(VERSION, await caller.bearerOf('root', 'admin')),
    ...{
      status: 200,
      body: {
        version: expect.stringMatching(/^\d+\.\d+/),
        build_date: expect.any(String),
        commit_hash: expect.any(String),
        features: expect.any(Array),
      },
    },
  },
  {
    says: 'a request without a token',
    ask: (caller) => caller.get(VERSION),
    ...{ status: 401, body: { message: 'Unauthorized', error: 'no token found' } },
  },
  {
    says: 'a user at the version',
    ask: async (caller) => caller.get(VERSION, await caller.bearerOf('alice')),
    ...{ status: 401, body: { message: 'Your token audience is not valid' } },
  },
  {
    says: 'an administrator at the profile of a user',
    ask: async (caller) => caller.get(PROFILE, await caller.bearerOf('root', 'admin')),
    ...{ status: 401, body: { message: 'Your token audience is not valid' } },
  },
  {
    says: 'a token from another address',
    async ask(caller) {
      const bearer = await caller.bearerOf('alice')
      caller.server.moveAway()
      return caller.get(PROFILE, bearer)
    },
    ...{ status: 401, body: { message: 'Your token is not valid' } },
  },
  {
    says: 'the log-out of a token from another address, which does not revoke it',
    async ask(caller) {
      const bearer = await caller.bearerOf('alice')
      caller.server.moveAway()
      return caller.get('/api/v2/user/logout', bearer)
    },
    ...{ status: 401, body: { message: 'Your token is not valid' } },
  },
  {
    says: 'a token that was logged out',
    async ask(caller) {
      const bearer = await caller.bearerOf('alice')
      await caller.get('/api/v2/user/logout', bearer)
      return caller.get(PROFILE, bearer)
    },
    ...{ status: 401, body: { message: 'Your token is no longer valid' } },
  },
  {
    says: 'the profile of a user who must change the password',
    ask: async (caller) => caller.get(PROFILE, await caller.bearerOf('stale')),
    ...SEEN,
  },
  {
    says: 'the folders of a user who must change the password',
    ask: async (caller) => caller.get(DIRS, await caller.bearerOf('stale')),
    ...PASSWORD_DUTY,
  },
  {
    says: 'the folders of a user who must set up a second factor',
    ask: async (caller) => caller.get(DIRS, await caller.bearerOf('unenrolled')),
    ...{
      status: 403,
      body: because(expect.stringMatching(/^Two-factor .* following protocols: SSH, HTTP$/)),
    },
  },
  {
    says: 'the version, to an administrator who must change the password',
    ask: async (caller) => caller.get(VERSION, await caller.bearerOf('staleroot', 'admin')),
    ...SEEN,
  },
  {
    says: 'the users, to an administrator who must change the password',
    ask: async (caller) => caller.get('/api/v2/users', await caller.bearerOf('staleroot', 'admin')),
    ...PASSWORD_DUTY,
  },
  {
    says: 'the users, to an administrator who must set up a second factor',
    ask: async (caller) =>
      caller.get('/api/v2/users', await caller.bearerOf('unenrolledroot', 'admin')),
    ...FACTOR_DUTY,
  },
  {
    says: 'API keys, to an administrator who must change the password',
    ask: async (caller) => caller.get(KEYS, await caller.bearerOf('staleroot', 'admin')),
    ...FOLDERS,
  },
  {
    says: 'API keys, to an administrator who may not manage them',
    ask: async (caller) => caller.get(KEYS, await caller.bearerOf('viewer', 'admin')),
    ...NO_RIGHTS,
  },
  {
    says: 'an administrator, to one who may not see any',
    ask: async (caller) =>
      caller.get('/api/v2/admins/root', await caller.bearerOf('viewer', 'admin')),
    ...NO_RIGHTS,
  },
  {
    says: 'a user, to an administrator',
    ask: async (caller) =>
      caller.get('/api/v2/users/alice', await caller.bearerOf('root', 'admin')),
    ...{
      status: 200,
      body: expect.objectContaining({
        username: 'alice',
        status: 1,
        filters: expect.objectContaining({ allow_api_key_auth: true }),
      }),
    },
  },
  {
    says: 'an unknown user',
    ask: async (caller) =>
      caller.get('/api/v2/users/nobody', await caller.bearerOf('root', 'admin')),
    ...{ status: 404, body: because('Not Found') },
  },
  {
    says: 'the profile with the token of a user who has been disabled',
    async ask(caller) {
      const bearer = await caller.bearerOf('bob')
      await caller.server.change('bob', { disabled: true })
      const answer = await caller.get(PROFILE, bearer)
      await caller.server.change('bob', { disabled: false })
      return answer
    },
    ...SEEN,
  },
  {
    says: 'API keys with the token of an administrator who has lost the permission',
    async ask(caller) {
      const bearer = await caller.bearerOf('keyless', 'admin')
      await caller.server.change('keyless', { permissions: ['view_users'] })
      return caller.get(KEYS, bearer)
    },
    ...FOLDERS,
  },
  {
    says: 'the profile with the token of a user who has been deleted',
    async ask(caller) {
      const bearer = await caller.bearerOf('leaving')
      await caller.server.remove('leaving')
      const folders = await caller.get(DIRS, bearer)
      const logout = await caller.get('/api/v2/user/logout', await Promise.resolve(bearer))
      expect([folders.status, logout.status]).toEqual([404, 200])
      return caller.get(PROFILE, bearer)
    },
    ...{ status: 401, body: { message: 'Your token is no longer valid' } },
  },
  {
    says: 'a wrong method at a login',
    ask: (caller) => caller.send('PUT', '/api/v2/user/token'),
    ...{ status: 405, headers: { 'content-type': null, allow: 'GET' }, body: '' },
  },
  {
    says: 'a wrong method at a log-out',
    ask: (caller) => caller.send('POST', '/api/v2/user/logout'),
    ...{ status: 405, headers: { 'content-type': null, allow: 'GET' }, body: '' },
  },
  {
    says: 'an unknown path of the API',
    ask: (caller) => caller.get('/api/v2/nowhere'),
    ...NOT_FOUND,
  },
  { says: 'an unknown path', ask: (caller) => caller.get('/nowhere'), ...NOT_FOUND },
  {
    says: 'an unknown method of an unknown path',
    ask: (caller) => caller.send('PUT', '/nowhere'),
    ...NOT_FOUND,
  },
  {
    says: 'a wrong method at API keys',
    ask: (caller) => caller.send('PATCH', KEYS),
    ...{ status: 405, headers: { 'content-type': null, allow: 'GET, POST' }, body: '' },
  },
  {
    says: 'a wrong method at an API key',
    ask: (caller) => caller.send('POST', `${KEYS}/one`),
    ...{ status: 405, headers: { 'content-type': null, allow: 'DELETE, GET, PUT' }, body: '' },
  },
  {
    says: 'a health check',
    ask: (caller) => caller.get('/healthz'),
    ...{ status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ok' },
  },
]
