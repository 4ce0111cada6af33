import type { Mutant } from '../mutant.ts'

const places = 'main/loopback/http/places.ts'
const peer = 'main/loopback/http/peer.ts'
const searchTables = 'main/base/sockets/search-tables.ts'
const ownerFinder = 'main/base/sockets/owner-finder.ts'
const inPlaces = (test: string) => ({ file: 'test/loopback/http/places.test.ts', test })
const inPeers = (test: string) => ({ file: 'test/loopback/http/peers.test.ts', test })
const inFinder = (test: string) => ({ file: 'test/base/sockets/owner-finder.test.ts', test })

/** Idle connections do not block new ones, and another user is never mistaken for this one. */
export const connections: readonly Mutant[] = [
  {
    promise: 'when all connections are in use, the oldest idle one is closed',
    changes: [
      {
        file: places,
        find: 'first(this.#silent) ?? first(this.#idle) ?? this.#unfinished() ?? socket',
        replace: 'socket',
      },
    ],
    noticedBy: inPlaces('the connection that has been silent longest'),
  },
  {
    promise: 'a connection that sent nothing is closed before one that waits for its next request',
    changes: [
      {
        file: places,
        find: 'first(this.#silent) ?? first(this.#idle) ??',
        replace: 'first(this.#idle) ?? first(this.#silent) ??',
      },
    ],
    noticedBy: inPlaces('a silent one before one that waits for the next request'),
  },
  {
    promise: 'a connection whose request was answered makes room for a new one',
    changes: [
      {
        file: places,
        find: 'first(this.#idle) ?? this.#unfinished()',
        replace: 'this.#unfinished()',
      },
    ],
    noticedBy: inPlaces('the one that has been idle longest after its response'),
  },
  {
    promise: 'a connection with a request in progress is not closed',
    changes: [
      {
        file: places,
        find: 'if (all.every(({ request, response }) => !request.complete && !response.headersSent)) {',
        replace: 'if (all.length > 0) {',
      },
    ],
    noticedBy: inPlaces('no connection with a request in progress'),
  },
  {
    promise: 'an entry of the socket table counts only for the latest connection from that port',
    changes: [
      {
        file: peer,
        find: ' && this.#latest.get(endOf(socket)) === socket',
        replace: '',
      },
    ],
    noticedBy: inPeers('are unknown if another connection came from the same port since'),
  },
  {
    promise: 'an entry of the socket table counts only for connections that are still open',
    changes: [{ file: peer, find: 'return !socket.destroyed && ', replace: 'return ' }],
    noticedBy: inPeers('are unknown if the connection ended during the reading'),
  },
  {
    promise: 'a connection missing from the socket table is looked up once more',
    changes: [{ file: peer, find: 'const READINGS = 2', replace: 'const READINGS = 1' }],
    noticedBy: inPeers('are looked up again if a reading has missed them'),
  },
  {
    promise: 'a socket closed by its process has no owner, rather than root',
    changes: [{ file: searchTables, find: " || inode === '0'", replace: '' }],
    noticedBy: inFinder('reports no user for a socket that its process has closed, not root'),
  },
  {
    promise: 'while the thread that reads the socket table hangs, connections are refused',
    changes: [
      { file: ownerFinder, find: 'const LIMIT_MS = 5_000', replace: 'const LIMIT_MS = 1e9' },
    ],
    noticedBy: inFinder('and hangs leaves the owner unknown'),
  },
  {
    promise: 'a thread that failed is not started again and again',
    changes: [
      {
        file: ownerFinder,
        find: 'this.#notBefore = this.#clock.monotonic() + this.#pauseMs',
        replace: 'this.#notBefore = this.#clock.monotonic()',
      },
    ],
    noticedBy: inFinder('is replaced after a pause, which grows until one answers'),
  },
  {
    promise: 'a connection whose request never completes makes room',
    changes: [{ file: places, find: 'this.#unfinished() ?? socket', replace: 'socket' }],
    noticedBy: inPlaces('one with an incomplete request'),
  },
]
