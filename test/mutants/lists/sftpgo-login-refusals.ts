import type { Mutant } from '../mutant.ts'

const sftpgoDuties = 'main/providers/sftpgo/token-check.ts'
const sftpgoLogin = 'main/providers/sftpgo/login.ts'
const sftpgoForbidden = 'main/providers/sftpgo/forbidden.ts'
const sftpgoWhyNoKeys = 'main/providers/sftpgo/key-trial.ts'
const sftpgoKeyCalls = 'main/providers/sftpgo/key-calls.ts'
const session = 'main/broker/session/session.ts'
const cleared = 'main/broker/session/known-good-token.ts'
const httpClient = 'main/providers/http/client.ts'
const httpFailure = 'main/providers/http/failure.ts'
const inSftpgoForbidden = (test: string) => ({
  file: 'test/providers/sftpgo/forbidden.test.ts',
  test,
})
const inSftpgoTrial = (test: string) => ({ file: 'test/providers/sftpgo/trial.test.ts', test })
const inSftpgoKeys = (test: string) => ({ file: 'test/providers/sftpgo/keys.test.ts', test })
const inCleared = (test: string) => ({ file: 'test/broker/session/known-good-token.test.ts', test })
const inHttpClientWaits = (test: string) => ({
  file: 'test/providers/http/client-waits.test.ts',
  test,
})

/** A login to SFTPGo finds out whether the account is usable, and if not, why. */
export const sftpgoLoginRefusals: readonly Mutant[] = [
  {
    promise: 'an SFTPGo account that must change its password is refused at login',
    changes: [
      {
        file: sftpgoDuties,
        find: `  if (claims?.['chpwd'] === true) return actionRequired('password_change', values)
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden(
      'refuses one that must change the password, says what to do, and leaves no token',
    ),
  },
  {
    promise: 'an SFTPGo account that must set up a second factor is refused at login',
    changes: [
      {
        file: sftpgoDuties,
        find: "if (claims?.['2fa_required'] !== true) return null",
        replace: 'if (claims !== undefined) return null',
      },
    ],
    noticedBy: inSftpgoForbidden('refuses one that must set up two-factor authentication for'),
  },
  {
    promise: 'the error names the protocols that need a second factor',
    changes: [
      {
        file: sftpgoDuties,
        find: "return actionRequired('second_factor', values, named)",
        replace: "return actionRequired('second_factor', values)",
      },
    ],
    noticedBy: inSftpgoForbidden('refuses one that must set up two-factor authentication for'),
  },
  {
    promise: 'the error about a second factor contains only protocol names',
    changes: [
      {
        file: sftpgoDuties,
        find: 'protocols.filter(isProtocol)',
        replace: 'protocols.map(String)',
      },
    ],
    noticedBy: inSftpgoForbidden('refuses one that must set up two-factor authentication for'),
  },
  {
    promise: 'an SFTPGo account with such a requirement is refused for leases and renewals as well',
    changes: [
      {
        file: sftpgoLogin,
        find: `    if (action) throw action
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden('refuses it for a lease and a renewal in the same way'),
  },
  {
    promise: 'a login refused for such a requirement leaves no token',
    changes: [
      {
        file: sftpgoLogin,
        find: `    await discard({ ...token, expiresAt }, values, context)
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden(
      'refuses one that must change the password, says what to do, and leaves no token',
    ),
  },
  {
    promise: 'the error says how to change the password',
    changes: [
      {
        file: sftpgoForbidden,
        find: `\`Change it in the web interface of \${host}, then log in with the new one.\``,
        replace: 'ASK_ADMIN',
      },
    ],
    noticedBy: inSftpgoForbidden(
      'refuses one that must change the password, says what to do, and leaves no token',
    ),
  },
  {
    promise: "SFTPGo's refusal of logins over HTTP is quoted",
    changes: [
      {
        file: sftpgoForbidden,
        find: `  [/\\bprotocol\\b.*\\bnot allowed\\b/i, 'protocol'],
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden('needs the user if the'),
  },
  {
    promise: "SFTPGo's refusal of password logins is quoted",
    changes: [
      {
        file: sftpgoForbidden,
        find: `  [/\\blogin method\\b.*\\bnot allowed\\b/i, 'method'],
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden('needs the user if the'),
  },
  {
    promise: "SFTPGo's refusal of this computer's address is quoted",
    changes: [
      {
        file: sftpgoForbidden,
        find: `  [/\\bnot allowed from\\b/i, 'address'],
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden('retries only after a long time for'),
  },
  {
    promise: "SFTPGo's limit on sessions is quoted",
    changes: [
      {
        file: sftpgoForbidden,
        find: `  [/\\bsessions\\b/i, 'sessions'],
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden('retries only after a long time for'),
  },
  {
    promise: 'a login that counts towards a ban is not soon repeated',
    changes: [
      {
        file: sftpgoForbidden,
        find: 'const REFUSED_MS = 60 * 60_000',
        replace: 'const REFUSED_MS = 5 * 60_000',
      },
    ],
    noticedBy: inSftpgoForbidden('retries only after a long time for'),
  },
  {
    promise: "SFTPGo's block of this computer is quoted",
    changes: [
      {
        file: sftpgoForbidden,
        find: `  [/\\b(blocked|banned)\\b/i, 'banned'],
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden('reports a block only if the server does'),
  },
  {
    promise: 'an SFTPGo that is shutting down is retried',
    changes: [
      {
        file: sftpgoForbidden,
        find: `  [/\\bshutting down\\b/i, 'closing'],
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden(
      'waits a moment for a server that is shutting down, without silencing it',
    ),
  },
  {
    promise: 'an address at which SFTPGo does not respond is reported as wrong',
    changes: [
      {
        file: sftpgoForbidden,
        find: "return error === undefined ? 'rights' : 'host'",
        replace: "return 'rights'",
      },
    ],
    noticedBy: inSftpgoForbidden('reports a host name that the server does not accept'),
  },
  {
    promise: 'the name of an account is not parsed as a reason',
    changes: [
      {
        file: sftpgoForbidden,
        find: 'const own = text.replace(/"(?:[^"\\\\]|\\\\.)*"/g, \'\')',
        replace: 'const own = text',
      },
    ],
    noticedBy: inSftpgoForbidden('does not read a reason from the name of an account'),
  },
  {
    promise: 'API keys disabled on the server are not blamed on the account',
    changes: [
      {
        file: sftpgoWhyNoKeys,
        find: 'if (isKeyIgnored(response)) {',
        replace: "if (isKeyIgnored(response) && values['keyUser'] === '') {",
      },
    ],
    noticedBy: inSftpgoTrial(
      'reports that keys are turned off if the server accepts none, without blaming an account',
    ),
  },
  {
    promise: 'a disabled account is given as the reason why its keys are refused',
    changes: [
      {
        file: sftpgoWhyNoKeys,
        find: "if (account['status'] === 0) {",
        replace: "if (account['status'] === -1) {",
      },
    ],
    noticedBy: inSftpgoTrial('reports a disabled account if that is why its keys are refused'),
  },
  {
    promise: 'the likely reason is given if the account cannot be read',
    changes: [
      {
        file: sftpgoWhyNoKeys,
        find: 'const account = await readAccount(session, context).catch(() => null)',
        replace: 'const account = await readAccount(session, context)',
      },
    ],
    noticedBy: inSftpgoTrial('names the likely reason if the account cannot be read'),
  },
  {
    promise: 'an account that does not allow API keys is reported',
    changes: [
      {
        file: sftpgoWhyNoKeys,
        find: 'return account ? explainAccount(account, values) : refused(values)',
        replace: "return refused({ ...values, keyUser: '' }, 'keys are refused')",
      },
    ],
    noticedBy: inSftpgoTrial('if the account does not allow them, and leaves nothing'),
  },
  {
    promise: 'restored permissions are noticed by one new login',
    changes: [
      {
        file: sftpgoKeyCalls,
        find: "return new TokentrayError('wrong_credentials', sentence, { hint, ofNewToken })",
        replace: 'return ofNewToken',
      },
    ],
    noticedBy: inSftpgoKeys('names the missing permission, so that the user sees it'),
  },
  {
    promise: 'a refusal that may be due to an old token triggers one new login',
    changes: [
      {
        file: session,
        find: 'if (!parent || !isRefusal(error)) throw error',
        replace: 'if (!parent || (isTokentrayError(error) && error.ofNewToken)) throw error',
      },
    ],
    noticedBy: inCleared('is resolved by that login if permissions were granted'),
  },
  {
    promise: 'the refusal of a new token is taken at face value',
    changes: [
      {
        file: cleared,
        find: `      throwOfNewToken(error)
`,
        replace: `      throw error
`,
      },
    ],
    noticedBy: inCleared('causes one new login, and is then treated as final'),
  },
  {
    promise: 'a refusal that a login did not resolve triggers none for a minute',
    changes: [
      {
        file: cleared,
        find: `        this.#held = held
`,
        replace: '',
      },
    ],
    noticedBy: inCleared('causes no other login for a minute, and one after that'),
  },
  {
    promise: 'a refusal triggers a login again after a minute',
    changes: [
      {
        file: cleared,
        find: '(this.#lifetime?.remainingMs ?? 0) > 0',
        replace: 'this.#lifetime !== null',
      },
    ],
    noticedBy: inCleared('causes no other login for a minute, and one after that'),
  },
  {
    promise: 'http to an https port is reported, with the address',
    changes: [
      {
        file: httpClient,
        find: `      if (statusCode === 400 && requiresTls(url, body)) throw httpsRequired(url)
`,
        replace: '',
      },
    ],
    noticedBy: inHttpClientWaits(
      'is reported for http to an https port, with the address to enter:',
    ),
  },
  {
    promise: 'https to an http port is reported, with what to change',
    changes: [
      {
        file: httpFailure,
        find: '  if (NOT_TLS.test(detail)) {',
        replace: "  if (NOT_TLS.test('')) {",
      },
    ],
    noticedBy: inHttpClientWaits('is reported for https to an http port, with what to change'),
  },
]
