import type { Mutant } from '../mutant.ts'

const session = 'main/broker/session/session.ts'
const tokenMinter = 'main/broker/lease/token-minter.ts'
const standing = 'main/broker/session/auth-state.ts'
const renewal = 'main/broker/session/renewal.ts'
const logins = 'main/broker/login/logins.ts'
const inLeaseOpening = (test: string) => ({ file: 'test/broker/lease/lease-opener.test.ts', test })
const inSigningAgain = (test: string) => ({ file: 'test/broker/login/logins-again.test.ts', test })

/** When a service refuses the tokens it has just issued, no more are issued, and the reason is given. */
export const rejectedTokens: readonly Mutant[] = [
  {
    promise: 'after a refusal the next token for a lease is checked before it is handed out',
    changes: [
      {
        file: session,
        find: `    if (held.kind === 'lease') this.tokenChecks.markSuspicious()
`,
        replace: '',
      },
    ],
    noticedBy: inLeaseOpening(
      'is not minted again and again at a service that refuses each new token',
    ),
  },
  {
    promise: 'after two refused tokens in a row no more are issued',
    changes: [
      {
        file: tokenMinter,
        find: `        return await session.diagnoseRefusals()
`,
        replace: `        return null
`,
      },
    ],
    noticedBy: inLeaseOpening(
      'is not minted again and again at a service that refuses each new token',
    ),
  },
  {
    promise: 'a token refused on arrival is revoked',
    changes: [
      {
        file: tokenMinter,
        find: `        await revoker.revoke(held, 'background')
`,
        replace: '',
      },
    ],
    noticedBy: inLeaseOpening(
      'is not minted again and again at a service that refuses each new token',
    ),
  },
  {
    promise: 'an account with unusable tokens is not reported as logged in',
    changes: [
      {
        file: standing,
        find: `    this.#unusableReason = reason
    this.requireLogin(reason)
`,
        replace: `    this.#unusableReason = reason
`,
      },
    ],
    noticedBy: inLeaseOpening(
      'is not minted again and again at a service that refuses each new token',
    ),
  },
  {
    promise: 'no credential is read during the commit of a login, which may change it',
    changes: [{ file: standing, find: '    await this.#changes.settled()\n', replace: '' }],
    noticedBy: {
      file: 'test/broker/session/session-changes.test.ts',
      test: 'waits for the previous one, and delays reads of the credential, even if it fails',
    },
  },
  {
    promise: 'no token is issued while issued tokens are unusable',
    changes: [
      {
        file: session,
        find: `    if (purpose === 'token') authState.requireUsable()
`,
        replace: '',
      },
    ],
    noticedBy: inLeaseOpening(
      'is not minted again and again with a session that still works either',
    ),
  },
  {
    promise: 'the result of a login after refusals is what is reported',
    changes: [
      {
        file: session,
        find: `        throw authState.markUnusable(toTokentrayError(error.cause))
`,
        replace: `        throw error
`,
      },
    ],
    noticedBy: inLeaseOpening('is not minted after such a login, and its error is reported'),
  },
  {
    promise: 'a login by the user makes an account usable again',
    changes: [
      {
        file: standing,
        find: `    this.#unusableReason = null
    this.#isSignedOut = false
`,
        replace: `    this.#isSignedOut = false
`,
      },
    ],
    noticedBy: inLeaseOpening('is minted again after the user logs in'),
  },
  {
    promise: 'a login that finds out why tokens are refused marks earlier tokens as unchecked',
    changes: [
      {
        file: renewal,
        find: `const isEntered = ([name]: readonly [string, string]) =>
      fields.some((field) => field.name === name)`,
        replace:
          "const isEntered = ([name]: readonly [string, string]) => name !== '' || fields.length === 0",
      },
    ],
    noticedBy: inLeaseOpening('triggers a login that uses no cached results'),
  },
  {
    promise: "a login refused because of the account's state is reported to tools as well",
    changes: [
      {
        file: logins,
        find: `          session.markUnusable(error)
`,
        replace: '',
      },
    ],
    noticedBy: inSigningAgain(
      'reports the same refusal to tools if the service refuses the account itself',
    ),
  },
  {
    promise: 'a login refused because of what was entered leaves the account unchanged',
    changes: [
      {
        file: logins,
        find: "isSame && isTokentrayError(error) && error.code === 'not_supported'",
        replace: 'isTokentrayError(error)',
      },
    ],
    noticedBy: inSigningAgain('changes nothing if the entered values are refused ('),
  },
]
