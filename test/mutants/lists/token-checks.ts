import type { Mutant } from '../mutant.ts'

const logins = 'main/broker/login/logins.ts'
const tokenChecks = 'main/broker/session/token-checks.ts'
const leaseOpener = 'main/broker/lease/lease-opener.ts'
const session = 'main/broker/session/session.ts'
const startupRecovery = 'main/broker/startup-recovery.ts'
const tokenAdmin = 'main/broker/token-admin/token-admin.ts'
const revoker = 'main/broker/revocation/revoker.ts'
const ledger = 'main/broker/ledger/ledger.ts'
const sftpgoProbe = 'main/providers/sftpgo/token-check.ts'
const inAfterLogin = (test: string) => ({ file: 'test/broker/session/after-login.test.ts', test })
const inOpening = (test: string) => ({ file: 'test/broker/startup-recovery.test.ts', test })
const inManaging = (test: string) => ({ file: 'test/broker/token-admin/token-admin.test.ts', test })
const inSessionChanges = (test: string) => ({
  file: 'test/broker/session/session-changes.test.ts',
  test,
})
const inLetGo = (test: string) => ({
  file: 'test/broker/revocation/released-sessions.test.ts',
  test,
})
const inSigningAgain = (test: string) => ({ file: 'test/broker/login/logins-again.test.ts', test })
const inSftpgo = (test: string) => ({ file: 'test/providers/sftpgo/sftpgo.test.ts', test })
const inSftpgoForbidden = (test: string) => ({
  file: 'test/providers/sftpgo/forbidden.test.ts',
  test,
})
const inSftpgoKeys = (test: string) => ({ file: 'test/providers/sftpgo/keys.test.ts', test })

/** An invalid token is never handed out again. */
export const tokenChecksMutants: readonly Mutant[] = [
  {
    promise: 'a login by the user marks every earlier token of the account as unchecked',
    changes: [
      {
        file: logins,
        find: `      session.tokenChecks.invalidate(ledger.tokensOf(uid))
`,
        replace: '',
      },
    ],
    noticedBy: inAfterLogin('does not get them again:'),
  },
  {
    promise: 'a token from before a login that cannot be checked is not reused',
    changes: [
      {
        file: tokenChecks,
        find: `    for (const held of tokens) this.#invalidated.add(held)
`,
        replace: '',
      },
    ],
    noticedBy: inAfterLogin('does not get them again:'),
  },
  {
    promise: 'the token of a login is not marked as unchecked by that login',
    changes: [
      {
        file: tokenChecks,
        find: `    this.#invalidated.delete(held)
`,
        replace: '',
      },
    ],
    noticedBy: inAfterLogin('keeps the token of the login itself'),
  },
  {
    promise: 'a lease on an unchecked token is not returned before a check',
    changes: [
      {
        file: leaseOpener,
        find: `    if (!session.tokenChecks.isValid(lease.held)) return null
`,
        replace: '',
      },
    ],
    noticedBy: inAfterLogin('does not get them again:'),
  },
  {
    promise: 'the token of a lease is checked before it is handed out again',
    changes: [
      {
        file: leaseOpener,
        find: 'if (await session.tokenChecks.check(current.held, driver)) return current',
        replace: 'return current',
      },
    ],
    noticedBy: inAfterLogin('does not get them again:'),
  },
  {
    promise: 'no lease stays open on a token that the service refused',
    changes: [
      {
        file: leaseOpener,
        find: `    this.#closeRejected(account)
`,
        replace: '',
      },
    ],
    noticedBy: inAfterLogin('finds no lease of any client on a refused token'),
  },
  {
    promise: 'a token is checked again after an unlock',
    changes: [
      {
        file: session,
        find: `    this.tokenChecks.markAllUnknown()
`,
        replace: '',
      },
    ],
    noticedBy: inAfterLogin('has tokens probed again after a lock'),
  },
  {
    promise: 'a token that failed its check is not handed out',
    changes: [{ file: tokenChecks, find: "return answer !== 'refused'", replace: 'return true' }],
    noticedBy: inAfterLogin('does not get them again:'),
  },
  {
    promise: 'no token is discarded because its service cannot be reached',
    changes: [
      {
        file: tokenChecks,
        find: ".catch(() => 'unknown' as const)",
        replace: ".catch(() => 'refused' as const)",
      },
    ],
    noticedBy: inAfterLogin('gets the existing token while it cannot be probed'),
  },
  {
    promise: 'a token recovered after a crash is checked before it is handed out',
    changes: [
      {
        file: startupRecovery,
        find: 'session.adopt(held, false)',
        replace: 'session.adopt(held, true)',
      },
    ],
    noticedBy: inOpening('reuses a session token that still works, without a login'),
  },
  {
    promise: 'a token that was to be revoked is not reused by the next run',
    changes: [
      {
        file: startupRecovery,
        find: `      if (ledger.isReleased(held)) continue
`,
        replace: '',
      },
    ],
    noticedBy: inLetGo('is not reused after two restarts'),
  },
  {
    promise: 'the decision to revoke a token is on disk before its service is called',
    changes: [
      {
        file: revoker,
        find: 'ledger.markReleased(item)',
        replace: '',
      },
    ],
    noticedBy: inLetGo('is not reused either if it is unknown whether it works'),
  },
  {
    promise: 'a session token reported as refused is not trusted by the next run',
    changes: [
      {
        file: session,
        find: `    this.#ports.ledger.markReleased(held)
`,
        replace: '',
      },
    ],
    noticedBy: inLetGo(
      'is not reused by the next run if it was refused and another client holds it too',
    ),
  },
  {
    promise: 'the decision to revoke a token survives two restarts',
    changes: [
      {
        file: ledger,
        find: "if (entry.kind !== 'plan' && entry.isLetGo) this.#released.add(entry.id)",
        replace: '',
      },
    ],
    noticedBy: inLetGo('is not reused after two restarts'),
  },
  {
    promise: "a token is checked over the account's current route",
    changes: [
      {
        file: tokenChecks,
        find: `isSameService(provider, held.values, values)
      ? withTransportOf(held.values, values)
      : held.values`,
        replace: 'held.values',
      },
    ],
    noticedBy: inAfterLogin(
      'has tokens probed with the current connection settings of the account',
    ),
  },
  {
    promise: 'a token is checked only at the service that issued it',
    changes: [
      {
        file: tokenChecks,
        find: `isSameService(provider, held.values, values)
      ? withTransportOf(held.values, values)
      : held.values`,
        replace: 'values',
      },
    ],
    noticedBy: inSigningAgain('never sends a token to an address other than its own ('),
  },
  {
    promise: 'a dedicated token stays with its client after the certificates were renewed',
    changes: [
      {
        file: leaseOpener,
        find: 'isDeepStrictEqual(withTransportOf(held.values, values), values)',
        replace: 'isDeepStrictEqual(held.values, values)',
      },
    ],
    noticedBy: inAfterLogin(
      'has tokens probed with the current connection settings of the account',
    ),
  },
  {
    promise: 'the token of a deleted SFTPGo user is invalid',
    changes: [
      {
        file: sftpgoProbe,
        find: "if (isServiceError(response, 401) || isServiceError(response, 404)) return 'refused'",
        replace: "if (isServiceError(response, 401)) return 'refused'",
      },
    ],
    noticedBy: inSftpgo('takes the token of a deleted user for refused, and can still revoke it'),
  },
  {
    promise: 'a 404 of a gateway says nothing about an SFTPGo token',
    changes: [
      {
        file: sftpgoProbe,
        find: 'isServiceError(response, 404)',
        replace: 'answer.status === 404',
      },
    ],
    noticedBy: inSftpgo('takes the token of a deleted user for refused, and can still revoke it'),
  },
  {
    promise: 'a ban by SFTPGo says nothing about the token',
    changes: [
      {
        file: sftpgoProbe,
        find: "if (why === 'rights') return 'accepted'",
        replace: "if (why === 'rights' || why === 'banned') return 'accepted'",
      },
    ],
    noticedBy: inSftpgoForbidden('says nothing about a valid token while the address is banned'),
  },
  {
    promise: 'an SFTPGo token that lacks one permission is still valid',
    changes: [
      {
        file: sftpgoProbe,
        find: `    if (why === 'rights') return 'accepted'
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoKeys('probes a key by its header'),
  },
  {
    promise:
      'an SFTPGo token is unusable once its account must change its password or set up two-factor authentication',
    changes: [
      {
        file: sftpgoProbe,
        find: `    if (why === 'password_change' || why === 'second_factor') return 'refused'
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden('takes a token for unusable by the error of the server:'),
  },
  {
    promise: 'an SFTPGo token that itself states such a requirement is unusable',
    changes: [
      {
        file: sftpgoProbe,
        find: `  if (!isApiKey(token) && requiredAction(token.value, values)) return 'refused'
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoForbidden('takes a token that says so itself for unusable, without a call'),
  },
  {
    promise: 'a deleted API key is invalid',
    changes: [
      {
        file: sftpgoProbe,
        find: `  if (isApiKey(token) && isServiceError(response, 400)) return 'refused'
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoKeys('probes a key by its header'),
  },
  {
    promise: 'a 400 says nothing about a session token',
    changes: [
      {
        file: sftpgoProbe,
        find: "if (isApiKey(token) && isServiceError(response, 400)) return 'refused'",
        replace: "if (isServiceError(response, 400)) return 'refused'",
      },
    ],
    noticedBy: inSftpgoKeys('does not take a 400 for an answer about a session token'),
  },
  {
    promise: 'a token revoked by its id is not handed out again, whichever session holds it',
    changes: [
      { file: tokenAdmin, find: '    if (session?.owns(held)) session.release()\n', replace: '' },
    ],
    noticedBy: inManaging('stops using it if it cannot be probed'),
  },
  {
    promise:
      'when one of several tokens is revoked by its id, every account of the service checks its own',
    changes: [
      {
        file: tokenAdmin,
        find: "    this.#markAllUnknown(account)\n    await this.#noteDone('revoke_token'",
        replace: "    await this.#noteDone('revoke_token'",
      },
    ],
    noticedBy: inManaging(
      'makes other accounts of the service probe their tokens if one of those may have been revoked',
    ),
  },
  {
    promise: 'a token refused while Tokentray was locked is not handed out after the unlock',
    changes: [
      {
        file: session,
        find: '    this.#lockedAway = null\n    // A lease may',
        replace: '    // A lease may',
      },
    ],
    noticedBy: inSessionChanges(
      'is not returned after an unlock if the refusal was found while locked',
    ),
  },
  {
    promise: 'the refusal of a token says nothing about its replacement',
    changes: [
      { file: session, find: 'parent: held }', replace: 'parent: held && this.#current }' },
    ],
    noticedBy: inSessionChanges('does not affect the token that has replaced it'),
  },
  {
    promise: "a token that a user's check finds refused is revoked and no longer listed",
    changes: [
      {
        file: tokenAdmin,
        find: "if (answer === 'refused') session.drop(held)",
        replace: "if (answer === 'refused') session.markRefused(held)",
      },
    ],
    noticedBy: inManaging('revokes the token it finds refused, unless a lease holds it'),
  },
]
