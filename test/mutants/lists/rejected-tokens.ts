import type { Mutant } from '../mutant.ts'

const session = 'main/broker/session/session.ts'
const tokenMinter = 'main/broker/lease/token-minter.ts'
const standing = 'main/broker/session/auth-state.ts'
const renewal = 'main/broker/session/renewal.ts'
const logins = 'main/broker/login/logins.ts'
const inLeaseOpening = (test: string) => ({ file: 'test/broker/lease/lease-opener.test.ts', test })
const inSigningAgain = (test: string) => ({ file: 'test/broker/login/logins-again.test.ts', test })

/** Where a service refuses what it has just made, no more is made, and it is said why. */
export const rejectedTokens: readonly Mutant[] = [
  {
    promise: 'after a refusal the next token for a lease is tried out before it leaves',
    changes: [
      {
        file: session,
        find: `    if (held.kind === 'lease') this.tokenChecks.suspect()
`,
        replace: '',
      },
    ],
    noticedBy: inLeaseOpening(
      'is not made for ever at a service that refuses what it has just made',
    ),
  },
  {
    promise: 'two refused tokens in a row end the making of more',
    changes: [
      {
        file: tokenMinter,
        find: `        return await session.explainRefusals()
`,
        replace: `        return null
`,
      },
    ],
    noticedBy: inLeaseOpening(
      'is not made for ever at a service that refuses what it has just made',
    ),
  },
  {
    promise: 'a token that is refused as it comes is ended',
    changes: [
      {
        file: tokenMinter,
        find: `        await revoker.end(held, 'program')
`,
        replace: '',
      },
    ],
    noticedBy: inLeaseOpening(
      'is not made for ever at a service that refuses what it has just made',
    ),
  },
  {
    promise: 'an account whose tokens are of no use is not called logged in',
    changes: [
      {
        file: standing,
        find: `    this.#uselessness = reason
    this.requireLogin(reason)
`,
        replace: `    this.#uselessness = reason
`,
      },
    ],
    noticedBy: inLeaseOpening(
      'is not made for ever at a service that refuses what it has just made',
    ),
  },
  {
    promise: 'no credential is read while a login is being kept, which changes what it is for',
    changes: [{ file: standing, find: '    await this.#changes.settled()\n', replace: '' }],
    noticedBy: {
      file: 'test/broker/session/session-changes.test.ts',
      test: 'comes after the one before, and before what reads the credential, also where it fails',
    },
  },
  {
    promise: 'no token is made while what is made is of no use',
    changes: [
      {
        file: session,
        find: `    if (purpose === 'token') standing.requireUse()
`,
        replace: '',
      },
    ],
    noticedBy: inLeaseOpening('is not made for ever with a session that is still good either'),
  },
  {
    promise: 'what a login finds out after refusals is what is said',
    changes: [
      {
        file: session,
        find: `        throw standing.giveUp(toTokentrayError(error.cause))
`,
        replace: `        throw error
`,
      },
    ],
    noticedBy: inLeaseOpening('makes none after it, with what the login found out'),
  },
  {
    promise: 'a login by a person makes an account of use again',
    changes: [
      {
        file: standing,
        find: `    this.#uselessness = null
    this.#isOut = false
`,
        replace: `    this.#isOut = false
`,
      },
    ],
    noticedBy: inLeaseOpening('makes tokens again after a login by a person'),
  },
  {
    promise: 'a login that finds out why tokens are refused believes nothing of before',
    changes: [
      {
        file: renewal,
        find: `const isEntered = ([name]: readonly [string, string]) =>
      fields.some((field) => field.name === name)`,
        replace:
          "const isEntered = ([name]: readonly [string, string]) => name !== '' || fields.length === 0",
      },
    ],
    noticedBy: inLeaseOpening('asks a login that believes nothing that was found out before'),
  },
  {
    promise: 'a login that is refused for what the account is tells tools the same',
    changes: [
      {
        file: logins,
        find: `          session.giveUp(error)
`,
        replace: '',
      },
    ],
    noticedBy: inSigningAgain(
      'that the service refuses for what the account is tells tools the same',
    ),
  },
  {
    promise: 'a login that is refused for what was entered leaves the account as it was',
    changes: [
      {
        file: logins,
        find: "isSame && isTokentrayError(error) && error.code === 'not_supported'",
        replace: 'isTokentrayError(error)',
      },
    ],
    noticedBy: inSigningAgain('that is refused for what was entered changes nothing'),
  },
]
