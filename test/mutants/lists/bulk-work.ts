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
      test: 'never removes two accounts at once, and tells of each',
    },
  },
  {
    promise: 'a reset reports each account as it is done',
    changes: [{ file: 'main/broker/login/logins.ts', find: '        step()\n', replace: '' }],
    noticedBy: {
      file: 'test/broker/concurrency/bulk.test.ts',
      test: 'never removes two accounts at once, and tells of each',
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
      test: 'asks a keychain once that cannot be used, and ends the tokens all the same',
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
      test: 'says how many are left when it fails half-way',
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
      test: 'leaves the rest alone when Tokentray stops',
    },
  },
  {
    promise: 'a login in progress is void once everything is reset',
    changes: [
      { file: 'main/broker/login/logins.ts', find: '    this.#resets.advance()\n', replace: '' },
    ],
    noticedBy: {
      file: 'test/broker/login/logins.test.ts',
      test: 'is void when everything is reset meanwhile',
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
      test: 'adds no tool and takes no grant or setting before it is over, because it would forget them',
    },
  },
  {
    promise: 'a lock set during a reset stays',
    changes: [{ file: 'main/broker/login/reset.ts', find: 'if (wasLocked) lock', replace: 'lock' }],
    noticedBy: {
      file: 'test/broker/login/reset.test.ts',
      test: 'takes off the lock that there was, and not one that was put on while it was under way',
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
      test: 'logs nobody in before it is over',
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
      test: 'logs nobody in while another removal of it goes on',
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
      test: 'never removes two accounts at once, and tells of each',
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
      test: 'waits for a dead service once, and says of every token',
    },
  },
  {
    promise: 'a service is called again after a reset',
    changes: [
      { file: 'main/broker/concurrency/bulk.ts', find: '      found.isOver = true\n', replace: '' },
    ],
    noticedBy: {
      file: 'test/broker/concurrency/bulk.test.ts',
      test: 'is asked by what that work has set going, once it is over',
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
      test: 'is asked by everybody else meanwhile, and by other such work',
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
      test: 'asks a keychain once that cannot be used',
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
    noticedBy: { file: 'test/broker/concurrency/bulk.test.ts', test: 'tells how far it is' },
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
      test: 'forgets credentials of which no account is known any more',
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
      test: 'logs nobody in to an account that waits for its turn',
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
      test: 'lets no link leave whose line is being written when it is asked for',
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
      test: 'hands out no token from the moment that it was asked for',
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
      test: 'hands out no token whose line is being written when it is asked for',
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
      test: 'leaves the account where it is when a stop cuts that off',
    },
  },
]
