import type { Mutant } from '../mutant.ts'

const views = 'main/loopback/schemas/views.ts'
const describe = 'main/broker/describe.ts'
const fates = 'main/broker/revocation/revocation-tracker.ts'
const inFates = (test: string) => ({ file: 'test/loopback/schemas/fates.test.ts', test })

/** The outcome of a token is reported over HTTP as it is everywhere else. */
export const outcomeOverHttp: readonly Mutant[] = [
  {
    promise: 'a pending revocation says what it waits for',
    changes: [
      {
        file: describe,
        find: "...(status.outcome === 'pending' && { waitsFor: status.waitsFor }),",
        replace: '',
      },
    ],
    noticedBy: inFates('has what it waits for, why, the next attempt and the expiry'),
  },
  {
    promise: 'a pending revocation says when it is retried',
    changes: [
      {
        file: describe,
        find: '...(retryAt !== undefined && { retryAt }),',
        replace: '',
      },
    ],
    noticedBy: inFates('has what it waits for, why, the next attempt and the expiry'),
  },
  {
    promise: 'a pending revocation says when the token expires',
    changes: [
      {
        file: describe,
        find: '...(status.endsAt !== null && { endsAt: status.endsAt }),',
        replace: '',
      },
    ],
    noticedBy: inFates('has what it waits for, why, the next attempt and the expiry'),
  },
  {
    promise: 'the status counts tokens that wait to be revoked',
    changes: [
      {
        file: views,
        find: '{ pending: counts.pending, until_expiry',
        replace: '{ pending: 0, until_expiry',
      },
    ],
    noticedBy: inFates('has what it waits for, why, the next attempt and the expiry'),
  },
  {
    promise: 'an account counts its tokens that wait to be revoked',
    changes: [
      {
        file: describe,
        find: `    ...(pending > 0 && { pending }),
`,
        replace: '',
      },
    ],
    noticedBy: inFates('has what it waits for, why, the next attempt and the expiry'),
  },
  {
    promise: 'a token that stays valid is listed with the tool that had it',
    changes: [
      {
        file: describe,
        find: '...(client !== undefined && { client: clients.nameOf(toClientId(client)) }),',
        replace: '',
      },
    ],
    noticedBy: inFates('has what it waits for, why, the next attempt and the expiry'),
  },
  {
    promise: 'a token that stays valid is listed only for its own account',
    changes: [
      {
        file: fates,
        find: 'accountUid === undefined ? ledger.all() : ledger.ofAccount(accountUid)',
        replace: 'ledger.all()',
      },
    ],
    noticedBy: inFates('has what it waits for, why, the next attempt and the expiry'),
  },
  {
    promise: 'a repeated refusal is reported as the first time',
    changes: [
      {
        file: 'main/broker/concurrency/backoff.ts',
        find: 'new TokentrayError(code, message, {',
        replace: "new TokentrayError(code, 'A moment ago', {",
      },
    ],
    noticedBy: inFates('has the message of the first refusal, however often it is requested'),
  },
  {
    promise: 'no retry is promised for a token that waits for the user',
    changes: [
      {
        file: fates,
        find: "...(retryAt !== null && waitsFor === 'service' && { retryAt: Math.floor(retryAt) }),",
        replace: '...(retryAt !== null && { retryAt: Math.floor(retryAt) }),',
      },
    ],
    noticedBy: inFates('has no next attempt if it waits for the user, and names the login'),
  },
  {
    promise: 'an expired token that is still listed is reported as such over HTTP',
    changes: [
      {
        file: describe,
        find: "...(status.outcome === 'pending' && status.isExpired && { expired: true as const }),",
        replace: '',
      },
    ],
    noticedBy: inFates('has no next attempt if it waits for the user, and names the login'),
  },
  {
    promise: 'the status counts expired tokens that are still listed',
    changes: [{ file: views, find: 'expired: counts.expired }', replace: 'expired: 0 }' }],
    noticedBy: inFates('has no next attempt if it waits for the user, and names the login'),
  },
  {
    promise: 'an account counts its expired tokens that are still listed',
    changes: [
      {
        file: describe,
        find: `    ...(expired > 0 && { expired }),
`,
        replace: '',
      },
    ],
    noticedBy: inFates('has no next attempt if it waits for the user, and names the login'),
  },
  {
    promise: 'a token needed to revoke others says how many it is kept for',
    changes: [
      {
        file: fates,
        find: `\`It is used to revoke \${tokens} first.\``,
        replace: "'It is used to revoke others first.'",
      },
    ],
    noticedBy: inFates('says why a session is retained'),
  },
  {
    promise: 'nothing is reported about a revocation in progress',
    changes: [
      {
        file: fates,
        find: "why: 'The service has not answered yet.'",
        replace: "why: 'The service cannot be reached.'",
      },
    ],
    noticedBy: inFates('says that the service has not answered while the request is in progress'),
  },
  {
    promise: 'a lease reports a token that outlives it',
    changes: [
      {
        file: describe,
        find: `    ...(outlives && { tokenEndsAt }),
`,
        replace: '',
      },
    ],
    noticedBy: inFates(
      'has its expiry and the reason, with the lease, without it, and after a restart',
    ),
  },
  {
    promise: 'a lease reports no remaining lifetime for a token that is revoked with it',
    changes: [
      {
        file: describe,
        find: 'tokenEndsAt !== null && !revoker.isRevocable(held)',
        replace: 'tokenEndsAt !== null',
      },
    ],
    noticedBy: inFates('has no expiry of its own if its service revokes it with its lease'),
  },
  {
    promise: 'a revocation that is impossible says so',
    changes: [
      {
        file: describe,
        find: "    ...(status && status.outcome !== 'ended' && describeStatus(status)),\n",
        replace: '',
      },
    ],
    noticedBy: inFates(
      'has its expiry and the reason, with the lease, without it, and after a restart',
    ),
  },
  {
    promise: 'the status counts tokens that stay valid until they expire',
    changes: [
      { file: views, find: 'until_expiry: counts.untilExpiry,', replace: 'until_expiry: 0,' },
    ],
    noticedBy: inFates(
      'has its expiry and the reason, with the lease, without it, and after a restart',
    ),
  },
  {
    promise: 'an account counts its tokens that stay valid until they expire',
    changes: [
      {
        file: describe,
        find: `    ...(untilExpiry > 0 && { untilExpiry }),
`,
        replace: '',
      },
    ],
    noticedBy: inFates(
      'has its expiry and the reason, with the lease, without it, and after a restart',
    ),
  },
  {
    promise: 'the status counts tokens of the last run that stay valid',
    changes: [
      { file: views, find: 'until_expiry: recovery.untilExpiry,', replace: 'until_expiry: 0,' },
    ],
    noticedBy: inFates(
      'has its expiry and the reason, with the lease, without it, and after a restart',
    ),
  },
]
