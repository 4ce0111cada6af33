import type { Mutant } from '../mutant.ts'

/** Work over many accounts or tokens goes one by one, fails once, and says how far it is. */
export const manyAtOnce: readonly Mutant[] = [
  {
    promise: 'a reset removes one account after the other',
    changes: [
      {
        file: 'main/broker/signing.ts',
        find: '      for (const account of all) {\n        try {',
        replace: '      const one = async (account: Account) => {\n        try {',
      },
      {
        file: 'main/broker/signing.ts',
        find: '        step()\n      }\n    })',
        replace: '        step()\n      }\n      await Promise.all(all.map(one))\n    })',
      },
    ],
    noticedBy: {
      file: 'test/broker/bulk.test.ts',
      test: 'never removes two accounts at once, and tells of each',
    },
  },
  {
    promise: 'a reset tells of each account that is done',
    changes: [{ file: 'main/broker/signing.ts', find: '        step()\n', replace: '' }],
    noticedBy: {
      file: 'test/broker/bulk.test.ts',
      test: 'never removes two accounts at once, and tells of each',
    },
  },
  {
    promise: 'an account that cannot be removed does not keep the others',
    changes: [
      {
        file: 'main/broker/signing.ts',
        find: '          failures.push(error)\n',
        replace: '          throw error\n',
      },
    ],
    noticedBy: {
      file: 'test/broker/bulk.test.ts',
      test: 'asks a keychain once that cannot be used, and ends the tokens all the same',
    },
  },
  {
    promise: 'a reset that fails half-way says how many are left',
    changes: [
      {
        file: 'main/broker/signing.ts',
        find: 'notAllRemoved(failures.length, all.length, failures[0])',
        replace: 'notAllRemoved(all.length, all.length, failures[0])',
      },
    ],
    noticedBy: {
      file: 'test/broker/resetting.test.ts',
      test: 'says how many are left when it fails half-way',
    },
  },
  {
    promise: 'a stop ends a reset',
    changes: [
      {
        file: 'main/broker/signing.ts',
        find: '          if (stopping.aborted) throw isStopping()\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/bulk.test.ts',
      test: 'leaves the rest alone when Tokentray stops',
    },
  },
  {
    promise: 'a login that is under way is void once everything is reset',
    changes: [{ file: 'main/broker/signing.ts', find: '    this.#resets += 1\n', replace: '' }],
    noticedBy: {
      file: 'test/broker/signing.test.ts',
      test: 'is void when everything is reset meanwhile',
    },
  },
  {
    promise: 'whoever asks for a reset while one is under way waits for that',
    changes: [
      {
        file: 'main/broker/resetting.ts',
        find: "return this.#flight.run('reset', () => this.#run(by))",
        replace: 'return this.#run(by)',
      },
    ],
    noticedBy: {
      file: 'test/broker/bulk.test.ts',
      test: 'never removes two accounts at once, and tells of each',
    },
  },
  {
    promise: 'a dead service is waited for once in a reset',
    changes: [
      { file: 'main/broker/bulk.ts', find: '        if (known) throw known\n', replace: '' },
    ],
    noticedBy: {
      file: 'test/broker/bulk.test.ts',
      test: 'waits for a dead service once, and says of every token',
    },
  },
  {
    promise: 'a service is asked again after a reset',
    changes: [
      { file: 'main/broker/bulk.ts', find: '        this.#unreachable.clear()\n', replace: '' },
    ],
    noticedBy: {
      file: 'test/broker/bulk.test.ts',
      test: 'has the service asked again once it is over',
    },
  },
  {
    promise: 'a keychain that cannot be used is asked once in a reset',
    changes: [
      {
        file: 'main/broker/bulk.ts',
        find: '      if (this.#keychain) throw this.#keychain\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/bulk.test.ts',
      test: 'asks a keychain once that cannot be used',
    },
  },
  {
    promise: 'a keychain is asked again after a reset',
    changes: [
      { file: 'main/broker/bulk.ts', find: '        this.#keychain = null\n', replace: '' },
    ],
    noticedBy: {
      file: 'test/broker/bulk.test.ts',
      test: 'asks a keychain once that cannot be used',
    },
  },
  {
    promise: 'nothing is said to be under way when it is over',
    changes: [
      { file: 'main/broker/bulk.ts', find: '      this.#progress.delete(kind)\n', replace: '' },
    ],
    noticedBy: { file: 'test/broker/bulk.test.ts', test: 'tells how far it is' },
  },
  {
    promise: 'a reset forgets credentials of which no account is known any more',
    changes: [
      {
        file: 'main/broker/resetting.ts',
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
    promise: 'a reset says how many credentials it could not forget',
    changes: [
      {
        file: 'main/broker/resetting.ts',
        find: '        throw notAllForgotten(credentials.length - at, error)',
        replace: '        throw error',
      },
    ],
    noticedBy: {
      file: 'test/broker/resetting.test.ts',
      test: 'says how many credentials without an account are left',
    },
  },
  {
    promise: 'nobody logs in to an account that waits for its turn in a reset',
    changes: [
      {
        file: 'main/broker/signing.ts',
        find: '    for (const { uid } of all) this.#leaving.add(uid)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/resetting.test.ts',
      test: 'logs nobody in to an account that waits for its turn',
    },
  },
]
