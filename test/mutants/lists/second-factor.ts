import type { Mutant } from '../mutant.ts'

const logins = 'main/broker/login/logins.ts'
const newLogin = 'main/broker/login/login-request.ts'
const accountRoutes = 'main/loopback/management/account-routes.ts'
const login = 'main/cli/login/login.ts'
const interactiveLogin = 'main/cli/login/interactive-login.ts'
const newAccount = 'main/cli/login/login-attempt.ts'
const svix = 'main/providers/svix/svix.ts'
const svixServer = 'main/providers/svix/server.ts'
const svixAnswers = 'main/providers/svix/answers.ts'
const inCodeAlone = (test: string) => ({ file: 'test/broker/session/code-alone.test.ts', test })
const inLoginReason = (test: string) => ({
  file: 'test/loopback/management/login-reason.test.ts',
  test,
})
const inLoginTerminal = (test: string) => ({ file: 'test/cli/login/login-terminal.test.ts', test })
const inSvixGenerations = (test: string) => ({
  file: 'test/providers/svix/generations.test.ts',
  test,
})

/** A second factor requires only the code, and only a key is accepted as a key. */
export const secondFactor: readonly Mutant[] = [
  {
    promise: 'the code alone is enough: the stored password is used',
    changes: [
      {
        file: logins,
        find: '{ ...(await storedSecrets(account, changed, accounts)), ...secrets }',
        replace: 'secrets',
      },
    ],
    noticedBy: inCodeAlone('can be logged in again with only the code and the stored password'),
  },
  {
    promise: 'another password may be sent with the code',
    changes: [
      {
        file: logins,
        find: '{ ...(await storedSecrets(account, changed, accounts)), ...secrets }',
        replace: '{ ...secrets, ...(await storedSecrets(account, changed, accounts)) }',
      },
    ],
    noticedBy: inCodeAlone('accepts a different password with the code'),
  },
  {
    promise: 'the stored password is not sent with an empty code',
    changes: [{ file: logins, find: 'oneTimeCode?.reveal().trim()', replace: 'oneTimeCode' }],
    noticedBy: inCodeAlone('needs the password if the code is empty'),
  },
  {
    promise: 'blanks are not a code',
    changes: [
      { file: logins, find: 'oneTimeCode?.reveal().trim()', replace: 'oneTimeCode?.reveal()' },
    ],
    noticedBy: inCodeAlone('needs the password if the code is only spaces'),
  },
  {
    promise: 'the stored password is not sent to another address or for another user name',
    changes: [
      {
        file: newLogin,
        find: 'if (!isSame || !isSameForm(provider, record.values, checkValues(provider, values))) return {}',
        replace: 'if (!isSame) return {}',
      },
    ],
    noticedBy: inCodeAlone(
      'needs the password for another user name: the stored one is not sent for another user',
    ),
  },
  {
    promise: 'the previous password is not sent if another login has replaced the account',
    changes: [
      {
        file: newLogin,
        find: 'record.credential === before.credential && record.state',
        replace: 'record.state',
      },
    ],
    noticedBy: inCodeAlone('does not send the password that was stored for the previous address'),
  },
  {
    promise: 'the code alone is enough over HTTP as well',
    changes: [
      {
        file: accountRoutes,
        find: '...{ values, secrets: toSecrets(secrets), ...toCode(code) },',
        replace: '...{ values, secrets: toSecrets(secrets) },',
      },
    ],
    noticedBy: inLoginReason('needs only the code'),
  },
  {
    promise: 'the command line asks only for the code if only that is missing',
    changes: [
      {
        file: login,
        find: `    ...(code && { codeAlone: code }),
`,
        replace: '',
      },
    ],
    noticedBy: inLoginTerminal('asks for the code alone'),
  },
  {
    promise: 'the command line asks for the password if the address changed',
    changes: [
      {
        file: login,
        find: 'const code = isKept && isSamePlace(fields, known.values, values) ? codeField(fields) : undefined',
        replace: 'const code = isKept ? codeField(fields) : undefined',
      },
    ],
    noticedBy: inLoginTerminal('asks for the password where it is to go to another address'),
  },
  {
    promise: 'the command line accepts another password if the user wants to type one',
    changes: [
      {
        file: interactiveLogin,
        find: "if (oneTimeCode.reveal() !== '') return { values, entered: { secrets: {}, oneTimeCode } }",
        replace: 'return { values, entered: { secrets: {}, oneTimeCode } }',
      },
    ],
    noticedBy: inLoginTerminal('accepts another password if the user wants to type one'),
  },
  {
    promise: 'one line on standard input is the code if only that is missing',
    changes: [
      {
        file: newAccount,
        find: 'if (codeAlone && line && others.length === 0 && !early && looksLike(codeAlone, line)) {',
        replace: 'if (codeAlone && line && others.length > 0) {',
      },
    ],
    noticedBy: inLoginTerminal('on standard input for'),
  },
  {
    promise: 'one line on standard input that is not a code is the password',
    changes: [
      { file: newAccount, find: '&& !early && looksLike(codeAlone, line)', replace: '&& !early' },
    ],
    noticedBy: inLoginTerminal('on standard input for'),
  },
  {
    promise: 'two lines on standard input are password and code',
    changes: [
      {
        file: newAccount,
        find: 'others.length === 0 && !early && looksLike',
        replace: 'others.length === 0 && looksLike',
      },
    ],
    noticedBy: inLoginTerminal('on standard input for'),
  },
  {
    promise: 'the portal token of one application is not accepted as a key',
    changes: [
      {
        file: svix,
        find: `    if (!canRevoke) await requireKey(session.values, key, context)
`,
        replace: '',
      },
    ],
    noticedBy: inSvixGenerations(
      'refuses the portal token of an application instead of a key, and says what it is',
    ),
  },
  {
    promise: 'the error says that a portal token is not a key',
    changes: [
      {
        file: svixServer,
        find: 'if (response.status === 403 && isServiceError(response)) {',
        replace: 'if (response.status === 401) {',
      },
    ],
    noticedBy: inSvixGenerations(
      'refuses the portal token of an application instead of a key, and says what it is',
    ),
  },
  {
    promise: 'the error says what is wrong with a key that lost its permissions',
    changes: [
      {
        file: svixAnswers,
        find: `          hint: 'Enter the API key of an environment, not the portal token of an application.',
`,
        replace: '',
      },
    ],
    noticedBy: inSvixGenerations(
      'explains a key without permissions, so that the user can replace it',
    ),
  },
]
