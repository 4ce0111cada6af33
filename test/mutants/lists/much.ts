import type { Mutant } from '../mutant.ts'

const inMany = (test: string) => ({ file: 'test/loopback/many-accounts.test.ts', test })
const OVER_TURNS = 'a list of a thousand accounts, or tools, is made over many turns'

/** Where there is much, nothing stands still. */
export const much: readonly Mutant[] = [
  {
    promise: 'a long list of accounts holds up no token',
    changes: [
      {
        file: 'main/loopback/account-routes.ts',
        find: 'await inTurns(accounts.all(), (account) => toAccountAnswer(account, broker))',
        replace: 'accounts.all().map((account) => toAccountAnswer(account, broker))',
      },
    ],
    noticedBy: inMany(OVER_TURNS),
  },
  {
    promise: 'a long list of tools holds up no token',
    changes: [
      {
        file: 'main/base/in-turns.ts',
        find: 'if (index > 0 && index % AT_ONCE === 0) await endOfTurn()',
        replace: '',
      },
    ],
    noticedBy: inMany(OVER_TURNS),
  },
  {
    promise: 'a search of the record ends when nobody wants it any more',
    changes: [
      {
        file: 'main/audit/audit-reader.ts',
        find: "if (signal?.aborted) throw new TokentrayError('cancelled')",
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/audit/audit-reader.test.ts',
      test: 'lets others have a turn for each piece of a long record',
    },
  },
  {
    promise: 'each letter that is typed ends the search for the one before',
    changes: [
      {
        file: 'main/desktop/activity-view.ts',
        find: '      current.ending.abort()\n',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/desktop/activity-view.test.ts',
      test: 'a search of the page ends the one before',
    },
  },
]
