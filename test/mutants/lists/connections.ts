import type { Mutant } from '../mutant.ts'

const places = 'main/loopback/http/places.ts'
const peer = 'main/loopback/http/peer.ts'
const socketTable = 'main/base/sockets/socket-table.ts'
const inPlaces = (test: string) => ({ file: 'test/loopback/http/places.test.ts', test })
const inPeers = (test: string) => ({ file: 'test/loopback/http/peers.test.ts', test })
const inPeer = (test: string) => ({ file: 'test/loopback/http/peer.test.ts', test })

/** Silent connections keep nobody out, and another user is never taken for this one. */
export const connections: readonly Mutant[] = [
  {
    promise: 'a full house makes room: the oldest silent connection goes',
    changes: [
      {
        file: places,
        find: 'first(this.#silent) ?? first(this.#idle) ?? this.#unfinished() ?? socket',
        replace: 'socket',
      },
    ],
    noticedBy: inPlaces('the connection that has been silent for longest'),
  },
  {
    promise: 'a silent connection goes before one that waits for its next request',
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
    promise: 'one that has its answer makes room for a new caller',
    changes: [
      {
        file: places,
        find: 'first(this.#idle) ?? this.#unfinished()',
        replace: 'this.#unfinished()',
      },
    ],
    noticedBy: inPlaces('the one that has waited for longest for its next request'),
  },
  {
    promise: 'nobody whose request is under way is cut off',
    changes: [
      {
        file: places,
        find: 'if (all.every(({ request, response }) => !request.complete && !response.headersSent)) {',
        replace: 'if (all.length > 0) {',
      },
    ],
    noticedBy: inPlaces('nobody whose request is under way'),
  },
  {
    promise: 'a row of the table vouches only for the latest connection from there',
    changes: [
      {
        file: peer,
        find: `      if (this.#latest.get(endOf(socket)) !== socket) continue
`,
        replace: '',
      },
    ],
    noticedBy: inPeers('are unknown where another connection came from the same end since'),
  },
  {
    promise: 'a connection that a reading has missed is looked for once more',
    changes: [
      {
        file: peer,
        find: `    if (asking.some((socket) => !this.#known.has(socket))) this.#read()
`,
        replace: '',
      },
    ],
    noticedBy: inPeers('are looked up once more when a reading has missed them'),
  },
  {
    promise: "a socket that its process has closed is nobody's, not of root",
    changes: [
      { file: socketTable, find: " && inode !== '0' ? Number(uid)", replace: ' ? Number(uid)' },
    ],
    noticedBy: inPeer('takes a socket that its process has closed for nobody, not for root'),
  },
  {
    promise: 'a reading of the table is never older than the connection that it vouches for',
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
    promise: 'one whose request never ends makes room',
    changes: [{ file: places, find: 'this.#unfinished() ?? socket', replace: 'socket' }],
    noticedBy: inPlaces('one whose request never comes to its end'),
  },
]
