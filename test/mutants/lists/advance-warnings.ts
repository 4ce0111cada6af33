import type { Mutant } from '../mutant.ts'

const svix = 'main/providers/svix/svix.ts'
const describe = 'main/broker/describe.ts'
const showAccount = 'main/cli/commands/support/show-account.ts'
const loginCommands = 'main/cli/commands/login.ts'
const left = 'main/broker/revocation/remaining-tokens.ts'
const compose = 'main/compose.ts'
const inSvixGenerations = (test: string) => ({
  file: 'test/providers/svix/generations.test.ts',
  test,
})
const inAccountForms = (test: string) => ({
  file: 'test/loopback/management/account-forms.test.ts',
  test,
})
const inShowAccount = (test: string) => ({
  file: 'test/cli/commands/support/show-account.test.ts',
  test,
})
const inLeft = (test: string) => ({ file: 'test/broker/revocation/remaining-tokens.test.ts', test })
const inCompose = (test: string) => ({ file: 'test/compose.test.ts', test })

/** The user learns in advance which tokens cannot be revoked, and on quit which are left. */
export const advanceWarnings: readonly Mutant[] = [
  {
    promise: 'an account says that its tokens cannot be revoked',
    changes: [
      {
        file: svix,
        find: `  caution: 'Tokens of this server are valid for 28 days and cannot be revoked earlier.',
`,
        replace: '',
      },
    ],
    noticedBy: inSvixGenerations('offers what it supports, and says that tokens cannot be revoked'),
  },
  {
    promise: 'the notes about an account are sent over HTTP',
    changes: [
      {
        file: describe,
        find: `    ...(caution !== undefined && { caution }),
`,
        replace: '',
      },
    ],
    noticedBy: inAccountForms(
      'warns if tokens cannot be revoked early, and offers no such operation',
    ),
  },
  {
    promise: 'the notes about an account are shown on the command line',
    changes: [
      {
        file: showAccount,
        find: `    ...(caution === undefined ? [] : [fact('note', caution)]),
`,
        replace: '',
      },
    ],
    noticedBy: inShowAccount('tells all facts of one account'),
  },
  {
    promise: 'the notes about an account are shown at login',
    changes: [
      {
        file: loginCommands,
        find: `      if (account.caution !== undefined) screen.note(account.caution)
`,
        replace: '',
      },
    ],
    noticedBy: inShowAccount('a login prints the caution for users who rely on short lifetimes'),
  },
  {
    promise: 'a quit says that the next start continues',
    changes: [{ file: left, find: 'The next start tries again.', replace: '' }],
    noticedBy: inLeft(
      'says until when tokens that wait to be revoked are valid, and that the next start retries',
    ),
  },
  {
    promise: 'a quit reports both kinds of remaining tokens',
    changes: [
      {
        file: left,
        find: '...(untilExpiry > 0 ? [lives] : [])',
        replace: '...(untilExpiry > 0 && pending === 0 ? [lives] : [])',
      },
    ],
    noticedBy: inLeft('says for each kind of remaining token how long the last one is valid'),
  },
  {
    promise: 'a quit says that a token never expires',
    changes: [
      {
        file: left,
        find: "count === 1 ? 'It never expires.' : 'Not all of them expire.'",
        replace: "count === 1 ? 'It expires.' : 'They expire.'",
      },
    ],
    noticedBy: inLeft('says that a token never expires'),
  },
  {
    promise: 'a credential kept in memory only is given as the reason for a login',
    changes: [
      {
        file: compose,
        find: `            loginRequiredBecause: {
              sentence: 'Its password was only kept in memory until Tokentray stopped.',
              at,
            },
`,
        replace: '',
      },
    ],
    noticedBy: inCompose(
      'says that its password was lost with the last run, and does not ask for the code alone',
    ),
  },
  {
    promise: 'an account of the last in-memory run is not reported as logged in',
    changes: [
      {
        file: compose,
        find: `            state: 'login_required',
`,
        replace: '',
      },
    ],
    noticedBy: inCompose(
      'says that its password was lost with the last run, and does not ask for the code alone',
    ),
  },
]
