import type { Mutant } from '../mutant.ts'

const broker = 'main/broker/broker.ts'
const hosts = 'main/broker/service/hosts.ts'
const logins = 'main/broker/login/logins.ts'
const ownerRoutes = 'main/loopback/management/owner-routes.ts'
const views = 'main/loopback/schemas/views.ts'
const describe = 'main/broker/describe.ts'
const controlCommands = 'main/cli/commands/control.ts'
const showAccount = 'main/cli/commands/support/show-account.ts'
const naming = 'main/cli/find.ts'
const loginCommands = 'main/cli/commands/login.ts'
const tokenCommands = 'main/cli/commands/token.ts'
const report = 'main/cli/terminal/report.ts'
const inHosts = (test: string) => ({ file: 'test/broker/service/hosts.test.ts', test })
const inSilentHost = (test: string) => ({
  file: 'test/loopback/management/silent-host.test.ts',
  test,
})
const inTryNow = (test: string) => ({ file: 'test/cli/commands/try-now.test.ts', test })

/** How a backoff is reported, and who may try the host. */
export const silenceMessages: readonly Mutant[] = [
  {
    promise: 'the user is notified at once of a backoff',
    changes: [
      {
        file: broker,
        find: `    notify.hostSilent(describeSilence(silent, this.clock.now()))
`,
        replace: '',
      },
    ],
    noticedBy: inHosts(
      'sends it nothing for any account or purpose, including revocation, quit and start',
    ),
  },
  {
    promise: 'a backoff is in the audit log',
    changes: [
      {
        file: broker,
        find: "note({ event: 'host_silent', host,",
        replace: "note({ event: 'refuse', host,",
      },
    ],
    noticedBy: inSilentHost('is recorded and logged once'),
  },
  {
    promise: 'a backoff is logged',
    changes: [
      {
        file: hosts,
        find: `      log.warn('a host wants to be left alone', { host, until })
`,
        replace: '',
      },
    ],
    noticedBy: inSilentHost('is recorded and logged once'),
  },
  {
    promise: 'a backoff is reported before a password is typed',
    changes: [
      {
        file: logins,
        find: `    this.#requireWelcome(wanted.provider, valuesOf(wanted), wanted)
`,
        replace: '',
      },
    ],
    noticedBy: inHosts('says so before a password is typed'),
  },
  {
    promise: 'a backoff is reported before a password is typed again',
    changes: [
      {
        file: logins,
        find: `    this.#requireWelcome(provider, changed, { tryNow })
`,
        replace: '',
      },
    ],
    noticedBy: inHosts('says so before a password is typed'),
  },
  {
    promise: 'the user may check a form for a host in backoff in order to try it',
    changes: [
      {
        file: logins,
        find: 'const refusal = tryNow ? null : this.#ports.hosts.refusal(provider, values)',
        replace: 'const refusal = this.#ports.hosts.refusal(provider, values)',
      },
    ],
    noticedBy: inSilentHost('is reported when a form is checked, unless the user wants to try'),
  },
  {
    promise: 'a login by the user may try a host in backoff',
    changes: [
      {
        file: logins,
        find: 'tryNow ? hosts.tryOnce(provider, form.values, login) : login()',
        replace: 'login()',
      },
    ],
    noticedBy: inSilentHost('and only if the user wants to try'),
  },
  {
    promise: 'the user may have a host tried for a token',
    changes: [
      {
        file: ownerRoutes,
        find: `        if (body.try_now) await tokenAdmin.tryNow(account, cliClient)
`,
        replace: '',
      },
    ],
    noticedBy: inSilentHost('and only if the user wants to try'),
  },
  {
    promise: 'the status lists the hosts in backoff',
    changes: [
      {
        file: views,
        find: 'broker.hosts\n      .list()\n',
        replace: '[].slice()\n',
      },
    ],
    noticedBy: inSilentHost('is shown in the status and with its accounts, and with no others'),
  },
  {
    promise: 'an account says that its host is in backoff',
    changes: [
      {
        file: describe,
        find: `    ...(silent && { silentHost: describeSilentHost(silent, broker) }),
`,
        replace: '',
      },
    ],
    noticedBy: inSilentHost('is shown in the status and with its accounts, and with no others'),
  },
  {
    promise: 'what helps against a backoff is reported over HTTP',
    changes: [
      {
        file: describe,
        find: '    ...(hint !== undefined && { hint }),\n',
        replace: '',
      },
    ],
    noticedBy: inSilentHost('is shown in the status and with its accounts, and with no others'),
  },
  {
    promise: 'the command line lists the hosts in backoff',
    changes: [
      {
        file: controlCommands,
        find: `    ...status.silent_hosts.map(({ message }) => fact('paused', message)),
`,
        replace: '',
      },
    ],
    noticedBy: inTryNow('is shown by status'),
  },
  {
    promise: 'the command line shows for an account that its host is in backoff',
    changes: [
      {
        file: showAccount,
        find: `    ...(silent_host === undefined ? [] : [fact('paused', silent_host.message)]),
`,
        replace: '',
      },
    ],
    noticedBy: inTryNow('is shown with its account'),
  },
  {
    promise: 'the command line names the command that tries a host once',
    changes: [
      {
        file: naming,
        find: 'reworded(error, { hint: error.hint.replace(placeholder, () => account) })',
        replace: 'error',
      },
    ],
    noticedBy: inTryNow('names the command that tries once, for'),
  },
  {
    promise: 'a refused login names the login that tries a host once',
    changes: [
      {
        file: loginCommands,
        find: 'throw hint === error.hint ? error : reworded(error, { hint })',
        replace: 'throw error',
      },
    ],
    noticedBy: inTryNow('before a password is read, with the command that tries once'),
  },
  {
    promise: 'the command line passes on that a host may be tried for a token',
    changes: [
      {
        file: tokenCommands,
        find: `    ...(tryNow && { try_now: true }),
`,
        replace: '',
      },
    ],
    noticedBy: inTryNow('is passed on by'),
  },
  {
    promise: 'the check of a login receives that the host may be tried',
    changes: [
      {
        file: loginCommands,
        find: `    check: (form) => api.check({ ...form, tryNow: true }),
`,
        replace: '',
      },
    ],
    noticedBy: inTryNow('is passed on by a login to an account, and by its check'),
  },
  {
    promise: 'a login to an account receives that the host may be tried',
    changes: [
      {
        file: loginCommands,
        find: `    login: (account, login) => api.login(account, { ...login, tryNow: true }),
`,
        replace: '',
      },
    ],
    noticedBy: inTryNow('is passed on by a login to an account, and by its check'),
  },
  {
    promise: 'a login to a service receives that the host may be tried',
    changes: [
      {
        file: loginCommands,
        find: `    addAccount: (account) => api.addAccount({ ...account, tryNow: true }),
`,
        replace: '',
      },
    ],
    noticedBy: inTryNow('is passed on by a login to a service, and by its check'),
  },
  {
    promise: 'a refusal ends with when to retry',
    changes: [
      {
        file: report,
        find: `screen.note(\`\${advice}\${wait}\${place}\`.trimStart())`,
        replace: `screen.note(\`\${advice}\${place}\`.trimStart())`,
      },
    ],
    noticedBy: inTryNow(
      'is not suggested again after it failed, and the hint ends with when to try again',
    ),
  },
]
