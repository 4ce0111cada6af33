import type { Mutant } from '../mutant.ts'

const inMany = (test: string) => ({ file: 'test/loopback/management/many-accounts.test.ts', test })
const precedence = 'main/base/async/precedence.ts'
const inPrecedence = (test: string) => ({ file: 'test/base/async/precedence.test.ts', test })
const inChange = (test: string) => ({ file: 'test/preload/snapshot-change.test.ts', test })
const inPage = (test: string) => ({ file: 'test/renderer/snapshots.test.ts', test })
const OVER_TURNS =
  'a list of a thousand accounts, or tools, is built over many turns, in which tokens are issued'

/** Large amounts of data do not block anything. */
export const responsiveness: readonly Mutant[] = [
  {
    promise: 'a long list of accounts delays no token',
    changes: [
      {
        file: 'main/loopback/management/account-routes.ts',
        find: `await mapInBatches(accounts.all(), (account) =>
              toAccountAnswer(account, broker),
            )`,
        replace: 'accounts.all().map((account) => toAccountAnswer(account, broker))',
      },
    ],
    noticedBy: inMany(OVER_TURNS),
  },
  {
    promise: 'a long list of tools delays no token',
    changes: [
      {
        file: 'main/base/async/batches.ts',
        find: 'if (index > 0 && index % BATCH === 0) await endOfTurn()',
        replace: '',
      },
    ],
    noticedBy: inMany(OVER_TURNS),
  },
  {
    promise: 'a search of the audit log delays no token, whatever it searches for',
    changes: [
      {
        file: 'main/audit/reading/audit-reader.ts',
        find: '    if (pieces?.isOver) await pieces.next()\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/audit/reading/standing-back.test.ts',
      test: 'pauses while a request is waiting, whatever the search, and continues after it',
    },
  },
  {
    promise: 'a search of the audit log starts no chunk during a request',
    changes: [
      {
        file: precedence,
        find: 'if (!this.#isRequestAhead) this.#release()',
        replace: 'if (this.#isArmed) this.#release()',
      },
    ],
    noticedBy: inPrecedence('waits until all requests in progress are finished'),
  },
  {
    promise: 'a search of the audit log finishes even under constant requests',
    changes: [{ file: precedence, find: '() => this.#release())', replace: '() => undefined)' }],
    noticedBy: inPrecedence('continues eventually although requests never stop'),
  },
  {
    promise: 'a search of the audit log is not slowed down by a slow login',
    changes: [
      {
        file: precedence,
        find: ' && this.#clock.monotonic() - this.#latestAt < LONG_MS',
        replace: '',
      },
    ],
    noticedBy: inPrecedence('does not wait for requests that take long'),
  },
  {
    promise: 'two searches of the audit log delay a token no longer than one',
    changes: [
      {
        file: precedence,
        find: '    this.#waiting.shift()?.()\n',
        replace: '    for (const go of this.#waiting.splice(0)) go()\n',
      },
    ],
    noticedBy: inPrecedence('gives several tasks their turns in order'),
  },
  {
    promise: 'a search of the audit log yields to every request at the endpoint',
    changes: [
      {
        file: 'main/loopback/server.ts',
        find: 'goingFirst(app.routing, options.activity.precedence)',
        replace: 'app.routing',
      },
      {
        file: 'main/loopback/server.ts',
        find: "import { goingFirst } from './management/going-first.ts'\n",
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/loopback/management/activity.test.ts',
      test: 'gives way to every request except another reading',
    },
  },
  ...(
    [
      ['accounts', 'accounts.all()', ' toAccountView(each, broker)'],
      ['active tokens', 'leases.list()', ' toLeaseView(each, broker)'],
      ['tools', 'clients.records()', '\n      toClientView(each, broker, hasFreshSecret),\n    '],
    ] as const
  ).map(([what, list, view]) => ({
    promise: `showing many ${what} delays no token`,
    changes: [
      {
        file: 'main/desktop/ipc/snapshot.ts',
        find: `await mapInBatches(${list}, (each) =>${view})`,
        replace: `${list}.map((each) =>${view})`,
      },
    ],
    noticedBy: {
      file: 'test/desktop/ipc/snapshot.test.ts',
      test: 'is built over many turns if it is large, with tokens issued in between',
    },
  })),
  {
    promise: 'an idle agent is not woken by a check for slow requests',
    changes: [
      {
        file: 'main/loopback/http/guarded-server.ts',
        find: '    connectionsCheckingInterval: LONGEST_DELAY,\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/flows/idle.test.ts',
      test: 'wakes up once a minute, and twice more while a token is active',
    },
  },
  {
    promise: 'an app with a hidden window is not woken to check the keychain',
    changes: [
      {
        file: 'main/desktop/system/keychain-watch.ts',
        find: 'const EVERY_MS = 300_000',
        replace: 'const EVERY_MS = 20_000',
      },
    ],
    noticedBy: { file: 'test/flows/desktop-idle.test.ts', test: 'wakes up once a minute' },
  },
  {
    promise: 'the backoff file is always written in a readable form',
    changes: [
      {
        file: 'main/settings/silences.ts',
        find: 'silences: stored(silences) }',
        replace: 'silences }',
      },
    ],
    noticedBy: {
      file: 'test/settings/silences.test.ts',
      test: 'always stays readable, despite too many hosts or an overlong text',
    },
  },
  {
    promise: 'changes made while a snapshot is built are shown',
    changes: [
      {
        file: 'main/desktop/ipc/snapshots.ts',
        find: '    if (this.#isBehind) this.changed()\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/desktop/ipc/snapshots.test.ts',
      test: 'pushes a change during a build afterwards, and never builds two at a time',
    },
  },
  {
    promise: 'the window is shown once its page is up to date',
    changes: [
      {
        file: 'main/desktop/window/popover.ts',
        find: 'if (!coming) this.#present()',
        replace: 'if (coming || !coming) this.#present()',
      },
    ],
    noticedBy: {
      file: 'test/desktop/window/popover.test.ts',
      test: 'is not sent to a hidden page, which gets a fresh one before it is shown',
    },
  },
  {
    promise: 'a long list in the tray menu delays no token',
    changes: [
      {
        file: 'main/desktop/tray/status-lines.ts',
        find: 'leases.slice(0, MOST_TOKENS)',
        replace: 'leases.slice(0)',
      },
    ],
    noticedBy: {
      file: 'test/desktop/tray/tray-menu.test.ts',
      test: 'has twelve tokens below it, and leaves the others to the window',
    },
  },
  {
    promise: 'a search of the audit log stops when it is cancelled',
    changes: [
      {
        file: 'main/audit/reading/audit-reader.ts',
        find: "if (signal?.aborted) throw new TokentrayError('cancelled')",
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/audit/reading/audit-reader.test.ts',
      test: 'yields after each chunk of a long record, and stops once it is cancelled',
    },
  },
  {
    promise: 'a search of the audit log yields every eighty lines or so',
    changes: [
      {
        file: 'main/audit/lines-backwards.ts',
        find: 'const CHUNK_BYTES = 16_384',
        replace: 'const CHUNK_BYTES = 65_536',
      },
    ],
    noticedBy: {
      file: 'test/audit/reading/audit-turns.test.ts',
      test: 'a search of a long record checks at most a hundred lines in one turn',
    },
  },
  {
    promise: 'each typed letter cancels the previous search',
    changes: [
      {
        file: 'main/desktop/ipc/activity-view.ts',
        find: '      current.ending.abort()\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/desktop/ipc/activity-view.test.ts',
      test: 'a new filter cancels the previous one, but not its own further pages',
    },
  },
  {
    promise: 'the window receives the changes, not a thousand accounts',
    changes: [
      {
        file: 'preload/snapshot-change.ts',
        find: 'after.filter((item) => !isSame(known.get(keyOf(item)), item))',
        replace: '[...after]',
      },
    ],
    noticedBy: inChange('contains only the one of a thousand accounts that has changed'),
  },
  {
    promise: 'a window that is up to date receives nothing',
    changes: [
      {
        file: 'preload/snapshot-change.ts',
        find: 'if (sameRest && changes.length === 0) return null',
        replace: '',
      },
    ],
    noticedBy: inChange('is null between two snapshots with the same content'),
  },
  {
    promise: 'the window shows all accounts in their order',
    changes: [
      {
        file: 'preload/snapshot-change.ts',
        find: '...(!isInPlace && { keys: after.map(keyOf) })',
        replace: '',
      },
    ],
    noticedBy: inChange('builds each of a thousand snapshots from the previous one'),
  },
  {
    promise: 'a window that missed a change requests everything',
    changes: [
      {
        file: 'renderer/state/snapshots.ts',
        find: 'else if (snapshot?.revision === push.since)',
        replace: 'else if (snapshot !== null)',
      },
    ],
    noticedBy: inPage('requests a complete snapshot once if a change is based on another one'),
  },
  {
    promise: 'a change that arrives during that request is not lost',
    changes: [
      {
        file: 'renderer/state/snapshots.ts',
        find: 'while (this.#held < this.#told)',
        replace: 'while (false)',
      },
    ],
    noticedBy: inPage('requests another one if an unusable change was newer than the answer'),
  },
]
