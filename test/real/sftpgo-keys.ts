import { expect } from 'vitest'
import { KEYS, type SftpgoCaller } from './sftpgo-caller.ts'
import { because, type Exchange, SOME_WORDS } from './sftpgo-exchange.ts'

const DIRS = '/api/v2/user/dirs'
const VERSION = '/api/v2/version'
const INVALID = { status: 400, body: because(SOME_WORDS) }
const UNKNOWN = { status: 404, body: because('Not Found') }
const ID = expect.stringMatching(/^[A-Za-z0-9]{22}$/)
const MOMENT = expect.any(Number)

const asRoot = async (caller: SftpgoCaller, method: string, path: string, body?: unknown) =>
  caller.send(method, path, await caller.bearerOf('root', 'admin'), body)
const use = (caller: SftpgoCaller, key: string, path = DIRS) =>
  caller.get(path, { 'x-sftpgo-api-key': key })

/** SFTPGo's responses to managing API keys. */
export const keyManagement: readonly Exchange[] = [
  {
    says: 'a key for a user is created',
    ask: (caller) =>
      asRoot(caller, 'POST', KEYS, { name: 'one', scope: 2, user: 'alice', expires_at: 9e12 }),
    ...{
      status: 201,
      headers: {
        location: expect.stringMatching(/^\/api\/v2\/apikeys\/[A-Za-z0-9]{22}$/),
      },
      body: {
        message: SOME_WORDS,
        key: expect.stringMatching(/^[A-Za-z0-9]{22}\.[A-Za-z0-9]{22}$/),
      },
    },
  },
  ...[
    ['without a name', { scope: 2, user: 'alice' }],
    ['of an unknown scope', { name: 'one', scope: 3 }],
    ['for a user and an administrator', { name: 'one', scope: 2, user: 'alice', admin: 'root' }],
    ['for a user who is not there', { name: 'one', scope: 2, user: 'nobody' }],
    ['for an administrator who is not there', { name: 'one', scope: 1, admin: 'nobody' }],
    ['with an end that is no number', { name: 'one', scope: 2, user: 'alice', expires_at: 'soon' }],
    ['with an end that is no whole number', { name: 'one', scope: 2, expires_at: 1.5 }],
    ['with a name that is no text', { name: 1, scope: 2 }],
    ['from invalid JSON', 'nonsense'],
  ].map(([what, record]) => ({
    says: `no key is created ${what}`,
    ask: (caller: SftpgoCaller) => asRoot(caller, 'POST', KEYS, record),
    ...INVALID,
  })),
  {
    says: 'a key is listed with the values it has, and no others',
    async ask(caller) {
      const { id } = await caller.makeKey({ name: 'listed', expires_at: 9_000_000_000_000 })
      return asRoot(caller, 'GET', `${KEYS}/${id}`)
    },
    status: 200,
    body: {
      ...{ id: ID, name: 'listed', scope: 2, user: 'alice', expires_at: 9_000_000_000_000 },
      ...{ created_at: MOMENT, updated_at: MOMENT },
    },
  },
  {
    says: 'a key created from an empty record has the fewest members',
    async ask(caller) {
      const { id } = await caller.makeKey({ name: 'short', user: '' })
      return asRoot(caller, 'GET', `${KEYS}/${id}`)
    },
    status: 200,
    body: { id: ID, name: 'short', scope: 2, created_at: MOMENT, updated_at: MOMENT },
  },
  {
    says: 'a used key has the time of its last use',
    async ask(caller) {
      const { id, key } = await caller.makeKey({ name: 'used' })
      await use(caller, key)
      return asRoot(caller, 'GET', `${KEYS}/${id}`)
    },
    status: 200,
    body: {
      ...{ id: ID, name: 'used', scope: 2, user: 'alice' },
      ...{ created_at: MOMENT, updated_at: MOMENT, last_use_at: MOMENT },
    },
  },
  {
    says: 'a page of the list',
    async ask(caller) {
      await caller.makeKey()
      return asRoot(caller, 'GET', `${KEYS}?limit=1&offset=0&order=ASC`)
    },
    status: 200,
    body: [expect.objectContaining({ id: ID, name: SOME_WORDS })],
  },
  {
    says: 'a page after the end of the list',
    ask: (caller) => asRoot(caller, 'GET', `${KEYS}?limit=500&offset=1000&order=ASC`),
    status: 200,
    body: [],
  },
  ...['limit=many', 'offset=many', 'order=UP'].map((query) => ({
    says: `a list with ${query}`,
    ask: (caller: SftpgoCaller) => asRoot(caller, 'GET', `${KEYS}?${query}`),
    ...INVALID,
  })),
  {
    says: 'a key is updated',
    async ask(caller) {
      const { id } = await caller.makeKey()
      return asRoot(caller, 'PUT', `${KEYS}/${id}`, { name: 'one', scope: 2, user: 'alice' })
    },
    status: 200,
    body: { message: SOME_WORDS },
  },
  {
    says: 'a key has no expiry if its update omits one',
    async ask(caller) {
      const { id } = await caller.makeKey({ expires_at: 9_000_000_000_000 })
      await asRoot(caller, 'PUT', `${KEYS}/${id}`, { name: 'two', scope: 2, user: 'alice' })
      return asRoot(caller, 'GET', `${KEYS}/${id}`)
    },
    status: 200,
    body: {
      ...{ id: ID, name: 'two', scope: 2, user: 'alice' },
      ...{ created_at: MOMENT, updated_at: MOMENT },
    },
  },
  {
    says: 'a key belongs to no account if its scope is not that of the account',
    async ask(caller) {
      const { id } = await caller.makeKey({ scope: 1 })
      return asRoot(caller, 'GET', `${KEYS}/${id}`)
    },
    status: 200,
    body: { id: ID, name: 'one', scope: 1, created_at: MOMENT, updated_at: MOMENT },
  },
  {
    says: 'a key is deleted',
    async ask(caller) {
      const { id } = await caller.makeKey()
      return asRoot(caller, 'DELETE', `${KEYS}/${id}`)
    },
    status: 200,
    body: { message: SOME_WORDS },
  },
  ...['GET', 'PUT', 'DELETE'].map((method) => ({
    says: `${method} of an unknown key`,
    ask: (caller: SftpgoCaller) =>
      asRoot(
        caller,
        method,
        `${KEYS}/nobody`,
        method === 'PUT' ? { name: 'one', scope: 2 } : undefined,
      ),
    ...UNKNOWN,
  })),
  {
    says: 'an API key may not manage keys',
    async ask(caller) {
      const { key } = await caller.makeKey({ scope: 1, user: '', admin: 'root' })
      return use(caller, key, KEYS)
    },
    status: 403,
    body: { message: 'API key authentication is not allowed' },
  },
  {
    says: 'a user may not manage keys',
    ask: async (caller) => caller.get(KEYS, await caller.bearerOf('alice')),
    status: 401,
    body: { message: 'Your token audience is not valid' },
  },
]

const UNKNOWN_KEY = { status: 400, body: because('the provided api key is not valid') }
const REFUSED_BY_USER = {
  status: 401,
  body: because('the user associated with the provided api key cannot be authenticated'),
}
const DEAD_KEY = { status: 401, body: because('the provided api key cannot be authenticated') }
const OF_WRONG_SCOPE = {
  status: 403,
  body: because('the provided api key is invalid for this request'),
}

/** SFTPGo's responses to requests with an API key. */
export const keyUse: readonly Exchange[] = [
  {
    says: 'the key of a user at its folders',
    ask: async (caller) => use(caller, (await caller.makeKey()).key),
    status: 200,
    body: expect.any(Array),
  },
  {
    says: 'the key of a user from another address',
    async ask(caller) {
      const { key } = await caller.makeKey()
      caller.server.moveAway()
      return use(caller, key)
    },
    status: 200,
    body: expect.any(Array),
  },
  {
    says: 'the key of a user at its profile',
    ask: async (caller) => use(caller, (await caller.makeKey()).key, '/api/v2/user/profile'),
    status: 403,
    body: { message: 'API key authentication is not allowed' },
  },
  {
    says: 'the key of a user at the version',
    ask: async (caller) => use(caller, (await caller.makeKey()).key, VERSION),
    ...OF_WRONG_SCOPE,
  },
  {
    says: 'the key of an administrator at the version',
    async ask(caller) {
      const { key } = await caller.makeKey({ scope: 1, user: '', admin: 'root' })
      return use(caller, key, VERSION)
    },
    status: 200,
    body: expect.any(Object),
  },
  {
    says: 'the key of an administrator without the permission',
    async ask(caller) {
      const { key } = await caller.makeKey({ scope: 1, user: '', admin: 'viewer' })
      return use(caller, key, '/api/v2/admins/root')
    },
    status: 403,
    body: { message: 'Forbidden' },
  },
  {
    says: 'a key followed by the name of its user',
    ask: async (caller) => use(caller, `${(await caller.makeKey({ user: '' })).key}.alice`),
    status: 200,
    body: expect.any(Array),
  },
  {
    says: 'a key without an account',
    ask: async (caller) => use(caller, (await caller.makeKey({ user: '' })).key),
    ...REFUSED_BY_USER,
  },
  {
    says: 'an expired key',
    ask: async (caller) =>
      use(caller, (await caller.makeKey({ expires_at: caller.server.now() - 1_000 })).key),
    ...DEAD_KEY,
  },
  {
    says: 'a key with a negative expiry, which means none',
    ask: async (caller) => use(caller, (await caller.makeKey({ expires_at: -1 })).key),
    status: 200,
    body: expect.any(Array),
  },
  {
    says: 'a key with a wrong secret',
    ask: async (caller) => use(caller, `${(await caller.makeKey()).id}.wrong`),
    ...DEAD_KEY,
  },
  {
    says: 'an unknown key',
    ask: (caller) => use(caller, 'nobody.secret'),
    ...UNKNOWN_KEY,
  },
  { says: 'a malformed key', ask: (caller) => use(caller, 'malformed'), ...UNKNOWN_KEY },
  {
    says: 'a deleted key',
    async ask(caller) {
      const { id, key } = await caller.makeKey()
      await asRoot(caller, 'DELETE', `${KEYS}/${id}`)
      return use(caller, key)
    },
    ...UNKNOWN_KEY,
  },
  {
    says: 'the key of a user who does not allow keys',
    ask: async (caller) => use(caller, (await caller.makeKey({ user: 'bob' })).key),
    ...REFUSED_BY_USER,
  },
  {
    says: 'the key of a disabled user',
    ask: async (caller) => use(caller, (await caller.makeKey({ user: 'off' })).key),
    ...REFUSED_BY_USER,
  },
  {
    says: 'the key of a user who may not use HTTP',
    ask: async (caller) => use(caller, (await caller.makeKey({ user: 'nohttp' })).key),
    ...REFUSED_BY_USER,
  },
  {
    says: 'the key of an administrator who does not allow keys',
    async ask(caller) {
      const { key } = await caller.makeKey({ scope: 1, user: '', admin: 'codedroot' })
      return use(caller, key, VERSION)
    },
    status: 401,
    body: because('the admin associated with the provided api key cannot be authenticated'),
  },
  {
    says: 'the key of a deleted user, which was deleted too',
    async ask(caller) {
      const { key } = await caller.makeKey({ user: 'gone' })
      await caller.server.remove('gone')
      return use(caller, key)
    },
    ...UNKNOWN_KEY,
  },
]
