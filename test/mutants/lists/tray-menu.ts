import type { Mutant } from '../mutant.ts'

const trayMenu = 'main/desktop/tray/tray-menu.ts'
const accountLines = 'main/desktop/tray/account-lines.ts'
const statusLines = 'main/desktop/tray/status-lines.ts'
const inTrayMenu = (test: string) => ({ file: 'test/desktop/tray/tray-menu.test.ts', test })

/** The tray menu is short, true, and cannot be misclicked. */
export const trayMenuMutants: readonly Mutant[] = [
  {
    promise: 'the menu says that the keychain cannot be used',
    changes: [
      {
        file: statusLines,
        find: "...(vault === 'ready' ? [] :",
        replace: "...(memory || vault === 'vault_locked' ? [] :",
      },
    ],
    noticedBy: inTrayMenu('shows what is wrong with the keychain'),
  },
  {
    promise: 'the menu says which service is in backoff',
    changes: [
      {
        file: statusLines,
        find: 'accounts.flatMap(({ silentHost }) => (silentHost ? [silentHost.brief] : []))',
        replace: 'accounts.flatMap(({ silentHost }) => (silentHost ? [] : []))',
      },
    ],
    noticedBy: inTrayMenu('shows once which service asked for no requests'),
  },
  {
    promise: 'the menu reports a host in backoff once, however many accounts it has',
    changes: [
      {
        file: statusLines,
        find: 'new Set(accounts.flatMap(({ silentHost }) => (silentHost ? [silentHost.brief] : [])))',
        replace:
          'accounts.flatMap(({ silentHost }) => (silentHost ? [silentHost.brief] : [])) as unknown as ReadonlySet<string>',
      },
    ],
    noticedBy: inTrayMenu('shows once which service asked for no requests'),
  },
  {
    promise: 'the menu leads to the login of an account that it does not list',
    changes: [
      {
        file: statusLines,
        find: `    ...toLoginWarning(accounts),
`,
        replace: '',
      },
    ],
    noticedBy: inTrayMenu('leads to the login of an account that needs one'),
  },
  {
    promise: 'the menu has at most twelve entries',
    changes: [{ file: statusLines, find: 'MOST_WARNINGS = 2', replace: 'MOST_WARNINGS = 3' }],
    noticedBy: inTrayMenu('has at most twelve entries in every state'),
  },
  {
    promise: 'the menu has four accounts, however many there are',
    changes: [{ file: trayMenu, find: 'MOST_ACCOUNTS = 4', replace: 'MOST_ACCOUNTS = 5' }],
    noticedBy: inTrayMenu('has four accounts, and a way to the others'),
  },
  {
    promise: 'tokens can be revoked in the menu while Tokentray is locked',
    changes: [
      {
        file: statusLines,
        find: 'if (countActive(snapshot) === 0) return',
        replace: 'if (countActive(snapshot) === 0 || snapshot.status.locked) return',
      },
    ],
    noticedBy: inTrayMenu('lets the user revoke while Tokentray is locked'),
  },
  {
    promise: 'the menu of an account begins with copying',
    changes: [
      {
        file: accountLines,
        find: `      copy('token', 'Copy token'),
      copy('header', 'Copy as header'),
      copy('curl', 'Copy as curl'),
      'line',
      toText(`,
        replace: `      copy('header', 'Copy as header'),
      copy('curl', 'Copy as curl'),
      copy('token', 'Copy token'),
      'line',
      toText(`,
      },
    ],
    noticedBy: inTrayMenu('begins with copying and ends with logging out'),
  },
  {
    promise: 'times in the menu stay right while it is open',
    changes: [
      {
        file: statusLines,
        find: 'timeOfDay(endsAt, now)',
        replace: 'Math.round((endsAt - now) / 60_000)',
      },
    ],
    noticedBy: inTrayMenu('shows a time of day, which does not become wrong as time passes'),
  },
  {
    promise: 'the menu says under an account why it needs a login',
    changes: [
      {
        file: accountLines,
        find: `      ...reasonOf(account),
`,
        replace: '',
      },
    ],
    noticedBy: inTrayMenu('shows below its state why it needs a login'),
  },
]
