import type { Mutant } from '../mutant.ts'

const leaseCloser = 'main/broker/lease/lease-closer.ts'
const session = 'main/broker/session/session.ts'
const sessionTokens = 'main/broker/token-admin/session-tokens.ts'
const ownerRoutes = 'main/loopback/management/owner-routes.ts'
const accountRoutes = 'main/loopback/management/account-routes.ts'
const fate = 'main/broker/revocation/revocation-status.ts'
const endingSessions = 'main/broker/revocation/revocation-credentials.ts'
const revoker = 'main/broker/revocation/revoker.ts'
const recordTurn = 'main/broker/record-revocation.ts'
const inFates = (test: string) => ({ file: 'test/loopback/schemas/fates.test.ts', test })
const inFates2 = (test: string) => ({
  file: 'test/broker/revocation/revocation-tracker.test.ts',
  test,
})
const inTold = (test: string) => ({ file: 'test/loopback/management/told.test.ts', test })
const inSessionTokens = (test: string) => ({
  file: 'test/loopback/management/session-tokens.test.ts',
  test,
})

/** The outcome of a token, and what blocks its revocation, is reported after a revocation, in the lists and in the audit log. */
export const outcomeRecords: readonly Mutant[] = [
  {
    promise: 'a revocation after which no new tokens can be issued is reported as such',
    changes: [
      {
        file: leaseCloser,
        find: 'accounts().byUid(lease.accountUid)?.session.checkLoginRequired() ?? false',
        replace: 'false',
      },
    ],
    noticedBy: inFates('says that a login is needed, with the lease'),
  },
  {
    promise: 'an account that cannot issue tokens is not reported as logged in',
    changes: [
      {
        file: session,
        find: `    this.#authState.requireLogin()
    return true`,
        replace: '    return true',
      },
    ],
    noticedBy: inFates('says that a login is needed, with the lease'),
  },
  {
    promise: 'no login is requested while the session exists',
    changes: [
      {
        file: session,
        find: 'if (!isEmpty || !needsUser || !keepsSession || isSignedOut) return false',
        replace: 'if (!needsUser || !keepsSession || isSignedOut) return false',
      },
    ],
    noticedBy: inFates2('says nothing while the session still exists'),
  },
  {
    promise: 'no login is requested if the account logs in by itself',
    changes: [
      {
        file: session,
        find: 'if (!isEmpty || !needsUser || !keepsSession || isSignedOut) return false',
        replace: 'if (!isEmpty || !keepsSession || isSignedOut) return false',
      },
    ],
    noticedBy: inFates2('says nothing if the account can log in by itself'),
  },
  {
    promise: 'revoking a session without a lease reports that a login is required',
    changes: [
      {
        file: sessionTokens,
        find: 'accounts().byUid(held.accountUid)?.session.checkLoginRequired() ?? false',
        replace: 'false',
      },
    ],
    noticedBy: inFates('says that a login is needed, with a session without an open lease'),
  },
  {
    promise: 'tokens that stay valid are listed',
    changes: [
      {
        file: ownerRoutes,
        find: `          ...(lingering.length > 0 && { lingering }),
`,
        replace: '',
      },
    ],
    noticedBy: inTold('and listed afterwards'),
  },
  {
    promise: 'a token is reported once if its lease was closed with it',
    changes: [
      {
        file: accountRoutes,
        find: 'filter(({ id }) => !told.has(id))',
        replace: "filter(({ id }) => id !== '')",
      },
    ],
    noticedBy: inTold('and listed afterwards'),
  },
  {
    promise: 'a log-out reports a session that stays valid',
    changes: [
      { file: accountRoutes, find: '...(lingering.length > 0 && { lingering })', replace: '' },
    ],
    noticedBy: inTold('are returned by a logout even if no lease was open'),
  },
  {
    promise: 'the status reports the current state of the keychain',
    changes: [
      {
        file: ownerRoutes,
        find: `        await broker.keychain.refresh()
`,
        replace: '',
      },
    ],
    noticedBy: inTold('is reported by the status as it is, even if it was not used'),
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
    noticedBy: inSessionTokens(
      'is listed and counted, and revoked with all once a tool may have it',
    ),
  },
  {
    promise: 'a revocation that waits for a login says so',
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
    promise: 'a revocation that waits for the keychain says so',
    changes: [{ file: fate, find: "? 'keychain' : 'service'", replace: "? 'service' : 'service'" }],
    noticedBy: inFates2('names the obstacle ('),
  },
  {
    promise: 'what blocks a revocation is reported in the words of its source',
    changes: [
      {
        file: fate,
        find: 'why: error.message }',
        replace: "why: 'The service cannot be reached.' }",
      },
    ],
    noticedBy: inFates2('names the obstacle ('),
  },
  {
    promise: 'a logged-out account is given as the reason why its tokens cannot be revoked',
    changes: [
      {
        file: endingSessions,
        find: "if (account.record.state === 'signed_out') {",
        replace: "if (account.record.label === '') {",
      },
    ],
    noticedBy: inFates2('its account was logged out'),
  },
  {
    promise: 'a moved account is given as the reason why its tokens cannot be revoked',
    changes: [
      {
        file: endingSessions,
        find: `if (!this.#signedInAccount(item))
      return \`\${account.id} is at another address now and cannot revoke it.\``,
        replace: '',
      },
    ],
    noticedBy: inFates2('its account has another address'),
  },
  {
    promise: 'the audit log says once that a token waits to be revoked',
    changes: [
      {
        file: revoker,
        find: 'if (!pending.isRecorded) this.#ports.onEvent(pending.item',
        replace: 'this.#ports.onEvent(pending.item',
      },
    ],
    noticedBy: inFates2('says once that it waits, however often its revocation is retried'),
  },
  {
    promise: 'the audit log says until when an unrevocable token is valid',
    changes: [
      {
        file: recordTurn,
        find: "...(kind === 'left' && { endsAt: validity.endsAt }),",
        replace: '',
      },
    ],
    noticedBy: inFates2('says until when it is valid, and why, if it cannot be revoked'),
  },
  {
    promise: 'the audit log says why a token stays valid',
    changes: [
      { file: recordTurn, find: '...(why !== undefined && { reason: why }),', replace: '' },
    ],
    noticedBy: inFates2('says until when it is valid, and why, if it cannot be revoked'),
  },
  {
    promise: 'the audit log names the account of a token even after the account was removed',
    changes: [
      {
        file: recordTurn,
        find: 'const account = accounts.findName(item)',
        replace: 'const account = accounts.byUid(item.accountUid)?.id',
      },
    ],
    noticedBy: inFates2('names its account even after that was removed'),
  },
  {
    promise: 'the audit log has the outcome of a token that no request revoked',
    changes: [{ file: recordTurn, find: "waiting: 'token_waiting',", replace: "waiting: 'end'," }],
    noticedBy: inFates2('records the outcome for each token without being asked'),
  },
  {
    promise: 'the audit log has the error code of a failed revocation',
    changes: [{ file: recordTurn, find: '...(code !== undefined && { code }),', replace: '' }],
    noticedBy: inFates2('records the outcome for each token without being asked'),
  },
]
