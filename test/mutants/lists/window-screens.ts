import { changeIn, type Mutant } from '../mutant.ts'

const leases = 'renderer/screens/leases.tsx'
const questions = 'renderer/text/questions.ts'
const leaseRow = 'renderer/parts/lease-row.tsx'
const account = 'renderer/screens/account.tsx'
const notices = 'renderer/parts/notices.tsx'
const useLogin = 'renderer/form/use-login.ts'
const loginForm = 'renderer/form/login-form.tsx'
const logInAgain = 'renderer/screens/log-in-again.tsx'
const fields = 'renderer/form/fields.ts'
const inWhatLives = (test: string) => ({ file: 'test/renderer/unrevoked-tokens.test.ts', test })
const inManaging = (test: string) => ({ file: 'test/renderer/other-screens.test.ts', test })
const inLogin = (test: string) => ({ file: 'test/renderer/login.test.ts', test })

const inKeys = changeIn('renderer/parts/use-list-keys.ts', 'test/renderer/account-list.test.ts')
const inSearch = changeIn('renderer/text/search.ts', 'test/renderer/account-order.test.ts')
const inOrder = changeIn('renderer/text/account-order.ts', 'test/renderer/account-order.test.ts')

/** The screens of the window show the data they receive. */
export const windowScreens: readonly Mutant[] = [
  inKeys(
    'Enter in the search of accounts copies the first match',
    'first.click()',
    'first.focus()',
    'copies the first match with Enter',
  ),
  inKeys(
    'what is typed into an open menu does not go to the search',
    'event.defaultPrevented || event.isComposing || isTaken',
    'event.isComposing',
    'takes nothing that is typed elsewhere',
  ),
  inOrder(
    'pinned accounts come first in every order',
    'rank(one) - rank(other) || ',
    '',
    'has pinned accounts first',
  ),
  inSearch('a search needs every word', 'words.every(', 'words.some(', 'for "'),
  {
    promise: 'an address that is sent by Enter has its scheme',
    changes: [
      {
        file: loginForm,
        find: 'const complete = withSchemes(fields, values)',
        replace: 'const complete = values',
      },
    ],
    noticedBy: inLogin('takes an address without a scheme for an https one, and shows it'),
  },
  {
    promise: 'what may be a user name with a password is not completed to an address',
    changes: [{ file: fields, find: '[^\\s/?#@:[\\]]+)(?::', replace: '[^\\s/?#:[\\]]+)(?::' }],
    noticedBy: {
      file: 'test/renderer/assume-https.test.ts',
      test: 'that says more, or less, is left as it is',
    },
  },
  {
    promise: 'a token of a removed account is not shown for another account with its name',
    changes: [
      {
        file: account,
        find: 'token.uid === account.uid',
        replace: 'token.account === id',
      },
    ],
    noticedBy: inWhatLives(
      'does not attribute a token of a removed account to a new account with its name',
    ),
  },
  {
    promise: 'the answer to a cancelled question closes no other one',
    changes: [
      {
        file: 'renderer/state/question.tsx',
        find: '(current === asked ? null : current)',
        replace: '(current && asked ? null : current)',
      },
    ],
    noticedBy: {
      file: 'test/renderer/accounts.test.ts',
      test: 'keep a question open when a late answer to a cancelled one arrives',
    },
  },
  {
    promise: 'the window reports an empty search only once it is finished',
    changes: [
      {
        file: 'renderer/state/activity.ts',
        find: 'isRead: read?.key === key,',
        replace: 'isRead: read !== null,',
      },
    ],
    noticedBy: inManaging('says that a search has no matches only after its answer'),
  },
  {
    promise: 'the window does not count tokens that could not be listed',
    changes: [
      {
        file: 'renderer/screens/tokens.tsx',
        find: "value && plural(value.tokens.length, 'token')",
        replace: "plural(value?.tokens.length ?? 0, 'token')",
      },
    ],
    noticedBy: inManaging('show why they cannot be listed, and are requested again'),
  },
  {
    promise: 'a copied link is not labelled as a token',
    changes: [
      {
        file: 'main/desktop/clipboard/copy-token.ts',
        find: "ofLease(account, 'link', lease)",
        replace: "ofLease(account, 'token', lease)",
      },
    ],
    noticedBy: { file: 'test/desktop/ipc/handlers.test.ts', test: 'is copied' },
  },
  {
    promise: 'the window has a section for the sessions',
    changes: [
      {
        file: leases,
        find: `      <SessionTokens tokens={withNames(sessions, accounts)} showAccount />
`,
        replace: '',
      },
    ],
    noticedBy: inWhatLives('lists session tokens without a lease, and what revokes each'),
  },
  {
    promise: 'the window lists tokens that stay valid without a lease',
    changes: [
      {
        file: leases,
        find: `      <UnrevokedTokens tokens={withNames(lingering, accounts)} showAccount />
`,
        replace: '',
      },
    ],
    noticedBy: inManaging('are listed next to unrevoked tokens and what happens to those'),
  },
  {
    promise: 'the window does not say that no lease is open above tokens that stay valid',
    changes: [
      {
        file: leases,
        find: 'leases.length + sessions.length + lingering.length === 0',
        replace: 'leases.length === 0',
      },
    ],
    noticedBy: inManaging('are listed next to unrevoked tokens and what happens to those'),
  },
  {
    promise: 'the window revokes sessions that tools may hold even if no lease is open',
    changes: [
      {
        file: leases,
        find: 'const isOut = countActive({ leases, sessions }) > 0',
        replace: 'const isOut = leases.length > 0',
      },
    ],
    noticedBy: inWhatLives(
      'revokes session tokens that tools may have, after a question that names their account',
    ),
  },
  {
    promise: 'the window offers to revoke all only if a tool has a token',
    changes: [
      {
        file: leases,
        find: 'const isOut = countActive({ leases, sessions }) > 0',
        replace: 'const isOut = leases.length + sessions.length > 0',
      },
    ],
    noticedBy: inWhatLives('does not offer to revoke all if no tool has a token'),
  },
  {
    promise: 'the window shows that tokens are not known yet',
    changes: [{ file: leases, find: '(status.tokensUnknown ? (', replace: '(false ? (' }],
    noticedBy: inManaging('are not said to be none while the keychain cannot be read'),
  },
  {
    promise: 'the confirmation says what will need a login',
    changes: [
      {
        file: questions,
        find: `      ...toConsequences(accounts, leases, sessions),
`,
        replace: '',
      },
    ],
    noticedBy: inManaging('say before they are all revoked which account will need a login'),
  },
  {
    promise: 'the window says in the row of a lease that its token outlives it',
    changes: [
      { file: leaseRow, find: 'tokenEndsAt !== undefined && (', replace: 'tokenEndsAt === 0 && (' },
    ],
    noticedBy: inWhatLives(
      'shows how long an active token stays valid if the service cannot revoke it',
    ),
  },
  {
    promise: 'the screen of an account lists its tokens that stay valid',
    changes: [
      {
        file: account,
        find: `      <UnrevokedTokens tokens={lingering} showAccount={false} />
`,
        replace: '',
      },
    ],
    noticedBy: inWhatLives('lists the unrevoked tokens of an account on its screen'),
  },
  {
    promise: 'the screen of an account lists the tokens of its sessions',
    changes: [
      {
        file: account,
        find: `      <SessionTokens tokens={sessions} showAccount={false} />
`,
        replace: '',
      },
    ],
    noticedBy: inManaging('and unrevoked tokens are on the screen of their account as well'),
  },
  {
    promise: 'the screen of an account lists nothing from other accounts',
    changes: [
      {
        file: account,
        find: 'snapshot.lingering.filter((token) => token.uid === account.uid)',
        replace: 'snapshot.lingering',
      },
    ],
    noticedBy: inWhatLives('lists the unrevoked tokens of an account on its screen'),
  },
  {
    promise: 'the screen of an account says why it needs a login',
    changes: [
      {
        file: account,
        find: "loginRequiredReason?.description ?? 'The saved password no longer works.'",
        replace: "'The saved password no longer works.'",
      },
    ],
    noticedBy: inWhatLives('shows why an account needs a login, and what to do'),
  },
  {
    promise: 'the screen of an account says what to do about a refused login',
    changes: [
      {
        file: account,
        find: '{loginRequiredReason?.hint} Log in again.',
        replace: 'Log in again.',
      },
    ],
    noticedBy: inWhatLives('shows why an account needs a login, and what to do'),
  },
  {
    promise: 'the screen of an account says that only the user can log in again',
    changes: [
      { file: account, find: '{isIn && needsCode && (', replace: '{!isIn && needsCode && (' },
    ],
    noticedBy: inWhatLives(
      'says in advance that an account will need a login when its session ends',
    ),
  },
  {
    promise: 'the screen of an account says that its service is in backoff, and offers one attempt',
    changes: [{ file: account, find: '{silent && (', replace: '{!isIn && silent && (' }],
    noticedBy: inManaging('says which service asked for no requests, and lets the user try once'),
  },
  {
    promise: 'the first screen says which service is in backoff',
    changes: [
      {
        file: notices,
        find: 'accounts.flatMap((each) => (each.silentHost ? [each.silentHost.message] : []))',
        replace: 'accounts.flatMap((each) => (each.silentHost ? [] : []))',
      },
    ],
    noticedBy: inManaging('says which service asked for no requests, and lets the user try once'),
  },
  {
    promise: 'the first screen says which program uses the port',
    changes: [
      {
        file: notices,
        find: '{status.portTaken && (',
        replace: '{status.locked && status.portTaken && (',
      },
    ],
    noticedBy: inManaging('shows that another program uses the port, which cannot be dismissed'),
  },
  {
    promise: 'the first screen says how many tokens wait to be revoked',
    changes: [
      { file: notices, find: '{status.pending > 0 && (', replace: '{status.pending < 0 && (' },
    ],
    noticedBy: inWhatLives('shows on the first screen how many tokens are waiting to be revoked'),
  },
  {
    promise: 'the window asks only for the code if the password is stored',
    changes: [
      {
        file: useLogin,
        find: "() => needsCode && all.some(({ kind }) => kind === 'code'),",
        replace: '() => false,',
      },
    ],
    noticedBy: inLogin('asks only for the code if only that is missing, and says why'),
  },
  {
    promise: 'the window does not call the code optional if only that is missing',
    changes: [
      {
        file: loginForm,
        find: "all.filter(({ kind }) => kind === 'code').map((code) => ({ ...code, required: true }))",
        replace: "all.filter(({ kind }) => kind === 'code')",
      },
    ],
    noticedBy: inLogin('shows a missing code at its field'),
  },
  {
    promise: 'the window asks for the password once the code alone was refused',
    changes: [
      {
        file: useLogin,
        find: `    if (isCodeAlone && ABOUT_SECRETS.includes(refused.code)) return askForSecrets()
`,
        replace: '',
      },
    ],
    noticedBy: inLogin('asks for the password as well once the code alone is refused'),
  },
  {
    promise: 'the window says above the login form why a login is needed',
    changes: [
      {
        file: logInAgain,
        find: `          {loginRequiredReason && <p className="lead">{loginRequiredReason.description}</p>}
`,
        replace: '',
      },
    ],
    noticedBy: inLogin('asks only for the code if only that is missing, and says why'),
  },
  {
    promise: 'the login form lets the user try a service in backoff once',
    changes: [
      {
        file: loginForm,
        find: '{login.failure?.canTryNow && (',
        replace: '{login.isBusy && login.failure?.canTryNow && (',
      },
    ],
    noticedBy: inLogin(
      'offers one try if the service asked for no requests, and sends that choice',
    ),
  },
  {
    promise: 'the login form sends that the user wants to try once',
    changes: [
      {
        file: loginForm,
        find: 'isTryNow ? (choice: LoginChoice) => send({ ...choice, tryNow: true }) : send',
        replace: 'isTryNow ? (choice: LoginChoice) => send(choice) : send',
      },
    ],
    noticedBy: inLogin(
      'offers one try if the service asked for no requests, and sends that choice',
    ),
  },
  {
    promise: 'the window marks the field that a password was typed into by habit',
    changes: [
      {
        file: fields,
        find: 'fields.find(({ name }) => name === field)',
        replace: 'fields.find(({ name }) => name !== field)',
      },
    ],
    noticedBy: inLogin('marks the field that the password was typed into'),
  },
  {
    promise: 'the window marks the name of the account that a password was typed into',
    changes: [
      {
        file: useLogin,
        find: "refused.field === 'name'",
        replace: "refused.code === 'already_exists'",
      },
    ],
    noticedBy: inLogin('marks the field that the password was typed into'),
  },
]
