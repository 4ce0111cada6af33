import { changeIn, type Mutant } from '../mutant.ts'

const told = (promise: string, find: string, replace: string): Mutant =>
  changeIn('main/loopback/schemas/views.ts', 'test/loopback/management/management.test.ts')(
    promise,
    find,
    replace,
    'and puts on record what it changes',
  )

/** The read-only routes report the truth. */
export const readRoutes: readonly Mutant[] = [
  told(
    'the status says how many accounts there are',
    'accounts: broker.accounts.all().length,',
    'accounts: broker.leases.count,',
  ),
  told('the status says whether it is locked', 'locked: broker.locked,', 'locked: !broker.locked,'),
  told(
    'the status counts the sessions without a lease',
    'sessions: broker.sessionTokens.list().length,',
    'sessions: broker.leases.count,',
  ),
  told('an account lists its operations', 'operations: operationsOf(account),', 'operations: [],'),
  told(
    'an account lists the secrets that its login needs',
    'secrets.map(({ name }) => name)',
    'provider.fields.map(({ name }) => name)',
  ),
  told(
    'a lease names the tool that has it',
    'client: broker.clients.nameOf(client),\n    account: broker.accounts.nameOf(held),',
    'client: client as string,\n    account: broker.accounts.nameOf(held).toUpperCase(),',
  ),
  told(
    'a lease states its remaining lifetime',
    'ends_at: toSeconds(lifetime.endsAt ?? 0),',
    'ends_at: toSeconds(openedAt),',
  ),
  told(
    'a session is reported as revocable only if it is',
    'revocable: isRevocable',
    'revocable: !isRevocable',
  ),
  told(
    'a tool lists the accounts that it was granted',
    'accounts: uids.flatMap((uid) => broker.accounts.byUid(uid)?.id ?? []),',
    'accounts: broker.accounts.all().map(({ id }) => id),',
  ),
  told('a listed token says whether it is ours', '    ours,\n', "    ours: 'no',\n"),
  changeIn('main/loopback/server.ts', 'test/loopback/oauth/oauth-form.test.ts')(
    'an OAuth route refuses in the same way however its path is written',
    'const target = request.routeOptions.url ?? request.url',
    'const target = request.url',
    'is refused in the way of OAuth however the path is written',
  ),
]
