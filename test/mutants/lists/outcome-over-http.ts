import type { Mutant } from '../mutant.ts'

const views = 'main/loopback/schemas/views.ts'
const fates = 'main/broker/revocation/fates.ts'
const fate = 'main/broker/revocation/fate.ts'
const inFates = (test: string) => ({ file: 'test/loopback/schemas/fates.test.ts', test })

/** What becomes of a token is said in the same ways over HTTP as everywhere. */
export const outcomeOverHttp: readonly Mutant[] = [
  {
    promise: 'an end that has not happened yet says what it waits for',
    changes: [
      {
        file: views,
        find: "...(fate.at === 'pending' && { waits_for: fate.waitsFor }),",
        replace: '',
      },
    ],
    noticedBy: inFates('is what it waits for, why, when it is tried again and when it expires'),
  },
  {
    promise: 'an end that has not happened yet says when it is tried again',
    changes: [
      {
        file: views,
        find: '...(retryAt !== undefined && { retry_at: toSeconds(retryAt) }),',
        replace: '',
      },
    ],
    noticedBy: inFates('is what it waits for, why, when it is tried again and when it expires'),
  },
  {
    promise: 'an end that has not happened yet says when the token expires',
    changes: [
      {
        file: views,
        find: '...(fate.endsAt !== null && { ends_at: toSeconds(fate.endsAt) }),',
        replace: '',
      },
    ],
    noticedBy: inFates('is what it waits for, why, when it is tried again and when it expires'),
  },
  {
    promise: 'the status counts what waits to be revoked',
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
    promise: 'an account counts what of it waits to be revoked',
    changes: [
      {
        file: views,
        find: `    ...(pending > 0 && { pending }),
`,
        replace: '',
      },
    ],
    noticedBy: inFates('is what it waits for, why, when it is tried again and when it expires'),
  },
  {
    promise: 'what lives on is told with the tool that had it',
    changes: [
      {
        file: views,
        find: '...(client !== undefined && { client: clients.nameOf(toClientId(client)) }),',
        replace: '',
      },
    ],
    noticedBy: inFates('is what it waits for, why, when it is tried again and when it expires'),
  },
  {
    promise: 'what lives on of one account is told of no other',
    changes: [
      {
        file: fates,
        find: 'accountUid === undefined ? ledger.all() : ledger.of(accountUid)',
        replace: 'ledger.all()',
      },
    ],
    noticedBy: inFates('is what it waits for, why, when it is tried again and when it expires'),
  },
  {
    promise: 'a refusal that is repeated is said as it was said first',
    changes: [
      {
        file: fate,
        find: 'isTokentrayError(cause) && cause.code === code ? cause : error',
        replace: 'error',
      },
    ],
    noticedBy: inFates('is why it waits, in the words of the first refusal'),
  },
  {
    promise: 'no try is promised where a token waits for a person',
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
    promise: 'what has expired and is only listed is told as that over HTTP',
    changes: [
      {
        file: views,
        find: "...(fate.at === 'pending' && fate.isExpired && { expired: true }),",
        replace: '',
      },
    ],
    noticedBy: inFates('promises no moment where it waits for a person'),
  },
  {
    promise: 'the status counts what has expired and is only listed',
    changes: [{ file: views, find: 'expired: counts.expired }', replace: 'expired: 0 }' }],
    noticedBy: inFates('promises no moment where it waits for a person'),
  },
  {
    promise: 'an account counts what of it has expired and is only listed',
    changes: [
      {
        file: views,
        find: `    ...(expired > 0 && { expired }),
`,
        replace: '',
      },
    ],
    noticedBy: inFates('promises no moment where it waits for a person'),
  },
  {
    promise: 'a token that others are revoked with says for how many it is kept',
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
    promise: 'while a service is asked nothing is said of its answer',
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
    promise: 'a lease tells of a token that outlives it',
    changes: [
      {
        file: views,
        find: `    ...(outlives && { token_ends_at: toSeconds(tokenEndsAt) }),
`,
        replace: '',
      },
    ],
    noticedBy: inFates(
      'is until when it is valid and why, with the lease, without it, and after a restart',
    ),
  },
  {
    promise: 'a lease tells of no life of its token where that ends with it',
    changes: [
      {
        file: views,
        find: 'tokenEndsAt !== null && !broker.revoker.isRevocable(held)',
        replace: 'tokenEndsAt !== null',
      },
    ],
    noticedBy: inFates('is no end of its own where its service ends it with its lease'),
  },
  {
    promise: 'an end that nothing can make says so',
    changes: [
      {
        file: views,
        find: `    ...(fate && toFateAnswer(fate)),
    ...(needsLogin && { needs_login: true }),
  }
}

/** The sessions' own`,
        replace: `    ...(needsLogin && { needs_login: true }),
  }
}

/** The sessions' own`,
      },
    ],
    noticedBy: inFates(
      'is until when it is valid and why, with the lease, without it, and after a restart',
    ),
  },
  {
    promise: 'the status counts what stays valid until it expires',
    changes: [
      { file: views, find: 'until_expiry: counts.untilExpiry,', replace: 'until_expiry: 0,' },
    ],
    noticedBy: inFates(
      'is until when it is valid and why, with the lease, without it, and after a restart',
    ),
  },
  {
    promise: 'an account counts what of it stays valid until it expires',
    changes: [
      {
        file: views,
        find: `    ...(untilExpiry > 0 && { until_expiry: untilExpiry }),
`,
        replace: '',
      },
    ],
    noticedBy: inFates(
      'is until when it is valid and why, with the lease, without it, and after a restart',
    ),
  },
  {
    promise: 'the status tells what of the last run stays valid',
    changes: [
      { file: views, find: 'until_expiry: recovery.untilExpiry,', replace: 'until_expiry: 0,' },
    ],
    noticedBy: inFates(
      'is until when it is valid and why, with the lease, without it, and after a restart',
    ),
  },
]
