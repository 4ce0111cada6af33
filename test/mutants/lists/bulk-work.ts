import type { Mutant } from '../mutant.ts'

/** Work on many accounts or tokens is done one by one, fails once, and reports its progress. */
export const bulkWork: readonly Mutant[] = [
  {
    promise: 'a reset removes accounts one after the other',
    changes: [
      {
        file: 'main/broker/login/logins.ts',
        find: '      for (const account of all) {\n        try {',
        replace: '      const one = async (account: Account) => {\n        try {',
      },
      {
        file: 'main/broker/login/logins.ts',
        find: '        step()\n      }\n    })',
        replace: '        step()\n      }\n      await Promise.all(all.map(one))\n    })',
      },
    ],
    noticedBy: {
      file: 'test/broker/concurrency/bulk.test.ts',
      test: 'never removes two accounts at once, and reports each',
    },
  },
  {
    promise: 'a reset reports each account as it is done',
    changes: [{ file: 'main/broker/login/logins.ts', find: '        step()\n', replace: '' }],
    noticedBy: {
      file: 'test/broker/concurrency/bulk.test.ts',
      test: 'never removes two accounts at once, and reports each',
    },
  },
  {
    promise: 'an account that cannot be removed does not block the others',
    changes: [
      {
        file: 'main/broker/login/logins.ts',
        find: '          failures.push(error)\n',
        replace: '          throw error\n',
      },
    ],
    noticedBy: {
      file: 'test/broker/concurrency/bulk.test.ts',
      test: 'tries an unusable keychain once, and revokes the tokens anyway',
    },
  },
  {
    promise: 'a reset that fails halfway says how many accounts are left',
    changes: [
      {
        file: 'main/broker/login/logins.ts',
        find: 'notAllRemoved(failures.length, all.length, failures[0])',
        replace: 'notAllRemoved(all.length, all.length, failures[0])',
      },
    ],
    noticedBy: {
      file: 'test/broker/login/reset.test.ts',
      test: 'says how many accounts are left if it fails half-way, and continues with those',
    },
  },
  {
    promise: 'a stop cancels a reset',
    changes: [
      {
        file: 'main/broker/login/logins.ts',
        find: '          if (stopping.aborted) throw isStopping()\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/concurrency/bulk.test.ts',
      test: 'stops early when Tokentray stops',
    },
  },
  {
    promise: 'a login in progress is void once everything is reset',
    changes: [
      { file: 'main/broker/login/logins.ts', find: '    this.#resets.advance()\n', replace: '' },
    ],
    noticedBy: {
      file: 'test/broker/login/logins.test.ts',
      test: 'is void if everything is reset in the meantime',
    },
  },
  {
    promise: 'no tool is added during a reset, which would delete it',
    changes: [
      {
        file: 'main/broker/record/recorded-settings.ts',
        find: '      removals.requireNoReset()\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/login/reset.test.ts',
      test: 'refuses tools, grants and settings until it is over, since it would delete them',
    },
  },
  {
    promise: 'a lock set during a reset stays',
    changes: [{ file: 'main/broker/login/reset.ts', find: 'if (wasLocked) lock', replace: 'lock' }],
    noticedBy: {
      file: 'test/broker/login/reset.test.ts',
      test: 'removes an earlier lock, but not one that was set while it runs',
    },
  },
  {
    promise: 'no login is accepted during a reset',
    changes: [
      {
        file: 'main/broker/login/reset.ts',
        find: 'this.#ports.removals.duringReset(() => this.#run(by))',
        replace: 'this.#run(by)',
      },
    ],
    noticedBy: {
      file: 'test/broker/login/reset.test.ts',
      test: 'refuses logins until it is over, since it would delete the account without revoking its tokens',
    },
  },
  {
    promise: 'an account stays unavailable until its last removal is done',
    changes: [
      {
        file: 'main/broker/account/removals.ts',
        find: '    if (others > 0) this.#uids.set(uid, others)\n    else this.#uids.delete(uid)\n',
        replace: '    void others\n    this.#uids.delete(uid)\n',
      },
    ],
    noticedBy: {
      file: 'test/broker/login/logins-removal.test.ts',
      test: 'refuses logins while another removal is in progress, even after one has failed',
    },
  },
  {
    promise: 'a second reset waits for the one in progress',
    changes: [
      {
        file: 'main/broker/login/reset.ts',
        find: "this.#flight.run('reset', () => this.#ports.removals.duringReset(() => this.#run(by)))",
        replace: 'this.#ports.removals.duringReset(() => this.#run(by))',
      },
    ],
    noticedBy: {
      file: 'test/broker/concurrency/bulk.test.ts',
      test: 'never removes two accounts at once, and reports each',
    },
  },
  {
    promise: 'a reset waits only once for a dead service',
    changes: [
      {
        file: 'main/broker/concurrency/bulk.ts',
        find: '        if (known) throw known\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/concurrency/bulk.test.ts',
      test: 'waits for an unresponsive service once, and reports every token as waiting to be revoked',
    },
  },
  {
    promise: 'a service is called again after a reset',
    changes: [
      { file: 'main/broker/concurrency/bulk.ts', find: '      found.isOver = true\n', replace: '' },
    ],
    noticedBy: {
      file: 'test/broker/concurrency/bulk.test.ts',
      test: 'is called by work that the bulk work started, once that is over',
    },
  },
  {
    promise: 'a host that one task could not reach is not blocked for other tools',
    changes: [
      {
        file: 'main/broker/concurrency/bulk.ts',
        find: 'const unreachable = this.#found()?.unreachable',
        replace: 'const unreachable = (everybodys ??= new Map<string, TokentrayError>())',
      },
      {
        file: 'main/broker/concurrency/bulk.ts',
        find: 'function toRoute(',
        replace: 'let everybodys: Map<string, TokentrayError> | undefined\nfunction toRoute(',
      },
    ],
    noticedBy: {
      file: 'test/broker/concurrency/bulk.test.ts',
      test: 'is still called by everything else, and by other bulk work',
    },
  },
  {
    promise: 'a reset asks an unusable keychain only once',
    changes: [
      {
        file: 'main/broker/concurrency/bulk.ts',
        find: '      if (found?.keychain) throw found.keychain\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/concurrency/bulk.test.ts',
      test: 'tries an unusable keychain once, and revokes the tokens anyway',
    },
  },
  {
    promise: 'nothing is shown as in progress once it is over',
    changes: [
      {
        file: 'main/broker/concurrency/bulk.ts',
        find: '      this.#progress.delete(kind)\n',
        replace: '',
      },
    ],
    noticedBy: { file: 'test/broker/concurrency/bulk.test.ts', test: 'reports its progress' },
  },
  {
    promise: 'a reset deletes credentials that belong to no account',
    changes: [
      {
        file: 'main/broker/login/reset.ts',
        find: '    await this.#forgetCredentials()\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/broker.test.ts',
      test: 'deletes credentials that belong to no known account',
    },
  },
  {
    promise: 'a reset says how many credentials it could not delete',
    changes: [
      {
        file: 'main/broker/login/reset.ts',
        find: '        throw notAllForgotten(credentials.length - at, error)',
        replace: '        throw error',
      },
    ],
    noticedBy: {
      file: 'test/broker/login/reset.test.ts',
      test: 'says how many credentials without an account are left',
    },
  },
  {
    promise: 'no login is accepted for an account that waits in a reset',
    changes: [
      {
        file: 'main/broker/login/logins.ts',
        find: '    for (const { uid } of all) removals.add(uid)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/login/reset.test.ts',
      test: 'refuses a login to an account that is still to be removed',
    },
  },
  {
    promise: 'no portal link is handed out once a reset was requested',
    changes: [
      {
        file: 'main/broker/token-admin/token-admin.ts',
        find: 'if (lock.locked || removals.has(account.uid) || !leases.isOpen(lease)) throw',
        replace: 'if (lock.locked || !leases.isOpen(lease)) throw',
      },
    ],
    noticedBy: {
      file: 'test/broker/login/reset.test.ts',
      test: 'blocks a link whose audit line is being written when it is requested',
    },
  },
  {
    promise: 'no token is handed out for an account that waits in a reset',
    changes: [
      {
        file: 'main/broker/lease/token-issuer.ts',
        find: '    removals.requireNotRemoving(account)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/login/reset.test.ts',
      test: 'blocks tokens from the moment that it is requested',
    },
  },
  {
    promise: 'a token that was being recorded when a reset began is not handed out',
    changes: [
      {
        file: 'main/broker/lease/token-issuer.ts',
        find: 'lock.locked || removals.has(account.uid) || !leases.isOpen(lease)',
        replace: 'lock.locked || !leases.isOpen(lease)',
      },
    ],
    noticedBy: {
      file: 'test/broker/login/reset.test.ts',
      test: 'blocks a token whose audit line is being written when it is requested',
    },
  },
  {
    promise: 'a removal interrupted by a stop is not completed without an audit event',
    changes: [
      {
        file: 'main/broker/login/logins.ts',
        find: '        if (stopped.aborted) throw isStopping()\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/login/logins-removal.test.ts',
      test: 'keeps the account if a stop interrupts the removal',
    },
  },
]
