import { changeIn, type Mutant } from '../mutant.ts'

const route = 'test/loopback/management/activity.test.ts'
const inRenamed = 'finds all lines of a renamed account, and none of another with that name'

/** The audit log shows everything about an account, and nothing about another one. */
export const accountActivity: readonly Mutant[] = [
  changeIn('main/audit/reading/activity-search.ts', 'test/audit/reading/audit-reader.test.ts')(
    'events of an account that had the name before are not shown for the current one',
    'if (uid !== undefined && accountUid !== undefined) return accountUid === uid',
    'if (uid !== undefined && accountUid === uid) return true',
    'filters by account whatever it was called, and by name only lines without a uid',
  ),
  changeIn('main/loopback/management/activity-route.ts', route)(
    'the activity of an account includes the time before it was renamed',
    '...(found && { accountUid: found.uid }),',
    '',
    inRenamed,
  ),
  changeIn('main/broker/lease/token-issuer.ts', route)(
    'an event about a token names its account',
    '      accountUid: account.uid,\n      lease',
    '      lease',
    inRenamed,
  ),
  changeIn('main/broker/record/settings-events.ts', 'test/broker/record/settings-events.test.ts')(
    'an event about a change of an account names the account',
    'account: idOf(record), accountUid: record.uid }',
    'account: idOf(record) }',
    'has an event for each change that decides who could get which tokens',
  ),
]
