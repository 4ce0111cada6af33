import type { Mutant } from '../mutant.ts'

const sftpgoTrial = 'main/providers/sftpgo/key-trial.ts'
const sftpgo = 'main/providers/sftpgo/sftpgo.ts'
const sftpgoLogin = 'main/providers/sftpgo/login.ts'
const loginTrialsTs = 'main/broker/session/login-trials.ts'
const logins = 'main/broker/login/logins.ts'
const renewal = 'main/broker/session/renewal.ts'
const svixTrial = 'main/providers/svix/portal-trial.ts'
const sftpgoFields = 'main/providers/sftpgo/fields.ts'
const services = 'docs/services.md'
const inSftpgoTrial = (test: string) => ({ file: 'test/providers/sftpgo/trial.test.ts', test })
const inLoginTrials = (test: string) => ({ file: 'test/broker/session/login-trials.test.ts', test })
const inSvixTrial = (test: string) => ({ file: 'test/providers/svix/trial.test.ts', test })
const inSftpgoKeys = (test: string) => ({ file: 'test/providers/sftpgo/keys.test.ts', test })

/** What a login creates temporarily is in the ledger until it is revoked; the cost of deleting a key is stated. */
export const loginTrials: readonly Mutant[] = [
  {
    promise: 'a key created by a login is in the ledger before it is created',
    changes: [
      {
        file: sftpgoTrial,
        find: `  await trials?.plan(leaseId, session.values)
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoTrial(
      'records key and session before either is used, until both are revoked',
    ),
  },
  {
    promise: 'a key created by a login is in the ledger',
    changes: [
      {
        file: sftpgoTrial,
        find: `  await trials?.made(token, session.values, leaseId)
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoTrial(
      'records key and session before either is used, until both are revoked',
    ),
  },
  {
    promise: 'a key deleted by a login leaves the ledger',
    changes: [
      {
        file: sftpgoTrial,
        find: `    context.trials?.ended(leaseId)
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoTrial(
      'records key and session before either is used, until both are revoked',
    ),
  },
  {
    promise: 'a key that was certainly not created leaves the ledger',
    changes: [
      {
        file: sftpgoTrial,
        find: 'if (isDenied(error)) trials?.ended(leaseId)',
        replace: "if (isDenied(error)) trials?.ended('')",
      },
    ],
    noticedBy: inSftpgoTrial(
      'records key and session before either is used, until both are revoked',
    ),
  },
  {
    promise: 'a key whose response was lost stays in the ledger',
    changes: [
      {
        file: sftpgoTrial,
        find: 'if (isDenied(error)) trials?.ended(leaseId)',
        replace: 'if (trials) trials.ended(leaseId)',
      },
    ],
    noticedBy: inSftpgoTrial(
      'records key and session before either is used, until both are revoked',
    ),
  },
  {
    promise: 'the session that checks a key is in the ledger',
    changes: [
      {
        file: sftpgo,
        find: `  await trials?.made(token, values, 'session')
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoTrial(
      'records key and session before either is used, until both are revoked',
    ),
  },
  {
    promise: 'the session that checked a key is revoked after the key',
    changes: [
      {
        file: sftpgo,
        find: 'if (!trials) await discard(token, values, context)',
        replace: 'await discard(token, values, context)',
      },
    ],
    noticedBy: inSftpgoTrial(
      'records key and session before either is used, until both are revoked',
    ),
  },
  {
    promise: 'a failed check leaves no key',
    changes: [
      {
        file: sftpgoTrial,
        find: `    await end(token).catch(() => undefined)
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoTrial('leaves nothing if the trial fails'),
  },
  {
    promise: 'a check deletes its key',
    changes: [
      {
        file: sftpgoTrial,
        find: `  await end(token)
  if (refusal) throw refusal`,
        replace: '  if (refusal) throw refusal',
      },
    ],
    noticedBy: inSftpgoTrial('creates a key for a minute, tries it at'),
  },
  {
    promise: 'a key is checked before it is trusted',
    changes: [
      {
        file: sftpgoTrial,
        find: `  if (refusal) throw refusal
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoTrial('if the account does not allow them, and leaves nothing'),
  },
  {
    promise: 'an unusable session is in the ledger until it is revoked',
    changes: [
      {
        file: sftpgoLogin,
        find: `  await trials?.made(token, values, 'session').catch(() => undefined)
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoTrial(
      'records the session that it revokes because the account must do something first',
    ),
  },
  {
    promise: 'a session that could not be revoked stays in the ledger',
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
      'records the session that it revokes because the account must do something first',
    ),
  },
  {
    promise: 'what a failed login leaves is revoked',
    changes: [
      {
        file: loginTrialsTs,
        find: "void revoker.revokeAll(left, 'background')",
        replace: 'void revoker && left',
      },
    ],
    noticedBy: inLoginTrials('is revoked if the login then fails'),
  },
  {
    promise: 'a login creates nothing that cannot be added to the ledger',
    changes: [
      {
        file: loginTrialsTs,
        find: `      await ledger.write(plan)
`,
        replace: '',
      },
    ],
    noticedBy: inLoginTrials(
      'is recorded before it is created, and does not affect the token of the login',
    ),
  },
  {
    promise: 'the result of a login is not revoked with its temporary tokens',
    changes: [
      {
        file: loginTrialsTs,
        find: `        held = item
        this.#items.delete(done.token)`,
        replace: '        held = item',
      },
    ],
    noticedBy: inLoginTrials(
      'is recorded before it is created, and does not affect the token of the login',
    ),
  },
  {
    promise: 'what a login has revoked itself leaves the ledger',
    changes: [
      {
        file: loginTrialsTs,
        find: `    if (item) this.#parts.revoker.markRevoked(item)
`,
        replace: '',
      },
    ],
    noticedBy: inLoginTrials(
      'is recorded before it is created, and does not affect the token of the login',
    ),
  },
  {
    promise: 'a login by the user records what it creates',
    changes: [
      {
        file: logins,
        find: "const context = { ...calls.context(provider.id, 'login', stopped), trials }",
        replace: "const context = calls.context(provider.id, 'login', stopped)",
      },
    ],
    noticedBy: inLoginTrials(
      'is recorded before it is created, and does not affect the token of the login',
    ),
  },
  {
    promise: 'a login that renews a session records what it creates',
    changes: [
      {
        file: renewal,
        find: "const context = { ...calls.context(provider.id, 'login', stopped), trials }",
        replace: "const context = calls.context(provider.id, 'login', stopped)",
      },
    ],
    noticedBy: inLoginTrials('is recorded also when the session is renewed'),
  },
  {
    promise: 'the token that checks a Svix key is in the ledger',
    changes: [
      {
        file: svixTrial,
        find: `  await context.trials?.made(token, values, 'lease')
`,
        replace: '',
      },
    ],
    noticedBy: inSvixTrial('records its token before it is used, until it is revoked'),
  },
  {
    promise: 'the token that checked a Svix key leaves the ledger once it is revoked',
    changes: [
      {
        file: svixTrial,
        find: `    context.trials?.ended(token)
`,
        replace: '',
      },
    ],
    noticedBy: inSvixTrial('records its token before it is used, until it is revoked'),
  },
  {
    promise: 'a login to Svix fails if its token may stay valid',
    changes: [
      {
        file: svixTrial,
        find: `  await end()
  return { generation`,
        replace: `  await end().catch(() => undefined)
  return { generation`,
      },
    ],
    noticedBy: inSvixTrial('refuses a login whose trial token may still be valid'),
  },
  {
    promise: 'the form says what a tool costs that keeps using a deleted key',
    changes: [
      {
        file: sftpgoFields,
        find: ' If the defender of the server is on, a tool that keeps using a deleted key gets the address of this computer banned.',
        replace: '',
      },
    ],
    noticedBy: inSftpgoKeys('warns in the form about tools that keep using a deleted key'),
  },
  {
    promise: 'docs/services.md says what a tool costs that keeps using a deleted key',
    changes: [
      {
        file: services,
        find: "If an SFTPGo server's defender is on, each request with an API key that was deleted costs",
        replace: 'At an SFTPGo server each request costs',
      },
    ],
    noticedBy: inSftpgoKeys('shows the same to a user who reads before choosing'),
  },
]
