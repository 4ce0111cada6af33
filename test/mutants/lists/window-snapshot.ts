import type { Mutant } from '../mutant.ts'

const views = 'main/desktop/ipc/views.ts'
const describe = 'main/broker/describe.ts'
const snapshot = 'main/desktop/ipc/snapshot.ts'
const inViews = (test: string) => ({ file: 'test/desktop/ipc/views.test.ts', test })
const inSnapshot = (test: string) => ({ file: 'test/desktop/ipc/snapshot.test.ts', test })

/** The window's page receives correct data. */
export const windowSnapshot: readonly Mutant[] = [
  {
    promise: 'the page receives why a token stays valid',
    changes: [
      {
        file: describe,
        find: '    why: status.why,',
        replace: "    why: '',",
      },
    ],
    noticedBy: inViews('that nothing revokes it, why, and until when it is valid'),
  },
  {
    promise: 'the page receives until when a token without a lease is valid',
    changes: [
      {
        file: views,
        find: "'why', 'retryAt', 'endsAt', 'expired'",
        replace: "'why', 'retryAt', 'expired'",
      },
    ],
    noticedBy: inViews('that nothing revokes it, why, and until when it is valid'),
  },
  {
    promise: 'the page receives which tool a token without a lease was issued to',
    changes: [
      {
        file: views,
        find: "'use', 'client', 'madeAt'",
        replace: "'use', 'madeAt'",
      },
    ],
    noticedBy: inViews('that nothing revokes it, why, and until when it is valid'),
  },
  {
    promise: 'the page receives when a pending revocation is retried',
    changes: [
      {
        file: views,
        find: "'why', 'retryAt', 'endsAt', 'expired'",
        replace: "'why', 'endsAt', 'expired'",
      },
    ],
    noticedBy: inViews('that it waits to be revoked, for what, and when the next try comes'),
  },
  {
    promise: 'the page receives that a token has expired and is only still listed',
    changes: [
      {
        file: views,
        find: "'why', 'retryAt', 'endsAt', 'expired'",
        replace: "'why', 'retryAt', 'endsAt'",
      },
    ],
    noticedBy: inViews('that it has expired where it only has to be taken off a list'),
  },
  {
    promise: "the page receives whether a tool may hold a session's token",
    changes: [
      {
        file: describe,
        find: '...{ mayBeOut: mayBeIssued, revocable: isRevocable }',
        replace: '...{ mayBeOut: true, revocable: isRevocable }',
      },
    ],
    noticedBy: inViews('that no tool has it after a login'),
  },
  {
    promise: "the page receives whether a session's token can be revoked",
    changes: [
      {
        file: describe,
        find: '...{ mayBeOut: mayBeIssued, revocable: isRevocable }',
        replace: '...{ mayBeOut: mayBeIssued, revocable: true }',
      },
    ],
    noticedBy: inViews('that only time ends it, where that is so'),
  },
  {
    promise: 'the page receives that an account needs a login after its session was revoked',
    changes: [
      {
        file: views,
        find: 'take(describeEndedSession(ended), ...OUTCOME)',
        replace: 'take({ ...describeEndedSession(ended), needsLogin: undefined }, ...OUTCOME)',
      },
    ],
    noticedBy: inViews('what became of it when all was ended'),
  },
  {
    promise: 'the page receives that an account needs a login after its lease was closed',
    changes: [
      {
        file: describe,
        find: '    ...(needsLogin && { needsLogin }),\n',
        replace: '',
      },
    ],
    noticedBy: inViews('that the account gives no token any more before a login'),
  },
  {
    promise: 'the page receives why the token of a closed lease stays valid',
    changes: [
      {
        file: views,
        find: "'endsAt', 'why', 'needsLogin'",
        replace: "'endsAt', 'needsLogin'",
      },
    ],
    noticedBy: inViews('what became of its token when it was ended, and why'),
  },
  {
    promise: 'the page receives that a token outlives its lease',
    changes: [
      {
        file: describe,
        find: 'const outlives = tokenEndsAt !== null && !revoker.isRevocable(held)',
        replace: 'const outlives = tokenEndsAt === 0',
      },
    ],
    noticedBy: inViews('until when its token is valid, where nothing revokes that with it'),
  },
  {
    promise: 'a token revoked with its lease is not reported to outlive it',
    changes: [
      {
        file: describe,
        find: 'const outlives = tokenEndsAt !== null && !revoker.isRevocable(held)',
        replace: 'const outlives = tokenEndsAt !== null',
      },
    ],
    noticedBy: inViews('until when its token is valid, where nothing revokes that with it'),
  },
  {
    promise: 'the page is told why an account needs a login',
    changes: [
      {
        file: views,
        find: '    ...(reason && {',
        replace: '    ...(reason && false && {',
      },
    ],
    noticedBy: inViews('the page is told why an account needs a login'),
  },
  {
    promise: 'the page receives what to do about a refused login, if that is known',
    changes: [
      {
        file: views,
        find: '        ...(reason.hint !== undefined && { hint: forWindow(reason.hint) }),\n',
        replace: '',
      },
    ],
    noticedBy: inViews('the page is told why an account needs a login'),
  },
  {
    promise: 'the window does not report that there are no tokens before their list was read',
    changes: [
      {
        file: snapshot,
        find: `    ...(broker && !broker.startupRecovery.isOpen && { tokensUnknown: true as const }),
`,
        replace: '',
      },
    ],
    noticedBy: inSnapshot('does not say that there are no tokens before their list could be read'),
  },
  {
    promise: 'the snapshot says which program uses the port, while it does',
    changes: [
      { file: snapshot, find: '    ...(taken && {', replace: '    ...(taken && false && {' },
    ],
    noticedBy: inSnapshot('says who has the port that tools are set up for'),
  },
  {
    promise: 'the window and the icon show the keychain as of the last check',
    changes: [
      {
        file: snapshot,
        find: 'const failure = broker?.keychain.failure',
        replace: 'const failure = broker?.startupRecovery.failure',
      },
    ],
    noticedBy: inSnapshot('shows the keychain as the last look found it'),
  },
  {
    promise: 'the snapshot counts tokens that wait to be revoked',
    changes: [
      {
        file: snapshot,
        find: 'pending: broker?.revoker.tracker.counts().pending ?? 0,',
        replace: 'pending: 0,',
      },
    ],
    noticedBy: inSnapshot('counts what waits to be revoked without a lease'),
  },
  {
    promise: 'the snapshot lists tokens that stay valid without a lease',
    changes: [
      {
        file: snapshot,
        find: `await mapInBatches(revoker.tracker.outstanding(), (each) =>
      toLingeringView(each, broker),
    )`,
        replace: '[]',
      },
    ],
    noticedBy: inSnapshot('counts what waits to be revoked without a lease'),
  },
  {
    promise: "the snapshot lists the sessions' own tokens",
    changes: [
      {
        file: snapshot,
        find: 'await mapInBatches(sessionTokens.list(), (each) => toSessionView(each, broker))',
        replace: '[]',
      },
    ],
    noticedBy: inSnapshot("shows the sessions' own tokens that no lease is open on"),
  },
  {
    promise: 'a new user who keeps credentials in memory is not told that they are in the keychain',
    changes: [
      {
        file: 'renderer/screens/welcome.tsx',
        find: "status.memory ? 'memory' : 'the keychain'",
        replace: "status.memory ? 'the keychain' : 'the keychain'",
      },
    ],
    noticedBy: {
      file: 'test/renderer/managing.test.ts',
      test: 'tells a newcomer where credentials are kept',
    },
  },
]
