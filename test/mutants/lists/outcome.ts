import type { Mutant } from '../mutant.ts'

const revoker = 'main/broker/revocation/revoker.ts'
const startupRecovery = 'main/broker/startup-recovery.ts'
const fates = 'main/broker/revocation/revocation-tracker.ts'
const endingSessions = 'main/broker/revocation/revocation-credentials.ts'
const logins = 'main/broker/login/logins.ts'
const loginCommit = 'main/broker/login/login-commit.ts'
const telling = 'main/broker/revocation/call-driver.ts'
const samePlace = 'main/broker/service/same-service.ts'
const ledger = 'main/broker/ledger/ledger.ts'
const inFates = (test: string) => ({
  file: 'test/broker/revocation/revocation-tracker.test.ts',
  test,
})
const inOpening = (test: string) => ({ file: 'test/broker/startup-recovery.test.ts', test })
const inNamedLeases = (test: string) => ({ file: 'test/broker/lease/named-leases.test.ts', test })
const inListedKeys = (test: string) => ({
  file: 'test/broker/revocation/listed-keys.test.ts',
  test,
})

/** The outcome of a token is determined in one place, and never overstated. */
export const outcome: readonly Mutant[] = [
  {
    promise: 'an unrevocable token is not recorded as revoked',
    changes: [
      {
        file: revoker,
        find: "onEvent(item, { kind: 'left', why })",
        replace: "onEvent(item, { kind: 'revoked' })",
      },
    ],
    noticedBy: inFates('is not reported as revoked by the next run, however often it starts'),
  },
  {
    promise: 'an unrevocable token stays in the ledger until it expires',
    changes: [
      {
        file: revoker,
        find: `    changed()
    this.#write(item)
    this.#retryNeeded(item.accountUid)
    return 'until_expiry'`,
        replace: `    this.#remove(item)
    return 'until_expiry'`,
      },
    ],
    noticedBy: inFates('is not reported as revoked by the next run, however often it starts'),
  },
  {
    promise: 'startup recovery counts only tokens as revoked that a service has confirmed',
    changes: [
      {
        file: startupRecovery,
        find: "if (kind === 'revoked' || kind === 'expired') this.#ended[kind] += 1",
        replace: "this.#ended[kind === 'expired' ? 'expired' : 'revoked'] += 1",
      },
    ],
    noticedBy: inFates('is not reported as revoked by the next run, however often it starts'),
  },
  {
    promise: 'startup recovery counts tokens that stay valid until they expire',
    changes: [
      {
        file: startupRecovery,
        find: "if (status.outcome === 'until_expiry') counts.untilExpiry += 1",
        replace: "if (status.outcome === 'until_expiry') continue",
      },
    ],
    noticedBy: inFates('is not reported as revoked by the next run, however often it starts'),
  },
  {
    promise: 'startup recovery is not done while a token waits to be revoked',
    changes: [
      {
        file: startupRecovery,
        find: "counts.remaining === 0 ? 'done' : 'running'",
        replace: "'done'",
      },
    ],
    noticedBy: inOpening('retries across another restart while the service is down'),
  },
  {
    promise: 'a quit does not promise that the next start revokes an unrevocable token',
    changes: [
      {
        file: fates,
        find: "status?.outcome !== 'until_expiry' && survivesRestart(item)",
        replace: 'status !== null',
      },
    ],
    noticedBy: inFates('is not reported as revoked by the next run, however often it starts'),
  },
  {
    promise: 'after an outage the next run revokes with the credentials that are still valid',
    changes: [
      {
        file: endingSessions,
        find: 'const found = own ?? this.#retainedSession(item)',
        replace: 'const found = own',
      },
    ],
    noticedBy: inFates('is revoked by the next run with a session token that is still valid'),
  },
  {
    promise: 'a quit says that the next start revokes the tokens that it can',
    changes: [
      {
        file: endingSessions,
        find: "return mintsFrom === 'session' && this.#liveSessionToken(item) !== undefined",
        replace: 'return false',
      },
    ],
    noticedBy: inFates('is revoked by the next run with a session token that is still valid'),
  },
  {
    promise: "a session's token is revoked after the tokens that it revokes",
    changes: [
      {
        file: revoker,
        find: "return item.kind === 'credential' || this.#ports.credentials.isLastResort(item)",
        replace: 'return false',
      },
    ],
    noticedBy: inFates('keeps the session token for that, and drops it afterwards'),
  },
  {
    promise: "a session's token is revoked as soon as nothing needs it",
    changes: [
      {
        file: revoker,
        find: 'if (isNeeded && item.accountUid === accountUid && !this.#isNeeded(item)) {',
        replace: 'if (isNeeded && item.accountUid === accountUid && this.#isNeeded(item)) {',
      },
    ],
    noticedBy: inFates('keeps the session token for that, and drops it afterwards'),
  },
  {
    promise: 'tokens of a removed account are reported to have nothing left to revoke them',
    changes: [
      {
        file: endingSessions,
        find: `if (!account)
      return 'Its account was removed, together with the credential that could revoke it.'`,
        replace: 'if (!account) return null',
      },
    ],
    noticedBy: inFates('is valid until it expires, with the reason'),
  },
  {
    promise:
      'a token whose response was lost is not reported as revoked because its account is gone',
    changes: [
      {
        file: revoker,
        find: 'if (pending?.isRecheck || isOver) {',
        replace: 'if (!isToken(item) || isOver) {',
      },
    ],
    noticedBy: inFates('is not reported as revoked although the response was lost'),
  },
  {
    promise: "credentials kept for an account's revocations outlive its log-out",
    changes: [
      {
        file: logins,
        find: 'const kept = needing.length > 0 ? revocationCredentials.retain(account) : Promise.resolve()',
        replace: 'const kept = Promise.resolve()',
      },
    ],
    noticedBy: inNamedLeases(
      'is revoked with the credential that was kept for it if the service was down on logout',
    ),
  },
  {
    promise: 'leases that need a session are revoked before that session',
    changes: [
      {
        file: 'main/broker/revocation/revocation-order.ts',
        find: 'placed.filter(({ needsSession }) => needsSession)',
        replace: 'placed.filter(() => false)',
      },
    ],
    noticedBy: inNamedLeases('is revoked before that token on stop'),
  },
  {
    promise: 'an expired token that the service still lists is deleted there',
    changes: [
      {
        file: revoker,
        find: 'if (this.#staysListed(item) && !isLook) {',
        replace: 'if (this.#staysListed(item) && isLook) {',
      },
    ],
    noticedBy: inListedKeys('is removed when the service is back, however late'),
  },
  {
    promise: 'an expired token that is still listed is counted as such',
    changes: [
      {
        file: fates,
        find: '...(validity.remainingMs <= 0 && this.#staysListed(item) && { isExpired: true as const }),',
        replace: '',
      },
    ],
    noticedBy: inListedKeys('is removed when the service is back, however late'),
  },
  {
    promise: 'an expired token that is still listed does not count as waiting to be revoked',
    changes: [{ file: fates, find: 'else if (status.isExpired) counts.expired += 1', replace: '' }],
    noticedBy: inListedKeys('is removed when the service is back, however late'),
  },
  {
    promise: 'a quit does not report an expired token as valid',
    changes: [
      {
        file: fates,
        find: "if (status?.outcome === 'ended' || (status?.outcome === 'pending' && status.isExpired))\n        continue",
        replace: "if (status?.outcome === 'ended') continue",
      },
    ],
    noticedBy: inListedKeys('is removed when the service is back, however late'),
  },
  {
    promise: 'an expired token that is still listed waits for the login it needs',
    changes: [
      {
        file: revoker,
        find: `    if (pending && login) return this.#postpone(pending, login)
`,
        replace: '',
      },
    ],
    noticedBy: inListedKeys('waits for the next login if its account was logged out'),
  },
  {
    promise: 'a login by the user retries every revocation that waited for it',
    changes: [
      {
        file: loginCommit,
        find: `      revoker.retryAccount(uid)
`,
        replace: '',
      },
    ],
    noticedBy: inListedKeys('waits for the login of an administrator who needs a code'),
  },
  {
    promise: 'a token that can never be deleted at the service is recorded as given up',
    changes: [
      {
        file: revoker,
        find: "if (isOver) onEvent(item, { kind: 'given_up', why })",
        replace: "if (isOver) onEvent(item, { kind: 'expired' })",
      },
    ],
    noticedBy: inListedKeys('is dropped, and recorded as such, once its account is removed'),
  },
  {
    promise: 'a token that can no longer be deleted at the service is not waited for',
    changes: [
      {
        file: revoker,
        find: "if (this.tracker.isGivenUp(item)) void this.revoke(item, 'background')",
        replace: '',
      },
    ],
    noticedBy: inListedKeys('is dropped at its expiry if nothing could have revoked it before'),
  },
  {
    promise: "revocations use the account's current route to the service",
    changes: [
      {
        file: endingSessions,
        find: 'return present ? withTransportOf(item.values, present) : item.values',
        replace: 'return item.values',
      },
    ],
    noticedBy: inFates('use the current settings'),
  },
  {
    promise: "a token is revoked over the account's current route with the token alone",
    changes: [
      {
        file: telling,
        find: 'driver.revoke(item.token, credentials.reachableValues(item), context)',
        replace: 'driver.revoke(item.token, item.values, context)',
      },
    ],
    noticedBy: inFates('are done by the next run as well, with the token alone'),
  },
  {
    promise: 'an account with renewed certificates counts as unmoved',
    changes: [
      {
        file: samePlace,
        find: "{ place = ['url'], fields }: Provider,",
        replace: "{ place = ['url', 'caFile'], fields }: Provider,",
      },
    ],
    noticedBy: inFates('use the current settings'),
  },
  {
    promise: 'a login with renewed certificates closes no lease',
    changes: [
      {
        file: samePlace,
        find: "kind !== 'text' && !isTransport(name)",
        replace: "kind !== 'text'",
      },
    ],
    noticedBy: inFates('use the current settings'),
  },
  {
    promise: 'a token revoked by its name is no longer counted, although it is looked up once more',
    changes: [
      {
        file: fates,
        find: "if (pending) return pending.isRecheck ? { outcome: 'ended' } : this.#toStatus(pending)",
        replace: 'if (pending) return this.#toStatus(pending)',
      },
    ],
    noticedBy: inFates(
      'is no longer counted once it was revoked by its name, even if it is looked up again',
    ),
  },
  {
    promise: 'the next run knows which tokens were revoked by name',
    changes: [
      {
        file: ledger,
        find: 'await this.write(this.#insert({ ...plan, isEnded: true }))',
        replace: 'await this.write(this.#insert(plan))',
      },
    ],
    noticedBy: inFates(
      'is no longer counted once it was revoked by its name, even if it is looked up again',
    ),
  },
  {
    promise: 'a token is revoked if it cannot be recorded and so cannot be handed out',
    changes: [
      {
        file: 'main/broker/lease/token-minter.ts',
        find: '      await revoker.revoke(held)\n      throw error\n',
        replace: '      void revoker\n      throw error\n',
      },
    ],
    noticedBy: {
      file: 'test/broker/login/login-request.test.ts',
      test: 'leaves no valid token that was made with it and cannot be used',
    },
  },
]
