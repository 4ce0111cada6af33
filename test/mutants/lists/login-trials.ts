import type { Mutant } from '../mutant.ts'

const sftpgoTrial = 'main/providers/sftpgo/trial.ts'
const sftpgo = 'main/providers/sftpgo/sftpgo.ts'
const sftpgoLogin = 'main/providers/sftpgo/login.ts'
const loginTrialsTs = 'main/broker/session/login-trials.ts'
const logins = 'main/broker/login/logins.ts'
const renewal = 'main/broker/session/renewal.ts'
const svixTrial = 'main/providers/svix/trial.ts'
const sftpgoFields = 'main/providers/sftpgo/fields.ts'
const readme = 'README.md'
const inSftpgoTrial = (test: string) => ({ file: 'test/providers/sftpgo/trial.test.ts', test })
const inLoginTrials = (test: string) => ({ file: 'test/broker/session/login-trials.test.ts', test })
const inSvixTrial = (test: string) => ({ file: 'test/providers/svix/trial.test.ts', test })
const inSftpgoKeys = (test: string) => ({ file: 'test/providers/sftpgo/keys.test.ts', test })

/** What a login makes on its way is on record until it has ended; what a deleted key costs is said. */
export const loginTrials: readonly Mutant[] = [
  {
    promise: 'a key that a login makes is on record before it is made',
    changes: [
      {
        file: sftpgoTrial,
        find: `  await trials?.plan(leaseId, session.values)
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoTrial(
      'has key and session on record before either is used, and until both have ended',
    ),
  },
  {
    promise: 'a key that a login has made is on record',
    changes: [
      {
        file: sftpgoTrial,
        find: `  await trials?.made(token, session.values, leaseId)
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoTrial(
      'has key and session on record before either is used, and until both have ended',
    ),
  },
  {
    promise: 'a key that a login has deleted is on record no more',
    changes: [
      {
        file: sftpgoTrial,
        find: `    context.trials?.ended(leaseId)
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoTrial(
      'has key and session on record before either is used, and until both have ended',
    ),
  },
  {
    promise: 'a key that was surely not made is on record no more',
    changes: [
      {
        file: sftpgoTrial,
        find: 'if (isDenied(error)) trials?.ended(leaseId)',
        replace: "if (isDenied(error)) trials?.ended('')",
      },
    ],
    noticedBy: inSftpgoTrial(
      'has key and session on record before either is used, and until both have ended',
    ),
  },
  {
    promise: 'a key whose answer was lost stays on record',
    changes: [
      {
        file: sftpgoTrial,
        find: 'if (isDenied(error)) trials?.ended(leaseId)',
        replace: 'if (trials) trials.ended(leaseId)',
      },
    ],
    noticedBy: inSftpgoTrial(
      'has key and session on record before either is used, and until both have ended',
    ),
  },
  {
    promise: 'the session that tries a key is on record',
    changes: [
      {
        file: sftpgo,
        find: `  await trials?.made(token, values, 'session')
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoTrial(
      'has key and session on record before either is used, and until both have ended',
    ),
  },
  {
    promise: 'the session that tried a key is ended after the key',
    changes: [
      {
        file: sftpgo,
        find: 'if (!trials) await discard(token, values, context)',
        replace: 'await discard(token, values, context)',
      },
    ],
    noticedBy: inSftpgoTrial(
      'has key and session on record before either is used, and until both have ended',
    ),
  },
  {
    promise: 'a trial that goes wrong leaves no key',
    changes: [
      {
        file: sftpgoTrial,
        find: `    await end(token).catch(() => undefined)
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoTrial('leaves nothing where the trial itself goes wrong'),
  },
  {
    promise: 'a trial deletes its key',
    changes: [
      {
        file: sftpgoTrial,
        find: `  await end(token)
  if (refusal) throw refusal`,
        replace: '  if (refusal) throw refusal',
      },
    ],
    noticedBy: inSftpgoTrial('makes a key for a minute, tries it at'),
  },
  {
    promise: 'a key is tried before it is believed in',
    changes: [
      {
        file: sftpgoTrial,
        find: `  if (refusal) throw refusal
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoTrial('whose account does not allow them, and leaves nothing'),
  },
  {
    promise: 'a session that is of no use is on record until it has ended',
    changes: [
      {
        file: sftpgoLogin,
        find: `  await trials?.made(token, values, 'session').catch(() => undefined)
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoTrial(
      'has the session on record that it ends because the account has a duty',
    ),
  },
  {
    promise: 'a session that could not be ended stays on record',
    changes: [
      {
        file: sftpgoLogin,
        find: `    () => trials?.ended(token),
    () => undefined,`,
        replace: `    () => trials?.ended(token),
    () => trials?.ended(token),`,
      },
    ],
    noticedBy: inSftpgoTrial(
      'has the session on record that it ends because the account has a duty',
    ),
  },
  {
    promise: 'what is left of a login that failed is ended',
    changes: [
      {
        file: loginTrialsTs,
        find: "void revoker.endAll(left, 'program')",
        replace: 'void revoker && left',
      },
    ],
    noticedBy: inLoginTrials('is ended where the login fails after it'),
  },
  {
    promise: 'nothing is made at a login that cannot be put on record',
    changes: [
      {
        file: loginTrialsTs,
        find: `      await ledger.write(plan)
`,
        replace: '',
      },
    ],
    noticedBy: inLoginTrials(
      'is on record before it is made, and leaves the token of the login alone',
    ),
  },
  {
    promise: 'what a login gives is not ended with what it tried',
    changes: [
      {
        file: loginTrialsTs,
        find: `        held = item
        this.#items.delete(done.token)`,
        replace: '        held = item',
      },
    ],
    noticedBy: inLoginTrials(
      'is on record before it is made, and leaves the token of the login alone',
    ),
  },
  {
    promise: 'what a login has ended itself is on record no more',
    changes: [
      {
        file: loginTrialsTs,
        find: `    if (item) this.#ports.revoker.settle(item)
`,
        replace: '',
      },
    ],
    noticedBy: inLoginTrials(
      'is on record before it is made, and leaves the token of the login alone',
    ),
  },
  {
    promise: 'a login by a person has a record of what it makes',
    changes: [
      {
        file: logins,
        find: "const context = { ...calls.context(provider.id, 'login', stopped), trials }",
        replace: "const context = calls.context(provider.id, 'login', stopped)",
      },
    ],
    noticedBy: inLoginTrials(
      'is on record before it is made, and leaves the token of the login alone',
    ),
  },
  {
    promise: 'a login that renews a session has a record of what it makes',
    changes: [
      {
        file: renewal,
        find: "const context = { ...calls.context(provider.id, 'login', stopped), trials }",
        replace: "const context = calls.context(provider.id, 'login', stopped)",
      },
    ],
    noticedBy: inLoginTrials('is on record as well where the session is renewed'),
  },
  {
    promise: 'the token that tries a key of Svix is on record',
    changes: [
      {
        file: svixTrial,
        find: `  await context.trials?.made(token, values, 'lease')
`,
        replace: '',
      },
    ],
    noticedBy: inSvixTrial('has its token on record before it is used, and until it has ended'),
  },
  {
    promise: 'the token that tried a key of Svix is on record no more when it has ended',
    changes: [
      {
        file: svixTrial,
        find: `    context.trials?.ended(token)
`,
        replace: '',
      },
    ],
    noticedBy: inSvixTrial('has its token on record before it is used, and until it has ended'),
  },
  {
    promise: 'no login to Svix passes whose token may live on',
    changes: [
      {
        file: svixTrial,
        find: `  await end()
  return { generation`,
        replace: `  await end().catch(() => undefined)
  return { generation`,
      },
    ],
    noticedBy: inSvixTrial('lets no login pass whose token may live on'),
  },
  {
    promise: 'the form says what a tool costs that goes on with a deleted key',
    changes: [
      {
        file: sftpgoFields,
        find: ' If the server has its defender on, a tool that goes on using a deleted key gets this address banned.',
        replace: '',
      },
    ],
    noticedBy: inSftpgoKeys('says in the form what a tool costs that goes on with a deleted key'),
  },
  {
    promise: 'the README says what a tool costs that goes on with a deleted key',
    changes: [
      {
        file: readme,
        find: "If an SFTPGo server's defender is on, each request with an API key that was deleted costs",
        replace: 'At an SFTPGo server each request costs',
      },
    ],
    noticedBy: inSftpgoKeys('says the same to whoever reads before they choose'),
  },
]
