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
    noticedBy: inViews('that cannot be revoked, with the reason and its expiry'),
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
    noticedBy: inViews('that cannot be revoked, with the reason and its expiry'),
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
    noticedBy: inViews('that cannot be revoked, with the reason and its expiry'),
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
    noticedBy: inViews('that is waiting to be revoked, with the reason and the next try'),
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
    noticedBy: inViews('that has expired and is only waiting to be deleted from a list'),
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
    noticedBy: inViews('that no tool has after a login, and that a tool may have after its lease'),
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
    noticedBy: inViews('that cannot be revoked'),
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
    noticedBy: inViews('with its outcome after revoking all, and that the user must log in then'),
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
    noticedBy: inViews('with the account that needs a login first, if its login took a code'),
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
    noticedBy: inViews('with the outcome and its reason after it was revoked'),
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
    noticedBy: inViews('with the expiry of its token if that cannot be revoked'),
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
    noticedBy: inViews('with the expiry of its token if that cannot be revoked'),
  },
  {
    promise: 'the page gets the reason and the hint of a required login',
    changes: [
      {
        file: views,
        find: '    ...(reason && {',
        replace: '    ...(reason && false && {',
      },
    ],
    noticedBy: inViews('the page gets the reason and the hint of a required login'),
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
    noticedBy: inViews('the page gets the reason and the hint of a required login'),
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
    noticedBy: inSnapshot('does not say that there are no tokens before the list could be read'),
  },
  {
    promise: 'the snapshot says which program uses the port, while it does',
    changes: [
      { file: snapshot, find: '    ...(taken && {', replace: '    ...(taken && false && {' },
    ],
    noticedBy: inSnapshot('says that another program uses the port, as long as it does'),
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
    noticedBy: inSnapshot('shows the keychain as of the last check, not of its last use'),
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
    noticedBy: inSnapshot('counts tokens without a lease that are waiting to be revoked'),
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
    noticedBy: inSnapshot('counts tokens without a lease that are waiting to be revoked'),
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
    noticedBy: inSnapshot('shows session tokens without a lease'),
  },
  {
    promise: 'a new user who keeps credentials in memory is not told that they are in the keychain',
    changes: [
      {
        file: 'renderer/screens/welcome.tsx',
        find: "status.memory ? 'memory until you quit' : 'your keychain'",
        replace: "status.memory ? 'your keychain' : 'your keychain'",
      },
    ],
    noticedBy: {
      file: 'test/renderer/other-screens.test.ts',
      test: 'says on the first screen where credentials are kept',
    },
  },
]
