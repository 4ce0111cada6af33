import type { Mutant } from '../mutant.ts'

const leaseCloser = 'main/broker/lease/lease-closer.ts'
const session = 'main/broker/session/session.ts'
const sessionTokens = 'main/broker/token-admin/session-tokens.ts'
const ownerRoutes = 'main/loopback/management/owner-routes.ts'
const accountRoutes = 'main/loopback/management/account-routes.ts'
const fate = 'main/broker/revocation/fate.ts'
const endingSessions = 'main/broker/revocation/revocation-credentials.ts'
const revoker = 'main/broker/revocation/revoker.ts'
const recordTurn = 'main/broker/record-turn.ts'
const inFates = (test: string) => ({ file: 'test/loopback/schemas/fates.test.ts', test })
const inFates2 = (test: string) => ({ file: 'test/broker/revocation/fates.test.ts', test })
const inTold = (test: string) => ({ file: 'test/loopback/management/told.test.ts', test })
const inSessionTokens = (test: string) => ({
  file: 'test/loopback/management/session-tokens.test.ts',
  test,
})

/** What becomes of a token is said with an end, in the lists and in the record, with what stands in the way. */
export const outcomeRecords: readonly Mutant[] = [
  {
    promise: 'an end that leaves no way to new tokens is told as that',
    changes: [
      {
        file: leaseCloser,
        find: 'accounts().byUid(lease.accountUid)?.session.requirePerson() ?? false',
        replace: 'false',
      },
    ],
    noticedBy: inFates('is that a login is needed, with the lease'),
  },
  {
    promise: 'an account without a way to new tokens is not called logged in',
    changes: [
      {
        file: session,
        find: `    this.#standing.requireLogin()
    return true`,
        replace: '    return true',
      },
    ],
    noticedBy: inFates('is that a login is needed, with the lease'),
  },
  {
    promise: 'no login is asked for while the session is still there',
    changes: [
      {
        file: session,
        find: 'if (!isEmpty || !needsPerson || !keepsSession || isSignedOut) return false',
        replace: 'if (!needsPerson || !keepsSession || isSignedOut) return false',
      },
    ],
    noticedBy: inFates2('says nothing while the session is still there'),
  },
  {
    promise: 'no login is asked for where the account logs in by itself',
    changes: [
      {
        file: session,
        find: 'if (!isEmpty || !needsPerson || !keepsSession || isSignedOut) return false',
        replace: 'if (!isEmpty || !keepsSession || isSignedOut) return false',
      },
    ],
    noticedBy: inFates2('says nothing where the account can log in by itself'),
  },
  {
    promise: 'the end of a session without a lease tells that a login is needed',
    changes: [
      {
        file: sessionTokens,
        find: 'accounts().byUid(held.accountUid)?.session.requirePerson() ?? false',
        replace: 'false',
      },
    ],
    noticedBy: inFates('is that a login is needed, with a session on which no lease is open'),
  },
  {
    promise: 'what lives on is listed',
    changes: [
      {
        file: ownerRoutes,
        find: `          ...(lingering.length > 0 && { lingering }),
`,
        replace: '',
      },
    ],
    noticedBy: inTold('and listed from then on'),
  },
  {
    promise: 'a token is told of once where its lease was ended with it',
    changes: [
      {
        file: accountRoutes,
        find: 'filter(({ id }) => !told.has(id))',
        replace: "filter(({ id }) => id !== '')",
      },
    ],
    noticedBy: inTold('and listed from then on'),
  },
  {
    promise: 'a log-out tells of the session that lives on',
    changes: [
      { file: accountRoutes, find: '...(lingering.length > 0 && { lingering })', replace: '' },
    ],
    noticedBy: inTold('is told by a log-out also where no lease was open'),
  },
  {
    promise: 'the status tells how the keychain is at this moment',
    changes: [
      {
        file: ownerRoutes,
        find: `        await broker.keychain.refresh()
`,
        replace: '',
      },
    ],
    noticedBy: inTold('is told by the status as it is, though nobody has used it'),
  },
  {
    promise: 'session tokens without a lease are listed',
    changes: [
      {
        file: ownerRoutes,
        find: `          ...(sessions.length > 0 && { sessions }),
`,
        replace: '',
      },
    ],
    noticedBy: inSessionTokens('is listed and counted, and ended with all once a tool may have it'),
  },
  {
    promise: 'what waits for a login is said to wait for that',
    changes: [
      {
        file: fate,
        find: "if (code === 'login_required') return 'login'",
        replace: "if (code === 'login_required') return 'service'",
      },
    ],
    noticedBy: inFates2('names the login that it waits for'),
  },
  {
    promise: 'what waits for the keychain is said to wait for that',
    changes: [{ file: fate, find: "? 'keychain' : 'service'", replace: "? 'service' : 'service'" }],
    noticedBy: inFates2('names what stands in the way'),
  },
  {
    promise: 'what stands in the way of an end is said in the words of who said it',
    changes: [
      {
        file: fate,
        find: 'why: told.message }',
        replace: "why: 'The service cannot be reached.' }",
      },
    ],
    noticedBy: inFates2('names what stands in the way'),
  },
  {
    promise: 'it is said that an account was logged out where that is why nothing ends its tokens',
    changes: [
      {
        file: endingSessions,
        find: "if (account.record.state === 'signed_out') {",
        replace: "if (account.record.label === '') {",
      },
    ],
    noticedBy: inFates2('where its account was logged out'),
  },
  {
    promise: 'it is said that an account has moved where that is why nothing ends its tokens',
    changes: [
      {
        file: endingSessions,
        find: `if (!this.#account(item)) return \`\${account.id} has moved, so that it cannot revoke this.\``,
        replace: '',
      },
    ],
    noticedBy: inFates2('where its account has moved'),
  },
  {
    promise: 'the record says once that a token waits',
    changes: [
      {
        file: revoker,
        find: 'if (!waiting.isTold) this.#ports.told(waiting.item',
        replace: 'this.#ports.told(waiting.item',
      },
    ],
    noticedBy: inFates2('says once that it waits, however often its end is tried'),
  },
  {
    promise: 'the record says until when a token is valid that nothing ends',
    changes: [
      {
        file: recordTurn,
        find: "...(became === 'left' && { endsAt: validity.endsAt }),",
        replace: '',
      },
    ],
    noticedBy: inFates2('says until when it is valid where nothing can end it, and why'),
  },
  {
    promise: 'the record says why a token lives on',
    changes: [
      { file: recordTurn, find: '...(why !== undefined && { reason: why }),', replace: '' },
    ],
    noticedBy: inFates2('says until when it is valid where nothing can end it, and why'),
  },
  {
    promise: 'the record names the account of a token also after that was removed',
    changes: [
      {
        file: recordTurn,
        find: 'const account = accounts.knownAs(item)',
        replace: 'const account = accounts.byUid(item.accountUid)?.id',
      },
    ],
    noticedBy: inFates2('names its account also after that was removed'),
  },
  {
    promise: 'the record tells what became of a token without anybody asking',
    changes: [{ file: recordTurn, find: "waiting: 'token_waiting',", replace: "waiting: 'end'," }],
    noticedBy: inFates2('tells what became of each token without anybody asking'),
  },
  {
    promise: 'the record has the code of what kept a token from ending',
    changes: [{ file: recordTurn, find: '...(code !== undefined && { code }),', replace: '' }],
    noticedBy: inFates2('tells what became of each token without anybody asking'),
  },
]
