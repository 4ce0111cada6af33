import type { Mutant } from '../mutant.ts'

const glowmarktAnswers = 'main/providers/glowmarkt/answers.ts'
const glowmarkt = 'main/providers/glowmarkt/glowmarkt.ts'
const madeToken = 'main/providers/wire/received-token.ts'
const koyebAnswers = 'main/providers/koyeb/answers.ts'
const koyebPasswordWay = 'main/providers/koyeb/password-auth.ts'
const inGlowmarkt = (test: string) => ({ file: 'test/providers/glowmarkt/glowmarkt.test.ts', test })
const inGlowmarktRevocation = (test: string) => ({
  file: 'test/providers/glowmarkt/revocation.test.ts',
  test,
})
const inKoyebPassword = (test: string) => ({ file: 'test/providers/koyeb/password.test.ts', test })
const inSvixCreation = (test: string) => ({
  file: 'test/providers/svix/token-creation.test.ts',
  test,
})
const inKoyebSessions = (test: string) => ({ file: 'test/providers/koyeb/sessions.test.ts', test })

/** Refusals are recognized in each format that the services use, and no valid token is forgotten. */
export const glowmarktAndKoyeb: readonly Mutant[] = [
  {
    promise: 'a Glowmarkt token that is refused with 400 and an error leads to a new login',
    changes: [
      {
        file: glowmarktAnswers,
        find: ' ||\n    (response.status === 400 && isServiceError(response))',
        replace: '',
      },
    ],
    noticedBy: inGlowmarkt('recognises a refused token by'),
  },
  {
    promise: 'a Glowmarkt token reported as not valid leads to a new login',
    changes: [
      {
        file: glowmarktAnswers,
        find: '    isNotValid(response) ||\n',
        replace: '',
      },
    ],
    noticedBy: inGlowmarkt('recognises a refused token by'),
  },
  {
    promise: 'a Glowmarkt token reported as not valid with a 200 leads to a new login',
    changes: [
      {
        file: glowmarktAnswers,
        find: 'return isOneOf(response, 200, 400) && findObject',
        replace: 'return isOneOf(response, 400) && findObject',
      },
    ],
    noticedBy: inGlowmarkt('recognises a refused token by'),
  },
  {
    promise: 'a 400 that a new Glowmarkt token gets as well means a bad request, not a bad token',
    changes: [
      {
        file: glowmarkt,
        find: '    ofNewToken: new TokentrayError(',
        replace: '    cause: new TokentrayError(',
      },
    ],
    noticedBy: inGlowmarkt('recognises a refused token by'),
  },
  {
    promise: "an HTML page with status 400 is not Glowmarkt's answer about a token",
    changes: [
      {
        file: glowmarktAnswers,
        find: '  return ENVELOPES.some((name) => Object.hasOwn(words, name))',
        replace: '  return true || ENVELOPES',
      },
    ],
    noticedBy: inGlowmarkt('does not take a page with status 400 for a statement about a token'),
  },
  {
    promise: 'a Glowmarkt login refused with a 400 is a refused login',
    changes: [
      {
        file: glowmarkt,
        find: 'if (isDenied(response) || isNotValid(response)) throw loginRefused(values)',
        replace: 'if (isDenied(response)) throw loginRefused(values)',
      },
    ],
    noticedBy: inGlowmarkt('takes a 400 with valid: false for a refusal'),
  },
  {
    promise: 'a second log-out at Glowmarkt reported as not valid counts as done',
    changes: [
      {
        file: glowmarkt,
        find: "if (isDenied(response) || isNotValid(response)) return 'already_gone'",
        replace: "if (isDenied(response)) return 'already_gone'",
      },
    ],
    noticedBy: inGlowmarktRevocation('takes a second log-out for done if it is'),
  },
  {
    promise: 'a Glowmarkt log-out refused by a gateway does not count as done',
    changes: [
      {
        file: glowmarkt,
        find: `  if (response.status === 403) throw refusedStatus(hostOf(values), 403)
`,
        replace: '',
      },
    ],
    noticedBy: inGlowmarktRevocation('gives a token up only if the service itself says so'),
  },
  {
    promise: 'a new token with an unreadable expiry is revoked',
    changes: [
      {
        file: madeToken,
        find: '    const isRevoked = await revoke().then(',
        replace: '    const isRevoked = await Promise.resolve().then(',
      },
    ],
    noticedBy: inKoyebPassword('revokes a token at once if its expiry is unreadable or past'),
  },
  {
    promise: 'the token of an unusable link is revoked, and a failure to do so is reported',
    changes: [
      {
        file: madeToken,
        find: 'if (isRevoked || !isTokentrayError(error)) throw error',
        replace: 'throw error',
      },
    ],
    noticedBy: inSvixCreation('says so if the token of a link could not be revoked'),
  },
  {
    promise: 'a token that is expired on arrival is refused',
    changes: [
      {
        file: madeToken,
        find: `  if (expiresAt > clock.now()) return
`,
        replace: `  if (expiresAt !== clock.now()) return
`,
      },
    ],
    noticedBy: inGlowmarkt('refuses a token that has already expired, and hints at the clock'),
  },
  {
    promise: 'a Koyeb log-out with status 200 and a refusal in its body does not count as done',
    changes: [
      {
        file: koyebAnswers,
        find: 'return response.status === 200 && Object.keys(readObject(response)).length === 0',
        replace: 'return response.status === 200',
      },
    ],
    noticedBy: inKoyebSessions('takes a log-out for done only if the service reports nothing else'),
  },
  {
    promise: 'a missing Koyeb route does not mean that the token is revoked',
    changes: [
      {
        file: koyebPasswordWay,
        find: "return errorSourceOf(response) === 'service' ? 'already_gone' : 'not_supported'",
        replace: "return 'already_gone'",
      },
    ],
    noticedBy: inKoyebSessions(
      'reports that revocation is not supported if the route is gone, and keeps the token',
    ),
  },
  {
    promise: 'a Koyeb token of a locked account is kept for another attempt',
    changes: [
      {
        file: koyebPasswordWay,
        find: `  if (isServiceError(response, 403)) {
    throw`,
        replace: `  if (isServiceError(response, 403)) {
    if (response.status === 403) return 'already_gone'
    throw`,
      },
    ],
    noticedBy: inKoyebSessions('keeps the token of a locked account for another attempt'),
  },
  {
    promise: 'a Koyeb token is revoked if its refresh did not state an expiry',
    changes: [
      {
        file: koyebPasswordWay,
        find: `      const revocation = await revokeToken(value, values, context)
`,
        replace: `      const ended: string = 'revoked'
`,
      },
    ],
    noticedBy: inKoyebSessions('revokes a refreshed token without an expiry'),
  },
  {
    promise: 'a Koyeb login works although Koyeb does not say without a token which login it uses',
    changes: [
      {
        file: koyebPasswordWay,
        find: `  if (isServiceError(response, 401)) return
`,
        replace: '',
      },
    ],
    noticedBy: inKoyebPassword('logs in although the login method cannot be read without a token'),
  },
  {
    promise: 'a locked Koyeb account is not reported as one without password login',
    changes: [
      {
        file: koyebPasswordWay,
        find: `  if (status === 403 && saysLocked(response)) return lockedAccount(values)
`,
        replace: '',
      },
    ],
    noticedBy: inKoyebPassword(
      'reports a locked account as locked, not that the old login is gone',
    ),
  },
  {
    promise: "a page from a proxy is not Koyeb's answer",
    changes: [
      {
        file: koyebAnswers,
        find: `  if (typeof words?.['message'] !== 'string') return 'other'
`,
        replace: `  if (words === null) return 'service'
`,
      },
    ],
    noticedBy: inKoyebSessions('gives a token up only if the service itself says so'),
  },
  {
    promise: 'a Glowmarkt log-out refused as a bad request does not count as done',
    changes: [
      {
        file: glowmarkt,
        find: "if (isDenied(response) || isNotValid(response)) return 'already_gone'",
        replace: "if (isRefusedToken(response)) return 'already_gone'",
      },
    ],
    noticedBy: inGlowmarktRevocation('gives a token up only if the service itself says so'),
  },
]
