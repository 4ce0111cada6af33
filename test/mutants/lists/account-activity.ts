import { changeIn, type Mutant } from '../mutant.ts'

const route = 'test/loopback/management/activity.test.ts'
const inRenamed =
  'finds all of an account also from before it was renamed, and nothing of another of that name'

/** The record shows all of an account, and nothing of another one. */
export const accountActivity: readonly Mutant[] = [
  changeIn('main/audit/reading/activity-search.ts', 'test/audit/reading/audit-reader.test.ts')(
    'what another account did under a name is not shown as of the one that has it now',
    'if (uid !== undefined && accountUid !== undefined) return accountUid === uid',
    'if (uid !== undefined && accountUid === uid) return true',
    'keeps to one account whatever it was called, and by name to lines that do not say which',
  ),
  changeIn('main/loopback/management/activity-route.ts', route)(
    'the activity of an account goes back to before it was renamed',
    '...(found && { accountUid: found.uid }),',
    '',
    inRenamed,
  ),
  changeIn('main/broker/lease/token-issuer.ts', route)(
    'a line about a token says which account it is of',
    '      accountUid: account.uid,\n      lease',
    '      lease',
    inRenamed,
  ),
  changeIn('main/broker/record/settings-events.ts', 'test/broker/record/settings-events.test.ts')(
    'a line about a change of an account says which one it is',
    'account: idOf(record), accountUid: record.uid }',
    'account: idOf(record) }',
    'has a line for each change of what decides who could take what',
  ),
]
