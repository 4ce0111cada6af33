import type { Mutant } from '../mutant.ts'

const some = {
  file: 'test/loopback/ending-some.test.ts',
  test: 'ends what it names',
}
const routes = 'main/loopback/owner-routes.ts'

/** Who asks for some is given some: nothing else is touched. */
export const promises: readonly Mutant[] = [
  {
    promise: 'ending the leases of one account leaves those of other accounts open',
    changes: [
      {
        file: routes,
        find: 'await broker.endAll(wide, cliClient)',
        replace: 'await broker.endAll({}, cliClient)',
      },
    ],
    noticedBy: some,
  },
  {
    promise: 'ending one lease leaves the others open',
    changes: [{ file: routes, find: '{ ...(id && { id }), ', replace: '{ ' }],
    noticedBy: some,
  },
  {
    promise: 'ending the leases of one client leaves those of others open',
    changes: [{ file: routes, find: ', ...(client && { client }) }', replace: ' }' }],
    noticedBy: some,
  },
  {
    promise: 'other users hold few of the places for connections',
    changes: [
      {
        file: 'main/loopback/strangers.ts',
        find: 'if (strangers.size >= most)',
        replace: 'if (strangers.size >= 100 * most)',
      },
    ],
    noticedBy: {
      file: 'test/flows/strangers.test.ts',
      test: 'cannot keep the owner out with more connections',
    },
  },
]
