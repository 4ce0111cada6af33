import type { Mutant } from '../mutant.ts'

const views = 'main/desktop/ipc/views.ts'
const snapshot = 'main/desktop/ipc/snapshot.ts'
const inViews = (test: string) => ({ file: 'test/desktop/ipc/views.test.ts', test })
const inSnapshot = (test: string) => ({ file: 'test/desktop/ipc/snapshot.test.ts', test })

/** The page of the window is told what is so. */
export const windowSnapshot: readonly Mutant[] = [
  {
    promise: 'the page is told why a token lives on',
    changes: [
      {
        file: views,
        find: 'atService: fate.at, why: fate.why }',
        replace: "atService: fate.at, why: '' }",
      },
    ],
    noticedBy: inViews('that nothing revokes it, why, and until when it is valid'),
  },
  {
    promise: 'the page is told until when a token without a lease is valid',
    changes: [
      {
        file: views,
        find: `    ...(fate.endsAt !== null && { endsAt: fate.endsAt }),
`,
        replace: '',
      },
    ],
    noticedBy: inViews('that nothing revokes it, why, and until when it is valid'),
  },
  {
    promise: 'the page is told which tool a token without a lease was made for',
    changes: [
      {
        file: views,
        find: `    ...(client !== undefined && { client: clients.nameOf(toClientId(client)) }),
`,
        replace: '',
      },
    ],
    noticedBy: inViews('that nothing revokes it, why, and until when it is valid'),
  },
  {
    promise: 'the page is told when a token that waits is tried again',
    changes: [
      {
        file: views,
        find: `    ...(fate.at === 'pending' && fate.retryAt !== undefined && { retryAt: fate.retryAt }),
`,
        replace: '',
      },
    ],
    noticedBy: inViews('that it waits to be revoked, for what, and when the next try comes'),
  },
  {
    promise: 'the page is told that a token has expired and is only to be taken off a list',
    changes: [
      {
        file: views,
        find: `    ...(fate.at === 'pending' && fate.isExpired && { isExpired: true }),
`,
        replace: '',
      },
    ],
    noticedBy: inViews('that it has expired where it only has to be taken off a list'),
  },
  {
    promise: 'the page is told whether a tool may have a token of a session',
    changes: [
      {
        file: views,
        find: 'account: accounts.nameOf(held), mayBeOut, isRevocable }',
        replace: 'account: accounts.nameOf(held), mayBeOut: true, isRevocable }',
      },
    ],
    noticedBy: inViews('that no tool has it after a login'),
  },
  {
    promise: 'the page is told whether a token of a session can be ended',
    changes: [
      {
        file: views,
        find: 'account: accounts.nameOf(held), mayBeOut, isRevocable }',
        replace: 'account: accounts.nameOf(held), mayBeOut, isRevocable: true }',
      },
    ],
    noticedBy: inViews('that only time ends it, where that is so'),
  },
  {
    promise: 'the page is told that an account needs a login after its session was ended',
    changes: [
      {
        file: views,
        find: `client: '', account: accountId, session: accountId, atService },
    ...(atService !== 'ended' && endsAt !== null && { endsAt }),
    ...(fate && fate.at !== 'ended' && { why: fate.why }),
    ...(needsLogin && { needsLogin: accountId }),`,
        replace: `client: '', account: accountId, session: accountId, atService },
    ...(atService !== 'ended' && endsAt !== null && { endsAt }),
    ...(fate && fate.at !== 'ended' && { why: fate.why }),
`,
      },
    ],
    noticedBy: inViews('what became of it when all was ended'),
  },
  {
    promise: 'the page is told that an account needs a login after its lease was ended',
    changes: [
      {
        file: views,
        find: `    atService,
    ...(atService !== 'ended' && endsAt !== null && { endsAt }),
    ...(fate && fate.at !== 'ended' && { why: fate.why }),
    ...(needsLogin && { needsLogin: accountId }),`,
        replace: `    atService,
    ...(atService !== 'ended' && endsAt !== null && { endsAt }),
    ...(fate && fate.at !== 'ended' && { why: fate.why }),
`,
      },
    ],
    noticedBy: inViews('that the account gives no token any more before a login'),
  },
  {
    promise: 'the page is told why the token of a lease that was ended lives on',
    changes: [
      {
        file: views,
        find: `    atService,
    ...(atService !== 'ended' && endsAt !== null && { endsAt }),
    ...(fate && fate.at !== 'ended' && { why: fate.why }),
`,
        replace: `    atService,
    ...(atService !== 'ended' && endsAt !== null && { endsAt }),
`,
      },
    ],
    noticedBy: inViews('what became of its token when it was ended, and why'),
  },
  {
    promise: 'the page is told that a token outlives its lease',
    changes: [
      {
        file: views,
        find: 'const outlives = tokenEndsAt !== null && !revoker.isRevocable(held)',
        replace: 'const outlives = false',
      },
    ],
    noticedBy: inViews('until when its token is valid, where nothing revokes that with it'),
  },
  {
    promise: 'the page is not told of a token that it outlives a lease that ends it',
    changes: [
      {
        file: views,
        find: 'const outlives = tokenEndsAt !== null && !revoker.isRevocable(held)',
        replace: 'const outlives = tokenEndsAt !== null',
      },
    ],
    noticedBy: inViews('until when its token is valid, where nothing revokes that with it'),
  },
  {
    promise: 'the page is told why an account needs a login',
    changes: [
      { file: views, find: '    ...(because && {', replace: '    ...(because && false && {' },
    ],
    noticedBy: inViews('the page is told why an account needs a login'),
  },
  {
    promise: 'the page is told what to do about a refused login, where that is known',
    changes: [
      {
        file: views,
        find: `        ...(because.hint !== undefined && { hint: forWindow(because.hint) }),
`,
        replace: '',
      },
    ],
    noticedBy: inViews('the page is told why an account needs a login'),
  },
  {
    promise: 'the window does not call tokens none before their list could be read',
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
    promise: 'the snapshot says who has the port of the tools, as long as that lasts',
    changes: [
      { file: snapshot, find: '    ...(taken && {', replace: '    ...(taken && false && {' },
    ],
    noticedBy: inSnapshot('says who has the port that tools are set up for'),
  },
  {
    promise: 'the window and the icon show the keychain as the last look found it',
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
    promise: 'the snapshot counts what waits to be revoked',
    changes: [
      {
        file: snapshot,
        find: 'pending: broker?.revoker.fates.counts().pending ?? 0,',
        replace: 'pending: 0,',
      },
    ],
    noticedBy: inSnapshot('counts what waits to be revoked without a lease'),
  },
  {
    promise: 'the snapshot lists what lives on without a lease',
    changes: [
      {
        file: snapshot,
        find: 'await inTurns(revoker.fates.lingering(), (each) => toLingeringView(each, broker))',
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
        find: 'await inTurns(sessionTokens.list(), (each) => toSessionView(each, broker))',
        replace: '[]',
      },
    ],
    noticedBy: inSnapshot("shows the sessions' own tokens that no lease is open on"),
  },
  {
    promise: 'a newcomer who keeps credentials in memory is not told that they are in the keychain',
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
