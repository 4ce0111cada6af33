import type { Mutant } from '../mutant.ts'

const places = 'main/loopback/http/places.ts'
const peer = 'main/loopback/http/peer.ts'
const socketTable = 'main/base/sockets/socket-table.ts'
const inPlaces = (test: string) => ({ file: 'test/loopback/http/places.test.ts', test })
const inPeers = (test: string) => ({ file: 'test/loopback/http/peers.test.ts', test })
const inPeer = (test: string) => ({ file: 'test/loopback/http/peer.test.ts', test })

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
        find: `      if (this.#latest.get(endOf(socket)) !== socket) continue
`,
        replace: '',
      },
    ],
    noticedBy: inPeers('are unknown if another connection came from the same port since'),
  },
  {
    promise: 'a connection missing from the socket table is looked up once more',
    changes: [
      {
        file: peer,
        find: `    if (asking.some((socket) => !this.#known.has(socket))) this.#read()
`,
        replace: '',
      },
    ],
    noticedBy: inPeers('are looked up again if a reading has missed them'),
  },
  {
    promise: 'a socket closed by its process has no owner, rather than root',
    changes: [
      { file: socketTable, find: " && inode !== '0' ? Number(uid)", replace: ' ? Number(uid)' },
    ],
    noticedBy: inPeer('reports no user for a socket that its process has closed, not root'),
  },
  {
    promise: 'the socket table is never read before the connection it identifies',
    changes: [
      {
        file: peer,
        find: '  #notBefore = Number.NEGATIVE_INFINITY',
        replace: '  #reader: ReadTable | null = null\n  #notBefore = Number.NEGATIVE_INFINITY',
      },
      {
        file: peer,
        find: 'const read = this.#createReader()',
        replace: 'this.#reader ??= this.#createReader()\n    const read = this.#reader',
      },
    ],
    noticedBy: inPeers('are never taken from a reading that is older than the connection'),
  },
  {
    promise: 'a connection whose request never completes makes room',
    changes: [{ file: places, find: 'this.#unfinished() ?? socket', replace: 'socket' }],
    noticedBy: inPlaces('one with an incomplete request'),
  },
]
