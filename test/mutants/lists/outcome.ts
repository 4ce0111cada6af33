import type { Mutant } from '../mutant.ts'

const revoker = 'main/broker/revocation/revoker.ts'
const startupRecovery = 'main/broker/startup-recovery.ts'
const fates = 'main/broker/revocation/fates.ts'
const endingSessions = 'main/broker/revocation/revocation-credentials.ts'
const logins = 'main/broker/login/logins.ts'
const loginCommit = 'main/broker/login/login-commit.ts'
const telling = 'main/broker/revocation/telling.ts'
const samePlace = 'main/broker/service/same-service.ts'
const ledger = 'main/broker/ledger/ledger.ts'
const inFates = (test: string) => ({ file: 'test/broker/revocation/fates.test.ts', test })
const inOpening = (test: string) => ({ file: 'test/broker/startup-recovery.test.ts', test })
const inNamedLeases = (test: string) => ({ file: 'test/broker/lease/named-leases.test.ts', test })
const inListedKeys = (test: string) => ({
  file: 'test/broker/revocation/listed-keys.test.ts',
  test,
})

/** What becomes of a token is known in one place, and never called more than it is. */
export const outcome: readonly Mutant[] = [
  {
    promise: 'what nothing can end is not recorded as revoked',
    changes: [
      {
        file: revoker,
        find: "told(item, { became: 'left', why })",
        replace: "told(item, { became: 'revoked' })",
      },
    ],
    noticedBy: inFates('is not reported as ended by the next run, however often it starts'),
  },
  {
    promise: 'what nothing can end stays on record until it expires',
    changes: [
      {
        file: revoker,
        find: `    changed()
    this.#write(item)
    this.#letGo(item.accountUid)
    return 'until_expiry'`,
        replace: `    this.#strike(item)
    return 'until_expiry'`,
      },
    ],
    noticedBy: inFates('is not reported as ended by the next run, however often it starts'),
  },
  {
    promise: 'the work-off counts as revoked what a service has confirmed, and nothing else',
    changes: [
      {
        file: startupRecovery,
        find: "if (became === 'revoked' || became === 'expired') this.#ended[became] += 1",
        replace: "this.#ended[became === 'expired' ? 'expired' : 'revoked'] += 1",
      },
    ],
    noticedBy: inFates('is not reported as ended by the next run, however often it starts'),
  },
  {
    promise: 'the work-off counts what stays valid until it expires',
    changes: [
      {
        file: startupRecovery,
        find: "if (fate.at === 'until_expiry') counts.untilExpiry += 1",
        replace: "if (fate.at === 'until_expiry') continue",
      },
    ],
    noticedBy: inFates('is not reported as ended by the next run, however often it starts'),
  },
  {
    promise: 'the work-off is not done while something waits to be revoked',
    changes: [
      {
        file: startupRecovery,
        find: "counts.remaining === 0 ? 'done' : 'running'",
        replace: "'done'",
      },
    ],
    noticedBy: inOpening('goes on trying over one more restart while the service is down'),
  },
  {
    promise: 'a quit does not promise that the next start ends what nothing can end',
    changes: [
      {
        file: fates,
        find: "fate?.at !== 'until_expiry' && outlasts(item)",
        replace: 'fate !== null',
      },
    ],
    noticedBy: inFates('is not reported as ended by the next run, however often it starts'),
  },
  {
    promise: 'what an outage has kept from ending is ended by the next run with what still lives',
    changes: [
      {
        file: endingSessions,
        find: 'const grip = own ?? this.#leftOf(item)',
        replace: 'const grip = own',
      },
    ],
    noticedBy: inFates('is ended by the next run with a session whose token still lives'),
  },
  {
    promise: 'a quit says that the next start goes on with what it can end',
    changes: [
      {
        file: endingSessions,
        find: "return mintsFrom === 'session' && this.#livingToken(item) !== undefined",
        replace: 'return false',
      },
    ],
    noticedBy: inFates('is ended by the next run with a session whose token still lives'),
  },
  {
    promise: 'the token of a session is ended after what is ended with it',
    changes: [
      {
        file: revoker,
        find: 'return this.fates.waiting().some(needs) && this.#ports.sessions.isOnlyWay(item)',
        replace: 'return false',
      },
    ],
    noticedBy: inFates('keeps the token of the session for that, and lets go of it afterwards'),
  },
  {
    promise: 'the token of a session is ended as soon as nothing needs it any more',
    changes: [
      {
        file: revoker,
        find: 'if (isNeeded && item.accountUid === accountUid && !this.#isNeeded(item)) {',
        replace: 'if (isNeeded && item.accountUid === accountUid && this.#isNeeded(item)) {',
      },
    ],
    noticedBy: inFates('keeps the token of the session for that, and lets go of it afterwards'),
  },
  {
    promise: 'the tokens of a removed account are said to have nothing left that revokes them',
    changes: [
      {
        file: endingSessions,
        find: "if (!account) return 'Its account was removed, and with it what revokes its tokens.'",
        replace: 'if (!account) return null',
      },
    ],
    noticedBy: inFates('is valid until it expires, with the reason'),
  },
  {
    promise: 'a token whose answer was lost is not called ended because its account is gone',
    changes: [
      {
        file: revoker,
        find: 'if (waiting?.isLook || isOver) {',
        replace: 'if (!isToken(item) || isOver) {',
      },
    ],
    noticedBy: inFates('is not called ended though its answer was lost'),
  },
  {
    promise: 'what was kept for the endings of an account outlives its log-out',
    changes: [
      {
        file: logins,
        find: 'const kept = needing.length > 0 ? sessions.keep(account) : Promise.resolve()',
        replace: 'const kept = Promise.resolve()',
      },
    ],
    noticedBy: inNamedLeases(
      'is ended with what was kept for it when the service was down at log-out',
    ),
  },
  {
    promise: 'leases that take a session are ended before that session',
    changes: [
      {
        file: 'main/broker/revocation/revocation-order.ts',
        find: 'placed.filter(({ needsSession }) => needsSession)',
        replace: 'placed.filter(() => false)',
      },
    ],
    noticedBy: inNamedLeases('goes before that token at a stop'),
  },
  {
    promise: 'what a service keeps on its list is taken off after its end as well',
    changes: [
      {
        file: revoker,
        find: 'if (this.#staysListed(item) && !isLook) {',
        replace: 'if (this.#staysListed(item) && isLook) {',
      },
    ],
    noticedBy: inListedKeys('is taken off when the service is back, however late'),
  },
  {
    promise: 'what has expired and is only listed is counted as that',
    changes: [
      {
        file: fates,
        find: '...(validity.remainingMs <= 0 && this.#staysListed(item) && { isExpired: true as const }),',
        replace: '',
      },
    ],
    noticedBy: inListedKeys('is taken off when the service is back, however late'),
  },
  {
    promise: 'what has expired and is only listed is not counted as waiting to be revoked',
    changes: [{ file: fates, find: 'else if (fate.isExpired) counts.expired += 1', replace: '' }],
    noticedBy: inListedKeys('is taken off when the service is back, however late'),
  },
  {
    promise: 'a quit does not call valid what has expired',
    changes: [
      {
        file: fates,
        find: "if (fate?.at === 'ended' || (fate?.at === 'pending' && fate.isExpired)) continue",
        replace: "if (fate?.at === 'ended') continue",
      },
    ],
    noticedBy: inListedKeys('is taken off when the service is back, however late'),
  },
  {
    promise: 'what has expired and is only listed waits for the login that it takes',
    changes: [
      {
        file: revoker,
        find: `    if (waiting && login) return this.#postpone(waiting, login)
`,
        replace: '',
      },
    ],
    noticedBy: inListedKeys('waits for the next login where its account was logged out'),
  },
  {
    promise: 'a login by a person has everything tried again that waited for it',
    changes: [
      {
        file: loginCommit,
        find: `      revoker.tryAgain(uid)
`,
        replace: '',
      },
    ],
    noticedBy: inListedKeys('waits for the login of an administrator who needs a code'),
  },
  {
    promise: 'what stays on the list of a service for good is recorded as given up',
    changes: [
      {
        file: revoker,
        find: "if (isOver) told(item, { became: 'given_up', why })",
        replace: "if (isOver) told(item, { became: 'expired' })",
      },
    ],
    noticedBy: inListedKeys('is given up, and recorded as that, once its account is removed'),
  },
  {
    promise: 'what can no longer be taken off a list is not waited for any more',
    changes: [
      {
        file: revoker,
        find: "if (this.fates.isLeft(item)) void this.end(item, 'program')",
        replace: '',
      },
    ],
    noticedBy: inListedKeys('is given up at its end where nothing could end it before'),
  },
  {
    promise: 'endings take the way to their service that the account has now',
    changes: [
      {
        file: endingSessions,
        find: 'return present ? reachedAs(item.values, present) : item.values',
        replace: 'return item.values',
      },
    ],
    noticedBy: inFates('go on over the way that it has now'),
  },
  {
    promise: 'a token is ended over the way that the account has now, with the token alone',
    changes: [{ file: telling, find: 'sessions.reach(item)', replace: 'item.values' }],
    noticedBy: inFates('are done by the next run as well, and with the token alone'),
  },
  {
    promise: 'an account is in the same place after its certificates were renewed',
    changes: [
      {
        file: samePlace,
        find: "{ place = ['url'], fields }: Provider,",
        replace: "{ place = ['url', 'caFile'], fields }: Provider,",
      },
    ],
    noticedBy: inFates('go on over the way that it has now'),
  },
  {
    promise: 'a login with renewed certificates ends no lease',
    changes: [
      {
        file: samePlace,
        find: "kind !== 'text' && !isTransport(name)",
        replace: "kind !== 'text'",
      },
    ],
    noticedBy: inFates('go on over the way that it has now'),
  },
  {
    promise:
      'a token that was ended by its name counts no longer, though it is looked for once more',
    changes: [
      {
        file: fates,
        find: "if (waiting) return waiting.isLook ? { at: 'ended' } : this.#pendingOf(waiting)",
        replace: 'if (waiting) return this.#pendingOf(waiting)',
      },
    ],
    noticedBy: inFates('counts no longer once it was ended by its name'),
  },
  {
    promise: 'the next run knows what was ended by its name',
    changes: [
      {
        file: ledger,
        find: 'await this.write(this.#list({ ...plan, isEnded: true }))',
        replace: 'await this.write(this.#list(plan))',
      },
    ],
    noticedBy: inFates('counts no longer once it was ended by its name'),
  },
  {
    promise: 'a token that cannot be given to anybody because nothing can be stored is ended',
    changes: [
      {
        file: 'main/broker/lease/token-minter.ts',
        find: '      await revoker.end(held)\n      throw error\n',
        replace: '      void revoker\n      throw error\n',
      },
    ],
    noticedBy: {
      file: 'test/broker/login/login-request.test.ts',
      test: 'leaves no token alive that was made with it and cannot be given to anybody',
    },
  },
]
