import type { Mutant } from '../mutant.ts'

/** What somebody has asked for goes on, says what it is and how far, and ends as it says. */
export const deeds: readonly Mutant[] = [
  {
    promise: 'Ctrl-C says that Tokentray goes on with what ends tokens',
    changes: [
      {
        file: 'main/cli/progress.ts',
        find: '    release = onInterrupt(() => reject(goesOn()))',
        replace: '    release = () => reject(goesOn())',
      },
    ],
    noticedBy: {
      file: 'test/cli/under-way.test.ts',
      test: 'says at Ctrl-C that Tokentray goes on, and ends',
    },
  },
  {
    promise: 'what ends tokens says which host it waits for',
    changes: [
      {
        file: 'main/broker/deeds.ts',
        find: '        this.#asked.add(asked)\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/deeds.test.ts',
      test: 'with what it waits for, of its own account alone',
    },
  },
  {
    promise: 'every account says during a reset that it is being removed',
    changes: [
      {
        file: 'main/loopback/views.ts',
        find: "  if (bulk.progress('reset')) return 'removal'\n",
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/deeds.test.ts',
      test: 'is told of every account that a reset has not removed yet',
    },
  },
]
