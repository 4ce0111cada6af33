import type { Mutant } from '../mutant.ts'

const leaseOpener = 'main/broker/lease/lease-opener.ts'
const ledgerEntry = 'main/broker/ledger/ledger-entry.ts'
const inFates = (test: string) => ({
  file: 'test/broker/revocation/revocation-tracker.test.ts',
  test,
})

/** An unrevocable token is reused for the client it was issued to, while it is valid. */
export const tokenReuse: readonly Mutant[] = [
  {
    promise: 'an unrevocable token is reused for its client',
    changes: [
      {
        file: leaseOpener,
        find: 'const known = await this.#findIrrevocable(wanted, account)',
        replace: 'const known: HeldToken | null = null',
      },
    ],
    noticedBy: inFates('is given to the same client again instead of minting another'),
  },
  {
    promise: 'a token is reused only for the client that had it',
    changes: [
      {
        file: leaseOpener,
        find: `          held.client === client.id &&
`,
        replace: '',
      },
    ],
    noticedBy: inFates('is given to the same client again instead of minting another'),
  },
  {
    promise: 'a reused token no longer counts as remaining',
    changes: [
      {
        file: leaseOpener,
        find: `    revoker.tracker.forget(held)
`,
        replace: '',
      },
    ],
    noticedBy: inFates('is given to the same client again instead of minting another'),
  },
  {
    promise: 'a lease on an unrevocable token continues',
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
    noticedBy: inFates('backs a lease that is extended instead of replaced'),
  },
  {
    promise: 'a token reported as refused is not reused',
    changes: [
      {
        file: leaseOpener,
        find: `          !tokenChecks.isRefused(held) &&
`,
        replace: '',
      },
    ],
    noticedBy: inFates('is not given again to a tool that reported it as refused'),
  },
  {
    promise: 'a token of a logged-out account is not reused',
    changes: [
      {
        file: leaseOpener,
        find: `    if (session.isSignedOut) return null
`,
        replace: '',
      },
    ],
    noticedBy: inFates('is not given again after a logout, but is after the next login'),
  },
  {
    promise: 'a token is not reused once its account was replaced',
    changes: [
      {
        file: leaseOpener,
        find: `          isSameAccount(held, account),
`,
        replace: `          true,
`,
      },
    ],
    noticedBy: inFates('is not given again if the account now uses another application'),
  },
  {
    promise: 'a token of an earlier run is checked before it is reused',
    changes: [
      {
        file: leaseOpener,
        find: `const isGood = await tokenChecks.check(held, driver)
      if (!epoch.isCurrent(`,
        replace: `const isGood = true
      if (!epoch.isCurrent(`,
      },
    ],
    noticedBy: inFates(
      'is given to it again after a restart, once a probe has shown that it still works',
    ),
  },
  {
    promise: 'the client of a token is remembered over a restart',
    changes: [
      {
        file: ledgerEntry,
        find: `    ...(client && { client }),
`,
        replace: '',
      },
    ],
    noticedBy: inFates(
      'is given to it again after a restart, once a probe has shown that it still works',
    ),
  },
]
