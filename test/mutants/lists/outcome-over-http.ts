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
    noticedBy: inFates('is what it waits for, why, when it is tried again and when it expires'),
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
    noticedBy: inFates('is what it waits for, why, when it is tried again and when it expires'),
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
    noticedBy: inFates('is what it waits for, why, when it is tried again and when it expires'),
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
    noticedBy: inFates('is what it waits for, why, when it is tried again and when it expires'),
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
    noticedBy: inFates('is what it waits for, why, when it is tried again and when it expires'),
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
    noticedBy: inFates('is what it waits for, why, when it is tried again and when it expires'),
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
    noticedBy: inFates('is what it waits for, why, when it is tried again and when it expires'),
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
    noticedBy: inFates('is why it waits, in the words of the first refusal'),
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
    noticedBy: inFates('promises no moment where it waits for a person'),
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
    noticedBy: inFates('promises no moment where it waits for a person'),
  },
  {
    promise: 'the status counts expired tokens that are still listed',
    changes: [{ file: views, find: 'expired: counts.expired }', replace: 'expired: 0 }' }],
    noticedBy: inFates('promises no moment where it waits for a person'),
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
    noticedBy: inFates('promises no moment where it waits for a person'),
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
    noticedBy: inFates('says for what a session is kept'),
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
    noticedBy: inFates('says that the service has not answered while it is being asked'),
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
      'is until when it is valid and why, with the lease, without it, and after a restart',
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
    noticedBy: inFates('is no end of its own where its service ends it with its lease'),
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
      'is until when it is valid and why, with the lease, without it, and after a restart',
    ),
  },
  {
    promise: 'the status counts tokens that stay valid until they expire',
    changes: [
      { file: views, find: 'until_expiry: counts.untilExpiry,', replace: 'until_expiry: 0,' },
    ],
    noticedBy: inFates(
      'is until when it is valid and why, with the lease, without it, and after a restart',
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
      'is until when it is valid and why, with the lease, without it, and after a restart',
    ),
  },
  {
    promise: 'the status counts tokens of the last run that stay valid',
    changes: [
      { file: views, find: 'until_expiry: recovery.untilExpiry,', replace: 'until_expiry: 0,' },
    ],
    noticedBy: inFates(
      'is until when it is valid and why, with the lease, without it, and after a restart',
    ),
  },
]
