import type { Mutant } from '../mutant.ts'

const standing = 'main/broker/session/auth-state.ts'
const accounts = 'main/broker/account/accounts.ts'
const settingsEvents = 'main/broker/record/settings-events.ts'
const logins = 'main/broker/login/logins.ts'
const loginReasonTs = 'main/broker/session/login-reason.ts'
const describe = 'main/broker/describe.ts'
const showAccount = 'main/cli/commands/support/show-account.ts'
const accountCommands = 'main/cli/commands/account.ts'
const inLoginReason = (test: string) => ({ file: 'test/broker/session/login-reason.test.ts', test })
const inLoginReason2 = (test: string) => ({
  file: 'test/loopback/management/login-reason.test.ts',
  test,
})
const inShowAccount = (test: string) => ({
  file: 'test/cli/commands/support/show-account.test.ts',
  test,
})

/** The reason why an account needs a login is shown everywhere until the user has logged in. */
export const loginReason: readonly Mutant[] = [
  {
    promise: 'each caller gets the reason why an account needs a login',
    changes: [
      {
        file: standing,
        find: `const why = reason ? \`: \${reason.sentence}\` : '.'`,
        replace: "const why = reason ? '.' : '.'",
      },
    ],
    noticedBy: inLoginReason('to each caller, in the words of the service, and stores it'),
  },
  {
    promise: 'each caller is told what else helps besides a login',
    changes: [
      {
        file: standing,
        find: `const more = !isSignedOut && reason?.hint ? \` \${reason.hint}\` : ''`,
        replace: "const more = ''",
      },
    ],
    noticedBy: inLoginReason('to each caller, in the words of the service, and stores it'),
  },
  {
    promise: 'the reason for a login is stored',
    changes: [
      {
        file: accounts,
        find: `        loginRequiredBecause: reason ?? undefined,
`,
        replace: '',
      },
    ],
    noticedBy: inLoginReason('to each caller, in the words of the service, and stores it'),
  },
  {
    promise: 'the user is notified at once why an account needs a login',
    changes: [
      {
        file: accounts,
        find: 'notify.loginRequired(id, reason)',
        replace: 'notify.loginRequired(id, null)',
      },
    ],
    noticedBy: inLoginReason('to each caller, in the words of the service, and stores it'),
  },
  {
    promise: 'the reason for a login is in the audit log',
    changes: [
      {
        file: settingsEvents,
        find: '...(because && { reason: because.sentence })',
        replace: '...(because && {})',
      },
    ],
    noticedBy: inLoginReason('in the audit log, once'),
  },
  {
    promise: 'the reason for a login survives a restart',
    changes: [
      {
        file: standing,
        find: 'const known = loginRequiredBecause ?? fresh',
        replace: 'const known = fresh',
      },
    ],
    noticedBy: inLoginReason('after a restart as well'),
  },
  {
    promise: 'a login clears the stored reason',
    changes: [
      {
        file: logins,
        find: `        loginRequiredBecause: undefined,
        needsCode,`,
        replace: '        needsCode,',
      },
    ],
    noticedBy: inLoginReason('until it is logged in'),
  },
  {
    promise: 'a log-out clears the stored reason',
    changes: [
      {
        file: logins,
        find: `      loginRequiredBecause: undefined,
      needsCode: false,`,
        replace: '      needsCode: false,',
      },
    ],
    noticedBy: inLoginReason('until it is logged in'),
  },
  {
    promise: 'a password missing from the keychain is given as the reason',
    changes: [
      {
        file: standing,
        find: 'return this.#refuse(credentialMissing(this.#ports.clock.now()))',
        replace: 'return this.#refuse(null)',
      },
    ],
    noticedBy: inLoginReason('if its password is missing from the keychain'),
  },
  {
    promise: 'a required code is given as the reason',
    changes: [
      {
        file: standing,
        find: 'known ?? (needsCode ? codeNeeded(this.#ports.clock.now()) : null)',
        replace: 'known ?? (needsCode ? null : null)',
      },
    ],
    noticedBy: inLoginReason('if its session has expired and a new one needs a code'),
  },
  {
    promise: 'an unusable form value is named, with what helps',
    changes: [
      {
        file: standing,
        find: "if (error.code === 'invalid_request' && isForToken) throw accountUnusable(id, error)",
        replace:
          "if (error.code === 'invalid_request' && isForToken) throw this.requireLogin(error)",
      },
    ],
    noticedBy: inLoginReason('if a form value is unusable, with a hint'),
  },
  {
    promise: "a service's message is stored on one line of bounded length",
    changes: [
      {
        file: loginReasonTs,
        find: 'sentence: toPrintable(cause.message),',
        replace: 'sentence: cause.message,',
      },
    ],
    noticedBy: inLoginReason('on one line of limited length, whatever the service says'),
  },
  {
    promise: 'an account over HTTP includes the reason why it needs a login',
    changes: [
      {
        file: describe,
        find: `        description: because.sentence,
`,
        replace: `        description: '',
`,
      },
    ],
    noticedBy: inLoginReason2('is returned to the tool and shown in the list of accounts'),
  },
  {
    promise: 'an account over HTTP includes what else helps besides a login',
    changes: [
      {
        file: describe,
        find: `        ...(because.hint !== undefined && { hint: because.hint }),
`,
        replace: '',
      },
    ],
    noticedBy: inLoginReason2('is returned to the tool and shown in the list of accounts'),
  },
  {
    promise: 'the command line shows why an account needs a login',
    changes: [
      {
        file: showAccount,
        find: `    ...(login_required_reason === undefined ? [] : [fact('reason', toReason(account))]),
`,
        replace: '',
      },
    ],
    noticedBy: inShowAccount('says why'),
  },
  {
    promise: 'the list of accounts says why one needs a login',
    changes: [
      {
        file: accountCommands,
        find: `        if (reason !== '') screen.note(\`\${account.id}: \${reason}\`)
`,
        replace: '',
      },
    ],
    noticedBy: inShowAccount('the list says it below'),
  },
]
