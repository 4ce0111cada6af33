import { changeIn, type Mutant } from '../mutant.ts'

const told = (promise: string, find: string, replace: string): Mutant =>
  changeIn('main/loopback/schemas/views.ts', 'test/loopback/management/management.test.ts')(
    promise,
    find,
    replace,
    'and puts on record what it changes',
  )

/** What the routes that only read say is so. */
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
  told(
    'an account is told with what can be done with it',
    'operations: operationsOf(account),',
    'operations: [],',
  ),
  told(
    'an account is told with the secrets that its login takes',
    'secrets.map(({ name }) => name)',
    'provider.fields.map(({ name }) => name)',
  ),
  told(
    'a lease is told with the tool that has it',
    'client: broker.clients.nameOf(client),\n    account: broker.accounts.nameOf(held),',
    'client: client as string,\n    account: broker.accounts.nameOf(held).toUpperCase(),',
  ),
  told(
    'a lease is told with what it still has',
    'ends_at: toSeconds(lifetime.endsAt ?? 0),',
    'ends_at: toSeconds(openedAt),',
  ),
  told(
    'a session is told as one that can be revoked only where it can',
    'revocable: isRevocable',
    'revocable: !isRevocable',
  ),
  told(
    'a tool is told with the accounts that it was granted',
    'accounts: uids.flatMap((uid) => broker.accounts.byUid(uid)?.id ?? []),',
    'accounts: broker.accounts.all().map(({ id }) => id),',
  ),
  told('of a listed token it is told whether it is ours', '    ours,\n', "    ours: 'no',\n"),
  changeIn('main/loopback/server.ts', 'test/loopback/oauth/oauth-form.test.ts')(
    'a refusal of an OAuth route is the same however the path is written',
    'const target = request.routeOptions.url ?? request.url',
    'const target = request.url',
    'is refused in the way of OAuth however the path is written',
  ),
]
