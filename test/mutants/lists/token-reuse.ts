import type { Mutant } from '../mutant.ts'

const leaseOpener = 'main/broker/lease/lease-opener.ts'
const ledgerEntry = 'main/broker/ledger/ledger-entry.ts'
const inFates = (test: string) => ({ file: 'test/broker/revocation/fates.test.ts', test })

/** A token that nothing can end is given again, to whom it was made for, while it is good. */
export const tokenReuse: readonly Mutant[] = [
  {
    promise: 'a token that nothing can end is given to its client again',
    changes: [
      {
        file: leaseOpener,
        find: 'const known = await this.#findUnending(wanted, account)',
        replace: 'const known: HeldToken | null = null',
      },
    ],
    noticedBy: inFates('is given again to the same client rather than another one made'),
  },
  {
    promise: 'a token is given again to the client that had it, and to no other',
    changes: [
      {
        file: leaseOpener,
        find: `          held.client === client.id &&
`,
        replace: '',
      },
    ],
    noticedBy: inFates('is given again to the same client rather than another one made'),
  },
  {
    promise: 'a token that is given again is not counted as left any more',
    changes: [
      {
        file: leaseOpener,
        find: `    revoker.fates.forget(held)
`,
        replace: '',
      },
    ],
    noticedBy: inFates('is given again to the same client rather than another one made'),
  },
  {
    promise: 'a lease on a token that nothing can end goes on',
    changes: [
      {
        file: leaseOpener,
        find: `    if (current?.held === held) {
      leases.extend(current, lengthMs)
      return current
    }
`,
        replace: '',
      },
    ],
    noticedBy: inFates('holds a lease that goes on instead of being replaced'),
  },
  {
    promise: 'a token that was called refused is not given again',
    changes: [
      {
        file: leaseOpener,
        find: `          !tokenChecks.isRefused(held) &&
`,
        replace: '',
      },
    ],
    noticedBy: inFates('is not given again to a tool that called it refused'),
  },
  {
    promise: 'a token of an account that is logged out is not given again',
    changes: [
      {
        file: leaseOpener,
        find: `    if (session.isSignedOut) return null
`,
        replace: '',
      },
    ],
    noticedBy: inFates('is not given again once the account is logged out'),
  },
  {
    promise: 'a token is not given again once its account is another one',
    changes: [
      {
        file: leaseOpener,
        find: `          isAlike(held, account),
`,
        replace: `          true,
`,
      },
    ],
    noticedBy: inFates('is not given again where the account is another one by now'),
  },
  {
    promise: 'a token of an earlier run is tried out before it is given again',
    changes: [
      {
        file: leaseOpener,
        find: `const isGood = await tokenChecks.accepts(held, driver)
      if (!epoch.isCurrent(`,
        replace: `const isGood = true
      if (!epoch.isCurrent(`,
      },
    ],
    noticedBy: inFates('is given again after a restart, once the service was asked'),
  },
  {
    promise: 'it is remembered over a restart for which client a token was made',
    changes: [
      {
        file: ledgerEntry,
        find: `    ...(client && { client }),
`,
        replace: '',
      },
    ],
    noticedBy: inFates('is given again after a restart, once the service was asked'),
  },
]
