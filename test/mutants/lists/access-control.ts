import { changeIn, type Mutant } from '../mutant.ts'

const guard = changeIn('main/loopback/http/guard.ts', 'test/loopback/http/guard.test.ts')
const peer = changeIn('main/loopback/http/guard.ts', 'test/loopback/http/peer.test.ts')
const authentication = changeIn(
  'main/loopback/oauth/authentication.ts',
  'test/loopback/oauth/authentication.test.ts',
)
const clients = changeIn('main/broker/clients.ts', 'test/broker/clients.test.ts')
const visit = changeIn(
  'main/base/sockets/one-time-redirect.ts',
  'test/base/sockets/one-time-redirect.test.ts',
)

const NOT_SERVED = 'the guard'

/** Headers that only a browser or a proxy sends, each on its own. */
const foreign = [
  'origin',
  'referer',
  'sec-fetch-site',
  'sec-fetch-dest',
  'sec-fetch-user',
  'forwarded',
  'sec-websocket-key',
].map((name) =>
  guard(`a request with the header ${name} is not served`, `  '${name}',\n`, '', NOT_SERVED),
)

/** Pages in a browser on this machine. */
const pages: readonly Mutant[] = [
  ...foreign,
  guard(
    'a forwarded request is not served',
    '} else if (name.startsWith(FORWARDED_PREFIX)) {',
    "} else if (name.startsWith('x-forwarded-for')) {",
    NOT_SERVED,
  ),
  guard(
    'a host name that starts like ours is refused',
    'return (host) => hosts.has(host)',
    'return (host) => [...hosts].some((own) => host.startsWith(own))',
    NOT_SERVED,
  ),
  guard(
    'a host name that ends like ours is refused',
    'return (host) => hosts.has(host)',
    'return (host) => [...hosts].some((own) => host.endsWith(own))',
    NOT_SERVED,
  ),
  guard(
    'a request with two Host headers is refused',
    "if (host !== undefined) return refused('There must be exactly one Host header.')\n",
    '',
    NOT_SERVED,
  ),
  guard(
    'a request without a Host header is not served',
    "if (host === undefined) return refused('There is no Host header.')\n    if (!",
    'if (host !== undefined && !',
    NOT_SERVED,
  ),
  guard(
    'an absolute URL is not a path',
    String.raw`const TARGET = /^\/(?!\/)[!-"$-[\]-~]*$/`,
    String.raw`const TARGET = /^\/[!-"$-[\]-~]*$/`,
    NOT_SERVED,
  ),
  guard(
    'a secret in a query is refused',
    "if (target.includes('?')) return invalid('Parameters go into the body.')\n",
    '',
    NOT_SERVED,
  ),
  guard(
    'a request with two Authorization headers is refused',
    "new Set(['authorization', 'content-type'])",
    "new Set(['content-type'])",
    NOT_SERVED,
  ),
  guard(
    'a path that cannot be decoded is refused before routing',
    'return isDecodable(target) ? null',
    'return target ? null',
    NOT_SERVED,
  ),
  {
    promise: 'no response has CORS headers',
    changes: [
      {
        file: 'main/loopback/http/answers.ts',
        find: "  pragma: 'no-cache',\n",
        replace: "  pragma: 'no-cache',\n  'access-control-allow-origin': '*',\n",
      },
    ],
    noticedBy: { file: 'test/loopback/http/guard.test.ts', test: NOT_SERVED },
  },
  {
    promise: 'no response may be cached',
    changes: [
      {
        file: 'main/loopback/http/answers.ts',
        find: "  'cache-control': 'no-store',\n",
        replace: '',
      },
    ],
    noticedBy: { file: 'test/loopback/http/guard.test.ts', test: NOT_SERVED },
  },
  {
    promise: 'a form, which any page can send, is not a management call',
    changes: [
      {
        file: 'main/loopback/management/bodies.ts',
        find: "addContentTypeParser('application/json', { parseAs",
        replace: "addContentTypeParser(['application/json', 'text/plain'], { parseAs",
      },
    ],
    noticedBy: {
      file: 'test/loopback/management/management-bodies.test.ts',
      test: 'which a web page could send',
    },
  },
  {
    promise: 'a refusal does not quote the body that it refuses',
    changes: [
      {
        file: 'main/loopback/http/request-error.ts',
        find: "'The body cannot be read.'",
        replace: "String('message' in raised && raised.message)",
      },
      {
        file: 'main/loopback/management/bodies.ts',
        find: 'else return parseJson(request, String(body), done)',
        replace:
          'else try {\n      done(null, JSON.parse(String(body)))\n    } catch (error) {\n' +
          '      done(Object.assign(error as Error, { statusCode: 400 }))\n    }',
      },
    ],
    noticedBy: {
      file: 'test/loopback/management/management-bodies.test.ts',
      test: 'is not repeated in an error',
    },
  },
  {
    promise: "NODE_OPTIONS cannot make the endpoint's HTTP parser lenient",
    changes: [
      {
        file: 'main/loopback/http/guarded-server.ts',
        find: '    insecureHTTPParser: false,\n',
        replace: '',
      },
    ],
    noticedBy: { file: 'test/flows/request-guard.test.ts', test: 'the guard of the built program' },
  },
]

/** Other users of the machine. */
const users: readonly Mutant[] = [
  peer(
    "another user's request is not served",
    "return peer === this.#uid ? null : refused('The request comes from another user.')",
    "return peer !== 'unknown' ? null : refused('The request comes from another user.')",
    'refuses another user for as long as the connection lasts',
  ),
  peer(
    'a caller of unknown identity is not served',
    "return peer === this.#uid ? null : refused('The request comes from another user.')",
    "return peer === this.#uid || peer === 'unknown' ? null : refused('Another user.')",
    'refuses an unknown peer, and looks it up again at the next request',
  ),
  {
    promise: 'a stop does not wait for connections that have sent nothing',
    changes: [
      {
        file: 'main/loopback/http/guarded-server.ts',
        find: '    places.leaveSilent()\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/loopback/http/guarded-server.test.ts',
      test: 'waits for requests that have begun, not for idle connections',
    },
  },
  {
    promise: 'a stop still answers requests in progress',
    changes: [
      {
        file: 'main/loopback/http/places.ts',
        find: 'if (socket.bytesRead === 0) socket.destroy()',
        replace: 'socket.destroy()',
      },
    ],
    noticedBy: {
      file: 'test/loopback/http/guarded-server.test.ts',
      test: 'waits for requests that have begun, not for idle connections',
    },
  },
  {
    promise: 'the endpoint listens on 127.0.0.1 only',
    changes: [
      {
        file: 'main/loopback/http/listening.ts',
        find: 'server.listen({ host: HOST, port',
        replace: "server.listen({ host: '0.0.0.0', port",
      },
    ],
    noticedBy: {
      file: 'test/loopback/http/guarded-server.test.ts',
      test: 'is bound on 127.0.0.1 and nowhere else',
    },
  },
  {
    promise: 'the owner key is readable only by this user',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: 'O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600)',
        replace: 'O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o644)',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'writes the endpoint and its key, readable only by this user',
    },
  },
  {
    promise: 'the owner key is found with the endpoint',
    changes: [
      {
        file: 'main/loopback/found/discovery-files.ts',
        find: '    // The key first, so that it exists whenever the endpoint is found.\n',
        replace:
          '    if (!isOurs) place(endpointFile(folder), JSON.stringify(endpoint), endpoint.instance)\n',
      },
    ],
    noticedBy: {
      file: 'test/loopback/found/discovery.test.ts',
      test: 'is not found without its key',
    },
  },
  {
    promise: 'a key that other users could read is never sent',
    changes: [
      {
        file: 'main/cli/api/connect.ts',
        find: "kind === 'file' ? 0o077 : 0o022",
        replace: '0o022',
      },
    ],
    noticedBy: { file: 'test/cli/api/connect.test.ts', test: 'if others can read the owner key' },
  },
  {
    promise: 'the key is not sent to an endpoint behind a link',
    changes: [
      {
        file: 'main/cli/api/connect.ts',
        find: "if (kind === 'file' ? !found.isFile() : !found.isDirectory()) return",
        replace: "if (kind === 'directory' && !found.isDirectory()) return",
      },
    ],
    noticedBy: { file: 'test/cli/api/connect.test.ts', test: 'if a file is a link to another one' },
  },
  {
    promise: 'a portal link works once',
    changes: [
      {
        file: 'main/base/sockets/one-time-redirect.ts',
        find: '        isSpent = true\n',
        replace: '',
      },
      { file: 'main/base/sockets/one-time-redirect.ts', find: '    server.close()\n', replace: '' },
    ],
    noticedBy: {
      file: 'test/base/sockets/one-time-redirect.test.ts',
      test: 'works once: the server is closed afterwards',
    },
  },
  visit(
    'a portal link works only for this user',
    '    path.equals(new Secret(url)) &&\n    (uid === null || findPeerUid(socket) === uid)',
    '    path.equals(new Secret(url))',
    'another user who has read the address gets nothing, and the browser can still come',
  ),
  visit(
    'no URL passed to a program contains a portal link',
    'path.reveal()',
    'path.reveal() + url.reveal()',
    'has a new address each time, which tells nothing about the link',
  ),
]

/** Tools, and programs that pretend to be one. */
const tools: readonly Mutant[] = [
  clients(
    "only the hash of a tool's secret is stored",
    "secretHash: sha256(secret).toString('hex') }",
    'secretHash: secret }',
    'is identified by its id and secret, of which only the hash is stored',
  ),
  clients(
    'the secret of a tool is 256 random bits',
    'const secret = randomText(256)',
    'const secret = randomText(128)',
    'with 256 random bits in the secret',
  ),
  clients(
    'a tool has the token lifetime that it is given',
    'return this.recordOf(id)?.leaseSeconds ?? account.leaseSeconds',
    'return account.leaseSeconds',
    'has the token lifetime that it is given, or that of each account',
  ),
  clients(
    "one tool's secret is not accepted for another",
    'timingSafeEqual(sha256(secret), known?.hash ?? UNKNOWN_HASH)',
    '[...this.#byId.values()].some(({ hash }) => timingSafeEqual(sha256(secret), hash))',
    'is not authenticated with the secret of another client',
  ),
  clients(
    'a tool gets tokens only for accounts that it was granted',
    'return until !== undefined && until > this.#clock.now()',
    'return this.#grantedTo(client).until.size > 0',
    'applies to one client and one account only',
  ),
  clients(
    'an expired grant is not accepted',
    'return until !== undefined && until > this.#clock.now()',
    'return until !== undefined',
    'expires at its time, and is replaced when the user allows again',
  ),
  {
    promise: 'management requires the owner key',
    changes: [
      {
        file: 'main/loopback/server.ts',
        find: "if (route.access === 'owner') authentication.requireOwner(headers.authorization)",
        replace: 'if (route.access === null) authentication.requireOwner(headers.authorization)',
      },
    ],
    noticedBy: {
      file: 'test/loopback/management/management.test.ts',
      test: 'without the owner key, with a wrong one, and from a client',
    },
  },
  {
    promise: 'a caller that guesses secrets must wait',
    changes: [
      {
        file: 'main/loopback/oauth/authentication.ts',
        find: 'const MOST_FAILURES = 20',
        replace: 'const MOST_FAILURES = 2_000',
      },
    ],
    noticedBy: {
      file: 'test/loopback/oauth/authentication.test.ts',
      test: 'makes the twenty-first failure of a minute wait, whatever its kind',
    },
  },
  {
    promise: 'a correct secret never has to wait, however many wrong ones came before',
    changes: [
      {
        file: 'main/loopback/oauth/authentication.ts',
        find: "if (!client) throw this.#wrong('The client id",
        replace: "if (!client || this.#failures.count() !== null) throw this.#wrong('The client id",
      },
    ],
    noticedBy: {
      file: 'test/loopback/oauth/authentication.test.ts',
      test: 'never delays the right secret or the owner key',
    },
  },
  authentication(
    'responses do not reveal whether a client id exists',
    "if (!client) throw this.#wrong('The client id or its secret is wrong.')",
    "if (!client) throw this.#wrong('Wrong: ' + id)",
    'gives the same answer for an unknown client and a wrong secret',
  ),
  authentication(
    'a request with two kinds of client authentication is refused',
    '    if (posted !== undefined) {\n',
    "    if (posted === '') {\n",
    'refuses two methods at once, even if both are right',
  ),
]

export const accessControl: readonly Mutant[] = [...pages, ...users, ...tools]
