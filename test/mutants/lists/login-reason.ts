import type { Mutant } from '../mutant.ts'

const standing = 'main/broker/session/auth-state.ts'
const accounts = 'main/broker/account/accounts.ts'
const settingsEvents = 'main/broker/record/settings-events.ts'
const logins = 'main/broker/login/logins.ts'
const loginReasonTs = 'main/broker/session/login-reason.ts'
const views = 'main/loopback/schemas/views.ts'
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

/** Whoever needs a login is told why, everywhere and until they have logged in. */
export const loginReason: readonly Mutant[] = [
  {
    promise: 'each caller is told why an account needs a login',
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
    promise: 'each caller is told what helps besides a login',
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
    promise: 'why an account needs a login is stored',
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
    promise: 'a person is told at once why an account needs a login',
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
    promise: 'it is on record why an account needs a login',
    changes: [
      {
        file: settingsEvents,
        find: '...(because && { reason: because.sentence })',
        replace: '...(because && {})',
      },
    ],
    noticedBy: inLoginReason('in the record, once'),
  },
  {
    promise: 'why an account needs a login is known after a restart',
    changes: [
      {
        file: standing,
        find: 'const known = loginRequiredBecause ?? fresh',
        replace: 'const known = fresh',
      },
    ],
    noticedBy: inLoginReason('after a restart as before'),
  },
  {
    promise: 'a login takes away what was stored of why one was needed',
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
    promise: 'a log-out takes away why a login was needed',
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
    promise: 'a password that is gone from the keychain is named as why',
    changes: [
      {
        file: standing,
        find: 'return this.#refuse(nothingKept(this.#ports.clock.now()))',
        replace: 'return this.#refuse(null)',
      },
    ],
    noticedBy: inLoginReason('where its password is gone from the keychain'),
  },
  {
    promise: 'a code that is needed is named as why',
    changes: [
      {
        file: standing,
        find: 'known ?? (needsCode ? codeNeeded(this.#ports.clock.now()) : null)',
        replace: 'known ?? (needsCode ? null : null)',
      },
    ],
    noticedBy: inLoginReason('where its session is over and a new one needs a code'),
  },
  {
    promise: 'a value of the form that is unusable is named, with what helps',
    changes: [
      {
        file: standing,
        find: "if (error.code === 'invalid_request' && isForToken) throw unusable(id, error)",
        replace:
          "if (error.code === 'invalid_request' && isForToken) throw this.requireLogin(error)",
      },
    ],
    noticedBy: inLoginReason('where a value of its form is unusable, with what helps'),
  },
  {
    promise: 'what a service says is stored on one line of bounded length',
    changes: [
      {
        file: loginReasonTs,
        find: 'sentence: toPrintable(cause.message),',
        replace: 'sentence: cause.message,',
      },
    ],
    noticedBy: inLoginReason('on one line of bounded length, whatever the service says'),
  },
  {
    promise: 'over HTTP it stands with an account why it needs a login',
    changes: [
      {
        file: views,
        find: `        description: because.sentence,
`,
        replace: `        description: '',
`,
      },
    ],
    noticedBy: inLoginReason2('is told to the tool that asks, and stands in the list of accounts'),
  },
  {
    promise: 'over HTTP it stands with an account what helps besides a login',
    changes: [
      {
        file: views,
        find: `        ...(because.hint !== undefined && { hint: because.hint }),
`,
        replace: '',
      },
    ],
    noticedBy: inLoginReason2('is told to the tool that asks, and stands in the list of accounts'),
  },
  {
    promise: 'the command line shows why an account needs a login',
    changes: [
      {
        file: showAccount,
        find: `    ...(login_required_reason === undefined ? [] : [\`reason:    \${toReason(account)}\`]),
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
