import type { Mutant } from '../mutant.ts'

const endable = 'main/broker/revocation/call-driver.ts'
const sftpgo = 'main/providers/sftpgo/sftpgo.ts'
const endingSessions = 'main/broker/revocation/revocation-credentials.ts'
const telling = 'main/broker/revocation/call-driver.ts'
const endingsTs = 'main/broker/revocation/revoker.ts'
const startupRecovery = 'main/broker/startup-recovery.ts'
const sessionTokens = 'main/broker/token-admin/session-tokens.ts'
const sftpgoKeys = 'main/providers/sftpgo/keys.ts'
const sftpgoKeyCalls = 'main/providers/sftpgo/key-calls.ts'
const svix = 'main/providers/svix/svix.ts'
const svixLogOut = 'main/providers/svix/logout.ts'
const inFates = (test: string) => ({
  file: 'test/broker/revocation/revocation-tracker.test.ts',
  test,
})
const inTold = (test: string) => ({ file: 'test/loopback/management/told.test.ts', test })
const inNamedLeases = (test: string) => ({ file: 'test/broker/lease/named-leases.test.ts', test })
const inEndings = (test: string) => ({ file: 'test/broker/revocation/revoker.test.ts', test })
const inSessionTokens = (test: string) => ({
  file: 'test/broker/token-admin/session-tokens.test.ts',
  test,
})
const inSftpgoKeyEndings = (test: string) => ({
  file: 'test/providers/sftpgo/key-revocation.test.ts',
  test,
})
const inSftpgoTrial = (test: string) => ({ file: 'test/providers/sftpgo/trial.test.ts', test })
const inSftpgoKeys = (test: string) => ({ file: 'test/providers/sftpgo/keys.test.ts', test })
const inSvixRevocation = (test: string) => ({
  file: 'test/providers/svix/revocation.test.ts',
  test,
})
const inSvixGenerations = (test: string) => ({
  file: 'test/providers/svix/generations.test.ts',
  test,
})

/** Exactly the right tokens are revoked at their services, and retried until that is confirmed. */
export const revocation: readonly Mutant[] = [
  {
    promise: 'a reservation has no outcome apart from that of its token',
    changes: [
      { file: 'main/broker/ledger/ledger.ts', find: '    this.#unindex(plan)\n', replace: '' },
    ],
    noticedBy: inNamedLeases(
      'leaves no plan behind if its token cannot be recorded, and revokes that token',
    ),
  },
  {
    promise: 'a reservation is removed from disk with the entry of the token that replaces it',
    changes: [
      {
        file: 'main/broker/ledger/ledger.ts',
        find: '    this.#replaced.set(held.id, plan.id)\n',
        replace: '',
      },
    ],
    noticedBy: inNamedLeases(
      'reports one status to every caller while its token can be neither recorded nor revoked',
    ),
  },
  {
    promise: 'a token that only a session can revoke is not reported as revocable by itself',
    changes: [
      {
        file: endable,
        find: 'return !(driver.revokesOnlySessions && needsSession(item, driver))',
        replace: 'return true',
      },
    ],
    noticedBy: inFates('is valid until it expires, with the reason'),
  },
  {
    promise: 'an API key whose lease was closed while SFTPGo was down is deleted later',
    changes: [
      {
        file: sftpgo,
        find: `  listsExpired: true,
`,
        replace: '',
      },
    ],
    noticedBy: inTold('is deleted from the list of the server when it is available again'),
  },
  {
    promise: 'credentials for revocation are sent only to the service that issued the token',
    changes: [
      {
        file: endingSessions,
        find: 'return provider !== undefined && isSameService(provider, made, values)',
        replace: 'return provider !== undefined',
      },
    ],
    noticedBy: inFates('its account has another address'),
  },
  {
    promise: 'a lease is revoked with its token alone if the credential is refused',
    changes: [
      {
        file: telling,
        find: `    return credentials.loginErrorFor(item)
`,
        replace: `    throw error
`,
      },
    ],
    noticedBy: inNamedLeases('is revoked with its own token if the credential no longer works'),
  },
  {
    promise: 'revoking a lease costs one login if its session was revoked elsewhere',
    changes: [
      {
        file: telling,
        find: `    revocationSession.markRefused()
`,
        replace: '',
      },
    ],
    noticedBy: inNamedLeases('costs one login if that token was revoked elsewhere'),
  },
  {
    promise: 'a token is removed from the ledger only once its revocation is confirmed',
    changes: [
      {
        file: endingsTs,
        find: `    if (answer === 'not_supported') return this.#giveUp(item)
`,
        replace: '',
      },
    ],
    noticedBy: inEndings('does the same if the service answers that it cannot'),
  },
  {
    promise: 'a reserved token whose request may still be in progress is looked up once more',
    changes: [
      {
        file: endingsTs,
        find: "if (item.kind !== 'plan' || ageMs >= RESERVATION_SETTLES_MS) this.#remove(item)",
        replace: 'if (ageMs >= 0) this.#remove(item)',
      },
    ],
    noticedBy: inNamedLeases('is revoked by its id if the response with its token was lost'),
  },
  {
    promise: 'a recovered session token counts as possibly held by a tool',
    changes: [
      {
        file: startupRecovery,
        find: `      markIssued(held)
`,
        replace: '',
      },
    ],
    noticedBy: inSessionTokens(
      'is listed if it was reused after a crash, and is revoked with all others',
    ),
  },
  {
    promise: 'revoking all tokens revokes sessions that tools may hold',
    changes: [
      {
        file: sessionTokens,
        find: 'mayBeIssued ? [held] : []',
        replace: 'mayBeIssued && leases.length > 0 ? [held] : []',
      },
    ],
    noticedBy: inSessionTokens(
      'is revoked with all others if it was issued, even after its lease is closed',
    ),
  },
  {
    promise: 'revoking all tokens keeps a session that no tool has',
    changes: [
      {
        file: sessionTokens,
        find: '({ held, mayBeIssued }) => (mayBeIssued ? [held] : [])',
        replace: '({ held }) => [held]',
      },
    ],
    noticedBy: inSessionTokens(
      'is listed after a login, and stays valid when all issued tokens are revoked',
    ),
  },
  {
    promise: 'a session with an open lease is not listed twice',
    changes: [{ file: sessionTokens, find: '!leases.isHeld(held) && revoker', replace: 'revoker' }],
    noticedBy: inSessionTokens(
      'is revoked with all others if it was issued, even after its lease is closed',
    ),
  },
  {
    promise: "the key of a lease whose response was lost is found by the lease's name",
    changes: [
      {
        file: sftpgoKeys,
        find: `    if (key.name !== name) continue
`,
        replace: `    if (key.id !== name) continue
`,
      },
    ],
    noticedBy: inSftpgoKeyEndings(
      'deletes the key of a lease whose response was lost, by the id of the lease',
    ),
  },
  {
    promise: "only the lease's own key is deleted",
    changes: [
      {
        file: sftpgoKeys,
        find: `    if (key.name !== name) continue
`,
        replace: '',
      },
    ],
    noticedBy: inSftpgoTrial(
      'leaves nothing if a response was lost, and looks only for its own key',
    ),
  },
  {
    promise: 'no key counts as gone while the service still lists it',
    changes: [
      {
        file: sftpgoKeyCalls,
        find: `  if (!listed.some((key) => key.id === id)) return { ending: 'already_gone', listed }
`,
        replace: `  if (listed.length >= 0) return { ending: 'already_gone', listed }
`,
      },
    ],
    noticedBy: inSftpgoKeyEndings(
      'does not give up a key that is still listed, whatever the response to its deletion',
    ),
  },
  {
    promise: 'a 400 from SFTPGo to deleting a key is verified against its list',
    changes: [
      {
        file: sftpgoKeyCalls,
        find: 'if (!isServiceError(response, 404) && !isServiceError(response, 400)) {',
        replace: 'if (!isServiceError(response, 404)) {',
      },
    ],
    noticedBy: inSftpgoKeyEndings('checks the list too if only the id is reported as invalid'),
  },
  {
    promise: 'a key that may exist is never reported as not created',
    changes: [
      {
        file: sftpgoKeys,
        find: `    throw withoutDenial(error)
`,
        replace: `    throw error
`,
      },
    ],
    noticedBy: inSftpgoKeys('never says that no key was created if one may exist'),
  },
  {
    promise: 'a Svix lease revokes its own session, and no customer’s',
    changes: [
      { file: svix, find: '{ expiry: 0, sessionIds: [leaseId] }', replace: '{ expiry: 0 }' },
    ],
    noticedBy: inSvixRevocation(
      'ends exactly the session of the lease, with the key, and no customer’s',
    ),
  },
  {
    promise: 'no session id is sent to a Svix server that may not support them',
    changes: [
      {
        file: svix,
        find: "const supportsSessionIds = ({ sessions }: FormValues) => sessions === 'yes'",
        replace: "const supportsSessionIds = ({ sessions }: FormValues) => sessions !== ''",
      },
    ],
    noticedBy: inSvixGenerations(
      'revokes a token of an old server with itself, without naming a session',
    ),
  },
  {
    promise: 'a Svix token revokes itself if its application was deleted',
    changes: [
      {
        file: svix,
        find: `    if (token && isMissing(response)) return logOut(token.value, session.values, context)
`,
        replace: '',
      },
    ],
    noticedBy: inSvixRevocation('has the token revoke itself if the application is gone'),
  },
  {
    promise: 'a Svix server that can no longer revoke tokens is believed',
    changes: [
      {
        file: svixLogOut,
        find: `  if (response.status === 501 && isServiceError(response)) return 'not_supported'
`,
        replace: '',
      },
    ],
    noticedBy: inSvixRevocation('reports a server that can no longer revoke tokens'),
  },
  {
    promise: 'many refused revocations cost few logins',
    changes: [{ file: endingSessions, find: '        this.#refusals.count(uid)\n', replace: '' }],
    noticedBy: {
      file: 'test/broker/revocation/revocation-credentials.test.ts',
      test: 'costs few logins if the revocation of many leases is refused at once',
    },
  },
  {
    promise: 'a token that a crashed run may have given a tool is revoked with the tool',
    changes: [
      {
        file: 'main/broker/lease/leases.ts',
        find: 'return to === null || to?.has(client) === true',
        replace: 'return to?.has(client) === true',
      },
    ],
    noticedBy: {
      file: 'test/broker/token-admin/session-tokens.test.ts',
      test: 'that a tool may have from a run that crashed is revoked when the tool is',
    },
  },
  {
    promise: 'a token that a tool has after its lease is revoked with the tool',
    changes: [
      {
        file: 'main/broker/lease/leases.ts',
        find: 'else to?.add(client)',
        replace: '',
      },
    ],
    noticedBy: {
      file: 'test/broker/token-admin/session-tokens.test.ts',
      test: 'that a tool has after its lease has expired is revoked with the tool, unless another uses it',
    },
  },
]
