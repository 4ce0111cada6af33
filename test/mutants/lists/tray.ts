import type { Mutant } from '../mutant.ts'

const trayState = 'main/desktop/tray/tray-state.ts'
const notifier = 'main/desktop/system/notifier.ts'
const failure = 'main/desktop/ipc/failure.ts'
const menuActions = 'main/desktop/tray/menu-actions.ts'
const copiedToken = 'main/desktop/clipboard/copied-token.ts'
const copyToken = 'main/desktop/clipboard/copy-token.ts'
const inTray = (test: string) => ({ file: 'test/desktop/tray/tray.test.ts', test })
const inNotifier = (test: string) => ({ file: 'test/desktop/system/notifier.test.ts', test })
const inMenuActions = (test: string) => ({ file: 'test/desktop/tray/menu-actions.test.ts', test })
const inFailure = (test: string) => ({ file: 'test/desktop/ipc/failure.test.ts', test })

/** The tray icon and the notifications tell the truth, and nothing else. */
export const tray: readonly Mutant[] = [
  {
    promise: 'the icon asks for attention while the keychain cannot be used',
    changes: [
      {
        file: trayState,
        find: `    status.vault !== 'ready' ||
`,
        replace: '',
      },
    ],
    noticedBy: inTray('the state'),
  },
  {
    promise: 'the icon asks for attention while another program uses the port',
    changes: [
      {
        file: trayState,
        find: `    status.portTaken !== undefined ||
`,
        replace: '',
      },
    ],
    noticedBy: inTray('the state'),
  },
  {
    promise: 'the icon asks for attention while a service is in backoff',
    changes: [
      {
        file: trayState,
        find: "state === 'login_required' || silentHost)",
        replace: "state === 'login_required')",
      },
    ],
    noticedBy: inTray('the state'),
  },
  {
    promise: 'the icon asks for attention while an account needs a login',
    changes: [
      {
        file: trayState,
        find: "state === 'login_required' || silentHost)",
        replace: 'silentHost)',
      },
    ],
    noticedBy: inTray('the state'),
  },
  {
    promise: 'the icon says that the keychain cannot be used',
    changes: [
      {
        file: trayState,
        find: `  if (status.vault !== 'ready') return 'Tokentray: the keychain cannot be used'
`,
        replace: '',
      },
    ],
    noticedBy: inTray('the state'),
  },
  {
    promise: 'the icon says that tools cannot reach Tokentray',
    changes: [
      {
        file: trayState,
        find: '  if (status.portTaken) {',
        replace: '  if (status.portTaken && status.locked) {',
      },
    ],
    noticedBy: inTray('the state'),
  },
  {
    promise: 'the icon says which service is in backoff',
    changes: [
      {
        file: trayState,
        find: `  if (silent) return \`Tokentray: \${silent.brief}\`
`,
        replace: '',
      },
    ],
    noticedBy: inTray('the state'),
  },
  {
    promise: 'a notification says why a login is needed',
    changes: [
      {
        file: notifier,
        find: `\${reason?.sentence ?? SAVED_NO_LONGER_WORKS}`,
        replace: `\${SAVED_NO_LONGER_WORKS}`,
      },
    ],
    noticedBy: inNotifier('say why, if that is known'),
  },
  {
    promise: 'a notification says that a service is in backoff',
    changes: [
      {
        file: notifier,
        find: `if (!this.#wants('notifyServiceLimits')) return
    // The icon and the account show it as well.
    this.#say({`,
        replace: `if (!message) this.#say({`,
      },
    ],
    noticedBy: inNotifier('say each time that a service asked for no requests'),
  },
  {
    promise: 'the tray app offers a button where the command line names a command',
    changes: [{ file: failure, find: 'forWindow(hint)', replace: 'hint' }],
    noticedBy: inFailure('offers one try as a button instead of a command if nothing was sent'),
  },
  {
    promise: 'the tray app says that the user may try once',
    changes: [
      {
        file: failure,
        find: `    ...(silentHost !== undefined && { canTryNow: true }),
`,
        replace: '',
      },
    ],
    noticedBy: inFailure('offers one try as a button instead of a command if nothing was sent'),
  },
  {
    promise: 'the tray app says when another attempt may work',
    changes: [{ file: failure, find: 'retryAt === undefined ?', replace: 'retryAt !== null ?' }],
    noticedBy: inFailure('says when another try may work, with the day if that is not soon'),
  },
  {
    promise: 'the tray app names the day of a distant retry',
    changes: [
      {
        file: 'main/base/text/time-of-day.ts',
        find: 'isNear(moment, now) ? time : formatDateTime(moment)',
        replace: 'isNear(moment, moment + now * 0) ? time : formatDateTime(moment)',
      },
    ],
    noticedBy: inFailure('says when another try may work, with the day if that is not soon'),
  },
  {
    promise: 'neither window nor menu sends the user to a terminal',
    changes: [
      {
        file: 'main/base/text/hints.ts',
        find: `!sentence.includes('"tokentray ')`,
        replace: `sentence !== ''`,
      },
    ],
    noticedBy: inFailure('refers no user of the window to a terminal'),
  },
  {
    promise: 'the menu asks before it revokes or logs out',
    changes: [{ file: menuActions, find: 'if (!(await ask(question))) return', replace: '' }],
    noticedBy: inMenuActions('if the user declines'),
  },
  {
    promise: 'the menu reports the result',
    changes: [
      {
        file: menuActions,
        find: 'notifier.outcome(title, toRevocationLines(withNames(ended, accounts), now(), []))',
        replace: '',
      },
    ],
    noticedBy: inMenuActions(', and reports the result'),
  },
  {
    promise: 'a token is cleared from the clipboard when its lease is closed',
    changes: [{ file: copiedToken, find: 'void autoClear.clear()', replace: '' }],
    noticedBy: {
      file: 'test/desktop/clipboard/copied-token.test.ts',
      test: 'takes a copied token out of the clipboard when',
    },
  },
  {
    promise: 'a failed copy leaves no lease',
    changes: [
      {
        file: copyToken,
        find: 'if (lease !== before) broker.closeUndelivered(lease, user)',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/desktop/ipc/handlers.test.ts',
      test: 'leaves no lease and no dedicated token; the session token stays',
    },
  },
  {
    promise: 'a new account has the lease kind that the user prefers',
    changes: [
      {
        file: 'main/broker/login/login-request.ts',
        find: 'possible.find((kind) => kind === preferred) ?? driver.leaseKinds[0]',
        replace:
          'possible.includes(driver.leaseKinds[0]) && preferred ? driver.leaseKinds[0] : driver.leaseKinds[0]',
      },
    ],
    noticedBy: {
      file: 'test/broker/login/login-request.test.ts',
      test: ', however it was added',
    },
  },
  {
    promise: 'an unused link is revoked, even if a lock cleared it',
    changes: [
      {
        file: copyToken,
        find: `    await putIfValid({ broker, autoClear }, url, ofLease(account, 'link', lease))
  } catch (error) {
    broker.closeUndelivered(lease, user)
    throw error
  }
}`,
        replace: `  } catch (error) {
    broker.closeUndelivered(lease, user)
    throw error
  }
  await putIfValid({ broker, autoClear }, url, ofLease(account, 'link', lease))
}`,
      },
    ],
    noticedBy: {
      file: 'test/desktop/ipc/handlers.test.ts',
      test: 'that was not copied because ',
    },
  },
]
