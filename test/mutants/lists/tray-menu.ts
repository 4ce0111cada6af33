import { changeIn, type Mutant } from '../mutant.ts'

const trayMenu = 'main/desktop/tray/tray-menu.ts'
const accountLines = 'main/desktop/tray/account-lines.ts'
const statusLines = 'main/desktop/tray/status-lines.ts'
const tray = changeIn('main/desktop/tray/tray.ts', 'test/desktop/tray/tray.test.ts')
const hold = changeIn('main/desktop/tray/menu-hold.ts', 'test/desktop/tray/tray.test.ts')
const sign = changeIn('main/desktop/tray/copied-sign.ts', 'test/desktop/tray/tray.test.ts')
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
    promise: 'the menu has recently used accounts first',
    changes: [
      {
        file: trayMenu,
        find: "inOrder(accounts, 'recent')",
        replace: "inOrder(accounts, 'name')",
      },
    ],
    noticedBy: inTrayMenu('has the accounts that were used last first'),
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
  tray(
    'a menu is not rebuilt while the user is in it',
    'this.#hold.whenClosed(() => this.#draw())',
    'this.#draw()',
    'keeps that menu and the tooltip, and changes its image',
  ),
  tray(
    'an open submenu counts as an open menu',
    "submenu?.on('menu-will-show', () => this.#hold.opened())",
    "submenu?.on('menu-will-close', () => this.#hold.opened())",
    'keeps that menu and the tooltip, and changes its image',
  ),
  tray(
    'what changed under an open menu is shown after a click in it',
    'this.#hold.clicked()',
    '',
    'changes them once something in it was clicked, in a later turn',
  ),
  hold(
    'a menu is not replaced while the system reports a click in it',
    'if (this.#release) this.#endAfter(0)',
    'this.#waiting?.()',
    'changes them once something in it was clicked, in a later turn',
  ),
  hold(
    'a menu whose end nothing reports is brought up to date after some seconds',
    'const LONGEST_MS = 10_000',
    'const LONGEST_MS = 10_000_000',
    'changes them ten seconds after the last submenu opened',
  ),
  tray(
    'a menu that is as it was is not rebuilt',
    'if (drawn !== this.#drawn) this.#tray',
    'this.#tray',
    'sets its menu and its tooltip again after each change of it on Linux, and only then',
  ),
  tray(
    'the icon shows that something was copied',
    "this.#sign.isShown ? 'copied' : this.#state",
    'this.#state',
    'shows a check mark for two seconds, and then its state again',
  ),
  sign(
    'the icon shows its state again after a copy',
    'const SHOWN_MS = 2_000',
    'const SHOWN_MS = 20_000',
    'shows a check mark for two seconds, and then its state again',
  ),
  sign(
    'the icon shows every copy, also of the same token',
    ' && one.clearsAt === other.clearsAt',
    '',
    'shows it again for each copy, also of the same token',
  ),
  sign(
    'the icon does not show a copy that has left the clipboard',
    'if (!copied) return',
    'if (!before) return',
    'shows it no longer than the text is in the clipboard',
  ),
]
