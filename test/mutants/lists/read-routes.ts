import { changeIn, type Mutant } from '../mutant.ts'

const toldIn =
  (file: string) =>
  (promise: string, find: string, replace: string): Mutant =>
    changeIn(file, 'test/loopback/management/management.test.ts')(
      promise,
      find,
      replace,
      'and records what it changes',
    )
const told = toldIn('main/loopback/schemas/views.ts')
const described = toldIn('main/broker/describe.ts')

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
  described(
    'an account lists its operations',
    'operations: operationsOf(account),',
    'operations: [],',
  ),
  described(
    'an account lists the secrets that its login needs',
    'secrets.map(({ name }) => name)',
    'provider.fields.map(({ name }) => name)',
  ),
  described(
    'a lease names the tool that has it',
    'client: clients.nameOf(client),\n    account: accounts.nameOf(held),',
    'client: client as string,\n    account: accounts.nameOf(held).toUpperCase(),',
  ),
  described(
    'a lease states its remaining lifetime',
    'endsAt: lifetime.endsAt ?? 0,',
    'endsAt: openedAt,',
  ),
  described(
    'a session is reported as revocable only if it is',
    'revocable: isRevocable',
    'revocable: !isRevocable',
  ),
  described(
    'a tool lists the accounts that it was granted',
    'accounts: uids.flatMap((uid) => accounts.byUid(uid)?.id ?? []),',
    'accounts: accounts.all().map(({ id }) => id),',
  ),
  described('a listed token says whether it is ours', '    ours,\n', "    ours: 'no',\n"),
  changeIn('main/loopback/schemas/to-body.ts', 'test/loopback/schemas/to-body.test.ts')(
    'a response has only the members of its schema',
    'if (!Object.hasOwn(schema.shape, key)) return []',
    '',
    'has the members of the schema, and no others',
  ),
  changeIn('main/loopback/schemas/to-body.ts', 'test/loopback/schemas/to-body.test.ts')(
    'a response states times in seconds at any depth',
    'z.ZodOptional) return convert(schema.unwrap(), value)',
    'z.ZodOptional) return value',
    'converts times and durations to whole seconds at any depth',
  ),
  changeIn('main/loopback/server.ts', 'test/loopback/oauth/oauth-form.test.ts')(
    'an OAuth route refuses in the same way however its path is written',
    'const target = request.routeOptions.url ?? request.url',
    'const target = request.url',
    'is refused in the OAuth format however the path is escaped',
  ),
]
