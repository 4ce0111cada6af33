import type { Mutant } from '../mutant.ts'

/** Requested work continues, reports what it is and how far it is, and its result is as reported. */
export const operations: readonly Mutant[] = [
  {
    promise: 'Ctrl-C says that Tokentray keeps revoking the tokens',
    changes: [
      {
        file: 'main/cli/commands/support/progress.ts',
        find: '    release = onInterrupt(() => reject(continues()))',
        replace: '    release = () => reject(continues())',
      },
    ],
    noticedBy: {
      file: 'test/cli/commands/under-way.test.ts',
      test: 'says on Ctrl-C that Tokentray continues, and exits',
    },
  },
  {
    promise: 'a revocation says which host it waits for',
    changes: [
      {
        file: 'main/broker/service/ongoing-work.ts',
        find: '        this.#asked.add(asked)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/service/ongoing-work.test.ts',
      test: 'with what it waits for, for its own account only',
    },
  },
  {
    promise: 'the window is told that an account is being removed',
    changes: [{ file: 'main/desktop/ipc/views.ts', find: "'underWay', ", replace: '' }],
    noticedBy: {
      file: 'test/broker/service/ongoing-work.test.ts',
      test: 'with what it waits for, for its own account only',
    },
  },
  {
    promise: 'the window shows that an account is being removed',
    changes: [
      {
        file: 'renderer/text/accounts.ts',
        find: 'if (underWay === undefined) return',
        replace: 'if (underWay !== null) return',
      },
    ],
    noticedBy: {
      file: 'test/renderer/accounts.test.ts',
      test: 'shows the operation in progress on an account until it is done',
    },
  },
  {
    promise: 'during a reset every account is shown as being removed',
    changes: [
      {
        file: 'main/broker/account/under-way.ts',
        find: "  if (bulk.progress('reset')) return 'removal'\n",
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/service/ongoing-work.test.ts',
      test: 'is reported for each account that a reset has not removed yet',
    },
  },
  {
    promise: 'a revoking command does not exit with 0 while a token is valid',
    changes: [
      {
        file: 'main/cli/commands/active.ts',
        find: "    at === 'pending' || at === 'until_expiry'",
        replace: "    at === 'pending'",
      },
    ],
    noticedBy: { file: 'test/cli/commands/done-in-part.test.ts', test: 'exits with' },
  },
  {
    promise: 'a revoking command does not exit with 0 while it is unknown which tokens are valid',
    changes: [
      { file: 'main/cli/commands/active.ts', find: 'if (isUnknown) {', replace: 'if (false) {' },
    ],
    noticedBy: {
      file: 'test/cli/commands/done-in-part.test.ts',
      test: 'if the state is unknown, exits with 9',
    },
  },
  {
    promise: 'a client whose tokens of earlier runs cannot be read is not reported to have none',
    changes: [
      {
        file: 'main/loopback/schemas/views.ts',
        find: '  ...notKnown(broker),\n})\n\nexport const toListedToken',
        replace: '})\n\nexport const toListedToken',
      },
    ],
    noticedBy: {
      file: 'test/loopback/management/ending-unknown.test.ts',
      test: 'that other tokens are unknown while the keychain cannot be read',
    },
  },
  {
    promise: 'a reset warns that credentials of other home directories are deleted as well',
    changes: [
      {
        file: 'main/cli/commands/control.ts',
        find: "vault.kind === 'memory' ? IN_MEMORY : SHARED",
        replace: 'IN_MEMORY',
      },
    ],
    noticedBy: {
      file: 'test/cli/commands/commands.test.ts',
      test: 'resets when the user types it, after saying what is deleted and what is kept',
    },
  },
  {
    promise: 'revoking all tokens names those of earlier runs that are still valid',
    changes: [
      {
        file: 'main/loopback/management/owner-routes.ts',
        find: '          ...(left.length > 0 && { lingering: left }),\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/loopback/management/ending-some.test.ts',
      test: 'retries earlier pending revocations with all, or with their account',
    },
  },
  {
    promise: 'a token shared by several tools is counted once',
    changes: [
      {
        file: 'renderer/text/active.ts',
        find: '  new Set(leases.map(({ token }) => token)).size',
        replace: '  leases.length',
      },
    ],
    noticedBy: {
      file: 'test/renderer/revocation.test.ts',
      test: 'counts a shared token once',
    },
  },
  {
    promise: 'a reset says that the audit log and the log file are kept',
    changes: [
      {
        file: 'main/cli/commands/control.ts',
        find: '  context.screen.note(STAYS)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/cli/commands/commands.test.ts',
      test: 'resets when the user types it, after saying what is deleted and what is kept',
    },
  },
  {
    promise: 'status does not name a missing log file as if it existed',
    changes: [
      {
        file: 'main/cli/commands/control.ts',
        find: 'status.log_file && existsSync(status.log_file) ?',
        replace: 'status.log_file ?',
      },
    ],
    noticedBy: {
      file: 'test/cli/commands/status.test.ts',
      test: 'status says where the log is once there is one',
    },
  },
  {
    promise: 'a reset says that it resets preferences and unlocks',
    changes: [
      {
        file: 'main/cli/commands/control.ts',
        find: '  context.screen.note(CHANGES)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/cli/commands/commands.test.ts',
      test: 'resets when the user types it, after saying what is deleted and what is kept',
    },
  },
  {
    promise: 'a token without an account is recorded with its service and as created by a login',
    changes: [
      {
        file: 'main/broker/record-revocation.ts',
        find: '{ host: hostLabel(item) }',
        replace: '{}',
      },
    ],
    noticedBy: {
      file: 'test/broker/session/login-trials.test.ts',
      test: 'is recorded with its service if it belongs to no account',
    },
  },
  {
    promise: "a temporary token of an account's login is recorded as one",
    changes: [
      {
        file: 'main/broker/record-revocation.ts',
        find: "    ...(tokenUse(item, account) === 'login' && { cause: 'login' as const }),\n",
        replace: "    ...(account === undefined && { cause: 'login' as const }),\n",
      },
    ],
    noticedBy: {
      file: 'test/broker/session/login-trials.test.ts',
      test: 'is recorded as created during login if it belongs to an account',
    },
  },
  {
    promise: 'the token of a failed login to an account is recorded as created while logging in',
    changes: [
      {
        file: 'main/broker/session/login-trials.ts',
        find: '.map((item) => ledger.markTrial(item))',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/session/login-trials.test.ts',
      test: 'is recorded as created during login if it belongs to an account',
    },
  },
  {
    promise: "the token of a failed login is listed as a login's token",
    changes: [
      {
        file: 'main/broker/ledger/token-use.ts',
        find: "  if (item.isTrial || item.kind === 'credential' || account === undefined) return 'login'\n",
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/session/login-trials.test.ts',
      test: 'is listed as created during login if it belongs to',
    },
  },
  {
    promise: "the token of a login that could not be committed is recorded as a login's token",
    changes: [
      {
        file: 'main/broker/login/login-commit.ts',
        find: 'held && revoker.revoke(ledger.markTrial(held))',
        replace: 'held && revoker.revoke(held)',
      },
    ],
    noticedBy: {
      file: 'test/broker/session/login-trials.test.ts',
      test: 'is recorded as created during login if the keychain cannot store the credential',
    },
  },
  {
    promise: "the token of a login is recorded as a login's token if no session is kept",
    changes: [
      {
        file: 'main/broker/login/login-commit.ts',
        find: "void revoker.revoke(ledger.markTrial(held), 'background')",
        replace: "void revoker.revoke(held, 'background')",
      },
    ],
    noticedBy: {
      file: 'test/broker/session/login-trials.test.ts',
      test: 'is recorded that way if the account keeps no session',
    },
  },
  {
    promise: "the token of a login that could not be stored is recorded as a login's token",
    changes: [
      {
        file: 'main/broker/revocation/revoker.ts',
        find: "held.kind === 'session' ? ledger.markTrial(held) : held",
        replace: 'held',
      },
    ],
    noticedBy: {
      file: 'test/broker/session/login-trials.test.ts',
      test: 'is recorded that way if the ledger cannot be written',
    },
  },
  {
    promise: 'a temporary token of a login is recorded as one even after a crash',
    changes: [
      {
        file: 'main/broker/ledger/ledger-entry.ts',
        find: '    ...(isTrial && { isTrial }),\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/session/login-trials.test.ts',
      test: 'is recorded that way if the next start revokes it',
    },
  },
  {
    promise: 'a revocation interrupted by a stop is recorded as interrupted',
    changes: [
      {
        file: 'main/broker/revocation/revocation-status.ts',
        find: "  if (error.code === 'cancelled') return { isShutdown: true, why: STOPPED }\n",
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/stop-and-timer.test.ts',
      test: 'is recorded as the reason for each revocation it interrupted',
    },
  },
  {
    promise: 'reusing a name warns which tools used it for another account',
    changes: [
      {
        file: 'main/loopback/management/account-routes.ts',
        find: '  return taken.length > 0 ? { taken_from: taken } : {}',
        replace: '  return taken.length > 9 ? { taken_from: taken } : {}',
      },
    ],
    noticedBy: {
      file: 'test/loopback/management/rename.test.ts',
      test: 'names the tools that used the new name for another account',
    },
  },
  {
    promise: 'the command line waits for a token as long as the service takes',
    changes: [
      {
        file: 'main/cli/api/api.ts',
        find: "await sendPatiently('POST', '/v1/tokens', request)",
        replace: "await send('POST', '/v1/tokens', request)",
      },
    ],
    noticedBy: {
      file: 'test/cli/api/api.test.ts',
      test: 'is waited for past every deadline, as long as Tokentray is there',
    },
  },
  {
    promise: 'the command line keeps waiting when Tokentray is briefly busy',
    changes: [
      {
        file: 'main/cli/api/api.ts',
        find: 'await look().catch(look)',
        replace: 'await look()',
      },
    ],
    noticedBy: {
      file: 'test/cli/api/api.test.ts',
      test: 'is waited for past a moment in which Tokentray does not answer',
    },
  },
  {
    promise: 'Ctrl-C before a portal link was opened revokes the link',
    changes: [
      {
        file: 'main/cli/commands/portal.ts',
        find: "release = onInterrupt(() => reject(new TokentrayError('cancelled')))",
        replace: "release = () => reject(new TokentrayError('cancelled'))",
      },
    ],
    noticedBy: {
      file: 'test/cli/commands/portal.test.ts',
      test: 'closes the lease of a link that was not opened before Ctrl-C',
    },
  },
  {
    promise: 'revoking all tokens says which host it waits for, with or without a lease there',
    changes: [
      {
        file: 'main/broker/revoke-on-demand.ts',
        find: 'const uids = [...open, ...issued].map(',
        replace: 'const uids = open.map(',
      },
    ],
    noticedBy: {
      file: 'test/broker/service/ongoing-work.test.ts',
      test: 'is reported when all tokens are revoked, with or without an open lease',
    },
  },
]
